import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { openDuck } from "../../src/engine/data/duck.ts";
import { medianOf } from "../../src/engine/data/median.ts";
import { encodeColumn, fitColumn, type Preparation } from "../../src/engine/data/preparation.ts";
import { openSource } from "../../src/engine/data/source-file.ts";
import { splitRows } from "../../src/engine/data/split.ts";
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
	const table = await load(join(import.meta.dirname, "../fixtures/data/pets.csv"), { devShare: 0 });
	const mean = 89.5 / 6;
	const deviation = Math.sqrt(1882.75 / 6 - mean * mean);
	// indoor: true false false true ? false; the missing one is false, so 2 of 6 are 1
	const spread = Math.sqrt((1 / 3) * (2 / 3));
	const expected: Preparation = {
		version: 1,
		columns: [
			{ name: "weight", kind: "numeric", impute: 12.5, mean, deviation },
			{ name: "fur", kind: "categorical", impute: "short", levels: ["long", "none", "short"] },
			{ name: "indoor", kind: "boolean", impute: 0, mean: 1 / 3, deviation: spread },
		],
		target: { name: "species", task: "binary", classes: ["cat", "dog"] },
	};
	assert.deepEqual(rounded(table.preparation), rounded(expected));
	assert.deepEqual(JSON.parse(JSON.stringify(table.preparation)), table.preparation, "JSON as it is");
	assert.deepEqual(table.shape, { rows: 6, trainRows: 6, devRows: 0, features: 5, outputs: 1, task: "binary" });
	assert.deepEqual(table.featureNames, ["weight", "fur=long", "fur=none", "fur=short", "indoor"]);
	const byNumber = rowsByNumber(table);
	close(byNumber.get(1)!, [(4.5 - mean) / deviation, 0, 0, 1, (1 - 1 / 3) / spread], "row 1");
	close(byNumber.get(2)!, [(12.5 - mean) / deviation, 1, 0, 0, (0 - 1 / 3) / spread], "row 2, weight imputed");
	close(byNumber.get(4)!, [(5 - mean) / deviation, 0, 1, 0, (1 - 1 / 3) / spread], "row 4");
	close(byNumber.get(5)!, [(12.5 - mean) / deviation, 1, 0, 0, (0 - 1 / 3) / spread], "row 5, indoor imputed");
	table.sourceRow.forEach((row, i) => {
		assert.equal(table.y[i], [0, 0, 1, 0, 1, 1][row - 1], `class of row ${row}`);
	});
});

test("a regression target is standardised and can be undone", async () => {
	const table = await load(write("regression.csv", "a,y\n1,2\n5,4\n2,4\n8,6\n"), { devShare: 0, task: "regression" });
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

test("a constant of the training part is centred, not divided by zero", () => {
	const cells = { type: "numeric" as const, values: Float64Array.of(0.1, 0.1, 0.1, 9) };
	const column = { name: "a", cells, brokenNumbers: false };
	const fitted = fitColumn(column, "numeric", Uint32Array.of(0, 1, 2));
	assert.ok(fitted.kind === "numeric" && fitted.deviation === 1);
	const x = new Float32Array(4);
	encodeColumn(fitted, cells, Uint32Array.of(0, 1, 2, 3), x, 0, 1);
	close(x, [0, 0, 0, 8.9]);
});

test("a level that training has not seen is all zero", () => {
	const cells = {
		...{ type: "text" as const, codes: Int32Array.of(0, 1, 2, 3, -1), texts: ["b", "a", "c", "new"] },
		...{ missing: 1, cut: false, allDifferent: true },
	};
	const fitted = fitColumn({ name: "k", cells, brokenNumbers: false }, "categorical", Uint32Array.of(0, 1, 2));
	assert.deepEqual(fitted, { name: "k", kind: "categorical", impute: "a", levels: ["a", "b", "c"] });
	const x = new Float32Array(15);
	encodeColumn(fitted, cells, Uint32Array.of(0, 1, 2, 3, 4), x, 0, 3);
	assert.deepEqual([...x], [0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0]);
});

test("dev rows cannot move a fitted figure", async () => {
	const text = (changed: Set<number>) =>
		rows("a,k,b,y", 200, (i) => {
			if (changed.has(i + 1)) return `1e6,odd,true,-1e5`;
			return `${i % 9 === 0 ? "NA" : i * 0.7},${"pqr"[i % 3]},${i % 4 === 0},${i * i * 0.1}`;
		});
	const before = await load(write("dev.csv", text(new Set())), { seed: 5 });
	const dev = new Set(before.sourceRow.subarray(before.shape.trainRows));
	const after = await load(write("dev.csv", text(dev)), { seed: 5 });
	assert.equal(dev.size, 50);
	assert.deepEqual(after.sourceRow, before.sourceRow);
	assert.deepEqual(after.preparation, before.preparation);
	const train = before.shape.trainRows * before.shape.features;
	assert.deepEqual(after.x.subarray(0, train), before.x.subarray(0, train));
	assert.notDeepEqual(after.x.subarray(train), before.x.subarray(train));
	const moved = await load(write("dev.csv", text(new Set([before.sourceRow[0]]))), { seed: 5 });
	assert.notDeepEqual(moved.preparation, before.preparation, "a training row does move them");
});

test("the same seed gives the same bits, another seed other rows", async () => {
	const path = write(
		"seed.csv",
		rows("a,k,y", 300, (i) => `${i * 0.7},${"pqr"[i % 3]},${i % 2}`),
	);
	const first = await load(path, { seed: 3 });
	const again = await load(path, { seed: 3 });
	assert.deepEqual(again.x, first.x);
	assert.deepEqual(again.y, first.y);
	assert.deepEqual(again.sourceRow, first.sourceRow);
	const other = await load(path, { seed: 4 });
	assert.notDeepEqual(other.sourceRow, first.sourceRow);
	assert.deepEqual([...other.sourceRow].sort(), [...first.sourceRow].sort(), "every row once");
});

test("every class keeps its share of the dev part", () => {
	// 100 of class 0, 20 of class 1, 2 of class 2, 1 of class 3, 5 without
	const values = Float64Array.from({ length: 128 }, (_, i) => {
		if (i < 100) return 0;
		if (i < 120) return 1;
		if (i < 122) return 2;
		return i === 122 ? 3 : Number.NaN;
	});
	const { order, trainRows } = splitRows(values, 4, 0.2, 9);
	assert.equal(order.length, 123);
	const count = (part: Uint32Array) => [0, 1, 2, 3].map((k) => part.filter((row) => values[row] === k).length);
	assert.deepEqual(count(order.subarray(trainRows)), [20, 4, 1, 0]);
	assert.deepEqual(count(order.subarray(0, trainRows)), [80, 16, 1, 1]);
	const firstHalf = order.subarray(0, trainRows / 2).filter((row) => values[row] === 1).length;
	assert.ok(firstHalf > 2 && firstHalf < 14, `classes are mixed: ${firstHalf} of 16 in the first half`);
});

test("a class of two rows is in both parts, however small the share", () => {
	const values = Float64Array.from({ length: 100 }, (_, i) => (i < 2 ? 1 : 0));
	const { order, trainRows } = splitRows(values, 2, 0.1, 2);
	assert.equal(order.subarray(trainRows).filter((row) => row < 2).length, 1);
	assert.equal(order.length - trainRows, 10);
});

test("a dev share of nothing leaves all rows to training", () => {
	assert.equal(splitRows(Float64Array.of(1, 2, 3, 4, 5), 0, 0, 1).trainRows, 5);
	assert.equal(splitRows(Float64Array.of(1, 2, 3, 4, 5), 0, 0.2, 1).trainRows, 4);
});

test("rows come in the order of a large file, which two threads read", async () => {
	const count = 700_000;
	const text = rows(
		"a,filler,y",
		count,
		(i) => `${(i * 7) % 1_000_003},${"a text that takes space "}${i % 2},${i / 2}`,
	);
	const path = write("large.csv", text);
	const table = await load(path, { task: "regression", devShare: 0.1 });
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

test("a median is that of the sorted values", () => {
	const random = new Random(3);
	for (let round = 0; round < 2000; round++) {
		const values = Float64Array.from({ length: 1 + random.below(30) }, () => random.below(8));
		const sorted = values.slice().sort();
		const middle = sorted.length >> 1;
		const expected = sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
		assert.equal(medianOf(values), expected, `of ${sorted}`);
	}
});

test("DuckDB can read the table's file and no other, and cannot be told otherwise", async () => {
	const file = openSource(write("allowed.csv", "a,b\n1,2\n"));
	const other = write("other.csv", "a,b\n1,2\n");
	const { connection, close } = await openDuck(file);
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
