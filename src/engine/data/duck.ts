/** DuckDB as a reader: one locked-down instance a file, raw column vectors out. */
import { sep } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import duckdb from "@duckdb/node-bindings";
import type { SourceFile } from "./source-file.ts";

export type CellType = "FLOAT" | "DOUBLE" | "VARCHAR";

/** One column of one chunk, still in DuckDB's memory: valid until the next chunk is given. */
export interface RawVector {
	/** FLOAT: 4 bytes a cell, DOUBLE: 8. VARCHAR: DuckDB's string_t, 16 bytes a cell */
	data: Uint8Array<ArrayBuffer>;
	/** bit i % 8 of byte i / 8 is 1 when cell i has a value; null when all have */
	validity: Uint8Array | null;
}

const cellBytes: Record<CellType, number> = { FLOAT: 4, DOUBLE: 8, VARCHAR: 16 };

const threads = 2;
/** Finished chunks that wait for us. With the usual 1 MB one of the two threads waits most of the time. */
export const waitingChunks = "32MB";
/** Chunks that were read are collected every so many bytes. */
const collectBytes = 2 * 2 ** 20;

/**
 * Opens DuckDB so that it can read this file and nothing else, whatever an SQL text may say.
 *
 * allowed_paths cannot change once external access is off, hence one instance a file (8 ms, 20 the first time).
 * The caller closes what it gets.
 *
 * @param memoryLimit bytes; DuckDB gets 256 MB at least
 */
export async function openDuck(
	file: SourceFile,
	memoryLimit: number,
): Promise<{ connection: DuckDBConnection; close: () => void }> {
	const instance = await DuckDBInstance.create(":memory:", {
		threads: String(threads),
		memory_limit: `${Math.max(256, Math.floor(memoryLimit / 2 ** 20))}MiB`,
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
			await connection.run(allow(file.contents.path));
			await connection.run(`SET streaming_buffer_size = ${literal(waitingChunks)}`);
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
export function escapePath(path: string): string {
	return path.replace(/[*?[]/g, "[$&]");
}

/** @returns a text as SQL writes it */
export function literal(text: string): string {
	return `'${text.replaceAll("'", "''")}'`;
}

/** A stream of vectors broke off; DuckDB keeps the reason to itself. */
export class BrokenStream extends Error {}

/**
 * Runs a query and gives its result in order, chunk by chunk; the next chunk is made meanwhile.
 *
 * @param types of the columns that the query gives
 * @param onChunk called with one vector a column; must copy what it keeps
 * @throws BrokenStream when the query fails halfway; the signal's reason when it is aborted
 */
export async function streamVectors(
	connection: DuckDBConnection,
	query: { sql: string; parameters: string[] },
	types: CellType[],
	signal: AbortSignal | undefined,
	onChunk: (vectors: RawVector[], rows: number) => void,
): Promise<void> {
	const result = await interruptible(connection, signal, () => connection.stream(query.sql, query.parameters));
	const rowBytes = types.reduce((sum, type) => sum + cellBytes[type], 0);
	let uncollected = 0;
	let next = result.fetchChunk();
	try {
		for (;;) {
			const chunk = await next;
			signal?.throwIfAborted();
			const rows = chunk?.rowCount ?? 0;
			if (!chunk || rows === 0) break;
			next = result.fetchChunk();
			const vectors = types.map((type, column) => {
				const vector = duckdb.data_chunk_get_vector(chunk.chunk, column);
				return {
					data: duckdb.vector_get_data(vector, rows * cellBytes[type]) as Uint8Array<ArrayBuffer>,
					validity: duckdb.vector_get_validity(vector, Math.ceil(rows / 64) * 8),
				};
			});
			onChunk(vectors, rows);
			uncollected += rows * rowBytes;
			if (uncollected >= collectBytes) {
				collectChunks();
				uncollected = 0;
			}
		}
	} finally {
		// nothing may be closed while a fetch goes on
		await next.catch(() => {});
	}
	// a stream that fails ends like one that is done, but has no result any more
	if (result.returnType !== duckdb.ResultType.QUERY_RESULT) throw new BrokenStream();
}

let collect: ((options: { type: "minor" }) => void) | undefined;

/**
 * Frees the chunks that nobody holds any more. They are small to JavaScript, which would let hundreds of megabytes of
 * DuckDB's memory gather behind them before it collects by itself.
 */
function collectChunks(): void {
	if (!collect) {
		setFlagsFromString("--expose-gc");
		collect = runInNewContext("gc") as typeof collect;
	}
	collect?.({ type: "minor" });
}

/** Runs a query that gives one row, until the signal is aborted. @returns its cells */
export async function readRow(
	connection: DuckDBConnection,
	query: { sql: string; parameters: string[] },
	signal: AbortSignal | undefined,
): Promise<unknown[]> {
	const run = () => connection.runAndReadAll(query.sql, query.parameters);
	const reader = await interruptible(connection, signal, run);
	return reader.getRows()[0];
}

/** @returns what `work` gives; it fails as soon as the signal is aborted */
async function interruptible<T>(
	connection: DuckDBConnection,
	signal: AbortSignal | undefined,
	work: () => Promise<T>,
): Promise<T> {
	const interrupt = () => connection.interrupt();
	signal?.addEventListener("abort", interrupt);
	try {
		return await work();
	} finally {
		signal?.removeEventListener("abort", interrupt);
	}
}

/** Text of a string_t that does not lie within its 16 bytes. */
export function longString(data: Uint8Array, cell: number, length: number): string {
	const bytes = duckdb.get_data_from_pointer(data.buffer as ArrayBuffer, data.byteOffset + cell * 16 + 8, length);
	return decoder.decode(bytes);
}

const decoder = new TextDecoder();
