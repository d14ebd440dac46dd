/** Parquet files, read by DuckDB. */
import { type DuckDBConnection, type DuckDBType, DuckDBTypeId } from "@duckdb/node-api";
import { InputError } from "../../input-error.ts";
import { type CellType, escapePath, openDuck, readRow, streamVectors } from "../duck.ts";
import { type Format, type RawTable, type ReadOptions, TableCollector } from "../raw-table.ts";
import { checkUnchanged, type SourceFile } from "../source-file.ts";
import { columnNames } from "./column-names.ts";

export const parquet: Format = {
	recognises: (head) => Buffer.from(head.subarray(0, 4)).toString("latin1") === "PAR1",
	extension: /\.(parquet|pq)$/i,

	async read(file, options) {
		const duck = await openDuck(file, options.memoryLimit);
		try {
			return await readTable(duck.connection, file, options);
		} catch (error) {
			options.signal?.throwIfAborted();
			if (error instanceof InputError) throw error;
			await checkUnchanged(file);
			if (error instanceof Error && error.message.startsWith("Out of Memory")) {
				throw new InputError(`${file.name} needs more memory than is free to read; close other programs.`, {
					cause: error,
				});
			}
			throw new InputError(`${file.name} is damaged, cut short or no Parquet file; write it again.`, { cause: error });
		} finally {
			duck.close();
		}
	},
};

async function readTable(connection: DuckDBConnection, file: SourceFile, options: ReadOptions): Promise<RawTable> {
	const path = escapePath(file.contents.path);
	const about = { sql: "SELECT num_rows FROM parquet_file_metadata($1)", parameters: [path] };
	const [rows] = await readRow(connection, about, options.signal);
	if (Number(rows) === 0) throw new InputError(`${file.name} has columns but no rows; write rows into it.`);
	const schema = await connection.stream("FROM read_parquet($1) LIMIT 0", [path]);
	const names = columnNames(file.name, schema.columnNames(), schema.columnCount);
	const columns = schema.columnTypes().map((type, i) => ({ name: names[i], brokenNumbers: false, ...cellsOf(type) }));
	const table = new TableCollector(file, columns, Number(rows), options);
	const list = names.map((_, i) => `c${i}`);
	// the columns go by c0, c1, ...: the file's own names never become SQL
	const cells = columns.map(({ sql, type }, i) => `CAST(${sql(`c${i}`)} AS ${type})`);
	const query = {
		sql: `SELECT ${cells.join(", ")} FROM read_parquet($1) AS t(${list.join(", ")})`,
		parameters: [path],
	};
	const types = columns.map(({ type }) => type);
	try {
		await streamVectors(connection, query, types, options.signal, (vectors, count) => table.append(vectors, count));
		await checkUnchanged(file);
	} catch (error) {
		table.discard();
		throw error;
	}
	return table.table({ header: true });
}

/** @returns how the cells of a column are to be read */
function cellsOf({ typeId }: DuckDBType): { type: CellType; sql: (column: string) => string; unread?: string } {
	const plain = (column: string) => column;
	const mark = (column: string) => `CASE WHEN ${column} IS NULL THEN NULL ELSE '...' END`;
	switch (typeId) {
		case DuckDBTypeId.TINYINT:
		case DuckDBTypeId.UTINYINT:
		case DuckDBTypeId.SMALLINT:
		case DuckDBTypeId.USMALLINT:
		case DuckDBTypeId.FLOAT:
			return { type: "FLOAT", sql: plain };
		case DuckDBTypeId.INTEGER:
		case DuckDBTypeId.UINTEGER:
		case DuckDBTypeId.BIGINT:
		case DuckDBTypeId.UBIGINT:
		case DuckDBTypeId.HUGEINT:
		case DuckDBTypeId.UHUGEINT:
		case DuckDBTypeId.DECIMAL:
		case DuckDBTypeId.DOUBLE:
			return { type: "DOUBLE", sql: plain };
		case DuckDBTypeId.TIMESTAMP_TZ:
			// without this it would be this machine's time
			return { type: "VARCHAR", sql: (column) => `timezone('UTC', ${column})` };
		case DuckDBTypeId.BLOB:
			return { type: "VARCHAR", sql: mark, unread: "binary values" };
		case DuckDBTypeId.LIST:
		case DuckDBTypeId.ARRAY:
		case DuckDBTypeId.STRUCT:
		case DuckDBTypeId.MAP:
		case DuckDBTypeId.UNION:
			return { type: "VARCHAR", sql: mark, unread: "nested values" };
		default:
			return { type: "VARCHAR", sql: plain };
	}
}
