/** The shapes that a table has in JSON, each as batches of columns. */
import type { FileHandle } from "node:fs/promises";
import { InputError } from "../../../input-error.ts";
import type { SourceFile } from "../../source-file.ts";
import { checkColumns } from "../column-names.ts";
import type { Batch } from "./columns.ts";
import { ElementReader, type Elements } from "./element-reader.ts";

/** A table in JSON that is being read. */
export interface RowSource {
	/** of the columns that were met so far */
	readonly names: readonly string[];
	/** bytes read */
	readonly bytes: number;
	/** @returns the next rows, undefined after the last */
	next(): Promise<Batch | undefined>;
}

/** read at once of an array of rows: more would keep others waiting */
const pieceBytes = 2 ** 17;
/** read at once of all columns that stand one after another */
const allPiecesBytes = 2 ** 24;

/** Rows that are objects: a key is a column from the row on that has it first. */
export class Records implements RowSource {
	readonly names: string[] = [];
	private readonly file: SourceFile;
	private readonly reader: ElementReader;
	private readonly columnOf = new Map<string, number>();
	private rows = 0;

	constructor(file: SourceFile, handle: FileHandle, elements: Elements) {
		this.file = file;
		this.reader = new ElementReader(file.name, handle, elements, pieceBytes);
	}

	get bytes(): number {
		return this.reader.bytes;
	}

	async next(): Promise<Batch | undefined> {
		const records = await this.reader.next();
		if (!records) return undefined;
		const columns: unknown[][] = this.names.map(() => []);
		for (const [row, record] of records.entries()) {
			if (typeof record !== "object" || record === null || Array.isArray(record)) throw this.noRecord(row, record);
			let next = 0;
			for (const key in record) {
				let column = this.names[next] === key ? next : this.columnOf.get(key);
				if (column === undefined) {
					column = this.names.push(key) - 1;
					this.columnOf.set(key, column);
					columns.push([]);
				}
				next = column + 1;
				columns[column][row] = (record as Record<string, unknown>)[key];
			}
		}
		checkColumns(this.file.name, this.names.length);
		this.rows += records.length;
		return { rows: records.length, columns };
	}

	private noRecord(row: number, record: unknown): InputError {
		const what = Array.isArray(record) ? "a list" : record === null ? "null" : `a ${typeof record}`;
		return new InputError(
			`${this.file.name}, row ${this.rows + row + 1}: it is ${what} and not an object; write each row as {"name": value, ...}.`,
		);
	}
}

/** Columns that are arrays of one object, read side by side. */
export class Columns implements RowSource {
	readonly names: string[];
	private readonly file: SourceFile;
	private readonly readers: ElementReader[];
	/** values of each column that were read and not given */
	private held: unknown[][];
	private rows = 0;

	constructor(file: SourceFile, handle: FileHandle, columns: { name: string; start: number }[]) {
		checkColumns(file.name, columns.length);
		this.file = file;
		this.names = columns.map(({ name }) => name);
		const bytes = Math.max(4096, Math.min(pieceBytes, allPiecesBytes / columns.length));
		this.readers = columns.map(
			({ start }) => new ElementReader(file.name, handle, { start, shape: "member" }, Math.floor(bytes)),
		);
		this.held = columns.map(() => []);
	}

	get bytes(): number {
		return this.readers.reduce((sum, { bytes }) => sum + bytes, 0);
	}

	async next(): Promise<Batch | undefined> {
		for (const [i, reader] of this.readers.entries()) {
			while (this.held[i].length === 0) {
				const values = await reader.next();
				if (!values) break;
				this.held[i] = values;
			}
		}
		const lengths = this.held.map(({ length }) => length);
		const rows = Math.min(...lengths);
		if (rows === 0) {
			const longer = lengths.findIndex((length) => length > 0);
			if (longer < 0) return undefined;
			const shorter = lengths.indexOf(0);
			throw new InputError(
				`${this.file.name}: "${this.names[shorter]}" has ${this.rows} values and "${this.names[longer]}" has more; give every column as many.`,
			);
		}
		const columns = this.held.map((values) => values.slice(0, rows));
		this.held = this.held.map((values) => values.slice(rows));
		this.rows += rows;
		return { rows, columns };
	}
}
