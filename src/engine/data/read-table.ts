/** Reads a CSV file whole, column by column, into typed arrays. */
import type { DuckDBConnection } from "@duckdb/node-api";
import { InputError } from "../input-error.ts";
import { type Cells, NumericCollector, TextCollector } from "./column-cells.ts";
import { findFault } from "./csv-faults.ts";
import { type Dialect, sniffDialect } from "./dialect.ts";
import { type CellType, findText, openDuck, streamColumns } from "./duck.ts";
import { checkUnchanged, openSource, type SourceFile } from "./source-file.ts";

export interface RawColumn {
	name: string;
	cells: Cells;
	/** the sample looked numeric but a later cell was not */
	brokenNumbers: boolean;
}

export interface RawTable {
	file: SourceFile;
	dialect: Dialect;
	rows: number;
	columns: RawColumn[];
}

/**
 * Reads a table's cells as they are.
 *
 * The file is looked at before the first await, and again after the last byte.
 *
 * @throws InputError for every file that is no sound CSV table, and when it changes meanwhile
 */
export async function readTable(path: string): Promise<RawTable> {
	const file = openSource(path);
	// DuckDB opens on a thread of its own while the head is looked at here
	const opening = openDuck(file);
	let dialect: Dialect;
	try {
		dialect = sniffDialect(file);
	} catch (error) {
		(await opening).close();
		throw error;
	}
	const duck = await opening;
	try {
		const table = await readCells(duck.connection, file, dialect);
		await checkUnchanged(file);
		if (table.rows === 0) throw new InputError(`${file.name} has a header but no rows; add rows below the header.`);
		return table;
	} finally {
		duck.close();
	}
}

/**
 * Numeric as the sample says; when a later cell is no number, every such column of the file is found in one go and read
 * as text. Strict, unless the file turns out to be sound but for its line ends.
 */
async function readCells(connection: DuckDBConnection, file: SourceFile, dialect: Dialect): Promise<RawTable> {
	const sniffed = dialect.numeric.map((numeric): CellType => (numeric ? "DOUBLE" : "VARCHAR"));
	let types = sniffed;
	let strict = true;
	for (;;) {
		try {
			return await readOnce(connection, file, dialect, types, sniffed, strict);
		} catch (error) {
			await checkUnchanged(file);
			let fault: unknown = error;
			if (types === sniffed && isConversionError(error)) {
				try {
					const text = await findText(connection, file, dialect, types, strict);
					types = types.map((type, i) => (text[i] ? "VARCHAR" : type));
					continue;
				} catch (other) {
					fault = other;
				}
			}
			const found = await findFault(file, dialect);
			if (found) throw found;
			if (!strict) throw readError(file, fault);
			strict = false;
		}
	}
}

async function readOnce(
	connection: DuckDBConnection,
	file: SourceFile,
	dialect: Dialect,
	types: CellType[],
	sniffed: CellType[],
	strict: boolean,
): Promise<RawTable> {
	const capacity = Math.ceil((file.fingerprint.size / dialect.rowBytes) * 1.1) + 2048;
	const collectors = types.map((type) =>
		type === "DOUBLE" ? new NumericCollector(capacity) : new TextCollector(capacity),
	);
	let rows = 0;
	await streamColumns(connection, file, dialect, types, strict, (vectors, count) => {
		for (let i = 0; i < collectors.length; i++) collectors[i].append(vectors[i], count);
		rows += count;
	});
	const columns = collectors.map((collector, i) => ({
		name: dialect.names[i],
		cells: collector.finish(),
		brokenNumbers: sniffed[i] !== types[i],
	}));
	return { file, dialect, rows, columns };
}

function isConversionError(error: unknown): boolean {
	return error instanceof Error && error.message.startsWith("Conversion Error");
}

/** DuckDB's reason in our words; its own text goes to the log as the cause. */
function readError(file: SourceFile, error: unknown): unknown {
	const text = error instanceof Error ? error.message : String(error);
	const fault = (sentence: string) => new InputError(sentence, { cause: error });
	if (/^Out of Memory/i.test(text)) {
		return fault(`${file.name} needs more memory than is free to read; close other programs or use fewer columns.`);
	}
	if (/Maximum line size/i.test(text)) {
		const line = /Line: (\d+)/.exec(text)?.[1];
		const where = line ? `${file.name}, line ${line}:` : `${file.name}:`;
		return fault(`${where} the line is longer than 2 MB; check its quotes or shorten it.`);
	}
	if (/^(IO|Permission) Error/.test(text)) {
		return fault(`${file.name} could not be read to its end; check the disk and the file's permissions.`);
	}
	if (/^(Invalid Input|Conversion|Invalid) Error/.test(text)) {
		return fault(`${file.name} cannot be read as CSV; check its delimiter, quotes and line ends.`);
	}
	return error;
}
