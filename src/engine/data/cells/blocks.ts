import type { CellMemory, Slab } from "./cell-memory.ts";

/**
 * Cells are kept in blocks of so many rows, so that each can be let go as soon as it is encoded; few enough that their
 * inputs stay in the processor's cache while column after column is written into them.
 */
export const BLOCK_ROWS = 8192;

type Block = Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer> | Int32Array<ArrayBuffer>;
interface BlockType<B extends Block> {
	readonly BYTES_PER_ELEMENT: number;
	new (buffer: ArrayBuffer, offset: number, length: number): B;
}

interface Held<B extends Block> {
	slab: Slab;
	/** its first byte in the slab */
	offset: number;
	type: BlockType<B>;
}

/** One column's cells, block after block. */
export class Blocks<B extends Block> {
	/** cells held */
	rows = 0;
	/** bytes taken for them */
	bytes = 0;
	private readonly memory: CellMemory;
	private readonly held: (Held<B> | undefined)[] = [];
	/** the block that takes the next cells */
	private last: B | undefined;

	constructor(memory: CellMemory) {
		this.memory = memory;
	}

	/** @returns the block that takes the next cells, with room for one at least */
	open(type: BlockType<B>): B {
		const at = this.rows % BLOCK_ROWS;
		const { last } = this;
		if (at === 0 || !last) {
			if (last) this.memory.complete(this.held.at(-1)!.slab);
			// the first block of a small table need not be whole
			const length = this.rows === 0 ? Math.min(BLOCK_ROWS, this.memory.rows) : BLOCK_ROWS;
			return this.put(this.held.length, type, length);
		}
		return at < last.length ? last : this.replace(type, Math.min(BLOCK_ROWS, last.length * 4));
	}

	/** @returns the open block's cells in an array of another type or length */
	replace(type: BlockType<B>, length = this.last!.length): B {
		const at = this.held.length - 1;
		const cells = this.last!;
		const { slab } = this.held[at]!;
		const replaced = this.put(at, type, length);
		this.bytes -= cells.byteLength;
		replaced.set(cells as ArrayLike<number>);
		this.memory.complete(slab);
		this.memory.release(slab);
		return replaced;
	}

	/** @returns the cells of a block; where they do not lie in memory, until the next block of any column is read */
	at(block: number): B {
		const { slab, offset, type } = this.held[block]!;
		const length = Math.min(BLOCK_ROWS, this.rows - block * BLOCK_ROWS);
		if (slab.filed === undefined) return new type(slab.buffer, offset, length);
		return new type(this.memory.read(slab, offset, length * type.BYTES_PER_ELEMENT), 0, length);
	}

	/** Lets a block go; it cannot be read afterwards. */
	release(block: number): void {
		const held = this.held[block];
		if (held) this.memory.release(held.slab);
		this.held[block] = undefined;
	}

	/** Lets every block go. */
	clear(): void {
		if (this.last) this.memory.complete(this.held.at(-1)?.slab);
		this.last = undefined;
		for (let block = 0; block < this.held.length; block++) this.release(block);
	}

	private put(at: number, type: BlockType<B>, length: number): B {
		const slab = this.memory.take(length * type.BYTES_PER_ELEMENT);
		const offset = slab.used - length * type.BYTES_PER_ELEMENT;
		this.held[at] = { slab, offset, type };
		this.bytes += length * type.BYTES_PER_ELEMENT;
		this.last = new type(slab.buffer, offset, length);
		return this.last;
	}
}
