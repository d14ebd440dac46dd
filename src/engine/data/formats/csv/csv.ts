/** Tables in delimited text: CSV, TSV and their relatives, read by DuckDB. */
import type { DuckDBConnection } from "@duckdb/node-api";
import { InputError } from "../../../input-error.ts";
import { BrokenStream, type CellType, escapePath, literal, openDuck, readRow, streamVectors } from "../../duck.ts";
import { missingMarks } from "../../missing-marks.ts";
import { type Format, type RawTable, type ReadOptions, TableCollector } from "../../raw-table.ts";
import { checkUnchanged, type SourceFile } from "../../source-file.ts";
import { Turns } from "../../turns.ts";
import { replaceContents } from "../copies.ts";
import { NotUtf8, Windows1252 } from "../encodings.ts";
import { EucKr } from "../euc-kr.ts";
import { type ColumnPlan, planColumns } from "./columns.ts";
import { type Dialect, holdsNumbers, sniffDialect } from "./dialect.ts";
import { findFault, hasLongLine, lineOfRow, mostLineBytes } from "./faults.ts";
import { Tidy } from "./tidy.ts";
import { findUntidiness, type Untidiness } from "./untidiness.ts";

export const csv: Format = {
	recognises: () => false,
	extension: /\.(csv|tsv)$/i,

	async read(file, options) {
		try {
			return await readText(file, options);
		} catch (fault) {
			if (!(fault instanceof NotUtf8)) throw fault;
			const encoding = await decodeOther(file, fault, options.signal);
			const table = await readText(file, options);
			const said = `read as ${encoding}, as line ${fault.line} is not UTF-8`;
			return { ...table, understood: [said, ...(table.understood ? [table.understood] : [])].join("; ") };
		}
	},
};

/**
 * Lets a text in another encoding be read as UTF-8, where it is certain which one it is.
 *
 * @returns its name
 * @throws the fault when it is none of those that are known
 */
async function decodeOther(file: SourceFile, fault: NotUtf8, signal: AbortSignal | undefined): Promise<string> {
	const isKorean = await replaceContents(file, new EucKr(fault), signal).then(
		() => true,
		(error) => {
			if (error !== fault) throw error;
			return false;
		},
	);
	if (isKorean) return "CP949 (EUC-KR)";
	await replaceContents(file, new Windows1252(fault), signal);
	return "Windows-1252";
}

/** @throws NotUtf8 where it is text in another encoding */
async function readText(file: SourceFile, options: ReadOptions): Promise<RawTable> {
	const untidiness = findUntidiness(file.head, file.head.length === file.contents.size);
	if (untidiness) await replaceContents(file, new Tidy(untidiness), options.signal);
	// DuckDB opens on a thread of its own while the head is looked at here
	const opening = openDuck(file, options.memoryLimit);
	opening.catch(() => {}); // told where it is awaited
	const turns = new Turns(options.signal);
	let dialect: Dialect;
	let plan: ColumnPlan;
	try {
		dialect = sniffDialect(file);
		await turns.next();
		plan = planColumns(file, dialect);
	} catch (error) {
		(await opening).close();
		throw error;
	}
	const duck = await opening;
	try {
		const table = await readCells(duck.connection, file, dialect, plan, options);
		if (table.rows === 0) throw new InputError(`${file.name} has a header but no rows; add rows below the header.`);
		const understood = describe(dialect, untidiness);
		return understood ? { ...table, understood } : table;
	} finally {
		duck.close();
	}
}

/** Says what is unusual about the text. */
function describe({ decimal, titles }: Dialect, untidiness: Untidiness | undefined): string {
	const said = [];
	if (titles > 0) said.push(`${titles === 1 ? "a line" : `${titles} lines`} above the header left out`);
	if (untidiness?.spaces) said.push("spaces part the cells");
	if (decimal === ",") said.push("decimal commas");
	if (untidiness?.comment) said.push(`lines that begin with ${untidiness.comment} are comments`);
	return said.join("; ");
}

/**
 * Reads as planned. When that fails because a cell is no number, or is a mark that was not seen before, every such cell
 * of the file is found in one go and it is read again. Strict, unless the file turns out to be sound but for its line
 * ends.
 */
async function readCells(
	connection: DuckDBConnection,
	file: SourceFile,
	dialect: Dialect,
	planned: ColumnPlan,
	options: ReadOptions,
): Promise<RawTable> {
	let plan = planned;
	let strict = true;
	for (;;) {
		try {
			return await readOnce(connection, file, dialect, plan, strict, options);
		} catch (error) {
			options.signal?.throwIfAborted();
			if (error instanceof InputError) throw error;
			await checkUnchanged(file);
			let fault: unknown = error;
			if (plan === planned) {
				try {
					plan = await planFromWhole(connection, file, dialect, planned, strict, options.signal);
					continue;
				} catch (other) {
					options.signal?.throwIfAborted();
					fault = other;
				}
			}
			const found = await findFault(file, dialect, options.signal);
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
	plan: ColumnPlan,
	strict: boolean,
	options: ReadOptions,
): Promise<RawTable> {
	const { types, about } = plan;
	const columns = types.map((type, i) => ({
		name: dialect.names[i],
		type,
		brokenNumbers: type === "VARCHAR" && holdsNumbers(dialect.rows, i, dialect.decimal),
		missingMarks: plan.marks[i],
		decimal: dialect.decimal,
	}));
	const table = new TableCollector(file, columns, about, options);
	const query = { sql: `FROM ${source(dialect, plan, strict)}`, parameters: [escapePath(file.contents.path)] };
	const long = hasLongLine(file);
	long.catch(() => {}); // told where it is awaited
	try {
		await streamVectors(connection, query, types, options.signal, (vectors, rows) => table.append(vectors, rows));
		const tooLarge = table.columns.some(
			({ cells }, i) => types[i] === "FLOAT" && cells.type === "numbers" && cells.facts.infiniteRow > 0,
		);
		if (tooLarge) throw new RangeError("a number is too large for 32 bits");
		if (await long) throw new RangeError("rows were left out");
		await checkUnchanged(file);
	} catch (error) {
		table.discard();
		throw error;
	}
	const place = async (row: number) => `line ${await lineOfRow(file, dialect, row)}`;
	return table.table({ header: dialect.header, place });
}

/** @returns a plan that every cell of the file fits: with all digits and marks, and text where a cell is no number */
async function planFromWhole(
	connection: DuckDBConnection,
	file: SourceFile,
	dialect: Dialect,
	planned: ColumnPlan,
	strict: boolean,
	signal: AbortSignal | undefined,
): Promise<ColumnPlan> {
	const whole: ColumnPlan = { ...planned, types: planned.types.map(() => "VARCHAR"), missing: [...missingMarks] };
	const number = (column: string) =>
		`TRY_CAST(${dialect.decimal === "," ? `replace(${column}, ',', '.')` : column} AS DOUBLE)`;
	const counts = planned.types.map((type, i) => {
		return type === "VARCHAR" ? "true" : `count(c${i}) > count(${number(`c${i}`)})`;
	});
	const sql = `SELECT ${counts.join(", ")} FROM ${source(dialect, whole, strict)}`;
	const isText = await readRow(connection, { sql, parameters: [escapePath(file.contents.path)] }, signal);
	return { ...whole, types: isText.map((text): CellType => (text === true ? "VARCHAR" : "DOUBLE")) };
}

/** The columns go by c0, c1, ...: the file's own names never become SQL. */
function source(dialect: Dialect, { types, missing }: ColumnPlan, strict: boolean): string {
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
		`nullstr = [${missing.map(literal).join(", ")}]`,
		`columns = {${columns}}`,
		`strict_mode = ${strict}`,
		// the usual 32 MB for each thread would be most of what the reading takes
		"buffer_size = 4000000",
		`max_line_size = ${mostLineBytes}`,
		"null_padding = false",
		"ignore_errors = false",
		"hive_partitioning = false",
		"compression = 'none'",
	];
	return `read_csv($1, ${options.join(", ")})`;
}

/** DuckDB's reason in our words; its own text goes to the log as the cause. */
function readError(file: SourceFile, error: unknown): unknown {
	const text = error instanceof Error ? error.message : String(error);
	const fault = (sentence: string) => new InputError(sentence, { cause: error });
	if (/^Out of Memory/i.test(text)) {
		return fault(`${file.name} needs more memory than is free to read; close other programs or use fewer columns.`);
	}
	if (/^(IO|Permission) Error/.test(text)) {
		return fault(`${file.name} could not be read to its end; check the disk and the file's permissions.`);
	}
	if (error instanceof BrokenStream || /^[A-Z][A-Za-z ]* Error:/.test(text)) {
		return fault(`${file.name} cannot be read as CSV; check its delimiter, quotes and line ends.`);
	}
	return error;
}
