/**
 * Bytes of a slab. The C library of Linux keeps what it gave in pieces of up to 32 MiB when they are freed, and the table
 * would be there twice while it is encoded; larger pieces go back to the system at once.
 */
const slabBytes = 33 * 2 ** 20;

const fewestRows = 2048;

/** Memory for blocks of several columns; those that were filled together are let go together. */
export interface Slab {
	buffer: ArrayBuffer;
	/** bytes that are taken, from the front */
	used: number;
	/** blocks that are still held */
	blocks: number;
}

/** Where a table's cells are kept. */
export class CellMemory {
	/** rows of the table, about */
	readonly rows: number;
	private readonly expected: number;
	private readonly slabs = new Set<Slab>();
	private open: Slab | undefined;

	/** @param columns that are kept */
	constructor(rows: number, columns: number) {
		this.rows = Math.ceil(Math.max(fewestRows, rows) / 64) * 64;
		this.expected = this.rows * columns * Float64Array.BYTES_PER_ELEMENT;
	}

	/** @param bytes a multiple of 8 @returns the slab that has them as the last of those that are used */
	take(bytes: number): Slab {
		if (!this.open || this.open.used + bytes > this.open.buffer.byteLength) {
			const room = Math.max(bytes, Math.min(slabBytes, this.expected));
			this.open = { buffer: new ArrayBuffer(room), used: 0, blocks: 0 };
			this.slabs.add(this.open);
		}
		this.open.used += bytes;
		this.open.blocks++;
		return this.open;
	}

	/** Gives back one block of a slab. */
	release(slab: Slab): void {
		slab.blocks--;
		if (slab.blocks === 0 && slab !== this.open) this.free(slab);
	}

	/** Gives back everything. */
	discard(): void {
		for (const slab of this.slabs) this.free(slab);
		this.open = undefined;
	}

	/** At once, where waiting for the collector would hold the table twice. */
	private free(slab: Slab): void {
		this.slabs.delete(slab);
		// Node 20 has no transfer; there the collector does it, later
		(slab.buffer as { transfer?: (length: number) => ArrayBuffer }).transfer?.(0);
	}
}
