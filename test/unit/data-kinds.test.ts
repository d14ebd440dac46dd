// What columns are taken for, what a person may say instead, and what becomes of them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { BinCounts } from "../../src/engine/data/cells/bin-counts.ts";
import { type DateForm, dateFormOf, readDate } from "../../src/engine/data/dates/date-text.ts";
import { inspectTable } from "../../src/engine/data/index.ts";
import type { ColumnChoice } from "../../src/engine/protocol/dataset.ts";
import { Random } from "../../src/engine/training/random.ts";
import { load, rows, rowsByNumber, write } from "../fixtures/data/table-files.ts";

const day = 86_400_000;
const all = { split: { dev: 0 } };

test("a date is read as it is written, whatever stands first", () => {
	// by GNU date
	const cases: [string, DateForm, number][] = [
		["1981-01-01", "yearFirst", 4018 * day],
		["2024/2/29", "yearFirst", 19782 * day],
		["2024-02-29T13:45:10.250Z", "yearFirst", 19782 * day + 49_510_250],
		["2024-02-29 13:45 +0900", "yearFirst", 19782 * day + 49_500_000],
		["1949-01", "yearFirst", -7670 * day],
		["2024-Feb-29", "yearFirst", 19782 * day],
		["29.02.2024", "dayFirst", 19782 * day],
		["29-Feb-24", "dayFirst", 19782 * day],
		["29 February 2024", "dayFirst", 19782 * day],
		["2/29/2024 1:45 PM", "monthFirst", 19782 * day + 49_500_000],
		["Feb 29, 2024", "monthFirst", 19782 * day],
		["31/12/68", "dayFirst", 36159 * day],
		["31/12/69", "dayFirst", -1 * day],
		["12:05 am", "timeOfDay", 300_000],
		["23:59:59", "timeOfDay", 86_399_000],
	];
	for (const [text, form, ms] of cases) {
		assert.equal(readDate(text, form), ms, text);
		assert.equal(dateFormOf([text]), form, text);
	}
	for (const text of ["2023-02-29", "2024-13-01", "2024-00-10", "1.2.3", "10/20", "25:00", "13:00 pm", "2024", "May"]) {
		assert.equal(dateFormOf([text]), undefined, text);
	}
	// what cannot be told apart in one row is in another
	assert.equal(dateFormOf(["1/2/2024", "13/2/2024"]), "dayFirst");
	assert.equal(dateFormOf(["1.2.2024", "2.13.2024"]), "monthFirst");
	assert.equal(dateFormOf(["1/2/2024"]), "monthFirst");
	assert.equal(dateFormOf(["1.2.2024"]), "dayFirst");
});

test("a date becomes days and the cycles in which the training rows differ", async () => {
	const names = async (date: (i: number) => string) => {
		const path = write(
			"cycles.csv",
			rows("when,y", 60, (i) => `${date(i)},${(i * i) % 17}`),
		);
		const table = await load(path, { ...all, task: "regression" });
		assert.equal(table.summary.features, table.featureNames.length);
		return table.featureNames.map((name) => name.replace(" of when", "")).join();
	};
	const stamp = (ms: number) => new Date(ms).toISOString();
	assert.equal(await names((i) => stamp(i * day)), "when,sin month,cos month,sin weekday,cos weekday");
	assert.equal(await names((i) => `20${10 + (i % 5)}-0${1 + (i % 9)}`), "when,sin month,cos month", "firsts of months");
	assert.equal(await names((i) => `${1950 + i}-01-01`), "when");
	assert.equal(await names((i) => stamp(i * 60_000)), "when,sin hour,cos hour");
	assert.equal(await names((i) => `${i % 24}:30`), "when,sin hour,cos hour");
});

test("a row without a date has the mean day and no place in a cycle, and nothing is scaled when none is wanted", async () => {
	const text = rows("when,y", 9, (i) => `${i === 4 ? "?" : `2024-0${i + 1}-01`},${(i * i) % 5}.5`);
	const table = await load(write("nodate.csv", text), { ...all, scaling: "none" });
	const days = [1, 2, 3, 4, 6, 7, 8, 9].map((month) => Date.UTC(2024, month - 1, 1) / day).sort((a, b) => a - b);
	const inputs = rowsByNumber(table);
	assert.deepEqual(inputs.get(5), [Math.fround((days[3] + days[4]) / 2), 0, 0]);
	assert.deepEqual(inputs.get(4), [19814, 1, Math.fround(Math.cos(Math.PI / 2))]);
});

test("more dates than texts are kept are dates all the same, and one that is none is named", async () => {
	const text = (odd: string) =>
		rows("at,k,y", 130_000, (i) => {
			const at = new Date(1e12 + i * 61_000).toISOString().slice(0, 19);
			return `${i === 120_000 ? odd : at},${i % 3},${(i % 1000) / 7}`;
		});
	const path = write("stamps.csv", text("NA"));
	const { columns } = await inspectTable(path, {});
	assert.deepEqual([columns[0].kind, columns[0].missing, columns[0].cycles?.join()], ["date", 1, "month,weekday,hour"]);
	assert.deepEqual([columns[0].min, columns[0].max], [1e12, 1e12 + 129_999 * 61_000]);
	const table = await load(path, { ...all, scaling: "none", task: "regression", target: "y" });
	const inputs = rowsByNumber(table);
	for (const i of [0, 99_999, 100_000, 100_001, 129_999]) {
		const ms = 1e12 + i * 61_000;
		assert.equal(inputs.get(i + 1)![0], Math.fround(ms / day));
		assert.ok(Math.abs(inputs.get(i + 1)![5] - Math.sin((2 * Math.PI * (ms % day)) / day)) < 1e-6, `row ${i + 1}`);
	}
	const mixed = (await inspectTable(write("stamps.csv", text("later")), {})).columns[0];
	assert.deepEqual([mixed.kind, mixed.setAside], ["text", 'not all dates: "later" in row 120001']);
	const kept = (await inspectTable(write("stamps.csv", text("later")), { columns: { at: { kind: "date" } } }))
		.columns[0];
	assert.deepEqual([kept.kind, kept.missing, kept.setAside], ["date", 1, undefined]);
});

test("yes and no are a truth value", async () => {
	const { columns } = await inspectTable(
		write(
			"truth.csv",
			rows("a,b,c,d,y", 20, (i) => `${"YN"[i % 2]},${i % 3 ? "yes" : "No"},${"NX"[i % 2]},${"TF?"[i % 3]},${i * 0.3}`),
		),
		{},
	);
	assert.deepEqual(
		columns.map(({ kind }) => kind),
		["boolean", "boolean", "categorical", "boolean", "numeric"],
	);
});

test("levels of few training rows share an input, and one that no row has shows there too", async () => {
	const level = (i: number) => (i === 5 ? "rare" : i === 6 ? "odd" : "abc"[i % 3]);
	const table = await load(
		write(
			"rare.csv",
			rows("k,y", 600, (i) => `${level(i)},${(i * i) % 7}.5`),
		),
		all,
	);
	assert.deepEqual(table.featureNames, ["k=a", "k=b", "k=c", "k=(other)"]);
	const inputs = rowsByNumber(table);
	assert.deepEqual(
		[4, 6, 7].map((row) => inputs.get(row)!.join("")),
		["1000", "0001", "0001"],
	);
	const one = await load(
		write(
			"rare.csv",
			rows("k,y", 600, (i) => `${i === 5 ? "rare" : "abc"[i % 3]},${(i * i) % 7}.5`),
		),
		all,
	);
	assert.ok(one.featureNames.includes("k=(other)"));
});

test("of many levels the most frequent have inputs, the others one together", async () => {
	const random = new Random(4);
	// about 1 / (k + 1) of the rows each
	const text = rows(
		"k,y",
		20_000,
		(i) => `v${Math.floor(Math.exp(random.uniform() * Math.log(1000)))},${(i * i) % 11}.5`,
	);
	const table = await load(write("zipf.csv", text), all);
	assert.equal(table.summary.columns[0].kind, "categorical");
	assert.equal(table.featureNames.length, 51);
	assert.equal(table.featureNames[50], "k=(other)");
	const seen = new Map<string, number>();
	for (const line of text.split("\n").slice(1, -1))
		seen.set(line.split(",")[0], (seen.get(line.split(",")[0]) ?? 0) + 1);
	const frequent = [...seen].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, 50);
	assert.deepEqual(table.featureNames.slice(0, 50), frequent.map(([name]) => `k=${name}`).sort());
	for (const inputs of rowsByNumber(table).values())
		assert.equal(
			inputs.reduce((sum, x) => sum + x),
			1,
		);
	const flat = rows("k,y", 20_000, (i) => `v${i % 3000},${i * 0.5}`);
	const summary = await inspectTable(write("flat.csv", flat), { columns: { k: { use: false } } }).catch(
		(fault) => fault.message,
	);
	assert.match(summary, /no feature besides the target "y" \("k": text: 3000 different values\)/);
	assert.equal((await load(write("flat.csv", flat), { ...all, features: ["k"] })).shape.features, 51, "asked for");
});

test("dev and test rows move neither a date's figures nor which levels are rare or how many there are", async () => {
	const text = (changed: Set<number>) =>
		rows("when,k,on,y", 900, (i) => {
			if (changed.has(i + 1)) return `1999-12-31 23:59,${i % 2 ? "new" : "rare"},NA,7.5`;
			return `2024-03-0${1 + (i % 7)},${i % 300 === 8 ? "rare" : "abc"[i % 3]},${i % 3 === 0},${(i * i) % 11}.5`;
		});
	const options = { task: "regression", split: { test: 0.15, seed: 5 } } as const;
	const before = await load(write("figures.csv", text(new Set())), options);
	const { trainRows, features } = before.shape;
	assert.deepEqual(before.featureNames, [
		...["when", "sin weekday of when", "cos weekday of when"],
		...["k=a", "k=b", "k=c", "k=(other)", "on"],
	]);
	const after = await load(write("figures.csv", text(new Set(before.sourceRow.subarray(trainRows)))), options);
	assert.deepEqual(after.preparation, before.preparation);
	assert.deepEqual(after.x.subarray(0, trainRows * features), before.x.subarray(0, trainRows * features));
	const moved = await load(write("figures.csv", text(new Set(before.sourceRow.subarray(0, 30)))), options);
	assert.notDeepEqual(moved.preparation, before.preparation, "training rows do move them");
});

test("what is nearly all missing is set aside until it is asked for", async () => {
	const path = write(
		"sparse.csv",
		rows("a,b,y", 100, (i) => `${i % 50 ? "?" : i + 0.5},${(i * 7) % 13}.5,${(i * i) % 11}.5`),
	);
	const { columns } = await inspectTable(path, {});
	assert.deepEqual([columns[0].kind, columns[0].setAside], ["numeric", "nearly all missing"]);
	assert.deepEqual((await load(path, all)).featureNames, ["b"]);
	assert.deepEqual((await load(path, { ...all, columns: { a: { use: true } } })).featureNames, ["a", "b"]);
});

test("kind and use of a column can be chosen", async () => {
	const path = write(
		"choice.csv",
		rows("zip,price,at,note,n,y", 120, (i) => {
			const price = i === 7 ? "on request" : `${i * 1.25}`;
			return `${(i % 4) + 10},${price},${1_700_000_000 + i * 3600},${"pq"[i % 2]},${i + 1},${(i * i) % 11}.5`;
		}),
	);
	const table = async (columns: Record<string, ColumnChoice>, features?: string[]) => {
		const { summary, featureNames } = await load(path, { ...all, target: "y", columns, features });
		assert.equal(summary.features, featureNames.length);
		return featureNames.join();
	};
	assert.equal(await table({}), "zip,at,note=q");
	assert.equal(await table({ zip: { kind: "categorical" } }), "zip=10,zip=11,zip=12,zip=13,at,note=q");
	assert.equal(await table({ price: { kind: "numeric" }, at: { use: false } }), "zip,price,note=q");
	assert.equal(await table({ price: { use: true }, n: { use: true } }), "zip,price,at,note=q,n");
	const [, price, at, , n] = (await inspectTable(path, { target: "y" })).columns;
	assert.deepEqual(price.otherKinds, ["numeric", "categorical"]);
	assert.deepEqual(at.otherKinds, ["categorical", "date"]);
	assert.equal(n.kind, "identifier");
	assert.equal(
		await table({ at: { kind: "date" }, zip: { use: false } }),
		"at,sin weekday of at,cos weekday of at,sin hour of at,cos hour of at,note=q",
	);
	assert.equal(
		await table({ n: { use: true }, note: { use: false } }, ["note", "at"]),
		"at,n",
		"use has the last word",
	);
	assert.equal(await table({ price: { kind: "categorical", use: true } }, ["at"]), `${await categories()},at`);
	async function categories() {
		const { featureNames } = await load(path, {
			...all,
			target: "y",
			features: ["price"],
			columns: { price: { kind: "categorical" } },
		});
		return featureNames.join();
	}
});

test("a choice that cannot be is refused in one sentence", async () => {
	const path = write(
		"refused.csv",
		rows("a,k,c,w,y", 60, (i) => `${i * 0.37},${"pq"[i % 2]},1,w${i},${(i * i) % 11}.5`),
	);
	const refusal = (columns: Record<string, ColumnChoice>, features?: string[]) =>
		inspectTable(path, { target: "y", columns, features }).then(
			() => "accepted",
			(fault) => `${fault.name}: ${fault.message}`,
		);
	assert.equal(
		await refusal({ kk: { use: true } }),
		'InputError: refused.csv has no column "kk" that a kind or use is chosen for; choose one of "a", "k", "c", "w", "y".',
	);
	const where = (name: string) => `InputError: refused.csv, column "${name}":`;
	assert.equal(
		await refusal({ k: { kind: "numeric" } }),
		`${where("k")} no value of it is a number ("p"); choose another kind.`,
	);
	assert.equal(
		await refusal({ k: { kind: "date" } }),
		`${where("k")} no value of it is a date ("p"); choose another kind.`,
	);
	assert.equal(
		await refusal({ a: { kind: "date" } }),
		`${where("a")} no value of it is a date ("0"); choose another kind.`,
	);
	assert.equal(
		await refusal({ c: { use: true } }),
		`${where("c")} it cannot be a feature (one value only); leave it out of the features.`,
	);
	assert.equal(
		await refusal({ w: { use: true } }),
		`${where("w")} it cannot be a feature (a different text in every row); leave it out of the features.`,
	);
	assert.equal(await inspectTable(path, { target: "y" }).then((s) => s.target), "y");
	const dates = write(
		"when.csv",
		rows("a,when", 60, (i) => `${i * 0.37},2024-01-${(i % 28) + 1}`),
	);
	assert.equal((await inspectTable(dates, {})).target, "a", "a date is not guessed for a target");
	await assert.rejects(inspectTable(dates, { target: "when" }), {
		message: 'when.csv, column "when": the target is a date; choose a column of numbers or classes.',
	});
	assert.equal(
		(await inspectTable(dates, { target: "when", columns: { when: { kind: "categorical" } } })).task,
		"multiclass",
	);
});

test("the marks of missing values are told, as they were written", async () => {
	const marks = ["?", "NA", "", "-", "N/A", "null"];
	const text = rows(
		"a,k,y",
		60,
		(i) => `${marks[i] ?? i * 1.5},${marks[i % 2 ? 9 : i] ?? "uvw"[i % 3]},${(i * i) % 7}.5`,
	);
	const [a, k, y] = (await inspectTable(write("marks.csv", text), {})).columns;
	assert.deepEqual(a.missingMarks, marks);
	assert.deepEqual(k.missingMarks, ["?", "", "N/A"]);
	assert.equal(y.missingMarks, undefined);
});

test("a histogram counts every value in a bin that holds it, however the numbers come", async () => {
	const random = new Random(8);
	for (let round = 0; round < 300; round++) {
		const scale = 10 ** (random.below(40) - 20);
		const values = Float64Array.from({ length: 5000 }, (_, i) => (random.normal() * (i < 2500 ? 1 : 50) - 3) * scale);
		const first = [...values.subarray(0, 100)].sort((a, b) => a - b).map((value) => ({ value, count: 1 }));
		const bins = new BinCounts(first, false);
		let min = first[0].value;
		let max = first[99].value;
		for (let at = 100; at < values.length; at += 700) {
			const part = values.subarray(at, at + 700);
			min = Math.min(min, ...part);
			max = Math.max(max, ...part);
			bins.add(part, min, max);
		}
		const { from, width, counts } = bins.histogram();
		const expected = counts.map((_, bin) => {
			return values.filter((value) => value >= from + bin * width && value < from + (bin + 1) * width).length;
		});
		assert.deepEqual(counts, expected);
		assert.equal(
			counts.reduce((sum, count) => sum + count),
			5000,
		);
		assert.ok(counts.length > 15 && counts.length <= 32, `${counts.length} bins`);
	}
	const path = write(
		"histogram.csv",
		rows("a,b,c,y", 9000, (i) => `${i === 8000 ? "" : i * i},${i % 3},${i ? i : "1e400"},${(i % 90) / 7}`),
	);
	const [a, b, c] = (await inspectTable(path, { features: ["a"] })).columns;
	assert.equal(
		a.histogram!.counts.reduce((sum, count) => sum + count),
		8999,
	);
	assert.deepEqual(b.histogram, { from: 0, width: 1, counts: [3000, 3000, 3000] });
	assert.equal(c.histogram, undefined, "an infinite value");
});
