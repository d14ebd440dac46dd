import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { openDuck } from "../../src/engine/data/duck.ts";
import type { PreparedTable } from "../../src/engine/data/index.ts";
import { medianOf } from "../../src/engine/data/median.ts";
import type { Preparation } from "../../src/engine/data/preparation.ts";
import { noLabel, part } from "../../src/engine/data/row-parts.ts";
import { openSource } from "../../src/engine/data/source-file.ts";
import { type SplitRows, splitRows } from "../../src/engine/data/split.ts";
import { Turns } from "../../src/engine/data/turns.ts";
import { Random } from "../../src/engine/training/random.ts";
import { load, rows, rowsByNumber, write } from "../fixtures/data/table-files.ts";

function close(actual: ArrayLike<number>, expected: number[], message?: string): void {
	assert.equal(actual.length, expected.length, message);
	expected.forEach((value, i) => {
		assert.ok(Math.abs(actual[i] - value) < 1e-6, `${message ?? ""} [${i}]: ${actual[i]} is not ${value}`);
	});
}

/** Numbers to 12 digits: the last bits depend on the order of a sum. */
function rounded(value: unknown): unknown {
	const text = JSON.stringify(value, (_, inner) => (typeof inner === "number" ? inner.toPrecision(12) : inner));
	return JSON.parse(text);
}

test("a table becomes the numbers that a hand computes", async () => {
	// all rows train: weights 4.5 ? 30 5 12.5 25 have the median 12.5, then the mean 89.5 / 6 and
	// squares 20.25 + 156.25 + 900 + 25 + 156.25 + 625 = 1882.75
	const table = await load(join(import.meta.dirname, "../fixtures/data/pets.csv"), { split: { dev: 0 } });
	const mean = 89.5 / 6;
	const deviation = Math.sqrt(1882.75 / 6 - mean * mean);
	// indoor: true false false true ? false; the missing one is false, so 2 of 6 are 1
	const spread = Math.sqrt((1 / 3) * (2 / 3));
	// born: days since 1970, by GNU date
	const days = [18264, 18220, 17652, 18672, 17408, 17159];
	const day = 86_400_000;
	const meanDay = days.reduce((sum, value) => sum + value / 6, 0);
	const dayDeviation = Math.sqrt(days.reduce((sum, value) => sum + (value - meanDay) ** 2 / 6, 0));
	const angle = (share: number) => [Math.sin(2 * Math.PI * share), Math.cos(2 * Math.PI * share)];
	// row 1: 3 January, a Friday; row 4: 14 February, a Sunday; the year has twelve months of 31 days
	const born = (i: number, month: number, weekday: number) => [
		(days[i] - meanDay) / dayDeviation,
		...angle(month / 12),
		...angle(weekday / 7),
	];
	const expected: Preparation = {
		version: 1,
		columns: [
			{ name: "weight", kind: "numeric", impute: 12.5, shift: mean, scale: deviation },
			{ name: "fur", kind: "categorical", impute: "short", levels: ["long", "none", "short"] },
			{ name: "indoor", kind: "boolean", impute: 0, shift: 1 / 3, scale: spread },
			{
				...{ name: "born", kind: "date", form: "yearFirst", impute: meanDay * day, cycles: ["month", "weekday"] },
				...{ shift: meanDay * day, scale: dayDeviation * day },
			},
		],
		missing: "impute",
		target: { name: "species", task: "binary", classes: ["cat", "dog"] },
	};
	assert.deepEqual(rounded(table.preparation), rounded(expected));
	assert.deepEqual(JSON.parse(JSON.stringify(table.preparation)), table.preparation, "JSON as it is");
	assert.deepEqual(table.shape, {
		rows: 6,
		trainRows: 6,
		devRows: 0,
		testRows: 0,
		features: 10,
		outputs: 1,
		task: "binary",
	});
	assert.deepEqual(table.featureNames, [
		...["weight", "fur=long", "fur=none", "fur=short", "indoor", "born"],
		...["sin month of born", "cos month of born", "sin weekday of born", "cos weekday of born"],
	]);
	const byNumber = rowsByNumber(table);
	close(byNumber.get(1)!, [(4.5 - mean) / deviation, 0, 0, 1, (1 - 1 / 3) / spread, ...born(0, 2 / 31, 5)], "row 1");
	close(
		byNumber.get(2)!,
		[(12.5 - mean) / deviation, 1, 0, 0, (0 - 1 / 3) / spread, ...born(1, 10 + 19 / 31, 3)],
		"row 2, weight imputed",
	);
	close(byNumber.get(4)!, [(5 - mean) / deviation, 0, 1, 0, (1 - 1 / 3) / spread, ...born(3, 1 + 13 / 31, 0)], "row 4");
	close(
		byNumber.get(5)!,
		[(12.5 - mean) / deviation, 1, 0, 0, (0 - 1 / 3) / spread, ...born(4, 7 + 29 / 31, 3)],
		"row 5, indoor imputed",
	);
	table.sourceRow.forEach((row, i) => {
		assert.equal(table.y[i], [0, 0, 1, 0, 1, 1][row - 1], `class of row ${row}`);
	});
});

test("a regression target is standardised and can be undone", async () => {
	const table = await load(write("regression.csv", "a,y\n1,2\n5,4\n2,4\n8,6\n"), {
		split: { dev: 0 },
		task: "regression",
	});
	// mean 4, squares 4 + 0 + 0 + 4
	assert.deepEqual(table.targetScale, { mean: 4, deviation: Math.SQRT2 });
	assert.deepEqual(table.preparation.target.scale, table.targetScale);
	const y = [...table.sourceRow].map((row) => ([2, 4, 4, 6][row - 1] - 4) / Math.SQRT2);
	close(table.y, y);
	assert.equal(table.shape.outputs, 1);
});

test("three classes are indices of their sorted names", async () => {
	const table = await load(
		write(
			"classes.csv",
			rows("a,y", 30, (i) => `${i * 1.5},${"cab"[i % 3]}`),
		),
	);
	assert.equal(table.shape.outputs, 3);
	assert.deepEqual(table.preparation.target.classes, ["a", "b", "c"]);
	table.sourceRow.forEach((row, i) => {
		assert.equal(table.y[i], [2, 0, 1][(row - 1) % 3]);
	});
});

test("two levels make one input", async () => {
	const table = await load(
		write(
			"two.csv",
			rows("sex,y", 20, (i) => `${i % 3 ? "MALE" : "FEMALE"},${i * 0.3}`),
		),
	);
	assert.deepEqual(table.featureNames, ["sex=MALE"]);
	for (const [row, inputs] of rowsByNumber(table)) assert.deepEqual(inputs, [(row - 1) % 3 ? 1 : 0]);
});

/** @returns numbers of the rows of each part, which a table's values do not change */
function partsOf({ sourceRow, shape }: PreparedTable): { train: number[]; dev: number[]; test: number[] } {
	const { trainRows, devRows } = shape;
	return {
		train: [...sourceRow.subarray(0, trainRows)],
		dev: [...sourceRow.subarray(trainRows, trainRows + devRows)],
		test: [...sourceRow.subarray(trainRows + devRows)],
	};
}

test("a constant of the training part is centred, not divided by zero", async () => {
	const text = (dev: number[]) => rows("a,b,y", 40, (i) => `${dev.includes(i + 1) ? 9 : 0.1},${i * 1.5},${i * 0.5}`);
	const { dev } = partsOf(await load(write("spread.csv", text([3]))));
	const table = await load(write("spread.csv", text(dev)));
	const byNumber = rowsByNumber(table);
	assert.equal(dev.length, 10);
	for (let row = 1; row <= 40; row++) close([byNumber.get(row)![0]], [dev.includes(row) ? 8.9 : 0], `row ${row}`);
});

test("a level that training has not seen is all zero, and a missing one is the most frequent", async () => {
	const level = (i: number, dev: number[]) => (dev[0] === i + 1 ? "new" : dev[1] === i + 1 ? "" : "abba"[i % 4]);
	const text = (dev: number[]) => rows("k,b,y", 41, (i) => `${level(i, dev) || "NA"},${i * 1.5},${i * 0.5}`);
	const { dev } = partsOf(await load(write("levels.csv", text([]))));
	const table = await load(write("levels.csv", text([dev[0], dev[1]])));
	const column = table.preparation.columns[0];
	assert.ok(column.kind === "categorical");
	assert.deepEqual(column.levels, ["a", "b"]);
	assert.deepEqual(table.featureNames, ["k=b", "b"]);
	const inputs = rowsByNumber(table);
	assert.equal(inputs.get(dev[0])![0], 0);
	assert.equal(inputs.get(dev[1])![0], column.impute === "b" ? 1 : 0);
});

test("dev rows cannot move a fitted figure", async () => {
	const text = (changed: Set<number>) =>
		rows("a,k,b,y", 200, (i) => {
			if (changed.has(i + 1)) return `1e6,odd,true,-1e5`;
			return `${i % 9 === 0 ? "NA" : i * 0.7},${"pqr"[i % 3]},${i % 4 === 0},${i * i * 0.1}`;
		});
	const before = await load(write("dev.csv", text(new Set())), { split: { seed: 5 } });
	const dev = new Set(before.sourceRow.subarray(before.shape.trainRows));
	const after = await load(write("dev.csv", text(dev)), { split: { seed: 5 } });
	assert.equal(dev.size, 50);
	assert.deepEqual(after.sourceRow, before.sourceRow);
	assert.deepEqual(after.preparation, before.preparation);
	const train = before.shape.trainRows * before.shape.features;
	assert.deepEqual(after.x.subarray(0, train), before.x.subarray(0, train));
	assert.notDeepEqual(after.x.subarray(train), before.x.subarray(train));
	const moved = await load(write("dev.csv", text(new Set([before.sourceRow[0]]))), { split: { seed: 5 } });
	assert.notDeepEqual(moved.preparation, before.preparation, "a training row does move them");
});

test("the same seed gives the same bits, another seed other rows", async () => {
	const path = write(
		"seed.csv",
		rows("a,k,y", 300, (i) => `${i * 0.7},${"pqr"[i % 3]},${i % 2}`),
	);
	const first = await load(path, { split: { seed: 3 } });
	const again = await load(path, { split: { seed: 3 } });
	assert.deepEqual(again.x, first.x);
	assert.deepEqual(again.y, first.y);
	assert.deepEqual(again.sourceRow, first.sourceRow);
	const other = await load(path, { split: { seed: 4 } });
	assert.notDeepEqual(other.sourceRow, first.sourceRow);
	assert.deepEqual([...other.sourceRow].sort(), [...first.sourceRow].sort(), "every row once");
});

const turns = new Turns();

/** @returns numbers of rows of each class in the training, dev and test part */
function counts(labels: Uint16Array, { parts }: SplitRows, classes: number): number[][] {
	const found = [0, 1, 2].map(() => new Array<number>(classes).fill(0));
	for (const [row, label] of labels.entries()) {
		if (label === noLabel) assert.equal(parts[row], part.none);
		else found[parts[row]][label]++;
	}
	return found;
}

test("every class keeps its share of the dev and of the test part", async () => {
	// 100 of class 0, 20 of class 1, 2 of class 2, 1 of class 3, 5 without
	const labels = Uint16Array.from({ length: 128 }, (_, i) => {
		if (i < 100) return 0;
		if (i < 120) return 1;
		if (i < 122) return 2;
		return i === 122 ? 3 : noLabel;
	});
	const share = { dev: 0.2, test: 0, seed: 9, stratify: true };
	const two = await splitRows(labels, 4, share, turns);
	assert.deepEqual([two.trainRows, two.devRows, two.testRows], [98, 25, 0]);
	assert.deepEqual(counts(labels, two, 4), [
		[80, 16, 1, 1],
		[20, 4, 1, 0],
		[0, 0, 0, 0],
	]);
	const three = await splitRows(labels, 4, { ...share, test: 0.1 }, turns);
	assert.deepEqual(counts(labels, three, 4), [
		[70, 14, 1, 1],
		[20, 4, 1, 0],
		[10, 2, 0, 0],
	]);
	const dev = (split: SplitRows) => [...split.parts.keys()].filter((row) => split.parts[row] === part.dev);
	assert.deepEqual(dev(three), dev(two), "a test part takes nothing from the dev part");
	const plain = await splitRows(labels, 4, { ...share, test: 0.1, stratify: false }, turns);
	assert.deepEqual([plain.trainRows, plain.devRows, plain.testRows], [86, 25, 12]);
	assert.notDeepEqual(dev(plain), dev(three));
});

test("a class of two rows is in both parts, however small the share", async () => {
	const labels = Uint16Array.from({ length: 100 }, (_, i) => (i < 2 ? 1 : 0));
	const split = await splitRows(labels, 2, { dev: 0.1, test: 0, seed: 2, stratify: true }, turns);
	assert.deepEqual(counts(labels, split, 2), [
		[89, 1],
		[9, 1],
		[0, 0],
	]);
});

test("rows of a part come from all over the file, each as likely as another", async () => {
	const labels = new Uint16Array(1000);
	const taken = new Uint32Array(10);
	for (let seed = 0; seed < 200; seed++) {
		const { parts } = await splitRows(labels, 1, { dev: 0.2, test: 0.1, seed, stratify: true }, turns);
		for (const [row, value] of parts.entries()) if (value === part.test) taken[Math.floor(row / 100)]++;
	}
	// 200 seeds x 100 test rows over ten tenths: 2,000 each, deviation sqrt(2000 x 0.9 x 0.9) = 40
	for (const count of taken) assert.ok(Math.abs(count - 2000) < 200, `${taken}`);
});

test("a dev share of nothing leaves all rows to training", async () => {
	const sizes = async (dev: number) => {
		const split = await splitRows(new Uint16Array(5), 1, { dev, test: 0, seed: 1, stratify: true }, turns);
		return split.trainRows;
	};
	assert.equal(await sizes(0), 5);
	assert.equal(await sizes(0.2), 4);
});

test("rows come in the order of a large file, which two threads read", async () => {
	const count = 700_000;
	const text = rows(
		"a,filler,y",
		count,
		(i) => `${(i * 7) % 1_000_003},${"a text that takes space "}${i % 2},${i / 2}`,
	);
	const path = write("large.csv", text);
	const table = await load(path, { task: "regression", split: { dev: 0.1 } });
	assert.equal(table.shape.rows, count);
	const { mean, deviation } = table.targetScale!;
	for (let i = 0; i < count; i += 997) {
		const expected = ((table.sourceRow[i] - 1) / 2 - mean) / deviation;
		assert.ok(Math.abs(table.y[i] - expected) < 1e-6, `row ${table.sourceRow[i]}`);
	}
	assert.ok(table.x.every(Number.isFinite));
});

test("a shared memory is filled in place", async () => {
	const memory = new SharedArrayBuffer(4096);
	const table = await load(
		write(
			"shared.csv",
			rows("a,y", 20, (i) => `${i * 1.5},${i * 0.1}`),
		),
		{
			allocate: (shape) => ({
				x: new Float32Array(memory, 256, shape.rows * shape.features),
				y: new Float32Array(memory, 1024, shape.rows),
			}),
		},
	);
	assert.equal(table.x.buffer, memory);
	assert.notEqual(
		new Float32Array(memory, 256, 20).findIndex((value) => value !== 0),
		-1,
	);
	assert.equal(
		new Float32Array(memory, 0, 64).findIndex((value) => value !== 0),
		-1,
		"nothing before the view",
	);
});

test("a median is that of the sorted values", async () => {
	const random = new Random(3);
	for (let round = 0; round < 2000; round++) {
		const unit = [1, -0.1, 1e300, 1e-300][round % 4];
		const values = Float64Array.from({ length: 1 + random.below(30) }, () => (random.below(8) - 3) * unit);
		const sorted = values.slice().sort();
		const middle = sorted.length >> 1;
		const expected = sorted.length % 2 ? sorted[middle] : sorted[middle - 1] / 2 + sorted[middle] / 2;
		const parts = [values.subarray(0, 5), Float64Array.of(Number.NaN), values.subarray(5)];
		const found = await medianOf(async (work) => parts.forEach(work), values.length);
		assert.ok(found === expected, `${found} is not ${expected}, of ${sorted}`);
	}
});

test("DuckDB can read the table's file and no other, and cannot be told otherwise", async () => {
	const file = openSource(write("allowed.csv", "a,b\n1,2\n"));
	const other = write("other.csv", "a,b\n1,2\n");
	const { connection, close } = await openDuck(file, 2 ** 30);
	try {
		await connection.run("SELECT * FROM read_csv($1)", [file.path]);
		await assert.rejects(connection.run("SELECT * FROM read_csv($1)", [other]), /Permission Error/);
		await assert.rejects(connection.run(`COPY (SELECT 1) TO '${other}'`), /Permission Error/);
		await assert.rejects(connection.run("SET enable_external_access = true"), /configuration/);
		await assert.rejects(connection.run("SET allowed_directories = ['/']"), /configuration/);
	} finally {
		close();
	}
});
