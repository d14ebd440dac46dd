import type { RowFile } from "../data/index.ts";
import type { Position } from "./checkpoint.ts";
import type { PreparedRun } from "./prepare.ts";
import { randomOf, SAMPLE_ROWS, type Windows } from "./windows.ts";

/** Blocks of a window that are read at the same time. */
const readers = 4;

/** Where the rows of a table lie that streams: two windows, what is evaluated, and the sample, in the memory's rows. */
export interface Pool {
	x: Float32Array;
	y: Float32Array;
	/** first row of those that are evaluated */
	evaluated: number;
	/** first row of the sample */
	sample: number;
}

/**
 * The order in which an epoch takes the training rows: brings it to the backend window after window, and the rows
 * themselves where they lie on the disk, each window while the one before it trains.
 *
 * Window w of epoch e is window e * count + w of the run. It lies in one half of the order's ring, by turns. Of a table
 * of one window the ring is that window, and it is shuffled on from epoch to epoch, which a checkpoint must keep; else a
 * window's order is a function of seed, epoch and window.
 */
export class RowOrder {
	/** of one window only: the order of this epoch */
	readonly kept: Uint32Array | undefined;
	private readonly prepared: PreparedRun;
	private readonly at: Position;
	private readonly windows: Windows;
	private readonly halves: number;
	/** windows of the run that are there or have been */
	private loaded: number;
	private loading: Promise<void> | undefined;
	private fault: unknown;
	/** places in their window of the rows in the ring, and the blocks that each half consists of */
	private readonly slots: Uint32Array;
	private readonly blocks: Uint32Array[] = [Uint32Array.of(0), Uint32Array.of(0)];
	private epochBlocks = new Uint32Array(0);
	private blocksEpoch = -1;

	/**
	 * @param at the run's position, a live view
	 * @param kept of a run that goes on
	 */
	constructor(prepared: PreparedRun, at: Position, kept?: Uint32Array) {
		this.prepared = prepared;
		this.at = at;
		const { windows, start, table, pool, backend } = prepared;
		const { windowRows, count } = windows;
		this.windows = windows;
		this.halves = count > 1 ? 2 : 1;
		this.slots = kept ?? Uint32Array.from({ length: this.halves * windowRows }, (_, i) => i);
		this.loaded = at.epoch * count + Math.floor(at.rows / windowRows);
		if (count === 1) {
			this.kept = this.slots;
			if (at.rows > 0) {
				backend.setOrder(this.slots);
				this.loaded++;
			}
			return;
		}
		const sample = Uint32Array.from({ length: Math.min(SAMPLE_ROWS, start.trainRows) }, (_, i) => i);
		if (table.stored && pool) {
			const { x, y } = rowsOf(pool, pool.sample, sample.length, table.shape.features);
			table.stored.read(0, x, y);
			for (let i = 0; i < sample.length; i++) sample[i] += pool.sample;
		}
		backend.setOrder(sample, 2 * windowRows);
	}

	/** Whether the next mini-batch lies ready; what is missing is on its way else, and the window after it. */
	get ready(): boolean {
		const { run, trainRows } = this.prepared.start;
		if (run.batchSize >= trainRows) return true;
		const { epoch, rows } = this.at;
		const first = this.windowAt(epoch, rows);
		const last = this.windowAt(epoch, Math.min(rows + run.batchSize, trainRows) - 1);
		const end = Math.min(run.epochs * this.windows.count, first + this.halves);
		while (this.loaded < end && !this.loading) this.load(this.loaded);
		return this.loaded > last;
	}

	/** Waits for what is on its way. */
	async wait(): Promise<void> {
		await this.loading;
		if (this.fault) throw this.fault;
	}

	/** Place in the order of the row that the epoch comes to next. */
	get place(): number {
		const { windowRows } = this.windows;
		const { epoch, rows } = this.at;
		return (this.windowAt(epoch, rows) % this.halves) * windowRows + (rows % windowRows);
	}

	/** Rows of the mini-batch after the next one, of so many rows, where they lie ready; 0 where they do not. */
	readyAfter(rows: number): number {
		const { run, trainRows } = this.prepared.start;
		const next = this.at.rows + rows;
		const count = Math.min(run.batchSize, trainRows - next);
		return count > 0 && this.windowAt(this.at.epoch, next + count - 1) < this.loaded ? count : 0;
	}

	/** @returns rows of the table, `rows` from position `first` of this epoch on */
	tableRows(first: number, rows: number): Uint32Array {
		const { windowRows, blockRows, count } = this.windows;
		return Uint32Array.from({ length: rows }, (_, i) => {
			if (this.prepared.start.run.batchSize >= this.prepared.start.trainRows) return i;
			const position = first + i;
			const half = this.windowAt(this.at.epoch, position) % this.halves;
			const slot = this.slots[half * windowRows + (position % windowRows)];
			return count === 1 ? slot : this.tableRow(half, slot, blockRows);
		});
	}

	/** Ends what is on its way. */
	async close(): Promise<void> {
		await this.loading;
	}

	private windowAt(epoch: number, position: number): number {
		return epoch * this.windows.count + Math.floor(position / this.windows.windowRows);
	}

	private tableRow(half: number, slot: number, blockRows: number): number {
		return this.blocks[half][Math.floor(slot / blockRows)] * blockRows + (slot % blockRows);
	}

	private load(index: number): void {
		const { random, backend, table, pool } = this.prepared;
		const { count, windowRows, blockRows } = this.windows;
		if (count === 1) {
			random.shuffle(this.slots);
			backend.setOrder(this.slots);
			this.loaded++;
			return;
		}
		const half = index % 2;
		const slots = this.shuffle(Math.floor(index / count), index % count, half);
		if (!table.stored || !pool) {
			const rows = slots.map((slot) => this.tableRow(half, slot, blockRows));
			backend.setOrder(rows, half * windowRows);
			this.loaded++;
			return;
		}
		const { stored } = table;
		this.loading = this.read(stored, pool, half).then(
			() => {
				backend.setOrder(
					slots.map((slot) => half * windowRows + slot),
					half * windowRows,
				);
				this.loading = undefined;
				this.loaded++;
			},
			(fault) => {
				this.fault = fault;
			},
		);
	}

	/** Shuffles the rows of a window within its half. @returns their places in the window */
	private shuffle(epoch: number, window: number, half: number): Uint32Array {
		const { trainRows, run } = this.prepared.start;
		const { blockRows, windowRows } = this.windows;
		if (epoch !== this.blocksEpoch) {
			this.epochBlocks = Uint32Array.from({ length: Math.ceil(trainRows / blockRows) }, (_, i) => i);
			// a last block of fewer rows stays the last one
			randomOf(run.seed, epoch, -1).shuffle(this.epochBlocks.subarray(0, Math.floor(trainRows / blockRows)));
			this.blocksEpoch = epoch;
		}
		const blocks = windowRows / blockRows;
		this.blocks[half] = this.epochBlocks.slice(window * blocks, (window + 1) * blocks);
		const first = half * windowRows;
		const slots = this.slots.subarray(first, first + Math.min(windowRows, trainRows - window * windowRows));
		for (let i = 0; i < slots.length; i++) slots[i] = i;
		randomOf(run.seed, epoch, window).shuffle(slots);
		return slots;
	}

	/** Reads a window's blocks into its half. */
	private async read(stored: RowFile, pool: Pool, half: number): Promise<void> {
		const { blockRows, windowRows } = this.windows;
		const { trainRows } = this.prepared.start;
		const { features } = this.prepared.table.shape;
		const blocks = this.blocks[half];
		let next = 0;
		const reader = async () => {
			while (next < blocks.length) {
				const i = next++;
				const first = blocks[i] * blockRows;
				const count = Math.min(blockRows, trainRows - first);
				const { x, y } = rowsOf(pool, half * windowRows + i * blockRows, count, features);
				await stored.readLater(first, x, y);
			}
		};
		await Promise.all(Array.from({ length: readers }, reader));
	}
}

/** @returns some rows of the memory, to be written to */
function rowsOf({ x, y }: Pick<Pool, "x" | "y">, first: number, rows: number, features: number) {
	return { x: x.subarray(first * features, (first + rows) * features), y: y.subarray(first, first + rows) };
}

/** @returns what brings rows of the table to where they are evaluated */
export function locator(stored: RowFile, pool: Pool, features: number): (first: number, rows: number) => number {
	return (first, rows) => {
		const { x, y } = rowsOf(pool, pool.evaluated, rows, features);
		stored.read(first, x, y);
		return pool.evaluated;
	};
}
