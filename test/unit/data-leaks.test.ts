// Columns that give the target away.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspectTable } from "../../src/engine/data/index.ts";
import { Random } from "../../src/engine/training/random.ts";
import { load, rows, write } from "../fixtures/data/table-files.ts";

const random = new Random(11);

/** A passenger list: `alive` says what `survived` says, `sex` hints at it, and `boat` is known of those who lived. */
const passengers = Array.from({ length: 400 }, () => {
	const sex = random.uniform() < 0.4 ? "female" : "male";
	const survived = random.uniform() < (sex === "female" ? 0.75 : 0.2);
	const boat = survived ? `${1 + random.below(12)}` : "";
	const age = (20 + 40 * random.uniform()).toFixed(1);
	return { sex, survived, boat, age, pclass: 1 + random.below(3) };
});
const text = (alive: (survived: boolean, i: number) => string) =>
	rows("survived,pclass,sex,age,boat,alive", passengers.length, (i) => {
		const { survived, pclass, sex, age, boat } = passengers[i];
		return [survived ? 1 : 0, pclass, sex, age, boat, alive(survived, i)].join();
	});

test("a copy of the target, and what only some have, are set aside until they are kept", async () => {
	const path = write(
		"titanic.csv",
		text((survived) => (survived ? "yes" : "no")),
	);
	const { columns, target, features } = await inspectTable(path, {});
	assert.equal(target, "survived");
	assert.deepEqual(
		columns.filter(({ leak }) => leak).map(({ name, setAside }) => `${name}: ${setAside}`),
		[
			"boat: gives the target away: each of its 13 values has one class",
			"alive: gives the target away: each of its 2 values has one class",
		],
	);
	assert.equal(features, 3);
	const loaded = await load(path);
	assert.deepEqual(loaded.featureNames, ["pclass", "sex=male", "age"]);
	assert.equal(loaded.summary.columns[5].leak, true);
	const kept = await load(path, { columns: { alive: { use: true } } });
	assert.deepEqual(kept.featureNames, ["pclass", "sex=male", "age", "alive"]);
	assert.equal(kept.summary.columns[5].leak, undefined);
	assert.deepEqual((await load(path, { features: ["alive", "sex"] })).featureNames, ["sex=male", "alive"]);
	const dropped = await load(path, { columns: { boat: { use: false } }, missing: "drop" });
	assert.equal(dropped.shape.rows, 400);
});

test("a strong hint is none, and a few wrong rows in a hundred make it one", async () => {
	const wrong = async (share: number) => {
		const path = write(
			"hint.csv",
			text((survived, i) => ((i < 400 * share ? !survived : survived) ? "yes" : "no")),
		);
		return (await inspectTable(path, {})).columns[5].leak;
	};
	assert.equal(await wrong(0), true);
	assert.equal(await wrong(0.02), undefined);
});

test("only training rows are looked at", async () => {
	const path = write(
		"titanic.csv",
		text((survived) => (survived ? "yes" : "no")),
	);
	const { sourceRow, shape } = await load(path, { columns: { boat: { use: false } }, target: "survived" });
	const dev = new Set(sourceRow.subarray(shape.trainRows));
	const lies = (rows: Set<number>) =>
		load(
			write(
				"lies.csv",
				text((survived, i) => ((rows.has(i + 1) ? !survived : survived) ? "yes" : "no")),
			),
			{ target: "survived" },
		);
	assert.equal((await lies(dev)).summary.columns[5].leak, true, "dev rows say otherwise");
	assert.equal((await lies(new Set(sourceRow.subarray(0, 40)))).summary.columns[5].leak, undefined);
});

test("the same amount in another unit is found, a column that goes with it is not", async () => {
	const path = write(
		"units.csv",
		rows("size,near,euro,group,when,price", 500, (i) => {
			const price = 100 + ((i * 7919) % 1000) + (i === 3 ? 1e7 : 0);
			const near = i === 3 ? 9e6 : price + 60 * random.normal();
			const when = new Date((price % 10_000) * 86_400_000).toISOString().slice(0, 10);
			return `${(random.normal() * 9).toFixed(3)},${near.toFixed(1)},${(price * 0.92).toFixed(2)},${i % 7},${when},${price}`;
		}),
	);
	const { columns } = await inspectTable(path, { target: "price" });
	assert.deepEqual(
		columns.filter(({ leak }) => leak).map(({ name, setAside }) => `${name}: ${setAside}`),
		["euro: gives the target away: it is the same amount in another unit"],
	);
});

test("levels that have one amount each are found, rare levels are not trusted", async () => {
	const path = write(
		"amounts.csv",
		rows("code,key,x,y", 300, (i) => `c${i % 6},k${i % 100},${(i * 31) % 97},${(i % 6) * 1.5}`),
	);
	const { columns } = await inspectTable(path, { target: "y", task: "regression" });
	assert.deepEqual(
		columns.map(({ leak }) => leak),
		[true, undefined, undefined, undefined],
	);
});

test("nothing is said of tables so small or so uneven that chance may do it, and the only feature stays", async () => {
	const small = write(
		"small.csv",
		rows("a,k,y", 40, (i) => `${i * 1.5},${"uv"[i % 2]},${i % 2}`),
	);
	assert.equal((await inspectTable(small, {})).columns[1].leak, undefined);
	const uneven = write(
		"uneven.csv",
		rows("a,k,y", 400, (i) => `${(i * 31) % 97},${i < 9 ? "u" : "v"},${i < 9 ? 1 : 0}`),
	);
	assert.equal((await inspectTable(uneven, {})).columns[1].leak, undefined);
	const only = write(
		"only.csv",
		rows("k,y", 400, (i) => `${"uv"[i % 2]},${i % 2}`),
	);
	const { columns, features } = await inspectTable(only, {});
	assert.deepEqual([columns[0].leak, columns[0].setAside, features], [true, undefined, 1]);
});
