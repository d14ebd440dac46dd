import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { inspectTable } from "../../src/engine/data/index.ts";
import type { Task } from "../../src/engine/protocol/dataset.ts";
import { pathOf, rows, write } from "../fixtures/data/table-files.ts";

const fixture = join(import.meta.dirname, "../fixtures/data/pets.csv");

test("every column of a small table is told apart, with its figures", async () => {
	const summary = await inspectTable(fixture, {});
	const day = 86_400_000;
	// since 1970, by GNU date
	const days = [18264, 18220, 17652, 18672, 17408, 17159];
	const bins = (values: number[], from: number) => {
		const counts = new Array<number>(Math.max(...values) - from + 1).fill(0);
		for (const value of values) counts[value - from]++;
		return counts;
	};
	const weights = bins([4, 5, 12, 25, 30], 4);
	const births = bins(
		days.map((days) => Math.floor((days * day) / 2 ** 32)),
		345,
	);
	assert.deepEqual(summary, {
		path: fixture,
		rows: 6,
		columns: [
			{
				...{ name: "id", kind: "identifier", missing: 0, distinct: 6, min: 1, max: 6, mean: 3.5 },
				...{ histogram: { from: 1, width: 1, counts: [1, 1, 1, 1, 1, 1] }, otherKinds: ["numeric", "categorical"] },
				setAside: "a different whole number in every row",
			},
			// 4.5 + 30 + 5 + 12.5 + 25 = 77
			{
				...{
					name: "weight",
					kind: "numeric",
					missing: 1,
					missingMarks: ["?"],
					distinct: 5,
					min: 4.5,
					max: 30,
					mean: 15.4,
				},
				histogram: { from: 4, width: 1, counts: weights },
				otherKinds: ["categorical"],
			},
			{
				...{ name: "fur", kind: "categorical", missing: 0, distinct: 3 },
				levels: [
					{ value: "short", count: 3 },
					{ value: "long", count: 2 },
					{ value: "none", count: 1 },
				],
			},
			{
				...{ name: "indoor", kind: "boolean", missing: 1, missingMarks: ["NA"], distinct: 3 },
				otherKinds: ["categorical"],
				levels: [
					{ value: "false", count: 3 },
					{ value: "TRUE", count: 1 },
					{ value: "true", count: 1 },
				],
			},
			{
				...{ name: "born", kind: "date", missing: 0, distinct: 6, otherKinds: ["categorical"] },
				...{ min: days[5] * day, max: days[3] * day, mean: (days.reduce((a, b) => a + b) / 6) * day },
				// 50 days are 2^32 ms: from 24 December 2016, which is 17159 / 49.7 = 345.2
				...{ histogram: { from: 345 * 2 ** 32, width: 2 ** 32, counts: births }, cycles: ["month", "weekday"] },
			},
			{
				...{ name: "note", kind: "empty", missing: 6, missingMarks: [""], distinct: 0 },
				...{ setAside: "no values", unusable: true },
			},
			{
				...{ name: "legs", kind: "constant", missing: 0, distinct: 1, min: 4, max: 4, mean: 4 },
				...{ setAside: "one value only", unusable: true },
			},
			{
				...{ name: "chip", kind: "identifier", missing: 0, distinct: 6 },
				...{ setAside: "a different text in every row", unusable: true },
			},
			{
				...{ name: "species", kind: "categorical", missing: 0, distinct: 2 },
				levels: [
					{ value: "cat", count: 3 },
					{ value: "dog", count: 3 },
				],
			},
		],
		target: "species",
		targetReason: "named like a target",
		task: "binary",
		taskReason: "2 classes",
		features: 10,
		classes: ["cat", "dog"],
		classRows: [3, 3],
		classDevRows: [1, 1],
		header: true,
		// a fifth of six rows is one, and each class gives one
		parts: { train: 4, dev: 2, test: 0 },
	});
});

test("a target is guessed by its name, else it is the last column that can be one", async () => {
	const target = async (header: string, row: (i: number) => string) => {
		const { target, targetReason } = await inspectTable(write("guess.csv", rows(header, 20, row)), {});
		return `${target}: ${targetReason}`;
	};
	const numbers = (i: number) => `${i * 1.5},${i * i * 0.1},${(i % 7) + 0.5}`;
	assert.equal(await target("a,Price,c", numbers), "Price: named like a target");
	assert.equal(await target("y,label,c", numbers), "label: named like a target");
	assert.equal(await target("a,house_price,c", numbers), "house_price: named like a target");
	assert.equal(await target("y,b,c", numbers), "y: named like a target");
	// what is named like one at the end is meant, but for a coordinate
	assert.equal(await target("price,food,Rating", numbers), "Rating: named like a target");
	assert.equal(await target("class,x,y", numbers), "class: named like a target");
	assert.equal(await target("x,y,z", numbers), "z: last column");
	assert.equal(await target("a,b,c", numbers), "c: last column");
	assert.equal(await target("a,b,target", (i) => `${i * 1.5},${i * 0.1},1`), "b: last usable column");
});

test("the task follows from the target's values", async () => {
	const task = async (value: (i: number) => unknown) => {
		const path = write(
			"task.csv",
			rows("a,y", 60, (i) => `${i * 1.5},${value(i)}`),
		);
		const { task, taskReason, classes } = await inspectTable(path, {});
		return `${task} (${taskReason}) ${classes ?? ""}`;
	};
	assert.equal(await task((i) => i * 0.3), "regression (numbers) ");
	assert.equal(await task((i) => i), "regression (numbers) ");
	assert.equal(await task((i) => (i % 2) + 1), "binary (two whole numbers) 1,2");
	assert.equal(await task((i) => i % 2 === 0), "binary (2 classes) false,true");
	assert.equal(await task((i) => "zxy"[i % 3]), "multiclass (3 classes) x,y,z");
	assert.equal(
		await task((i) => 11 - (i % 3)),
		"multiclass (3 whole numbers from 9 to 11, taken as classes; for amounts, such as ratings, choose the task regression) 9,10,11",
	);
	assert.equal(await task((i) => (i % 2) + 0.5), "regression (numbers) ");
});

test("of few whole numbers the other task is offered, before and after it is chosen", async () => {
	const other = async (value: (i: number) => unknown, task?: Task) => {
		const path = write(
			"stars.csv",
			rows("a,stars", 60, (i) => `${i * 1.5},${value(i)}`),
		);
		const summary = await inspectTable(path, { task });
		return [summary.task, summary.otherTask];
	};
	assert.deepEqual(await other((i) => (i % 5) + 1), ["multiclass", "regression"]);
	assert.deepEqual(await other((i) => (i % 5) + 1, "regression"), ["regression", "multiclass"]);
	assert.deepEqual(await other((i) => i % 15), ["regression", "multiclass"]);
	for (const value of [
		(i: number) => i,
		(i: number) => i % 2,
		(i: number) => (i % 5) / 2,
		(i: number) => "abc"[i % 3],
	]) {
		assert.equal((await other(value))[1], undefined);
	}
});

test("target and task can be chosen", async () => {
	const path = write(
		"choice.csv",
		rows("a,b,y", 30, (i) => `${i * 1.5},${i % 3},${i % 5}`),
	);
	const summary = await inspectTable(path, { target: "b", task: "regression" });
	assert.equal(summary.target, "b");
	assert.equal(summary.targetReason, "chosen");
	assert.equal(summary.task, "regression");
	assert.equal(summary.taskReason, "chosen");
	assert.equal(summary.classes, undefined);
});

test("rows without a target are counted", async () => {
	const path = write(
		"dropped.csv",
		rows("a,y", 20, (i) => `${i * 1.5},${i % 5 === 0 ? "NA" : i * 0.1}`),
	);
	const summary = await inspectTable(path, {});
	assert.equal(summary.rows, 20);
	assert.equal(summary.droppedRows, 4);
});

test("a table without a header gets names", async () => {
	const summary = await inspectTable(write("bare.csv", "6,148,1\n1,85,0\n8,183,1\n1,89,0\n5,116,0\n"), {});
	assert.equal(summary.header, false);
	assert.equal(summary.rows, 5);
	assert.deepEqual(
		summary.columns.map(({ name }) => name),
		["column0", "column1", "column2"],
	);
	const words = await inspectTable(write("words.csv", "a,x,p\nb,y,e\na,y,p\nb,x,e\na,x,p\nb,y,p\n"), {});
	assert.equal(words.header, false, "words that come again in their columns are no header");
	assert.equal(words.rows, 6);
});

test("delimiters, line ends, byte-order mark and decimal commas do not matter", async () => {
	const plain = await inspectTable(
		write(
			"same.csv",
			rows("a,b", 20, (i) => `${i * 1.25},${i * 0.5}`),
		),
		{},
	);
	const variants: Record<string, string> = {
		semicolon: rows("a;b", 20, (i) => `${i * 1.25};${i * 0.5}`),
		tab: rows("a\tb", 20, (i) => `${i * 1.25}\t${i * 0.5}`),
		bar: rows("a|b", 20, (i) => `${i * 1.25}|${i * 0.5}`),
		comma: rows("a;b", 20, (i) => `${i * 1.25};${i * 0.5}`).replaceAll(".", ","),
		windows: `\ufeff${rows("a,b", 20, (i) => `${i * 1.25},${i * 0.5}`).replaceAll("\n", "\r\n")}`,
		mac: rows("a,b", 20, (i) => `${i * 1.25},${i * 0.5}`).replaceAll("\n", "\r"),
		mixed: rows("a,b", 20, (i) => `${i * 1.25},${i * 0.5}${i % 2 ? "\r" : ""}`),
		quoted: rows('"a","b"', 20, (i) => `"${i * 1.25}","${i * 0.5}"`),
		single: rows("'a','b'", 20, (i) => `'${i * 1.25}','${i * 0.5}'`),
		blank: `\n\n${rows("a,b", 20, (i) => `${i * 1.25},${i * 0.5}\n`)}`,
		unfinished: rows("a,b", 20, (i) => `${i * 1.25},${i * 0.5}`).trimEnd(),
		spaced: rows("a, b", 20, (i) => `${i * 1.25}, ${i * 0.5}`),
	};
	for (const [name, text] of Object.entries(variants)) {
		const path = write("same.csv", text);
		const { understood, ...summary } = await inspectTable(path, {});
		assert.deepEqual(summary, plain, name);
		assert.equal(understood, name === "comma" ? "decimal commas" : undefined);
	}
});

test("what stands for a missing value is none", async () => {
	const marks = ["", "?", "-", "NA", "N/A", "NaN", "nan", "null", "NULL", " NA", '"NA"', '""'];
	const text = rows("a,c,y", 40, (i) => `${marks[i] ?? i * 1.5},${marks[i] ?? "uv"[i % 2]},${i * 0.1}`);
	const [numbers, words] = (await inspectTable(write("marks.csv", text), {})).columns;
	assert.equal(numbers.kind, "numeric");
	assert.equal(numbers.missing, marks.length);
	assert.equal(words.kind, "categorical");
	assert.equal(words.missing, marks.length);
});

test("column names are kept apart, whatever is in them", async () => {
	const header = 'a,a,"say ""hi""",größe,"x, y","two\nlines",,a';
	const summary = await inspectTable(
		write(
			"names.csv",
			rows(header, 20, (i) => [1, 2, 3, 4, 5, 6, 7, 8].map((k) => i * k * 0.7).join()),
		),
		{ target: "größe" },
	);
	assert.deepEqual(
		summary.columns.map(({ name }) => name),
		["a", "a_1", 'say "hi"', "größe", "x, y", "two lines", "column6", "a_2"],
	);
});

test("a file's name is never a pattern or SQL", async () => {
	const names = ["it's; drop table x.csv", "k=v.csv", "$1.csv", "a.csv", "[a].csv", "old [1]/a.csv"];
	if (process.platform !== "win32") names.push('a "b".csv', "*.csv", "a?[*].csv");
	mkdirSync(pathOf("old [1]"));
	// each has as many rows as its place says, so that no other is read for it
	names.forEach((name, i) => {
		write(
			name,
			rows("a,b", 10 + i, (k) => `${k * 1.25},${k * 0.5}`),
		);
	});
	for (const [i, name] of names.entries()) assert.equal((await inspectTable(pathOf(name), {})).rows, 10 + i, name);
});

test("texts with line breaks and quotes stay whole", async () => {
	const text = rows("a,c", 20, (i) => `${i * 1.5},"${i % 2 ? 'say ""no""' : "two\nlines"}"`);
	const { columns } = await inspectTable(write("quotes.csv", text), {});
	assert.deepEqual(columns[1].levels, [
		{ value: 'say "no"', count: 10 },
		{ value: "two\nlines", count: 10 },
	]);
});

test("a text among numbers, far below the sample, makes the column text and not an error", async () => {
	const text = rows(
		"a,b,c,y",
		30_000,
		(i) => `${i === 29_000 ? "oops" : i * 1.5},${i === 28_000 ? "x" : i % 5},${i * 0.2},${i % 2}`,
	);
	const [a, b, c] = (await inspectTable(write("late.csv", text), {})).columns;
	assert.equal(a.kind, "text");
	assert.equal(a.setAside, 'not all numbers: "oops" in row 29001');
	assert.equal(b.kind, "categorical");
	assert.equal(b.distinct, 6);
	assert.equal(c.kind, "numeric");
	assert.equal(c.missing, 0);
});

test("long texts of many kinds are set aside, and a hundred thousand levels do no harm", async () => {
	const text = rows(
		"many,half,long,y",
		120_000,
		(i) => `key ${i},${i % 60},a text of more than twelve bytes ${i % 3},${i * 0.5}`,
	);
	const { columns, features } = await inspectTable(write("levels.csv", text.replaceAll(/,(\d+),a/g, ",v$1,a")), {});
	assert.equal(columns[0].kind, "identifier");
	assert.equal(columns[1].kind, "categorical", "50 of 60 levels have most rows");
	assert.equal(columns[2].kind, "categorical");
	assert.equal(features, 51 + 3);
});

test("a column that counts the rows is a feature when it is all there is", async () => {
	const summary = await inspectTable(
		write(
			"count.csv",
			rows("x,y", 20, (i) => `${i + 1},${i * i * 0.5}`),
		),
		{},
	);
	assert.equal(summary.columns[0].kind, "numeric");
	assert.equal(summary.columns[0].setAside, undefined);
	assert.equal(summary.features, 1);
});

test("texts that differ in their last byte only are different, whatever their length", async () => {
	for (let length = 1; length <= 14; length++) {
		const level = (i: number) => "level-of-14-byte".slice(0, length - 1) + "xyz"[i % 3];
		const { columns } = await inspectTable(
			write(
				"near.csv",
				rows("k,y", 30, (i) => `${level(i)},${i * 0.5}`),
			),
			{},
		);
		assert.deepEqual(
			columns[0].levels,
			[0, 1, 2].map((i) => ({ value: level(i), count: 10 })),
		);
	}
});
