// How values are written where that leaves something open: what was taken, and what is said of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { summaryLines } from "../../src/engine/cli/summary.ts";
import { inspectTable, readNewRows } from "../../src/engine/data/index.ts";
import type { ColumnChoice } from "../../src/engine/protocol/dataset.ts";
import { load, rows, write } from "../fixtures/data/table-files.ts";

/** @returns what is said of the first column of a table */
async function said(count: number, cell: (i: number) => string, choice?: ColumnChoice) {
	const path = write(
		"written.csv",
		rows("c;x;y", count, (i) => `${cell(i)};${(i * 7) % 13}.5;${i % 2}`),
	);
	return (await inspectTable(path, { target: "y", ...(choice ? { columns: { c: choice } } : {}) })).columns[0];
}
const two = (value: number) => String(value).padStart(2, "0");

test("dates: the value that shows whether day or month comes first is named", async () => {
	const german = await said(60, (i) => `${two(1 + (i % 28))}/${two(1 + (i % 12))}/2020`);
	assert.equal(german.note, 'day before month, as "13/01/2020" shows');
	assert.equal(german.min, Date.UTC(2020, 0, 1));
	const american = await said(60, (i) => `${two(1 + (i % 12))}.${two(1 + (i % 28))}.2020`);
	assert.equal(american.note, 'month before day, as "01.13.2020" shows');
});

test("dates: where none shows it, that is said, with what one of them was taken for", async () => {
	const slashes = await said(60, (i) => `${two(1 + (i % 9))}/${two(1 + (i % 7))}/2020`);
	assert.equal(slashes.note, 'month before day is a guess, as no value shows it: "08/01/2020" is taken as 2020-08-01');
	const points = await said(60, (i) => `${two(1 + (i % 9))}.${two(1 + (i % 7))}.2020`, { kind: "date" });
	assert.equal(points.note, 'day before month is a guess, as no value shows it: "08.01.2020" is taken as 2020-01-08');
});

test("dates: the order that the user says is taken, and said, where it would be the other one too", async () => {
	const open = (i: number) => `${two(1 + (i % 9))}/${two(1 + (i % 7))}/2020`;
	const guessed = await said(60, open);
	assert.equal(guessed.dates, "monthFirst", "it may be changed");
	const chosen = await said(60, open, { dates: "dayFirst" });
	assert.equal(chosen.dates, "dayFirst");
	assert.equal(chosen.note, 'day before month by choice: "08/01/2020" is taken as 2020-01-08');
	assert.deepEqual([chosen.min, chosen.max], [Date.UTC(2020, 0, 1), Date.UTC(2020, 6, 8)]);
	const shown = (i: number) => `${two(1 + (i % 28))}/${two(1 + (i % 12))}/2020`;
	assert.equal((await said(60, shown)).dates, undefined, "the values show it");
	const against = await said(60, shown, { dates: "monthFirst" });
	assert.equal(against.setAside, 'not all dates: "13/01/2020" in row 13');
	// cells are numbers by the time that all are known: more different ones than are kept as texts
	const many = (i: number) =>
		`${open(i)} ${two(i % 24)}:${two(Math.floor(i / 24) % 60)}:${two(Math.floor(i / 1440) % 60)}`;
	const late = await said(110_000, many, { dates: "dayFirst" });
	assert.deepEqual([late.kind, late.dates], ["date", "dayFirst"]);
	assert.equal(new Date(late.max!).getUTCMonth(), 6);
});

test("rows for a model are read in the order of day and month that it was trained on", async () => {
	const open = rows("c;x;y", 60, (i) => `${two(1 + (i % 9))}/${two(1 + (i % 7))}/2020;${(i * 7) % 13}.5;${i % 2}`);
	const path = write("orders.csv", open);
	for (const order of ["dayFirst", "monthFirst"] as const) {
		const { preparation, x, sourceRow } = await load(path, { target: "y", columns: { c: { dates: order } } });
		const [column] = preparation.columns;
		assert.equal(column.kind === "date" && column.form, order);
		const table = await readNewRows(path, preparation, new Set(), {});
		const width = x.length / 60;
		const read = new Float32Array(x.length);
		table.encode(0, 60, read);
		table.discard();
		const rowOf = (values: Float32Array, row: number) => [...values.subarray(row * width, (row + 1) * width)];
		for (const [k, row] of sourceRow.entries()) assert.deepEqual(rowOf(read, row - 1), rowOf(x, k));
	}
});

test("dates that can be read in one way only need no note", async () => {
	for (const cell of [
		(i: number) => `2020-01-${two(1 + (i % 28))}`,
		(i: number) => `${1 + (i % 12)} March 202${i % 9}`,
	]) {
		const { kind, note } = await said(60, cell);
		assert.deepEqual([kind, note], ["date", undefined]);
	}
	const same = await said(60, (i) => `${two(1 + (i % 9))}/${two(1 + (i % 9))}/20${two(i)}`);
	assert.deepEqual([same.kind, same.note], ["date", undefined]);
});

test("one value among thousands shows the order, wherever it stands", async () => {
	const day = (i: number) => {
		const [month, date] = [1 + (i % 12), 1 + (Math.floor(i / 12) % 12)];
		return `${two(date)}/${two(month)}/${1900 + Math.floor(i / 144)}`;
	};
	for (const at of [3001, 4999]) {
		const { kind, note } = await said(5000, (i) => (i === at ? "25/12/2019" : day(i)));
		assert.deepEqual([kind, note], ["date", 'day before month, as "25/12/2019" shows']);
	}
});

test("times of day are shown as such, and dates as dates", async () => {
	const shown = async (cell: (i: number) => string) => {
		const path = write(
			"times.csv",
			rows("at;x;y", 60, (i) => `${cell(i)};${(i * 7) % 13}.5;${i % 2}`),
		);
		const summary = await inspectTable(path, { target: "y" });
		return { column: summary.columns[0], line: summaryLines(summary).find((line) => line.startsWith("at")) };
	};
	const times = await shown((i) => `${i % 24}:30`);
	assert.deepEqual([times.column.kind, times.column.timeOfDay, times.column.min], ["date", true, 1_800_000]);
	assert.match(times.line!, /^at +date +00:30 to 23:30, hour /);
	assert.match((await shown((i) => `${1 + (i % 12)}:05:${two(i)} pm`)).line!, /^at +date +12:05:11 to 23:05:58, hour /);
	const dates = await shown((i) => `1970-01-0${1 + (i % 9)}`);
	assert.deepEqual([dates.column.timeOfDay, /1970-01-01 to 1970-01-09/.test(dates.line!)], [undefined, true]);
});

const noted = 'codes, as "01001" begins with 0; choose numeric if they count something';
const zip = (i: number, of: number) => String(1001 + ((i * 2437) % of)).padStart(5, "0");

test("codes that begin with 0 are levels where they are few, and no numbers where they are many", async () => {
	const few = await said(120, (i) => zip(i, 30));
	assert.deepEqual([few.kind, few.note, few.setAside, few.distinct], ["categorical", noted, undefined, 30]);
	assert.equal(few.levels?.[0].value, "01001");
	const many = await said(120, (i) => zip(i, 90));
	assert.deepEqual([many.kind, many.note, many.setAside], ["text", noted, "text: 90 different values"]);
	const each = await said(120, (i) => zip(i, 9973));
	assert.deepEqual([each.kind, each.note, each.setAside], ["identifier", noted, "a different text in every row"]);
	const most = await said(110_000, (i) => String(i).padStart(6, "0"));
	assert.deepEqual([most.kind, most.setAside], ["identifier", "a different text in every row"]);
	const chosen = await said(120, (i) => zip(i, 30), { kind: "numeric" });
	assert.deepEqual([chosen.kind, chosen.min, chosen.max], ["numeric", 1001, 1030]);
});

test("numbers with a fraction, a sign or a lone 0 are no codes", async () => {
	for (const cell of [(i: number) => `0${i}.5`, (i: number) => `${i % 2 ? "-" : ""}0${i}`, (i: number) => `${i * 3}`]) {
		const { kind, note } = await said(60, cell);
		assert.deepEqual([kind, note], ["numeric", undefined]);
	}
});

test("a target of codes is classes; regression asks for the column to be numeric", async () => {
	const path = write(
		"codes.csv",
		rows("a,y", 60, (i) => `${i * 1.5},0${1 + (i % 3)}`),
	);
	const { task, classes } = await inspectTable(path, { target: "y" });
	assert.deepEqual([task, classes], ["multiclass", ["01", "02", "03"]]);
	await assert.rejects(inspectTable(path, { target: "y", task: "regression" }), {
		message:
			'codes.csv, column "y": regression needs numbers and "01" is a code, as it begins with 0; say that the column is numeric if it counts something.',
	});
	const numeric = await inspectTable(path, { target: "y", task: "regression", columns: { y: { kind: "numeric" } } });
	assert.equal(numeric.columns[1].max, 3);
});

test("rows to predict have the same levels, with their zeros or without", async () => {
	const text = (cell: (i: number) => string) => rows("c,y", 60, (i) => `${cell(i)},${(i * i) % 7}.5`);
	const { preparation, x, sourceRow, shape } = await load(
		write(
			"codes.csv",
			text((i) => `0${2134 + (i % 5)}`),
		),
	);
	for (const cell of [(i: number) => `0${2134 + (i % 5)}`, (i: number) => `${2134 + (i % 5)}`]) {
		const read = await readNewRows(write("new.csv", text(cell)), preparation, new Set(), {});
		const inputs = new Float32Array(60 * shape.features);
		read.encode(0, 60, inputs);
		read.discard();
		for (const [i, row] of sourceRow.entries()) {
			const of = (from: Float32Array, at: number) => from.subarray(at * shape.features, (at + 1) * shape.features);
			assert.deepEqual(of(inputs, row - 1), of(x, i));
		}
	}
});
