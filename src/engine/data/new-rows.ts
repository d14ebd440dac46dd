/** Rows of another table, encoded as those that a model was trained on. */
import { InputError } from "../input-error.ts";
import { BLOCK_ROWS } from "./cells/blocks.ts";
import { textsOfNumbers } from "./cells/texts-of-numbers.ts";
import { encodersOf } from "./encode.ts";
import { isTruth } from "./kinds/boolean.ts";
import { checkRange } from "./kinds/scale.ts";
import { readAs } from "./kinds/settle.ts";
import { clip } from "./kinds/texts.ts";
import { dropMissing, refuseMissing } from "./missing.ts";
import type { Preparation, PreparedColumn } from "./preparation.ts";
import type { RawColumn, RawTable } from "./raw-table.ts";
import { type LoadControl, readTable } from "./read-table.ts";
import { noLabel } from "./row-parts.ts";
import { Turns } from "./turns.ts";
import { checkFinite } from "./understand.ts";

/** A table's rows, read and held; they go with `discard`. */
export interface NewRows {
	rows: number;
	/** columns that the model does not know */
	ignored: string[];
	/** 1 for a row that lacks a value where such rows are dropped */
	skipped: Uint8Array;
	/**
	 * Writes the inputs of row `first` and those that follow, `most` at the most, to the beginning of x.
	 * @param x rows x inputs, row-major
	 * @returns how many rows they are, one at least
	 */
	encode(first: number, most: number, x: Float32Array): number;
	discard(): void;
}

/**
 * Reads the columns that a model takes; the target need not be there.
 *
 * @param lenient names of columns whose odd cells were told to have no value
 * @throws InputError when a column is missing or holds something else than in training; the signal's reason when aborted
 */
export async function readNewRows(
	path: string,
	preparation: Preparation,
	lenient: ReadonlySet<string>,
	control: LoadControl,
): Promise<NewRows> {
	const known = new Map(preparation.columns.map((column) => [column.name, column]));
	const order = (name: string) => {
		const column = known.get(name);
		return column?.kind === "date" && (column.form === "dayFirst" || column.form === "monthFirst")
			? column.form
			: undefined;
	};
	const table = await readTable(path, { ...control, order }, () => (name) => known.has(name));
	try {
		return await prepareRows(table, preparation, lenient, new Turns(control.signal));
	} catch (fault) {
		table.discard();
		throw fault;
	}
}

/**
 * Looks whether a table has the columns that a model takes: into its first rows, and where one seems to be missing, into
 * all of them, as a JSON file may name it late.
 *
 * @throws InputError when a column is missing; the signal's reason when aborted
 */
export async function checkColumns(path: string, preparation: Preparation, control: LoadControl): Promise<void> {
	const enough = new AbortController();
	const signal = control.signal ? AbortSignal.any([control.signal, enough.signal]) : enough.signal;
	const sampled = (columns: readonly RawColumn[]) => {
		if (absentOf(preparation, columns).length === 0) enough.abort();
	};
	try {
		const table = await readTable(path, { ...control, signal, sampled }, () => () => false);
		table.discard();
		refuseAbsent(table, preparation);
	} catch (fault) {
		control.signal?.throwIfAborted();
		if (!enough.signal.aborted) throw fault;
	}
}

/** @returns names of the columns that a model takes and a table has not */
function absentOf({ columns }: Preparation, given: readonly RawColumn[]): string[] {
	const names = new Set(given.map(({ name }) => name));
	return columns.filter(({ name }) => !names.has(name)).map(({ name }) => name);
}

function refuseAbsent({ file, columns }: RawTable, preparation: Preparation): void {
	const absent = absentOf(preparation, columns).map((name) => `"${name}"`);
	if (absent.length === 0) return;
	const list = absent.length > 5 ? `${absent.slice(0, 5).join(", ")} and ${absent.length - 5} more` : absent.join(", ");
	throw new InputError(
		`${file.name} lacks ${absent.length === 1 ? "a column" : "columns"} that the model was trained on: ${list}; add what is missing.`,
	);
}

async function prepareRows(
	table: RawTable,
	preparation: Preparation,
	lenient: ReadonlySet<string>,
	turns: Turns,
): Promise<NewRows> {
	refuseAbsent(table, preparation);
	const { columns, target, missing } = preparation;
	const byName = new Map(table.columns.map((column) => [column.name, column]));
	const features: { column: RawColumn; prepared: PreparedColumn }[] = [];
	for (const prepared of columns) {
		const column = byName.get(prepared.name)!;
		await settle(table, column, prepared, lenient.has(prepared.name));
		features.push({ column, prepared });
		await turns.next();
	}
	const used = features.map(({ column }) => column);
	await checkFinite(table, used);
	for (const { column, prepared } of features) {
		const { cells } = column;
		if (cells.type !== "numbers" || !("scale" in prepared) || cells.missing === cells.rows) continue;
		checkRange(prepared.name, prepared, cells.facts);
	}
	if (missing === "refuse") await refuseMissing(table, used);
	const labels = new Uint16Array(table.rows);
	if (missing === "drop") await dropMissing(labels, used, turns);
	const encoders = encodersOf(features);
	const stride = encoders.reduce((sum, { width }) => sum + width, 0);
	const from = new Int32Array(BLOCK_ROWS);
	const to = Int32Array.from({ length: BLOCK_ROWS }, (_, k) => k * stride);
	const known = new Set([...columns.map(({ name }) => name), target.name]);
	return {
		rows: table.rows,
		ignored: table.columns.map(({ name }) => name).filter((name) => !known.has(name)),
		skipped: Uint8Array.from(labels, (label) => (label === noLabel ? 1 : 0)),
		encode(first, most, x) {
			const block = Math.floor(first / BLOCK_ROWS);
			const count = Math.min(most, table.rows - first, (block + 1) * BLOCK_ROWS - first);
			for (let k = 0; k < count; k++) from[k] = first + k - block * BLOCK_ROWS;
			for (const { encode, offset } of encoders) encode(block, { count, from, to }, x, offset);
			return count;
		},
		discard: () => table.discard(),
	};
}

/** Makes the cells of a column what they were in training. @throws InputError naming the first that cannot be that */
async function settle(table: RawTable, column: RawColumn, prepared: PreparedColumn, lenient: boolean): Promise<void> {
	const where = `${table.file.name}, column "${column.name}"`;
	if (prepared.kind === "numeric" || prepared.kind === "date") {
		readAs(column, prepared.form ?? "numbers", where);
		const { written } = column;
		if (!written || written.odd === 0 || lenient) return;
		const place = await table.place(written.oddRow);
		const what = prepared.kind === "numeric" ? "number" : "date as those that the model was trained on";
		throw new InputError(
			`${table.file.name}, ${place}, column "${column.name}": "${clip(written.oddText)}" is no ${what}; correct it or leave the cell empty.`,
		);
	}
	if (column.cells.type === "numbers") {
		if (column.cells.facts.distinct === undefined) {
			throw new InputError(
				`${where}: it has too many different numbers, and the model was trained on levels; correct it.`,
			);
		}
		column.cells = textsOfNumbers(column.cells);
	}
	const { cells } = column;
	if (cells.cut) {
		throw new InputError(
			`${where}: it has over ${cells.texts.length - 1} different texts, and the model was trained on levels; correct it.`,
		);
	}
	const odd = prepared.kind === "boolean" ? cells.texts.findIndex((text) => !isTruth(text)) : -1;
	if (odd < 0) return;
	const place = await table.place(cells.firstRows[odd]);
	throw new InputError(
		`${table.file.name}, ${place}, column "${column.name}": "${clip(cells.texts[odd])}" is neither true nor false; correct it or leave the cell empty.`,
	);
}
