/** What each column is: the kind, figures for a person, and why it may be no feature. */
import type { ColumnSummary } from "../protocol/run.ts";
import type { NumericCells, TextCells } from "./column-cells.ts";
import { isNumber } from "./dialect.ts";
import type { RawColumn } from "./read-table.ts";

/** most levels that are one-hot encoded */
export const maxLevels = 50;
/** different values are counted up to here */
const maxCounted = 1000;
const maxShownLevels = 20;
/** texts that are looked at to tell a column of dates */
const datesLookedAt = 1000;

const datePatterns = [
	/^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([T ]\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?)?$/,
	/^\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2})([T ]\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?(\s*[AP]M)?)?$/i,
	/^\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?$/,
];
const identifierName =
	/^(id|ids|idx|index|key|uuid|guid|row|rowid|row_?names?|row_?(id|no|number|index)|no|nr|unnamed(: ?\d+)?|.*[_ -](id|uuid|guid|key)|.*[a-z]I[dD])$/i;

/** Figures over all cells of a numeric column that have a value. */
export interface NumericFacts {
	missing: number;
	min: number;
	max: number;
	mean: number;
	/** every value is a whole number */
	whole: boolean;
	/** number of different values, or undefined above 1000 */
	distinct: number | undefined;
	/** data row, from 1, of the first value that is infinite; 0 when there is none */
	infiniteRow: number;
}

const factsOf = new WeakMap<NumericCells, NumericFacts>();

/** Figures of a column's numbers, found in one pass and kept as long as the column. */
export function numericFacts(cells: NumericCells): NumericFacts {
	let facts = factsOf.get(cells);
	if (!facts) {
		facts = countNumbers(cells);
		factsOf.set(cells, facts);
	}
	return facts;
}

function countNumbers(cells: NumericCells): NumericFacts {
	const { values } = cells;
	const seen = new Set<number>();
	let missing = 0;
	let min = Number.POSITIVE_INFINITY;
	let max = Number.NEGATIVE_INFINITY;
	let sum = 0;
	let whole = true;
	let infiniteRow = 0;
	for (let i = 0; i < values.length; i++) {
		const value = values[i];
		if (Number.isNaN(value)) {
			missing++;
			continue;
		}
		if (infiniteRow === 0 && (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY)) {
			infiniteRow = i + 1;
		}
		if (value < min) min = value;
		if (value > max) max = value;
		sum += value;
		if (whole && Math.floor(value) !== value) whole = false;
		if (seen.size <= maxCounted) seen.add(value);
	}
	const distinct = seen.size <= maxCounted ? seen.size : undefined;
	return { missing, min, max, mean: sum / (values.length - missing), whole, distinct, infiniteRow };
}

/** Tells the kind of a column and, where it is no feature, why. */
export function describeColumn(column: RawColumn): ColumnSummary {
	const { cells, name } = column;
	return cells.type === "numeric" ? describeNumbers(name, cells) : describeTexts(column, cells);
}

function describeNumbers(name: string, cells: NumericCells): ColumnSummary {
	const facts = numericFacts(cells);
	const rows = cells.values.length;
	const { missing, distinct } = facts;
	if (missing === rows) return empty(name, rows);
	const figures = { min: facts.min, max: facts.max, mean: facts.mean };
	const summary = { name, missing, ...(distinct === undefined ? {} : { distinct }), ...figures };
	if (distinct === 1) return { ...summary, kind: "constant", setAside: "one value only" };
	if (isIdentifier(name, cells, facts)) {
		return { ...summary, distinct: rows, kind: "identifier", setAside: "a different whole number in every row" };
	}
	return { ...summary, kind: "numeric" };
}

/** Whole numbers, no two alike: those that count the rows from 0 or 1, or any under a name like "id". */
function isIdentifier(name: string, cells: NumericCells, facts: NumericFacts): boolean {
	const rows = cells.values.length;
	if (!facts.whole || facts.missing > 0 || rows < 3 || facts.infiniteRow > 0) return false;
	if (facts.distinct !== undefined && facts.distinct !== rows) return false;
	const range = facts.max - facts.min + 1;
	const counts = range === rows && (facts.min === 0 || facts.min === 1);
	if (!counts && !identifierName.test(name)) return false;
	const seen = range <= rows * 16 ? new Uint8Array(range) : undefined;
	const others = new Set<number>();
	for (const value of cells.values) {
		if (seen) {
			if (seen[value - facts.min]++) return false;
		} else {
			if (others.has(value)) return false;
			others.add(value);
		}
	}
	return true;
}

function describeTexts(column: RawColumn, cells: TextCells): ColumnSummary {
	const { name } = column;
	const { texts, missing } = cells;
	if (texts.length === 0) return empty(name, missing);
	const distinct = cells.cut ? {} : { distinct: texts.length };
	const summary = { name, missing, ...distinct };
	const looked = texts.slice(0, datesLookedAt);
	if (looked.every((text) => datePatterns.some((pattern) => pattern.test(text)))) {
		return { ...summary, kind: "text", setAside: "a date; dates are not features yet" };
	}
	const some = cells.cut ? `over ${texts.length - 1}` : `${texts.length}`;
	if (column.brokenNumbers && texts.length > maxLevels) {
		const code = texts.findIndex((text) => !isNumber(text));
		const where = cells.cut ? "" : ` in row ${cells.codes.indexOf(code) + 1}`;
		const example = texts[code] ?? "";
		return { ...summary, kind: "text", setAside: `not all numbers: "${clip(example)}"${where}` };
	}
	if (cells.cut && cells.allDifferent) {
		return { ...summary, kind: "identifier", setAside: "a different text in every row" };
	}
	if (cells.cut) return { ...summary, kind: "text", setAside: `text: ${some} different values` };
	const levels = countLevels(cells);
	const shown = levels.slice(0, maxShownLevels);
	const values = cells.codes.length - missing;
	if (texts.length === 1) return { ...summary, kind: "constant", levels: shown, setAside: "one value only" };
	if (cells.allDifferent && values > 2) {
		return { ...summary, kind: "identifier", setAside: "a different text in every row" };
	}
	if (texts.every((text) => /^(true|false)$/i.test(text))) return { ...summary, kind: "boolean", levels: shown };
	if (texts.length > maxLevels || (texts.length > 2 && texts.length * 2 > values)) {
		return { ...summary, kind: "text", setAside: `text: ${some} different values` };
	}
	return { ...summary, kind: "categorical", levels: shown };
}

function empty(name: string, missing: number): ColumnSummary {
	return { name, kind: "empty", missing, distinct: 0, setAside: "no values" };
}

/** @returns every level with its rows, most frequent first, then by name */
export function countLevels(cells: TextCells): { value: string; count: number }[] {
	const counts = new Float64Array(cells.texts.length);
	for (const code of cells.codes) if (code >= 0) counts[code]++;
	return cells.texts
		.map((value, code) => ({ value, count: counts[code] }))
		.sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
}

/** A cell's text as a message may show it: short and on one line. */
export function clip(raw: string): string {
	const text = raw.replace(/[\p{Cc}\s]+/gu, " ");
	return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
