/** Encoded rows on the disk: all inputs row after row, then all targets, then each row's number in the file. */
import { BLOCK_ROWS } from "./cells/blocks.ts";
import { DiskFile } from "./disk-file.ts";
import type { RowSink } from "./encode.ts";
import type { TableShape } from "./load.ts";

/** Rows that are encoded at a time take so many bytes at most. */
const sliceBytes = 2 ** 24;
/** Targets are given so many at a time. */
const targetsAtOnce = 65536;

/** The rows of a table in the order of a prepared one, for who has no memory for all. */
export class RowFile {
	/** of inputs and targets */
	readonly bytes: number;
	private readonly shape: TableShape;
	private readonly file: DiskFile;
	private readonly targets: number;
	private readonly sources: number;

	/**
	 * @param folder where the file is made; it goes when it is closed, or with the process
	 * @throws InputError when it cannot be made
	 */
	constructor(shape: TableShape, folder?: string) {
		const { rows, features } = shape;
		this.shape = shape;
		this.targets = rows * features * 4;
		this.sources = this.targets + rows * 4;
		this.bytes = this.sources;
		this.file = new DiskFile(folder);
		this.file.unname();
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
					this.file.write(x.subarray(begin * features, end * features), first * features * 4);
					this.file.write(y.subarray(begin, end), this.targets + first * 4);
					this.file.write(sourceRow.subarray(begin, end), this.sources + first * 4);
				}
			},
		};
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
		this.file.discard();
	}
}
