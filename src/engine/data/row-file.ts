/** Encoded rows on the disk: all inputs row after row, then all targets, then each row's number in the table's file. */
import { BLOCK_ROWS } from "./cells/blocks.ts";
import type { DiskFile } from "./disk-file.ts";
import type { RowSink } from "./encode.ts";
import type { TableShape } from "./load.ts";
import type { Turns } from "./turns.ts";

/** Rows that are encoded at a time take so many bytes at most. */
const sliceBytes = 2 ** 24;
/** Targets are given so many at a time. */
const targetsAtOnce = 65536;
/** bytes that are copied or looked through at a time */
const pieceBytes = 2 ** 20;

/** The rows of a table in the order of a prepared one, for who has no memory for all. */
export class RowFile {
	/** of inputs and targets */
	readonly bytes: number;
	/** of what was written, in whatever order */
	checksum = 0;
	readonly file: DiskFile;
	private readonly shape: TableShape;
	private readonly targets: number;
	private readonly sources: number;

	constructor(shape: TableShape, file: DiskFile) {
		const { rows, features } = shape;
		this.shape = shape;
		this.targets = rows * features * 4;
		this.sources = this.targets + rows * 4;
		this.bytes = this.sources;
		this.file = file;
	}

	/** @returns what takes the rows and writes them */
	sink(): RowSink {
		const { trainRows, devRows, features } = this.shape;
		let most = BLOCK_ROWS;
		while (most > 1 && most * features * 4 > sliceBytes) most /= 2;
		const x = new Float32Array(most * features);
		const y = new Float32Array(most);
		const sourceRow = new Uint32Array(most);
		const next = [0, trainRows, trainRows + devRows];
		let counts: Uint32Array = new Uint32Array(3);
		const begins = () => Uint32Array.of(0, counts[0], counts[0] + counts[1]);
		return {
			...{ x, y, sourceRow, most },
			begin(given) {
				counts = given;
				return begins();
			},
			end: () => {
				for (const [part, begin] of begins().entries()) {
					const end = begin + counts[part];
					const first = next[part];
					next[part] += counts[part];
					if (begin === end) continue;
					this.write(x.subarray(begin * features, end * features), first * features * 4);
					this.write(y.subarray(begin, end), this.targets + first * 4);
					this.write(sourceRow.subarray(begin, end), this.sources + first * 4);
				}
			},
		};
	}

	/** bytes of all rows */
	get end(): number {
		return this.sources + this.shape.rows * 4;
	}

	/** Writes all rows out of memory. */
	async writeAll(rows: Pick<RowSink, "x" | "y" | "sourceRow">, turns: Turns): Promise<void> {
		for (const [part, position] of this.pieces(rows)) {
			this.write(part, position);
			await turns.next();
		}
	}

	/** Reads all rows into memory. @returns their checksum */
	async readAll(rows: Pick<RowSink, "x" | "y" | "sourceRow">, turns: Turns): Promise<number> {
		let sum = 0;
		for (const [part, position] of this.pieces(rows)) {
			await this.file.readLater(part, position);
			sum = (sum + sumOf(part, position)) | 0;
			await turns.next();
		}
		return sum;
	}

	/** Reads some rows, which ascend, into the rows of `into`. */
	async readRows(rows: readonly number[], into: Pick<RowSink, "x" | "y" | "sourceRow">, turns: Turns): Promise<void> {
		const { features, rows: all } = this.shape;
		const most = Math.max(1, Math.floor(pieceBytes / 4 / features));
		const x = new Float32Array(most * features);
		const y = new Float32Array(most);
		const sourceRow = new Uint32Array(most);
		let first = 0;
		let end = 0;
		for (const [i, row] of rows.entries()) {
			if (row >= end) {
				first = row;
				end = Math.min(all, first + most);
				await turns.next();
				await this.readLater(first, x.subarray(0, (end - first) * features), y.subarray(0, end - first));
				await this.file.readLater(sourceRow.subarray(0, end - first), this.sources + first * 4);
			}
			const at = row - first;
			into.x.set(x.subarray(at * features, (at + 1) * features), i * features);
			into.y[i] = y[at];
			into.sourceRow[i] = sourceRow[at];
		}
	}

	/** Reads all rows and keeps none. @returns their checksum */
	async lookThrough(turns: Turns): Promise<number> {
		const piece = new Float32Array(pieceBytes / 4);
		let sum = 0;
		for (let position = 0; position < this.end; position += pieceBytes) {
			const part = piece.subarray(0, (this.end - position) / 4);
			await this.file.readLater(part, position);
			sum = (sum + sumOf(part, position)) | 0;
			await turns.next();
		}
		return sum;
	}

	private *pieces({ x, y, sourceRow }: Pick<RowSink, "x" | "y" | "sourceRow">): Generator<[Words, number]> {
		const step = pieceBytes / 4;
		for (const [array, begin] of [
			[x, 0],
			[y, this.targets],
			[sourceRow, this.sources],
		] as const) {
			for (let first = 0; first < array.length; first += step) {
				yield [array.subarray(first, first + step), begin + first * 4];
			}
		}
	}

	private write(words: Words, position: number): void {
		this.file.write(words, position);
		this.checksum = (this.checksum + sumOf(words, position)) | 0;
	}

	/** Fills x and y with as many rows as y has place for, from row `first` on. */
	read(first: number, x: Float32Array, y: Float32Array): void {
		this.file.read(x, first * this.shape.features * 4);
		this.file.read(y, this.targets + first * 4);
	}

	/** The same while other work goes on. */
	async readLater(first: number, x: Float32Array, y: Float32Array): Promise<void> {
		await this.file.readLater(x, first * this.shape.features * 4);
		await this.file.readLater(y, this.targets + first * 4);
	}

	/** @returns the targets of rows [first, first + rows), some at a time, in an array that the next ones overwrite */
	*targetsOf(first: number, rows: number): Generator<Float32Array> {
		const y = new Float32Array(Math.min(targetsAtOnce, rows));
		for (let done = 0; done < rows; done += y.length) {
			const part = y.subarray(0, rows - done);
			this.file.read(part, this.targets + (first + done) * 4);
			yield part;
		}
	}

	/** @returns number in the table's file of a row, from 1 */
	sourceRow(row: number): number {
		const source = new Uint32Array(1);
		this.file.read(source, this.sources + row * 4);
		return source[0];
	}

	/** The rows can be read no longer. */
	close(): void {
		this.file.close();
	}
}

type Words = Float32Array | Uint32Array;

/** A checksum of parts that may be added in any order: each word is mixed with its position. */
function sumOf({ buffer, byteOffset, length }: Words, position: number): number {
	const words = new Uint32Array(buffer, byteOffset, length);
	const first = position / 4;
	let sum = 0;
	for (let i = 0; i < length; i++) sum = (sum + Math.imul(words[i] ^ Math.imul(first + i, 0x9e3779b1), 0x85ebca6b)) | 0;
	return sum;
}
