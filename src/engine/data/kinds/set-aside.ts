/** Columns that are no features, and a word why. */
import { isDates, readingOf, readText, type TextReading } from "../cells/text-reading.ts";
import type { RawColumn } from "../raw-table.ts";
import { maxLevels } from "./categorical.ts";
import type { Describe } from "./kind.ts";
import { numberSummary } from "./numeric.ts";
import { clip, textSummary } from "./texts.ts";

/** a column of which so much is missing teaches little */
export const mostMissing = 0.95;

const identifierName =
	/^(id|ids|idx|index|key|uuid|guid|row|rowid|row_?names?|row_?(id|no|number|index)|no|nr|unnamed(: ?\d+)?|.*[_ -](id|uuid|guid|key)|.*[a-z]I[dD])$/i;

/** @returns what is said of the column whatever its kind; levels only of those that are few */
function summary(column: RawColumn) {
	const { cells } = column;
	if (cells.type === "numbers") return numberSummary(column, cells);
	const { levels: _, ...others } = textSummary(column, cells);
	return others;
}

export const describeEmpty: Describe = ({ name, cells }) => {
	const { missing, rows } = cells;
	if (missing < rows) return undefined;
	return { name, kind: "empty", missing, distinct: 0, setAside: "no values", unusable: true };
};

/** Lists, structs, bytes. */
export const describeUnread: Describe = ({ name, cells, unread }) =>
	unread === undefined ? undefined : { name, kind: "text", missing: cells.missing, setAside: unread, unusable: true };

/** @returns what a column's texts are but for some; numbers beside a word may be levels where they are few */
export function mixtureOf({ cells, brokenNumbers, decimal, order }: RawColumn): TextReading | undefined {
	if (cells.type !== "texts" || cells.cut) return undefined;
	const reading = readingOf(cells.texts, decimal, order) ?? (brokenNumbers ? "numbers" : undefined);
	return reading && !isDates(reading) && cells.texts.length <= maxLevels ? undefined : reading;
}

/** Numbers or dates, but for some cells that are none. */
export const describeMixture: Describe = (column) => {
	const { cells, written } = column;
	if (written && written.odd > 0) {
		const what = isDates(written.as) ? "dates" : "numbers";
		const setAside = `not all ${what}: "${clip(written.oddText)}" in row ${written.oddRow}`;
		return { ...summary(column), kind: "text", setAside };
	}
	const form = mixtureOf(column);
	if (cells.type !== "texts" || !form) return undefined;
	const code = cells.texts.findIndex((text) => Number.isNaN(readText(text, form)));
	const where = code < 0 ? "" : `: "${clip(cells.texts[code])}" in row ${cells.firstRows[code]}`;
	return { ...summary(column), kind: "text", setAside: `not all ${isDates(form) ? "dates" : "numbers"}${where}` };
};

export const describeConstant: Describe = (column) => {
	const { cells } = column;
	const distinct = cells.type === "numbers" ? cells.facts.distinct : cells.texts.length;
	if (distinct !== 1) return undefined;
	const said = cells.type === "numbers" ? numberSummary(column, cells) : textSummary(column, cells);
	return { ...said, kind: "constant", setAside: "one value only", unusable: true };
};

/** Texts that never come twice, and whole numbers that count the rows from 0 or 1, or any under a name like "id". */
export const describeIdentifier: Describe = (column) => {
	const { cells, name } = column;
	if (cells.type === "texts") {
		if (!cells.allDifferent || cells.values <= 2) return undefined;
		return { ...summary(column), kind: "identifier", setAside: "a different text in every row", unusable: true };
	}
	const { rows, missing, whole, min, max, allDifferent, infiniteRow } = cells.facts;
	if (column.date || !whole || missing > 0 || rows < 3 || infiniteRow > 0 || !allDifferent) return undefined;
	const counts = max - min + 1 === rows && (min === 0 || min === 1);
	if (!counts && !identifierName.test(name)) return undefined;
	const reason = "a different whole number in every row";
	return { ...numberSummary(column, cells), distinct: rows, kind: "identifier", setAside: reason };
};

/** Too many different texts to learn each, when those that come most often do not make up most of the rows. */
export const describeText: Describe = (column) => {
	const { cells } = column;
	if (cells.type !== "texts") return undefined;
	const { length } = cells.texts;
	if (cells.cut)
		return { ...summary(column), kind: "text", setAside: `text: over ${length - 1} different values`, unusable: true };
	const repeated = length <= 2 || length * 2 <= cells.values;
	if (repeated && (length <= maxLevels || frequentShare(cells.counts, cells.values) >= 0.5)) return undefined;
	return { ...summary(column), kind: "text", setAside: `text: ${length} different values` };
};

/** @returns share of the cells that have one of the most frequent texts */
function frequentShare(counts: readonly number[], cells: number): number {
	const frequent = counts.toSorted((a, b) => b - a).slice(0, maxLevels);
	return frequent.reduce((sum, count) => sum + count, 0) / cells;
}
