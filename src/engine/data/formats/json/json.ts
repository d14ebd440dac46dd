/**
 * Tables in JSON, plain JSON Lines among them, in one pass. DuckDB's reader leaves out what first comes after its
 * sample, and takes an object with a large array as one value, all of it in memory.
 */
import { type FileHandle, open } from "node:fs/promises";
import { InputError } from "../../../input-error.ts";
import { type Format, type RawTable, type ReadOptions, TableCollector } from "../../raw-table.ts";
import { checkUnchanged, fileError, readPart, type SourceFile } from "../../source-file.ts";
import { Turns } from "../../turns.ts";
import { columnNames } from "../column-names.ts";
import { type Batch, ColumnPlan } from "./columns.ts";
import { Columns, Records, type RowSource } from "./row-sources.ts";
import { ObjectScanner } from "./scanners.ts";

/** rows that cells are taken from at once, and cells */
const sliceRows = 2048;
const sliceCells = 2 ** 20;
/** cells for each byte of the file, more than which only rows make that have hardly a key in common */
const mostCellsOfByte = 64;
const scanBytes = 2 ** 18;

export const json: Format = {
	recognises: (head) => /^\s*(\{\s*["}]|\[\s*[{[])/.test(new TextDecoder().decode(head.subarray(0, 4096))),
	extension: /\.(json|jsonl|ndjson)$/i,

	async read(file, options) {
		let handle: FileHandle | undefined;
		try {
			handle = await open(file.contents.path);
			return await readTable(file, handle, options);
		} catch (error) {
			options.signal?.throwIfAborted();
			await checkUnchanged(file);
			throw fileError(file.name, error);
		} finally {
			await handle?.close();
		}
	},
};

async function readTable(file: SourceFile, handle: FileHandle, options: ReadOptions): Promise<RawTable> {
	const turns = new Turns(options.signal);
	const { start, understood } = await findRows(file, handle, turns);
	const plans: ColumnPlan[] = [];
	let table = await readOnce(file, start(), plans, options, turns);
	// a value did not fit what the rows before it showed: by now all of them were looked at
	table ??= await readOnce(file, start(), plans, options, turns);
	await checkUnchanged(file);
	if (!table) throw new Error(`${file.name} is not what it was`);
	return table.table({ header: true, ...(understood ? { understood } : {}) });
}

/**
 * Reads as planned, by the first rows where there is no plan.
 *
 * @param plans widened in place when a value does not fit
 * @returns nothing when one did not
 */
async function readOnce(
	file: SourceFile,
	source: RowSource,
	plans: ColumnPlan[],
	options: ReadOptions,
	turns: Turns,
): Promise<TableCollector | undefined> {
	let table: TableCollector | undefined;
	let fits = true;
	try {
		for (let batch = await source.next(); batch; batch = await source.next()) {
			if (batch.rows === 0) continue;
			if (batch.rows * source.names.length > mostCellsOfByte * source.bytes) {
				throw new InputError(`${file.name}: its rows have hardly a key in common; give every row the same keys.`);
			}
			if (!fits || plans.length === 0) widen(plans, source.names, batch);
			table ??= collector(file, plans, Math.ceil((batch.rows * file.contents.size) / source.bytes), options);
			const step = Math.max(1, Math.min(sliceRows, Math.floor(sliceCells / plans.length)));
			for (let first = 0; fits && first < batch.rows; first += step) {
				fits = append(table, plans, batch, first, Math.min(batch.rows, first + step));
				if (!fits) widen(plans, source.names, batch);
				await turns.next();
			}
			await turns.next();
		}
		if (!table) throw new InputError(`${file.name} has no rows; it needs one object a row.`);
		if (plans.length === 0) {
			throw new InputError(`${file.name}: its rows are empty; write each as {"name": value, ...}.`);
		}
		if (fits) return table;
	} catch (error) {
		table?.discard();
		throw error;
	}
	table.discard();
	return undefined;
}

function collector(file: SourceFile, plans: ColumnPlan[], about: number, options: ReadOptions): TableCollector {
	const names = columnNames(
		file.name,
		plans.map(({ name }) => name),
		plans.length,
	);
	const columns = plans.map(({ numbers, nested, brokenNumbers }, i) => ({
		name: names[i],
		type: numbers && !nested ? ("DOUBLE" as const) : ("VARCHAR" as const),
		brokenNumbers: brokenNumbers && !nested,
		...(nested ? { unread: "nested values" } : {}),
	}));
	return new TableCollector(file, columns, about, options);
}

function widen(plans: ColumnPlan[], names: readonly string[], { columns }: Batch): void {
	for (const [i, name] of names.entries()) {
		plans[i] ??= new ColumnPlan(name);
		plans[i].widen(columns[i] ?? []);
	}
}

/** @returns false, and takes nothing, when a value does not fit its column's plan or its column is not known */
function append(table: TableCollector, plans: ColumnPlan[], { columns }: Batch, first: number, end: number): boolean {
	if (columns.length > plans.length) return false;
	const vectors = [];
	for (const [i, plan] of plans.entries()) {
		const cells = plan.cells(columns[i], first, end);
		if (!cells) return false;
		vectors.push(cells);
	}
	table.append(vectors, end - first);
	return true;
}

function unescaped(key: string): string {
	try {
		return JSON.parse(`"${key}"`);
	} catch {
		return key;
	}
}

/** Finds where the rows of a file are. @returns what begins to read them */
async function findRows(
	file: SourceFile,
	handle: FileHandle,
	turns: Turns,
): Promise<{ start: () => RowSource; understood?: string }> {
	const { name } = file;
	// past spaces, and past a byte order mark
	const opening = file.head.findIndex((byte) => byte > 0x20 && byte < 0x7f);
	const bracket = file.head[opening];
	if (bracket === 0x5b) return { start: () => new Records(file, handle, { start: opening + 1, shape: "only" }) };
	if (bracket !== 0x7b) throw new InputError(`${name} is no JSON; it should begin with [ or {.`);

	const scanner = new ObjectScanner();
	for (let at = opening; !scanner.more && at < file.contents.size; at += scanBytes) {
		scanner.push(readPart(file.contents.path, at, scanBytes));
		await turns.next();
	}
	if (scanner.more) return { start: () => new Records(file, handle, { start: opening, shape: "lines" }) };
	if (!scanner.closed) throw new InputError(`${name} ends within an object; write the file again.`);
	const arrays = scanner.arrays.map(({ key: [from, to], start, first }) => {
		const key = Buffer.from(readPart(file.contents.path, opening + from + 1, to - from - 2)).toString();
		return { name: unescaped(key), start: opening + start, first: String.fromCharCode(first) };
	});
	const rows = arrays.filter(({ first }) => first === "{");
	const lists = arrays.find(({ first }) => first === "[");
	if (rows.length > 1) {
		const names = rows.map((array) => `"${array.name}"`).join(", ");
		throw new InputError(`${name} has ${rows.length} arrays of rows (${names}); keep one of them.`);
	}
	if (rows.length === 1) {
		const [{ name: key, start }] = rows;
		return {
			start: () => new Records(file, handle, { start, shape: "member" }),
			understood: `rows are the objects in "${key}"`,
		};
	}
	if (lists || arrays.length === 0) {
		const found = lists ? `the rows of "${lists.name}" are lists` : "it holds no array of rows";
		throw new InputError(
			`${name}: ${found}; write [{"name": value, ...}, ...], or an object a line (pandas: orient="records").`,
		);
	}
	return { start: () => new Columns(file, handle, arrays), understood: "each array is a column" };
}
