/** Tables that lie in a file as plain numbers, row after row or column after column. */
import { type FileHandle, open } from "node:fs/promises";
import { InputError } from "../../input-error.ts";
import type { RawVector } from "../duck.ts";
import { type RawColumn, type RawTable, type ReadOptions, TableCollector } from "../raw-table.ts";
import { checkUnchanged, fileError, type SourceFile } from "../source-file.ts";
import { Turns } from "../turns.ts";
import { type Element, elements } from "./elements.ts";

/** Numbers in a file. */
export interface Matrix {
	path: string;
	/** byte of the first number */
	offset: number;
	rows: number;
	/** of its columns */
	names: readonly string[];
	element: Element;
	littleEndian: boolean;
	/** column after column (Fortran's order) */
	byColumn: boolean;
}

/** rows and numbers that are read at once */
const sliceRows = 2048;
const sliceNumbers = 2 ** 18;

/**
 * Reads a table out of matrices that stand side by side; they do not name their columns.
 *
 * @param matrices of as many rows each, one at least; the last of several is the target
 * @throws InputError when a file ends before its numbers do, or the file changes meanwhile
 */
export async function readMatrices(
	file: SourceFile,
	matrices: readonly Matrix[],
	options: ReadOptions,
): Promise<RawTable> {
	const { rows } = matrices[0];
	const columns = matrices.flatMap(({ names, element }) => {
		return names.map((name) => ({ name, type: elements[element].type, brokenNumbers: false }));
	});
	if (rows * columns.length === 0) throw new InputError(`${file.name} has no numbers in it; write rows into it.`);
	const table = new TableCollector(file, columns, rows, options);
	try {
		await readRows(matrices, options.signal, (vectors, count) => table.append(vectors, count));
		if (matrices.length > 1) refuseOneLabel(file, table.columns[columns.length - 1]);
		await checkUnchanged(file);
	} catch (error) {
		table.discard();
		options.signal?.throwIfAborted();
		await checkUnchanged(file);
		throw fileError(file.name, error);
	}
	return table.table({ header: false });
}

/** What a file says are labels is the target, even where nothing can be learned of it. */
function refuseOneLabel(file: SourceFile, { name, cells }: RawColumn): void {
	if (cells.type !== "numbers" || cells.facts.distinct !== 1) return;
	throw new InputError(
		`${file.name}, column "${name}": the target has one value only ("${cells.facts.min}"); add rows that differ.`,
	);
}

/** @param onRows gets a vector for each column of the first matrix, then of the second, ...; must copy what it keeps */
async function readRows(
	matrices: readonly Matrix[],
	signal: AbortSignal | undefined,
	onRows: (vectors: RawVector[], rows: number) => void,
): Promise<void> {
	const turns = new Turns(signal);
	const [{ rows }] = matrices;
	const width = matrices.reduce((sum, { names }) => sum + names.length, 0);
	const step = Math.max(1, Math.min(sliceRows, rows, Math.floor(sliceNumbers / width)));
	const handles: FileHandle[] = [];
	try {
		for (const { path } of matrices) handles.push(await open(path));
		const readers = matrices.map((matrix, i) => new MatrixReader(handles[i], matrix, step));
		for (let first = 0; first < rows; first += step) {
			const count = Math.min(step, rows - first);
			for (const reader of readers) await reader.read(first, count);
			onRows(
				readers.flatMap(({ vectors }) => vectors),
				count,
			);
			await turns.next();
		}
	} finally {
		for (const handle of handles) await handle.close();
	}
}

class MatrixReader {
	readonly vectors: RawVector[];
	private readonly handle: FileHandle;
	private readonly matrix: Matrix;
	/** of each column in turn, so many numbers each */
	private readonly cells: Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;
	private readonly step: number;
	private readonly bytes: Buffer;

	constructor(handle: FileHandle, matrix: Matrix, step: number) {
		const { names, element } = matrix;
		const columns = names.length;
		const { type, bytes } = elements[element];
		this.handle = handle;
		this.matrix = matrix;
		this.step = step;
		this.cells = new (type === "FLOAT" ? Float32Array : Float64Array)(columns * step);
		const room = step * this.cells.BYTES_PER_ELEMENT;
		this.vectors = Array.from({ length: columns }, (_, i) => ({
			data: new Uint8Array(this.cells.buffer, i * room, room),
			validity: null,
		}));
		this.bytes = Buffer.alloc(step * (matrix.byColumn ? 1 : columns) * bytes);
	}

	/** Reads rows into the vectors. */
	async read(first: number, count: number): Promise<void> {
		const { rows, names, byColumn } = this.matrix;
		const columns = names.length;
		const { cells, step } = this;
		if (!byColumn) {
			const values = await this.numbers(first * columns, count * columns);
			for (let column = 0; column < columns; column++) {
				const at = column * step;
				for (let row = 0; row < count; row++) cells[at + row] = values[row * columns + column];
			}
			return;
		}
		for (let column = 0; column < columns; column++) {
			cells.set(await this.numbers(column * rows + first, count), column * step);
		}
	}

	private async numbers(first: number, count: number): Promise<ArrayLike<number>> {
		const { offset, element, littleEndian } = this.matrix;
		const { bytes: size, read } = elements[element];
		const bytes = this.bytes.subarray(0, count * size);
		for (let filled = 0; filled < bytes.length; ) {
			const position = offset + first * size + filled;
			const { bytesRead } = await this.handle.read(bytes, filled, bytes.length - filled, position);
			if (bytesRead === 0) throw new RangeError("the file ends before its numbers do");
			filled += bytesRead;
		}
		if (!littleEndian) {
			if (size === 2) bytes.swap16();
			else if (size === 4) bytes.swap32();
			else if (size === 8) bytes.swap64();
		}
		return read(bytes.buffer as ArrayBuffer, bytes.byteOffset, count);
	}
}
