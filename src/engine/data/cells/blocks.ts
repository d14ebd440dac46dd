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

/** One column's cells, block after block. */
export class Blocks<B extends Block> {
	/** cells held */
	rows = 0;
	/** bytes held */
	bytes = 0;
	private readonly memory: CellMemory;
	private readonly held: ({ cells: B; slab: Slab } | undefined)[] = [];

	constructor(memory: CellMemory) {
		this.memory = memory;
	}

	/** @returns the block that takes the next cells, with room for one at least */
	open(type: BlockType<B>): B {
		const at = this.rows % BLOCK_ROWS;
		const last = this.held.at(-1)?.cells;
		if (at === 0 || !last) {
			// the first block of a small table need not be whole
			const length = this.rows === 0 ? Math.min(BLOCK_ROWS, this.memory.rows) : BLOCK_ROWS;
			return this.put(this.held.length, type, length);
		}
		return at < last.length ? last : this.replace(type, Math.min(BLOCK_ROWS, last.length * 4));
	}

	/** @returns the open block's cells in an array of another type or length */
	replace(type: BlockType<B>, length = this.held.at(-1)!.cells.length): B {
		const last = this.held.length - 1;
		const { cells, slab } = this.held[last]!;
		const replaced = this.put(last, type, length);
		replaced.set(cells as ArrayLike<number>);
		this.bytes -= cells.byteLength;
		this.memory.release(slab);
		return replaced;
	}

	/** @returns the cells of a block */
	at(block: number): B {
		const length = Math.min(BLOCK_ROWS, this.rows - block * BLOCK_ROWS);
		return this.held[block]!.cells.subarray(0, length) as B;
	}

	/** Lets a block go; it cannot be read afterwards. */
	release(block: number): void {
		const held = this.held[block];
		if (held) this.memory.release(held.slab);
		this.held[block] = undefined;
	}

	/** Lets every block go. */
	clear(): void {
		for (let block = 0; block < this.held.length; block++) this.release(block);
		this.bytes = 0;
	}

	private put(at: number, type: BlockType<B>, length: number): B {
		const bytes = length * type.BYTES_PER_ELEMENT;
		const slab = this.memory.take(bytes);
		const cells = new type(slab.buffer, slab.used - bytes, length);
		this.held[at] = { cells, slab };
		this.bytes += bytes;
		return cells;
	}
}
