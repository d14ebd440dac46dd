/** How cells become the numbers that a model takes: fitted on training rows, then the same for every row. */
import { InputError } from "../input-error.ts";
import type { ColumnKind, Task } from "../protocol/run.ts";
import type { Cells, NumericCells, TextCells } from "./column-cells.ts";
import { medianOf } from "./median.ts";
import type { RawColumn } from "./read-table.ts";

/** One feature column. Every figure is of the training part. */
export type PreparedColumn =
	/** (value, or impute = median where there is none, - mean) / deviation */
	| { name: string; kind: "numeric"; impute: number; mean: number; deviation: number }
	/** true is 1 and false 0, then as numeric; impute is the more frequent */
	| { name: string; kind: "boolean"; impute: number; mean: number; deviation: number }
	/** one input a level, 1 for its level and 0 else; of two levels only the second has one. Other levels: all 0 */
	| { name: string; kind: "categorical"; impute: string; levels: string[] };

/** Everything that turns a row of the file into inputs, and the model's output into an answer. JSON as it is. */
export interface Preparation {
	version: 1;
	/** in the order of the inputs */
	columns: PreparedColumn[];
	target: {
		name: string;
		task: Task;
		/** classification: names in the order of their indices */
		classes?: string[];
		/** regression: y = (value - mean) / deviation */
		scale?: { mean: number; deviation: number };
	};
}

/** Mean and population deviation; a deviation of 0 becomes 1, so that dividing by it is harmless. */
export interface Scale {
	mean: number;
	deviation: number;
}

/**
 * Fits one feature column.
 *
 * @param rows training rows of the table, from 0; no other row is looked at
 */
export function fitColumn(column: RawColumn, kind: ColumnKind, rows: Uint32Array): PreparedColumn {
	const { name, cells } = column;
	if (cells.type === "numeric") {
		const impute = median(cells, rows);
		return { name, kind: "numeric", impute, ...fitScale(cells.values, rows, impute) };
	}
	if (kind === "boolean") {
		const values = booleans(cells);
		const ones = rows.reduce((sum, row) => sum + (values[row] === 1 ? 1 : 0), 0);
		const zeros = rows.reduce((sum, row) => sum + (values[row] === 0 ? 1 : 0), 0);
		const impute = ones > zeros ? 1 : 0;
		return { name, kind: "boolean", impute, ...fitScale(values, rows, impute) };
	}
	const counts = new Float64Array(cells.texts.length);
	for (let i = 0; i < rows.length; i++) {
		const code = cells.codes[rows[i]];
		if (code >= 0) counts[code]++;
	}
	const levels = cells.texts.filter((_, code) => counts[code] > 0).sort();
	const countOf = new Map(cells.texts.map((text, code) => [text, counts[code]]));
	let impute = levels[0] ?? "";
	for (const level of levels) if (countOf.get(level)! > countOf.get(impute)!) impute = level;
	return { name, kind: "categorical", impute, levels };
}

/**
 * Mean and population deviation over some rows, NaN standing for `impute`. Values are taken by the largest magnitude, so
 * that squares of very large or very small ones neither overflow nor vanish.
 */
export function fitScale(values: Float64Array, rows: Uint32Array, impute: number): Scale {
	const count = rows.length;
	let largest = 0;
	for (let i = 0; i < count; i++) {
		const value = values[rows[i]];
		largest = Math.max(largest, Math.abs(Number.isNaN(value) ? impute : value));
	}
	// A power of two: dividing by it rounds nothing.
	const unit = largest > 0 ? 2 ** Math.floor(Math.log2(largest)) : 1;
	let sum = 0;
	for (let i = 0; i < count; i++) {
		const value = values[rows[i]];
		sum += (Number.isNaN(value) ? impute : value) / unit;
	}
	const mean = sum / count;
	let squares = 0;
	for (let i = 0; i < count; i++) {
		const value = values[rows[i]];
		const difference = (Number.isNaN(value) ? impute : value) / unit - mean;
		squares += difference * difference;
	}
	const deviation = Math.sqrt(squares / count);
	// what rounding leaves of a constant is no spread
	const spread = deviation > Math.abs(mean) * 1e-14;
	return { mean: mean * unit, deviation: spread && deviation * unit > 0 ? deviation * unit : 1 };
}

function median(cells: NumericCells, rows: Uint32Array): number {
	const present = new Float64Array(rows.length);
	let count = 0;
	for (let i = 0; i < rows.length; i++) {
		const value = cells.values[rows[i]];
		if (!Number.isNaN(value)) present[count++] = value;
	}
	// a column may have values in dev rows only
	return count === 0 ? 0 : medianOf(present.subarray(0, count));
}

const largestFloat = 3.4028234663852886e38;

/** @returns 1 for true, 0 for false, NaN for none, one a row */
function booleans(cells: TextCells): Float64Array {
	const value = cells.texts.map((text) => (/^true$/i.test(text) ? 1 : 0));
	return Float64Array.from(cells.codes, (code) => (code < 0 ? Number.NaN : value[code]));
}

/** @returns a name for each input that a column becomes */
export function inputNames(column: PreparedColumn): string[] {
	if (column.kind !== "categorical") return [column.name];
	return encodedLevels(column.levels).map((level) => `${column.name}=${level}`);
}

function encodedLevels(levels: string[]): string[] {
	return levels.length === 2 ? levels.slice(1) : levels;
}

/**
 * Writes a column's inputs for some rows.
 *
 * @param cells cells of the table
 * @param order rows to write, in their order
 * @param x row-major, `stride` inputs a row; must hold 0 where a one-hot column is to be written
 * @param offset input of the column's first
 * @throws InputError when a value does not fit a float
 */
export function encodeColumn(
	prepared: PreparedColumn,
	cells: Cells,
	order: Uint32Array,
	x: Float32Array,
	offset: number,
	stride: number,
): void {
	if (prepared.kind === "categorical") {
		if (cells.type !== "text") throw new Error(`column ${prepared.name} has changed its type`);
		const inputs = encodedLevels(prepared.levels);
		const inputOf = cells.texts.map((text) => inputs.indexOf(text));
		const imputed = inputs.indexOf(prepared.impute);
		for (let i = 0, at = offset; i < order.length; i++, at += stride) {
			const code = cells.codes[order[i]];
			const input = code < 0 ? imputed : inputOf[code];
			if (input >= 0) x[at + input] = 1;
		}
		return;
	}
	const { impute, mean, deviation } = prepared;
	const values = cells.type === "numeric" ? cells.values : booleans(cells);
	for (let i = 0, at = offset; i < order.length; i++, at += stride) {
		const value = values[order[i]];
		const scaled = ((Number.isNaN(value) ? impute : value) - mean) / deviation;
		x[at] = scaled;
		// written so that a NaN counts as too large
		if (!(Math.abs(scaled) <= largestFloat)) throw tooLarge(prepared.name);
	}
}

/** A number that standardising takes out of the range of a float. */
export function tooLarge(column: string): InputError {
	return new InputError(
		`Column "${column}": its numbers are too far apart to standardise; scale them down or correct the outlier.`,
	);
}
