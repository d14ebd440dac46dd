/** From cells to the matrices that a run trains on. */
import { BLOCK_ROWS } from "./cells/blocks.ts";
import { featureKind } from "./kinds/index.ts";
import type { EncodedRows } from "./kinds/kind.ts";
import { numbersOf } from "./kinds/numeric.ts";
import type { PreparedColumn } from "./preparation.ts";
import type { RawColumn } from "./raw-table.ts";
import { part } from "./row-parts.ts";
import type { SplitRows } from "./split.ts";
import type { Turns } from "./turns.ts";

/** A table with all that is known of it once the training rows were looked at. */
export interface FittedTable {
	/** in the order of the inputs */
	features: { column: RawColumn; prepared: PreparedColumn }[];
	target: RawColumn;
	/** regression: y = (value - mean) / deviation; absent: y is the label */
	targetScale: { mean: number; deviation: number } | undefined;
	/** class of each row of the table */
	labels: Uint16Array;
	split: SplitRows;
}

/** Where encoded rows go, some of the table's at a time. */
export interface RowSink {
	/** rows x features, row-major */
	x: Float32Array;
	/** one a row */
	y: Float32Array;
	/** number in the file of each row, from 1 */
	sourceRow: Uint32Array;
	/** rows of the table that are encoded at a time, at most; a block is a multiple of them */
	most: number;
	/** @param counts the next rows, by part @returns the row of x at which those of each part begin */
	begin(counts: Uint32Array): Uint32Array;
	/** They are encoded. */
	end(): void;
}

/** Rows that stay in memory: training rows, then dev rows, then test rows, each in the order of the file. */
export class MemoryRows implements RowSink {
	readonly x: Float32Array;
	readonly y: Float32Array;
	readonly sourceRow: Uint32Array;
	readonly most = BLOCK_ROWS;
	private readonly next: Uint32Array;

	constructor({ x, y }: Pick<RowSink, "x" | "y">, { trainRows, devRows }: Pick<SplitRows, "trainRows" | "devRows">) {
		this.x = x;
		this.y = y;
		this.sourceRow = new Uint32Array(y.length);
		this.next = Uint32Array.of(0, trainRows, trainRows + devRows);
	}

	begin(counts: Uint32Array): Uint32Array {
		const starts = this.next.slice();
		for (let i = 0; i < counts.length; i++) this.next[i] += counts[i];
		return starts;
	}

	end(): void {}
}

/** Encodes every row that has a part. Every block of cells is let go as soon as it is written. */
export async function encodeTable(table: FittedTable, sink: RowSink, turns: Turns): Promise<void> {
	const { features, target, labels, split } = table;
	const { parts } = split;
	const { x, y, sourceRow } = sink;
	const stride = x.length / y.length;
	const counts = new Uint32Array(3);
	const from = new Int32Array(BLOCK_ROWS);
	const to = new Int32Array(BLOCK_ROWS);
	const places = new Int32Array(BLOCK_ROWS);
	const placeRows = (first: number, block: number): number => {
		const end = Math.min(parts.length, first + sink.most);
		counts.fill(0);
		for (let row = first; row < end; row++) if (parts[row] !== part.none) counts[parts[row]]++;
		const next = sink.begin(counts);
		let count = 0;
		for (let row = first; row < end; row++) {
			if (parts[row] === part.none) continue;
			const place = next[parts[row]]++;
			sourceRow[place] = row + 1;
			from[count] = row - block * BLOCK_ROWS;
			to[count] = place * stride;
			places[count++] = place;
		}
		return count;
	};
	const encoders = encodersOf(features);
	for (let first = 0; first < parts.length; first += sink.most) {
		const block = Math.floor(first / BLOCK_ROWS);
		const last = (first + sink.most) % BLOCK_ROWS === 0;
		const count = placeRows(first, block);
		for (const { column, encode, offset } of encoders) {
			encode(block, { count, from, to }, x, offset);
			if (last) column.cells.release(block);
			await turns.next();
		}
		const own = { count, from, to: places };
		if (table.targetScale) writeNumbers(target, table.targetScale, block, own, y);
		else for (let k = 0; k < count; k++) y[places[k]] = labels[block * BLOCK_ROWS + from[k]];
		if (last) target.cells.release(block);
		sink.end();
	}
}

/** @returns for each column what writes its inputs, and where in a row they begin */
export function encodersOf(features: FittedTable["features"]) {
	let offset = 0;
	return features.map(({ column, prepared }) => {
		const kind = featureKind(prepared.kind);
		const width = kind.inputs(prepared).length;
		const encoder = { column, encode: kind.encoder(prepared, column), offset, width };
		offset += width;
		return encoder;
	});
}

function writeNumbers(
	target: RawColumn,
	{ mean, deviation }: { mean: number; deviation: number },
	block: number,
	{ count, from, to }: EncodedRows,
	y: Float32Array,
): void {
	const values = numbersOf(target).held(block);
	for (let k = 0; k < count; k++) y[to[k]] = (values[from[k]] - mean) / deviation;
}
