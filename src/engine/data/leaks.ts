/** Columns that the target can be read off: a copy of it under another name, or what is known only once it is known. */
import type { ColumnSummary } from "../protocol/dataset.ts";
import { BLOCK_ROWS } from "./cells/blocks.ts";
import type { RawTable } from "./raw-table.ts";
import { isTraining } from "./row-parts.ts";
import type { SplitRows } from "./split.ts";
import type { Target } from "./target.ts";
import type { Turns } from "./turns.ts";

/** training rows that are looked at, evenly over the file; fewer of a table of very many columns */
const mostRows = 50_000;
const mostCells = 20_000_000;
/** of a smaller table, chance may determine the target */
const fewestRows = 50;
/** a level has so many rows on average, or the column would determine anything */
const rowsOfLevel = 10;
const mostLevels = 1000;
/** rows that are wrong when always the most frequent class is said; of fewer, chance may get all right */
const fewestWrong = 10;
/** what may be left of them, or of a regression's variance, once the column is known */
const restOfWrong = 0.01;
const restOfVariance = 1e-4;

/**
 * Looks at training rows alone.
 *
 * @param candidates indices of columns
 * @param labels class of each row; of a regression's rows the target's own cells are read
 * @param split what each row is for
 * @returns why, in a few words, by the index of the column
 */
export async function findLeaks(
	table: RawTable,
	summaries: ColumnSummary[],
	candidates: number[],
	target: Target,
	labels: Uint16Array,
	{ parts, trainRows }: SplitRows,
	turns: Turns,
): Promise<Map<number, string>> {
	const leaks = new Map<number, string>();
	const classes = target.classes?.length;
	const most = Math.min(mostRows, Math.floor(mostCells / Math.max(1, candidates.length)));
	const sample = await sampleRows(parts, trainRows, most, turns);
	if (sample.length < fewestRows) return leaks;
	const rows = classes ? sample : withoutExtremes(sample, read(table, target.column, sample));
	const y = classes ? Float64Array.from(rows, (row) => labels[row]) : read(table, target.column, rows);
	for (const i of candidates) {
		// the moment is often what a target grows with
		if (summaries[i].kind === "date") continue;
		await turns.next();
		const values = read(table, i, rows);
		const levels = levelsOf(values);
		if (classes) {
			if (levels && tellsClass(levels.of, levels.count, y, classes)) {
				leaks.set(i, `gives the target away: each of its ${levels.count} values has one class`);
			}
		} else if (levels && tellsAmount(levels.of, levels.count, y)) {
			leaks.set(i, `gives the target away: each of its ${levels.count} values has one amount`);
		} else if (table.columns[i].cells.type === "numbers" && isLinear(values, y)) {
			leaks.set(i, "gives the target away: it is the same amount in another unit");
		}
	}
	return leaks;
}

async function sampleRows(parts: Uint8Array, training: number, most: number, turns: Turns): Promise<Uint32Array> {
	const every = Math.max(1, Math.ceil(training / Math.max(1, most)));
	const rows = new Uint32Array(Math.ceil(training / every));
	let found = 0;
	let passed = every - 1;
	await turns.blocks(parts.length, (first, end) => {
		for (let row = first; row < end; row++) {
			passed += isTraining[parts[row]];
			if (passed < every) continue;
			rows[found++] = row;
			passed = 0;
		}
	});
	return rows;
}

/** A few rows far off would make up nearly all of a variance. @returns the rows whose amount is not among the outer hundredths */
function withoutExtremes(rows: Uint32Array, amounts: Float64Array): Uint32Array {
	const sorted = amounts.toSorted();
	const outer = Math.ceil(sorted.length / 100);
	const [low, high] = [sorted[outer], sorted[sorted.length - 1 - outer]];
	return rows.filter((_, k) => amounts[k] >= low && amounts[k] <= high);
}

/** @returns the column's number or code in these rows, which ascend; NaN or -1 for no value */
function read({ columns }: RawTable, column: number, rows: Uint32Array): Float64Array {
	const { cells } = columns[column];
	const found = new Float64Array(rows.length);
	for (let k = 0; k < rows.length; ) {
		const block = Math.floor(rows[k] / BLOCK_ROWS);
		const values = cells.type === "numbers" ? cells.held(block) : cells.read(block);
		for (; k < rows.length && rows[k] < (block + 1) * BLOCK_ROWS; k++) found[k] = values[rows[k] % BLOCK_ROWS];
	}
	return found;
}

/** @returns each row's level, a missing value being one, or undefined when there are too many or only one */
function levelsOf(values: Float64Array): { of: Uint16Array; count: number } | undefined {
	const most = Math.min(mostLevels, Math.floor(values.length / rowsOfLevel));
	const levels = new Map<number, number>();
	const of = new Uint16Array(values.length);
	for (let k = 0; k < values.length; k++) {
		let level = levels.get(values[k]);
		if (level === undefined) {
			if (levels.size === most) return undefined;
			level = levels.size;
			levels.set(values[k], level);
		}
		of[k] = level;
	}
	return levels.size < 2 ? undefined : { of, count: levels.size };
}

/** Whether saying each level's most frequent class is right but for next to nothing, where it is not so without the levels. */
function tellsClass(levels: Uint16Array, count: number, y: Float64Array, classes: number): boolean {
	const counts = new Uint32Array(count * classes);
	for (let k = 0; k < y.length; k++) counts[levels[k] * classes + y[k]]++;
	const all = new Uint32Array(classes);
	let right = 0;
	for (let level = 0; level < count; level++) {
		const own = counts.subarray(level * classes, (level + 1) * classes);
		right += Math.max(...own);
		for (let label = 0; label < classes; label++) all[label] += own[label];
	}
	const wrongWithout = y.length - Math.max(...all);
	return wrongWithout >= fewestWrong && y.length - right <= restOfWrong * wrongWithout;
}

/** Whether each level's mean leaves next to nothing of the target's variance. */
function tellsAmount(levels: Uint16Array, count: number, y: Float64Array): boolean {
	const rows = new Float64Array(count);
	const means = new Float64Array(count);
	for (let k = 0; k < y.length; k++) {
		rows[levels[k]]++;
		means[levels[k]] += (y[k] - means[levels[k]]) / rows[levels[k]];
	}
	let within = 0;
	for (let k = 0; k < y.length; k++) within += (y[k] - means[levels[k]]) ** 2;
	const all = spread(y);
	return all > 0 && within <= restOfVariance * all;
}

/** Whether the target is a linear function of the column but for next to nothing of its variance. */
function isLinear(x: Float64Array, y: Float64Array): boolean {
	if (x.some(Number.isNaN)) return false;
	const [meanX, meanY] = [x, y].map((values) => values.reduce((sum, value) => sum + value / values.length, 0));
	let product = 0;
	for (let k = 0; k < y.length; k++) product += (x[k] - meanX) * (y[k] - meanY);
	const both = spread(x) * spread(y);
	// a product that overflows is not judged
	return both > 0 && Number.isFinite(both) && product * product >= (1 - restOfVariance) * both;
}

/** @returns the sum of squared differences from the mean */
function spread(values: Float64Array): number {
	const mean = values.reduce((sum, value) => sum + value / values.length, 0);
	return values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
}
