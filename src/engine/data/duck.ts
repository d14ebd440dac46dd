/** DuckDB as a CSV reader: one locked-down instance a file, raw column vectors out. */
import { freemem } from "node:os";
import { sep } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import duckdb from "@duckdb/node-bindings";
import type { Dialect } from "./dialect.ts";
import { missingMarks } from "./missing-marks.ts";
import type { SourceFile } from "./source-file.ts";

export type CellType = "DOUBLE" | "VARCHAR";

/** One column of one chunk, still in DuckDB's memory: valid until the next chunk is asked for. */
export interface RawVector {
	/** DOUBLE: 8 bytes a cell. VARCHAR: DuckDB's string_t, 16 bytes a cell */
	data: Uint8Array;
	/** bit i % 8 of byte i / 8 is 1 when cell i has a value; null when all have */
	validity: Uint8Array | null;
}

const threads = 2;

/**
 * Opens DuckDB so that it can read this file and nothing else, whatever an SQL text may say.
 *
 * allowed_paths cannot change once external access is off, hence one instance a file (8 ms, 20 the first time).
 * The caller closes what it gets.
 */
export async function openDuck(file: SourceFile): Promise<{ connection: DuckDBConnection; close: () => void }> {
	const megabytes = Math.max(256, Math.floor((process.availableMemory?.() ?? freemem()) / 2 / 2 ** 20));
	const instance = await DuckDBInstance.create(":memory:", {
		threads: String(threads),
		memory_limit: `${megabytes}MB`,
		temp_directory: "",
		autoinstall_known_extensions: "false",
		autoload_known_extensions: "false",
	});
	try {
		const connection = await instance.connect();
		const close = () => {
			connection.closeSync();
			instance.closeSync();
		};
		try {
			await connection.run(allow(file.path));
			await connection.run("SET enable_external_access = false");
			await connection.run("SET lock_configuration = true");
		} catch (error) {
			close();
			throw error;
		}
		return { connection, close };
	} catch (error) {
		instance.closeSync();
		throw error;
	}
}

/** DuckDB takes these in a path for a pattern. */
const patternMarks = /[*?[]/;

function allow(path: string): string {
	if (!patternMarks.test(path)) return `SET allowed_paths = [${literal(path)}]`;
	// A pattern is refused unless all that it may match is allowed, so the directory above its first mark is; escaped,
	// it matches this file alone.
	const parts = path.split(sep);
	const above = parts
		.slice(
			0,
			parts.findIndex((part) => patternMarks.test(part)),
		)
		.join(sep);
	return `SET allowed_directories = [${literal(above + sep)}]`;
}

/** @returns the path as DuckDB is to be told it: each mark of a pattern in brackets, where it stands for itself */
function escapePath(path: string): string {
	return path.replace(/[*?[]/g, "[$&]");
}

/**
 * Reads the whole file in order, chunk by chunk.
 *
 * The columns go by c0, c1, ...: the file's own names never become SQL.
 *
 * @param strict false only for a file whose records are known to be sound, to get past mixed line ends
 * @param onChunk called with one vector a column; must copy what it keeps
 */
export async function streamColumns(
	connection: DuckDBConnection,
	file: SourceFile,
	dialect: Dialect,
	types: CellType[],
	strict: boolean,
	onChunk: (vectors: RawVector[], rows: number) => void,
): Promise<void> {
	// A stream that fails halfway ends like one that is done: fetchChunk gives null and the binding keeps the error to
	// itself. So the last row is one of ours, and without it the reading goes wrong once more where errors are told.
	const source = readCsv(dialect, types, strict);
	const ours = `SELECT ${types.map(() => "NULL").join(", ")}, true`;
	const result = await connection.stream(`SELECT *, false AS last FROM ${source} UNION ALL ${ours}`, [
		escapePath(file.path),
	]);
	let ended = false;
	for (;;) {
		const chunk = await result.fetchChunk();
		if (!chunk || chunk.rowCount === 0) break;
		const count = chunk.rowCount;
		const last = duckdb.vector_get_data(duckdb.data_chunk_get_vector(chunk.chunk, types.length), count);
		ended = last[count - 1] === 1;
		const rows = ended ? count - 1 : count;
		const vectors = types.map((type, column) => {
			const vector = duckdb.data_chunk_get_vector(chunk.chunk, column);
			return {
				data: duckdb.vector_get_data(vector, count * (type === "DOUBLE" ? 8 : 16)),
				validity: duckdb.vector_get_validity(vector, Math.ceil(count / 64) * 8),
			};
		});
		onChunk(vectors, rows);
	}
	if (ended) return;
	await connection.run(`SELECT ${types.map((_, i) => `max(c${i})`).join(", ")} FROM ${source}`, [
		escapePath(file.path),
	]);
	throw new Error(`DuckDB stopped before the end of ${file.name}`);
}

/** Text of a string_t that does not lie within its 16 bytes. */
export function longString(data: Uint8Array, cell: number, length: number): string {
	const bytes = duckdb.get_data_from_pointer(data.buffer as ArrayBuffer, data.byteOffset + cell * 16 + 8, length);
	return decoder.decode(bytes);
}

const decoder = new TextDecoder();

/** @returns for each numeric column whether some cell of the whole file is no number */
export async function findText(
	connection: DuckDBConnection,
	file: SourceFile,
	dialect: Dialect,
	types: CellType[],
	strict: boolean,
): Promise<boolean[]> {
	const number = (column: string) =>
		`TRY_CAST(${dialect.decimal === "," ? `replace(${column}, ',', '.')` : column} AS DOUBLE)`;
	const numeric = types.flatMap((type, i) => (type === "DOUBLE" ? [i] : []));
	const counts = numeric.map((i) => `count(c${i}) > count(${number(`c${i}`)})`).join(", ");
	const text = types.map((): CellType => "VARCHAR");
	const reader = await connection.runAndReadAll(`SELECT ${counts} FROM ${readCsv(dialect, text, strict)}`, [
		escapePath(file.path),
	]);
	const row = reader.getRows()[0];
	const found = types.map(() => false);
	numeric.forEach((column, i) => {
		found[column] = row[i] === true;
	});
	return found;
}

function readCsv(dialect: Dialect, types: CellType[], strict: boolean): string {
	const { marks } = dialect;
	const columns = types.map((type, i) => `'c${i}': '${type}'`).join(", ");
	const options = [
		"auto_detect = false",
		`header = ${dialect.header}`,
		`skip = ${dialect.skip}`,
		`delim = ${literal(marks.delimiter)}`,
		`quote = ${literal(marks.quote)}`,
		`escape = ${literal(marks.escape)}`,
		`decimal_separator = ${literal(dialect.decimal)}`,
		`nullstr = [${missingMarks.map(literal).join(", ")}]`,
		`columns = {${columns}}`,
		`strict_mode = ${strict}`,
		"null_padding = false",
		"ignore_errors = false",
		"hive_partitioning = false",
		"compression = 'none'",
	];
	return `read_csv($1, ${options.join(", ")})`;
}

function literal(text: string): string {
	return `'${text.replaceAll("'", "''")}'`;
}
