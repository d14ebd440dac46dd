// Learning rates agree with PyTorch's schedulers and Keras's formulas (test/golden/schedules.py made the figures).
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import type { DecayConfig } from "../../src/engine/protocol/hyperparameters.ts";
import { decays, Schedule } from "../../src/engine/schedules/index.ts";
import { factorAt, piecewiseOf } from "../../src/engine/schedules/schedule.ts";

interface Golden {
	decay: DecayConfig;
	initialRate: number;
	stepsPerEpoch: number;
	iterations: number;
	rates: number[];
}

const folder = new URL("../golden/schedules/", import.meta.url);
const goldens = readdirSync(folder).map((file) => ({
	name: file.replace(".json", ""),
	golden: JSON.parse(readFileSync(new URL(file, folder), "utf8")) as Golden,
}));
const near = (actual: number, expected: number, what = "") =>
	assert.ok(
		Math.abs(actual - expected) <= 1e-9 * Math.max(1, Math.abs(expected)),
		`${what}${actual} is not ${expected}`,
	);

test("every decay has golden figures", () => {
	assert.deepEqual([...new Set(goldens.map(({ golden }) => golden.decay.name))].sort(), Object.keys(decays).sort());
});

for (const { name, golden } of goldens) {
	test(`schedule: ${name}`, () => {
		const rates = new Schedule(golden.decay, golden.initialRate, golden).table(golden.iterations);
		assert.equal(rates.length, golden.rates.length);
		for (const [i, expected] of golden.rates.entries()) near(rates[i], expected, `step ${i + 1}: `);
	});
}

test("the notes' table: a0 0.2, rate 1 gives 0.1, 0.0667, 0.05, 0.04", () => {
	const schedule = new Schedule({ name: "inverseTime", rate: 1 }, 0.2, { stepsPerEpoch: 1, iterations: 4 });
	for (const [i, expected] of [0.1, 0.2 / 3, 0.05, 0.04].entries()) near(schedule.rate(i + 1), expected);
});

test("steps may be asked for in any order", () => {
	const schedule = new Schedule({ name: "cosine", warmup: 3 }, 1, { stepsPerEpoch: 4, iterations: 40 });
	const later = schedule.rate(30);
	schedule.rate(2);
	assert.equal(schedule.rate(30), later);
});

test("changes by hand come out as an equal piecewise schedule", () => {
	const run = { stepsPerEpoch: 5, iterations: 40 };
	const changes = [
		{ iteration: 7, factor: 0.5 },
		{ iteration: 21, factor: 0.1 },
	];
	assert.deepEqual(
		[6, 7, 20, 21].map((i) => factorAt(changes, i)),
		[1, 0.5, 0.5, 0.05],
	);
	const rates = new Schedule({ name: "exponential", base: 0.9 }, 0.3, run).table(40, changes);
	const points = piecewiseOf(rates);
	assert.deepEqual(points.slice(0, 3), [
		{ step: 1, rate: 0.3 },
		{ step: 6, rate: 0.3 * 0.9 },
		{ step: 7, rate: 0.3 * 0.9 * 0.5 },
	]);
	assert.deepEqual(new Schedule({ name: "piecewise", points }, 99, run).table(40), rates);
});
