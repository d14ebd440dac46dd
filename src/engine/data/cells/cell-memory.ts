import { DiskFile } from "../disk-file.ts";

/**
 * Bytes of a slab. The C library of Linux keeps what it gave in pieces of up to 32 MiB when they are freed, and the table
 * would be there twice while it is encoded; larger pieces go back to the system at once.
 */
const slabBytes = 33 * 2 ** 20;

/** ... and at least, where so many would be much of the memory that may be taken */
const fewestSlabBytes = 2 ** 20;

const fewestRows = 2048;
/** of the memory limit, where the table will not fit: the rest is for encoded rows and the model */
const heldShare = 1 / 4;

/** Memory for blocks of several columns; those that were filled together are let go together. */
export interface Slab {
	buffer: ArrayBuffer;
	/** bytes that are taken, from the front */
	used: number;
	/** blocks that are still held */
	blocks: number;
	/** blocks that may still take cells */
	filling: number;
	/** its place in the file, once it lies there and not in memory */
	filed?: number;
}

/** Where a table's cells are kept: in memory and, once that is used up, in a file. */
export class CellMemory {
	/** rows of the table, about */
	readonly rows: number;
	/** bytes in memory */
	held = 0;
	private readonly expected: number;
	private readonly budget: number;
	private readonly slabBytes: number;
	private readonly folder: string | undefined;
	private readonly slabs = new Set<Slab>();
	private open: Slab | undefined;
	private file: DiskFile | undefined;
	private readonly scratch = new ArrayBuffer(65536);

	/**
	 * @param columns that are kept
	 * @param limit bytes of memory
	 * @param folder where cells go that do not fit it
	 */
	constructor(rows: number, columns: number, limit = Number.POSITIVE_INFINITY, folder?: string) {
		this.rows = Math.ceil(Math.max(fewestRows, rows) / 64) * 64;
		this.expected = this.rows * columns * Float64Array.BYTES_PER_ELEMENT;
		const fits = rows * columns * Float32Array.BYTES_PER_ELEMENT <= limit;
		this.budget = fits ? limit : limit * heldShare;
		this.slabBytes = Math.min(slabBytes, Math.max(fewestSlabBytes, Math.floor(this.budget / 64) * 16));
		this.folder = folder;
	}

	/** @param bytes a multiple of 8 @returns the slab that has them as the last of those that are used */
	take(bytes: number): Slab {
		if (!this.open || this.open.used + bytes > this.open.buffer.byteLength) {
			const room = Math.max(bytes, Math.min(this.slabBytes, this.expected));
			this.open = { buffer: new ArrayBuffer(room), used: 0, blocks: 0, filling: 0 };
			this.slabs.add(this.open);
			this.held += room;
			if (this.held > this.budget) this.fileSlabs();
		}
		this.open.used += bytes;
		this.open.blocks++;
		this.open.filling++;
		return this.open;
	}

	/** A block takes no further cells. */
	complete(slab: Slab | undefined): void {
		if (slab) slab.filling--;
	}

	/** @returns bytes of a slab that lies in the file, until the next call */
	read(slab: Slab, offset: number, bytes: number): ArrayBuffer {
		this.file!.read(new Uint8Array(this.scratch, 0, bytes), slab.filed! + offset);
		return this.scratch;
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
		this.file?.close();
		this.file = undefined;
	}

	/** Puts the oldest slabs into the file until the others are within the budget. */
	private fileSlabs(): void {
		for (const slab of this.slabs) {
			if (this.held <= this.budget) return;
			if (slab.filed !== undefined || slab.filling > 0 || slab === this.open) continue;
			if (!this.file) {
				this.file = DiskFile.make(this.folder);
				this.file.unname();
			}
			const place = this.file.size;
			this.file.write(new Uint8Array(slab.buffer, 0, slab.used), place);
			slab.filed = place;
			this.letGo(slab);
		}
	}

	private free(slab: Slab): void {
		this.slabs.delete(slab);
		if (slab.filed === undefined) this.letGo(slab);
	}

	/** At once, where waiting for the collector would hold the table twice. */
	private letGo(slab: Slab): void {
		this.held -= slab.buffer.byteLength;
		// Node 20 has no transfer; there the collector does it, later
		(slab.buffer as { transfer?: (length: number) => ArrayBuffer }).transfer?.(0);
		slab.buffer = new ArrayBuffer(0);
	}
}
