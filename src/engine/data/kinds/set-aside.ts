/** Columns that are no features, and a word why. */
import { isNumber } from "../number-text.ts";
import type { RawColumn } from "../raw-table.ts";
import { maxLevels } from "./categorical.ts";
import type { Describe } from "./kind.ts";
import { numberSummary } from "./numeric.ts";
import { clip, textSummary } from "./texts.ts";

/** texts that are looked at to tell a column of dates */
const datesLookedAt = 1000;

const datePatterns = [
	/^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([T ]\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?)?$/,
	/^\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2})([T ]\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?(\s*[AP]M)?)?$/i,
	/^\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?$/,
];
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
	return { name, kind: "empty", missing, distinct: 0, setAside: "no values" };
};

export const describeDate: Describe = (column) => {
	const { cells } = column;
	if (cells.type !== "texts") return undefined;
	const looked = cells.texts.slice(0, datesLookedAt);
	if (!looked.every((text) => datePatterns.some((pattern) => pattern.test(text)))) return undefined;
	return { ...summary(column), kind: "text", setAside: "a date; dates are not features yet" };
};

/** Numbers, but for some cells that are none. */
export const describeBrokenNumbers: Describe = (column) => {
	const { cells, brokenNumbers } = column;
	if (cells.type !== "texts" || !brokenNumbers || cells.texts.length <= maxLevels) return undefined;
	const code = cells.texts.findIndex((text) => !isNumber(text));
	const where = code < 0 ? "" : `: "${clip(cells.texts[code])}" in row ${cells.firstRows[code]}`;
	return { ...summary(column), kind: "text", setAside: `not all numbers${where}` };
};

export const describeConstant: Describe = (column) => {
	const { cells } = column;
	const distinct = cells.type === "numbers" ? cells.facts.distinct : cells.texts.length;
	if (distinct !== 1) return undefined;
	const said = cells.type === "numbers" ? numberSummary(column, cells) : textSummary(column, cells);
	return { ...said, kind: "constant", setAside: "one value only" };
};

/** Texts that never come twice, and whole numbers that count the rows from 0 or 1, or any under a name like "id". */
export const describeIdentifier: Describe = (column) => {
	const { cells, name } = column;
	if (cells.type === "texts") {
		if (!cells.allDifferent || cells.values <= 2) return undefined;
		return { ...summary(column), kind: "identifier", setAside: "a different text in every row" };
	}
	const { rows, missing, whole, min, max, allDifferent, infiniteRow } = cells.facts;
	if (!whole || missing > 0 || rows < 3 || infiniteRow > 0 || !allDifferent) return undefined;
	const counts = max - min + 1 === rows && (min === 0 || min === 1);
	if (!counts && !identifierName.test(name)) return undefined;
	const reason = "a different whole number in every row";
	return { ...numberSummary(column, cells), distinct: rows, kind: "identifier", setAside: reason };
};

/** Too many different texts to learn each. */
export const describeText: Describe = (column) => {
	const { cells } = column;
	if (cells.type !== "texts") return undefined;
	const { length } = cells.texts;
	if (length <= maxLevels && (length <= 2 || length * 2 <= cells.values)) return undefined;
	const some = cells.cut ? `over ${length - 1}` : `${length}`;
	return { ...summary(column), kind: "text", setAside: `text: ${some} different values` };
};
