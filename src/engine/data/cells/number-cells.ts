import type { RawVector } from "../duck.ts";
import { BLOCK_ROWS, Blocks } from "./blocks.ts";
import type { CellMemory } from "./cell-memory.ts";
import { NumberFacts } from "./number-facts.ts";
import { fits, fromOffsets, type Offsets, offsetsOf, toOffsets } from "./whole-offsets.ts";

type Block = Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer> | Int32Array<ArrayBuffer>;

/** so many rows are kept as exact as they were read */
const exactRows = 65536;
/** what rounding to 32 bits may cost, as a share of the column's range */
const roundingShare = 2 ** -20;

/** numbers on their way in and out, shared by all columns: a wide table has thousands */
const incoming = new Float64Array(2048);
const outgoing = new Float64Array(BLOCK_ROWS);

/** The cells of a numeric column: what they are, and themselves where they are kept. */
export class NumberCells {
	readonly type = "numbers";
	readonly facts: NumberFacts;
	/** what the cells are kept in, where they are */
	readonly memory: CellMemory | undefined;
	private readonly blocks: Blocks<Block> | undefined;
	/** of the blocks of 32-bit whole numbers */
	private readonly offsets: Offsets[] = [];
	private readonly single: boolean;

	/**
	 * @param memory for the cells; absent: only the facts are kept
	 * @param single the vectors are 32-bit floats
	 */
	constructor(memory: CellMemory | undefined, single: boolean) {
		this.facts = new NumberFacts(single);
		this.memory = memory;
		this.blocks = memory && new Blocks(memory);
		this.single = single;
	}

	/** bytes taken for the cells */
	get bytes(): number {
		return this.blocks?.bytes ?? 0;
	}

	/** cells with no value */
	get missing(): number {
		return this.facts.missing;
	}

	/** data row, from 1, of the first cell with no value; 0 when there is none */
	get firstMissing(): number {
		return this.facts.firstMissing;
	}

	/** cells seen */
	get rows(): number {
		return this.facts.rows;
	}

	append({ data, validity }: RawVector, rows: number): void {
		const { buffer, byteOffset } = data;
		const values = incoming.subarray(0, rows);
		const given = new (this.single ? Float32Array : Float64Array)(buffer, byteOffset, rows);
		values.set(given);
		if (validity) {
			for (let i = 0; i < rows; i++) {
				if (((validity[i >> 3] >> (i & 7)) & 1) === 0) values[i] = Number.NaN;
			}
		}
		this.facts.add(values);
		if (this.blocks) this.keep(validity ? values : given, this.blocks);
	}

	/** @param values the next cells, NaN where there is no value */
	add(values: Float64Array): void {
		this.facts.add(values);
		if (this.blocks) this.keep(values, this.blocks);
	}

	/** The numbers of a block, NaN where there is none, in an array that the next call of any column overwrites. */
	read(block: number): Float64Array {
		const cells = this.blocks!.at(block);
		const values = outgoing.subarray(0, cells.length);
		if (cells instanceof Int32Array) fromOffsets(cells, this.offsets[block], values);
		else values.set(cells);
		return values;
	}

	/** The same to be looked at only, in what they are held in where that is an array of floats. */
	held(block: number): Float32Array | Float64Array {
		const cells = this.blocks!.at(block);
		return cells instanceof Int32Array ? this.read(block) : cells;
	}

	/** Lets a block go. */
	release(block: number): void {
		this.blocks?.release(block);
	}

	/** Lets every block go. */
	clear(): void {
		this.blocks?.clear();
	}

	private keep(values: Float32Array | Float64Array, blocks: NonNullable<typeof this.blocks>): void {
		for (let done = 0; done < values.length; ) {
			const at = blocks.rows % BLOCK_ROWS;
			const next = values.subarray(done, done + BLOCK_ROWS - at);
			let block = blocks.open(at === 0 ? this.typeFor(next) : Float64Array);
			const part = next.subarray(0, block.length - at);
			if (at > 0 && !this.does(block, part)) block = this.widen(blocks, part);
			this.put(block, part, at);
			blocks.rows += part.length;
			done += part.length;
		}
	}

	/** What a block is held in that begins with these cells: past the first rows in 32 bits wherever they are as good. */
	private typeFor(values: Float32Array | Float64Array) {
		if (values instanceof Float32Array) return Float32Array;
		const { rows } = this.blocks!;
		if (!this.single && rows < exactRows) return Float64Array;
		if (this.single || this.singleDoes(values)) return Float32Array;
		const offsets = this.facts.whole ? offsetsOf(values, this.facts) : undefined;
		if (!offsets) return Float64Array;
		this.offsets[Math.floor(rows / BLOCK_ROWS)] = offsets;
		return Int32Array;
	}

	/** Whether the open block can take these cells. */
	private does(block: Block, values: Float32Array | Float64Array): boolean {
		if (block instanceof Float64Array || values instanceof Float32Array) return true;
		if (block instanceof Float32Array) return this.single || this.singleDoes(values);
		return fits(values, this.offsets[Math.floor(this.blocks!.rows / BLOCK_ROWS)]);
	}

	/** @returns the open block in what can take these cells, too */
	private widen(blocks: NonNullable<typeof this.blocks>, values: Float32Array | Float64Array): Block {
		const index = Math.floor(blocks.rows / BLOCK_ROWS);
		const cells = blocks.at(index);
		const all = new Float64Array(cells.length + values.length);
		// not by read: the values may lie in its array
		if (cells instanceof Int32Array) fromOffsets(cells, this.offsets[index], all.subarray(0, cells.length));
		else all.set(cells);
		all.set(values, cells.length);
		const block = blocks.replace(this.typeFor(all));
		this.put(block, all.subarray(0, cells.length), 0);
		return block;
	}

	private put(block: Block, values: Float32Array | Float64Array, at: number): void {
		const { rows } = this.blocks!;
		if (!(block instanceof Int32Array)) block.set(values, at);
		else toOffsets(values as Float64Array, this.offsets[Math.floor(rows / BLOCK_ROWS)], block, at);
	}

	/** Whether 32-bit floats are as good: exact for whole numbers, which may be classes, close for others. */
	private singleDoes(values: Float32Array | Float64Array): boolean {
		const { whole, min, max } = this.facts;
		const most = whole ? 0 : (max - min) * roundingShare;
		for (let i = 0; i < values.length; i++) {
			if (Math.abs(Math.fround(values[i]) - values[i]) > most) return false;
		}
		return true;
	}
}
