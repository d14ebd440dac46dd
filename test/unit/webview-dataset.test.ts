import assert from "node:assert/strict";
import { test } from "node:test";
import type { ColumnSummary, DatasetSummary } from "../../src/engine/protocol/dataset.ts";
import {
	countColumns,
	dateWords,
	filterColumns,
	missingWords,
	noteOf,
	roleOf,
	valueWords,
} from "../../webview/dataset/column-words.ts";
import { formatFigure, formatPercent } from "../../webview/format.ts";

const columns: ColumnSummary[] = [
	{ name: "id", kind: "identifier", missing: 0, distinct: 90, setAside: "a different whole number in every row" },
	{ name: "Age", kind: "numeric", missing: 3, min: 0.42, max: 80, mean: 29.699118 },
	{
		name: "deck",
		kind: "categorical",
		missing: 0,
		distinct: 30,
		levels: [
			{ value: "B", count: 1200 },
			{ value: "", count: 4 },
		],
	},
	{
		name: "sailed",
		kind: "date",
		missing: 0,
		min: Date.UTC(1912, 3, 10),
		max: Date.UTC(1912, 3, 15, 2, 20),
		mean: 0,
		cycles: ["hour"],
	},
	{ name: "alive", kind: "boolean", missing: 0, leak: true, setAside: "gives the target away" },
	{ name: "survived", kind: "numeric", missing: 0, min: 0, max: 1, mean: 0.38 },
];
const summary: DatasetSummary = {
	...{ path: "/t.csv", rows: 90, columns, target: "survived", targetReason: "named like a target" },
	...{ task: "binary", taskReason: "two whole numbers", features: 5, classes: ["0", "1"] },
};

test("what is said of a column's values", () => {
	assert.deepEqual(columns.map(valueWords), [
		"90 different values",
		"0.42 to 80, mean 29.7",
		"B 1,200, (empty) 4, … 30 in all",
		"1912-04-10 to 1912-04-15 02:20; cycles of hour",
		"",
		"0 to 1, mean 0.38",
	]);
	assert.equal(valueWords({ name: "c", kind: "constant", missing: 0, min: 7, max: 7, mean: 7 }), "7");
	const times = { name: "at", kind: "date", missing: 0, min: 0, max: 86_399_000, timeOfDay: true } as const;
	assert.equal(valueWords(times), "00:00 to 23:59:59");
	const order = 'day before month, as "13/01/20" shows';
	const dated = { name: "on", kind: "date", missing: 0, min: 0, max: 86_400_000, note: order } as const;
	assert.equal(valueWords(dated), `1970-01-01 to 1970-01-02; ${order}`);
	assert.equal(dateWords(9e15), "9000000000000000");
});

test("what a column is for, and why", () => {
	assert.deepEqual(
		columns.map((column) => roleOf(column, summary)),
		["aside", "feature", "feature", "feature", "aside", "target"],
	);
	assert.equal(noteOf(columns[0], summary), "set aside: a different whole number in every row");
	assert.equal(noteOf(columns[1], summary), "");
	assert.equal(noteOf(columns[5], summary), "target: named like a target");
	assert.equal(missingWords(0, 90), "");
	assert.equal(missingWords(3, 90), "3 (3.3 %)");
});

test("columns are found by name, kind and reason, in any case, and by what they are", () => {
	assert.deepEqual(
		[...countColumns(summary)],
		[
			["numeric", 2],
			["categorical", 1],
			["date", 1],
			["set aside", 2],
		],
	);
	assert.deepEqual(filterColumns(summary, "", undefined), [0, 1, 2, 3, 4, 5]);
	assert.deepEqual(filterColumns(summary, " aGE ", undefined), [1]);
	assert.deepEqual(filterColumns(summary, "away", undefined), [4]);
	assert.deepEqual(filterColumns(summary, "", "set aside"), [0, 4]);
	assert.deepEqual(filterColumns(summary, "", "numeric"), [1, 5]);
	assert.deepEqual(filterColumns(summary, "s", "numeric"), [5]);
});

test("figures and shares of a table", () => {
	assert.deepEqual([0, -3, 1234567, 0.123456, -12.3456, 1234567.8, 1e-7, 1e15].map(formatFigure), [
		...["0", "-3", "1,234,567", "0.1235", "-12.35", "1.235e6", "1e-7", "1e15"],
	]);
	assert.deepEqual([0, 0.0001, 0.033, 0.0994, 0.42, 1].map(formatPercent), [
		...["0 %", "below 0.1 %", "3.3 %", "9.9 %", "42 %", "100 %"],
	]);
});
