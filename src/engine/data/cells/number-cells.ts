import type { RawVector } from "../duck.ts";
import { BLOCK_ROWS, Blocks } from "./blocks.ts";
import type { CellMemory } from "./cell-memory.ts";
import { NumberFacts } from "./number-facts.ts";

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
	private readonly blocks: Blocks<Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>> | undefined;
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
		values.set(cells);
		return values;
	}

	/** The same to be looked at only, in what they are held in. */
	held(block: number): Float32Array | Float64Array {
		return this.blocks!.at(block);
	}

	/** Lets a block go. */
	release(block: number): void {
		this.blocks?.release(block);
	}

	/** Lets every block go. */
	clear(): void {
		this.blocks?.clear();
	}

	/** Past the first rows 32 bits do wherever they are as good. */
	private keep(values: Float32Array | Float64Array, blocks: NonNullable<typeof this.blocks>): void {
		for (let done = 0; done < values.length; ) {
			let block = blocks.open(!this.single && blocks.rows < exactRows ? Float64Array : Float32Array);
			const at = blocks.rows % BLOCK_ROWS;
			const part = values.subarray(done, done + block.length - at);
			if (block instanceof Float32Array && !this.single && !this.singleDoes(part)) {
				block = blocks.replace(Float64Array);
			}
			block.set(part, at);
			blocks.rows += part.length;
			done += part.length;
		}
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
