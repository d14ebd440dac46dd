// What a run file says of its dataset: features, missing values, scaling, the parts and what they may not move.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspectTable } from "../../src/engine/data/index.ts";
import { load, rows, rowsByNumber, write } from "../fixtures/data/table-files.ts";

const close = (actual: ArrayLike<number>, expected: number[], message?: string) => {
	assert.equal(actual.length, expected.length, message);
	for (const [i, value] of expected.entries()) {
		assert.ok(Math.abs(actual[i] - value) < 1e-6, `${message ?? ""} [${i}]: ${actual[i]} is not ${value}`);
	}
};

test("neither dev nor test rows can move a fitted figure, whatever the scaling", async () => {
	const text = (changed: Set<number>) =>
		rows("a,k,b,c,y", 300, (i) => {
			if (changed.has(i + 1)) return i % 2 ? "1e6,odd,true,7.5,-1e5" : "NA,NA,NA,NA,-3e5";
			return `${i % 9 === 0 ? "NA" : i * 0.7},${"pqr"[i % 3]},${i % 4 === 0},${i * 0.3},${i * i * 0.1}`;
		});
	for (const scaling of ["standardize", "minMax", "none"] as const) {
		const options = { scaling, split: { test: 0.15, seed: 5 } };
		const before = await load(write("kept.csv", text(new Set())), options);
		const { trainRows, devRows, testRows, features } = before.shape;
		assert.deepEqual([trainRows, devRows, testRows], [180, 75, 45]);
		const after = await load(write("kept.csv", text(new Set(before.sourceRow.subarray(trainRows)))), options);
		assert.deepEqual(after.sourceRow, before.sourceRow);
		assert.deepEqual(after.preparation, before.preparation, scaling);
		const train = trainRows * features;
		assert.deepEqual(after.x.subarray(0, train), before.x.subarray(0, train));
		assert.deepEqual(after.y.subarray(0, trainRows), before.y.subarray(0, trainRows));
		assert.notDeepEqual(after.x.subarray(train), before.x.subarray(train));
	}
});

test("the parts have no row in common, hold every row, and follow the seed of the split alone", async () => {
	const path = write(
		"parts.csv",
		rows("a,y", 200, (i) => `${i * 0.7},${"uvw"[i % 3]}`),
	);
	const first = await load(path, { split: { test: 0.2, seed: 3 } });
	const { trainRows, devRows, testRows } = first.shape;
	assert.deepEqual([trainRows, devRows, testRows], [110, 50, 40]);
	assert.deepEqual(
		[...first.sourceRow].sort((a, b) => a - b),
		Array.from({ length: 200 }, (_, i) => i + 1),
	);
	const classes = (from: number, to: number) => {
		const counts = [0, 0, 0];
		for (const y of first.y.subarray(from, to)) counts[y]++;
		return counts;
	};
	// 67, 67 and 66 rows: a quarter is 16.75, 16.75 and 16.5, a fifth 13.4, 13.4 and 13.2
	assert.deepEqual(classes(trainRows, trainRows + devRows), [17, 17, 16]);
	assert.deepEqual(classes(trainRows + devRows, 200), [14, 13, 13]);
	assert.deepEqual((await load(path, { split: { test: 0.2, seed: 3 } })).sourceRow, first.sourceRow);
	assert.notDeepEqual((await load(path, { split: { test: 0.2, seed: 4 } })).sourceRow, first.sourceRow);
});

test("features are scaled to 0 and 1, or left as they are, and the target is standardised all the same", async () => {
	const path = write("scaling.csv", "a,b,on,y\n1.5,7,true,2\n5.5,7.5,false,4\n2.5,?,true,4\n9.5,8,true,6\n");
	const inputs = async (scaling: "minMax" | "none") => {
		const table = await load(path, { split: { dev: 0 }, task: "regression", scaling });
		close(table.y, [-Math.SQRT2, 0, 0, Math.SQRT2]);
		return [...rowsByNumber(table).values()];
	};
	const [first, second, third, fourth] = await inputs("minMax");
	close(first, [0, 0, 1]);
	close(second, [0.5, 0.5, 0]);
	close(third, [0.125, 0.5, 1], "7.5 is the median of b");
	close(fourth, [1, 1, 1]);
	const plain = await inputs("none");
	close(plain[2], [2.5, 7.5, 1]);
	close(plain[1], [5.5, 7.5, 0]);
});

test("rows with no value in the columns that must have one are left out, whatever is learned from", async () => {
	const path = write(
		"complete.csv",
		rows("a,note,b,y", 60, (i) => {
			const [note, b, y] = [i % 7 === 0 ? "NA" : "pq"[i % 2], i % 9 === 0 ? "" : i * 0.3, i % 10 === 0 ? "?" : i * 2.5];
			return [i * 0.7, note, b, y].join();
		}),
	);
	const table = await load(path, { target: "y", features: ["a"], complete: ["note", "b"] });
	const lacks = (i: number) => i % 7 === 0 || i % 9 === 0;
	const numbers = Array.from({ length: 60 }, (_, i) => i);
	const left = numbers.filter((i) => !lacks(i) && i % 10 !== 0).map((i) => i + 1);
	assert.deepEqual(
		[...table.sourceRow].sort((a, b) => a - b),
		left,
	);
	const { rows: all, droppedRows, targetlessRows, incompleteRows } = table.summary;
	assert.deepEqual(
		[all, droppedRows, targetlessRows, incompleteRows],
		[60, 60 - left.length, 6, numbers.filter(lacks).length],
	);
	const summary = await inspectTable(path, { target: "y", complete: ["note", "b"] });
	assert.deepEqual([summary.incompleteRows, summary.droppedRows], [incompleteRows, droppedRows]);
	await assert.rejects(
		inspectTable(path, { complete: ["nope"] }),
		/has no column "nope" that rows must have a value in/,
	);
});

test("a row without a value is imputed, dropped or refused", async () => {
	const row = (i: number) => `${i === 4 ? "" : i * 1.5},${i === 7 ? "NA" : "uv"[i % 2]},${i === 11 ? "?" : i * 0.5}`;
	const path = write("missing.csv", rows("a,k,y", 40, row));
	const split = { dev: 0 };
	const imputed = await load(path, { split });
	assert.equal(imputed.shape.rows, 39);
	assert.equal(imputed.summary.droppedRows, 1);
	const dropped = await load(path, { split, missing: "drop" });
	assert.equal(dropped.summary.droppedRows, 3);
	assert.equal(dropped.summary.rows, 40);
	const left = Array.from({ length: 40 }, (_, i) => i + 1).filter((number) => ![5, 8, 12].includes(number));
	assert.deepEqual([...dropped.sourceRow], left);
	await assert.rejects(load(path, { split, missing: "refuse" }), {
		name: "InputError",
		message:
			'missing.csv, line 13, column "y": there is no value; fill it in, or let missing values be imputed or dropped.',
	});
	const whole = write(
		"whole.csv",
		rows("a,k,note,y", 40, (i) => `${i * 1.5},${"uv"[i % 2]},,${i * 0.5}`),
	);
	assert.equal(
		(await load(whole, { split, missing: "refuse" })).shape.rows,
		40,
		"a column that is not used may lack all",
	);
	const sparse = write(
		"sparse.csv",
		rows("a,b,y", 40, (i) => `${i % 2 ? i * 1.5 : ""},${i % 2 ? "" : i * 1.5},${i * 0.5}`),
	);
	await assert.rejects(load(sparse, { split, missing: "drop" }), {
		message: "sparse.csv has 0 rows without missing values; training needs at least 4.",
	});
});

test("a median stands for a missing value where training rows lack one, else the mean", async () => {
	const skewed = (gap: number) => rows("a,y", 40, (i) => `${i === gap ? "" : i * i + 0.5},${i * 0.5}`);
	const options = { split: { seed: 2 } };
	const probe = await load(write("gap.csv", skewed(-1)), options);
	const { sourceRow, shape } = probe;
	const training = [...sourceRow.subarray(0, shape.trainRows)].map((row) => (row - 1) ** 2 + 0.5);
	const mean = training.reduce((sum, value) => sum + value, 0) / training.length;
	const impute = async (row: number) => {
		const [column] = (await load(write("gap.csv", skewed(row - 1)), options)).preparation.columns;
		return column.kind === "numeric" ? column.impute : Number.NaN;
	};
	assert.ok(Math.abs((await impute(sourceRow[shape.trainRows])) - mean) < 1e-9 * mean, "a dev row lacks it");
	const rest = training.slice(1).sort((a, b) => a - b);
	assert.equal(rest.length, 29);
	assert.equal(await impute(sourceRow[0]), rest[14], "a training row lacks it");
});

test("the chosen features are used and no other", async () => {
	const path = write(
		"chosen.csv",
		rows("id,weight,height,note,y", 40, (i) => `${i + 1},${i * 1.5},${(i % 7) + 0.5},text ${i},${i * 0.3}`),
	);
	const table = await load(path, { features: ["height", "weight"] });
	assert.deepEqual(table.featureNames, ["weight", "height"]);
	const of = (name: string) => table.summary.columns.find((column) => column.name === name)!;
	assert.equal(of("weight").setAside, undefined);
	assert.equal(of("id").setAside, "a different whole number in every row");
	const one = await load(path, { features: ["height"], target: "y" });
	assert.deepEqual(one.featureNames, ["height"]);
	assert.equal(one.summary.columns[1].setAside, "not among the chosen features");
	assert.equal(one.summary.columns[1].max, 58.5, "what is not kept is described all the same");
	assert.deepEqual((await load(path, { features: ["id"] })).featureNames, ["id"], "a number that was set aside");
	assert.equal((await load(path, { features: ["y", "weight"] })).summary.target, "height", "the guess avoids features");
	const refused = (features: string[], message: string, target?: string) =>
		assert.rejects(load(path, { features, target }), { name: "InputError", message });
	await refused(["wieght"], 'chosen.csv has no column "wieght" for a feature; perhaps "weight" is meant.');
	await refused(["Height"], 'chosen.csv has no column "Height" for a feature; perhaps "height" is meant.');
	await refused(
		["colour"],
		'chosen.csv has no column "colour" for a feature; choose one of "id", "weight", "height", "note", "y".',
	);
	await refused(
		["note"],
		'chosen.csv, column "note": it cannot be a feature (a different text in every row); leave it out of the features.',
	);
	await refused(
		["y", "weight"],
		'chosen.csv, column "y": the target cannot be a feature too; leave it out of the features.',
		"y",
	);
});
