// Every detector by itself, fed with series: one that it must tell of, and those that it must not.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { OptimizerName } from "../../src/engine/protocol/hyperparameters.ts";
import type { EpochResult, Finding } from "../../src/engine/protocol/run.ts";
import { resolveRun } from "../../src/engine/training/defaults.ts";
import { DeadUnits } from "../../src/engine/training/diagnosis/dead-units.ts";
import { Explosion } from "../../src/engine/training/diagnosis/divergence.ts";
import { ExplodingGradients } from "../../src/engine/training/diagnosis/exploding-gradients.ts";
import { guessCost } from "../../src/engine/training/diagnosis/guess.ts";
import { Oscillation } from "../../src/engine/training/diagnosis/oscillation.ts";
import { Overfitting } from "../../src/engine/training/diagnosis/overfitting.ts";
import { RisingCost } from "../../src/engine/training/diagnosis/rising-cost.ts";
import { blockSteps, Stall } from "../../src/engine/training/diagnosis/stall.ts";
import { figure } from "../../src/engine/training/diagnosis/words.ts";
import { Random } from "../../src/engine/training/random.ts";

const runOf = (name: OptimizerName, more: object = {}) =>
	resolveRun(
		{ dataset: { path: "/t.csv" }, optimizer: { name, ...more } },
		{ target: "y", task: "regression", trainRows: 100, devRows: 25 },
	);

/** @returns what a detector tells of a series, a value a step from 1 on */
function tell(detector: { step(iteration: number, value: number): Finding | undefined }, values: Iterable<number>) {
	const findings: Finding[] = [];
	let iteration = 0;
	for (const value of values) {
		const finding = detector.step(++iteration, value);
		if (finding) findings.push(finding);
	}
	return findings;
}

const series = (length: number, value: (i: number) => number) => Array.from({ length }, (_, i) => value(i));

test("rising cost, plain gradient descent: three rises in a row that add up to a hundredth", () => {
	const told = (costs: number[]) => tell(new RisingCost(runOf("gradientDescent"), costs[0]), costs);
	const [finding, ...others] = told([1, 0.9, 0.8, 0.801, 0.803, 0.81, 0.9, 1.1]);
	assert.deepEqual([finding.code, finding.iteration, others.length], ["cost-rising", 6, 0]);
	assert.equal(
		finding.message,
		"Under full batch the cost rose from 0.8 to 0.81 within 3 steps: the learning rate is too large.",
	);
	assert.equal(finding.advice, "Try a learning rate ten times smaller than 0.01.");
	assert.deepEqual(told([1, 0.9, 0.95, 0.8, 0.85, 0.7, 0.75, 0.74]), [], "a cost that swings and falls");
	assert.deepEqual(told(series(500, (i) => 0.3 + 1e-9 * i)), [], "rounding at a minimum");
});

test("rising cost, other optimizers: an average twice its lowest for as long as it spans", () => {
	const told = (name: OptimizerName, costs: number[], more = {}) =>
		tell(new RisingCost(runOf(name, more), costs[0]), costs);
	const [finding] = told(
		"adam",
		series(300, (i) => (i < 100 ? 1 / (1 + i) : 0.5)),
	);
	assert.ok(finding.iteration! > 150 && finding.iteration! < 250, `told at ${finding.iteration}`);
	const quiet: [string, number[]][] = [
		["spikes", series(1000, (i) => (i % 97 === 0 ? 100 : 1) / (1 + i))],
		["rises next to nothing", series(1000, (i) => 1 / (1 + Math.min(i, 100)) + (i > 300 ? 0.02 : 0))],
		["a damped swing", series(600, (i) => 0.1 + Math.exp(-i / 80) * (1 + Math.cos(i / 6)))],
	];
	for (const [name, costs] of quiet) assert.deepEqual(told("adam", costs), [], name);
	const slow = series(3000, (i) => 0.05 + Math.exp(-i / 600) * (1 + Math.cos(i / 60)));
	assert.deepEqual(told("momentum", slow, { beta: 0.99 }), [], "a slow swing of a long memory");
});

test("explosion: 10,000 times the first cost for 20 steps, and the sample's cost agrees", () => {
	const told = (costs: number[], now = 3e5) => tell(new Explosion(runOf("adam"), 2, () => now), costs);
	const far = [2, ...series(40, () => 3e5)];
	const [finding, ...others] = told(far);
	assert.deepEqual([finding.code, finding.iteration, others.length], ["explosion", 21, 0]);
	assert.match(finding.message, /for 20 steps: 300000 after 2\.$/);
	assert.deepEqual(told(series(500, (i) => (i % 19 === 0 ? 1 : 3e5))), [], "bad mini-batches");
	assert.deepEqual(told(far, 5), [], "an L2 term of that size");
	assert.equal(told([2, ...series(40, () => 3e5)], Number.NaN).length, 1);
});

test("exploding gradients: spikes beyond 100 times the running level, with the median to clip at", () => {
	const random = new Random(4);
	const noisy = (length: number, spike: (i: number) => number) =>
		series(length, (i) => (0.5 + random.uniform()) * spike(i));
	const told = (norms: number[]) => tell(new ExplodingGradients(0.1), norms);
	const [finding, ...others] = told(noisy(1000, (i) => (i > 100 && i % 150 === 0 ? 5000 : 1)));
	assert.deepEqual([finding.code, finding.iteration, others.length], ["exploding-gradients", 451, 0]);
	const limit = Number(/at ([\d.]+), the median/.exec(finding.advice!)![1]);
	assert.ok(limit > 0.8 && limit < 1.2, `clip at ${limit}; norms lie evenly between 0.5 and 1.5`);
	assert.deepEqual(told(noisy(1000, (i) => (i === 500 ? 5000 : 1))), [], "one spike");
	assert.deepEqual(told(noisy(1000, (i) => (i % 50 === 0 ? 50 : 1))), [], "spikes of 50 times");
	assert.deepEqual(
		told(noisy(1000, (i) => (i < 30 || i % 100 === 0 ? 1 : 1 / (1 + i ** 2)))),
		[],
		"hard rows next to a minimum",
	);
});

test("exploding gradients: a norm that has grown for good, but not the one that leaves a saddle", () => {
	const told = (norms: number[]) => tell(new ExplodingGradients(0.1), norms);
	const [finding] = told(series(400, (i) => Math.min(1e5, 1.05 ** i)));
	assert.match(finding.message, /^The gradient's norm has grown from [\d.]+ to [\d.]+\.$/);
	assert.deepEqual(told(series(400, (i) => Math.min(1, 1e-6 * 1.05 ** i))), []);
	assert.deepEqual(told(series(400, () => 0)), []);
});

function epochsOf(length: number, cost: (i: number) => number, devCost: (i: number) => number): EpochResult[] {
	return Array.from({ length }, (_, i) => ({ epoch: i + 1, iteration: i + 1, cost: cost(i), devCost: devCost(i) }));
}

test("overfitting: the dev cost stays above its lowest while the training cost falls", () => {
	const told = (epochs: EpochResult[]) => {
		const overfitting = new Overfitting(100, 1);
		return epochs.map((epoch) => overfitting.epoch(epoch)).filter((finding) => finding !== undefined);
	};
	const falls = (i: number) => 1 / (1 + i);
	const valley = (i: number) => 0.3 + 0.0005 * (i - 20) ** 2;
	const [finding, ...others] = told(epochsOf(60, falls, valley));
	assert.equal(others.length, 0);
	// 0.05 above the lowest from epoch 31 on; a twentieth of the epochs is waited for.
	assert.equal(finding.iteration, 36);
	assert.equal(
		finding.message,
		"The dev cost rose from 0.3 at epoch 21 to 0.412 at epoch 36 while the training cost fell from 0.0476 to 0.0278.",
	);
	assert.deepEqual(told(epochsOf(60, () => 0.5, valley)), [], "both rise: no overfitting");
	const random = new Random(2);
	assert.deepEqual(told(epochsOf(100, falls, () => 0.4 + 0.05 * random.normal())), [], "noise");
	assert.deepEqual(told(epochsOf(100, falls, (i) => 0.01 + 0.0003 * i)), [], "a rise that is nothing beside a guess");
	assert.deepEqual(told(epochsOf(60, falls, valley).map(({ devCost: _, ...rest }) => rest)), [], "no dev set");
});

test("dead units: told at three quarters of a layer, and once more at all of it", () => {
	const dead = new DeadUnits([40, 4]);
	assert.equal(dead.look([29, 2], 256, 1), undefined);
	const finding = dead.look([30, 1], 2048, 2);
	assert.equal(
		finding?.message,
		"Hidden relu units that were 0 for each of 2,048 rows: 30 of 40 (75 %) in layer 1, 1 of 4 (25 %) in layer 2.",
	);
	assert.equal(dead.look([35, 3], 256, 3), undefined);
	assert.match(dead.look([35, 4], 256, 4)?.message ?? "", /4 of 4 \(100 %\) in layer 2\. Behind a dead layer/);
	assert.equal(dead.look([40, 4], 256, 5), undefined);
});

/** @returns steps at which a look was due */
function looks(stall: Stall, costs: number[]): number[] {
	return costs.flatMap((cost, i) => (stall.step(cost) && stall.shouldLook() ? [i + 1] : []));
}

test("a stall is three blocks of steps without a lower mean; looks become rarer and end", () => {
	assert.deepEqual([blockSteps(2000, 200), blockSteps(100, 200), blockSteps(1e6, 1)], [100, 20, 2048]);
	const flat = series(5000, (i) => (i % 2 ? 1.5 : 0.5));
	assert.deepEqual(looks(new Stall(20), flat), [80, 140, 260, 500]);
	assert.deepEqual(
		looks(
			new Stall(20),
			series(5000, (i) => 0.9997 ** i),
		),
		[],
		"slow progress",
	);
	const stairs = series(1200, (i) => (i < 600 ? 1 : 0.5));
	assert.deepEqual(looks(new Stall(20), stairs), [80, 140, 260, 500]);
});

test("oscillation: the cost in the middle of the steps is far below theirs", () => {
	const run = runOf("gradientDescent");
	const stalled = { run, iteration: 500, steps: 300, level: 1, guess: 1 };
	const cost = (w: number) => 0.1 + w * w;
	const swing = (weights: number[]) => {
		const oscillation = new Oscillation(1);
		for (const [i, w] of weights.entries()) {
			assert.equal(oscillation.step(Float32Array.of(w), cost(w)), i === 15);
		}
		return oscillation.finding(cost(oscillation.mean[0]), stalled);
	};
	const finding = swing(series(16, (i) => (i % 2 ? 1 : -1)));
	assert.match(finding?.message ?? "", /it is 1\.1 on average over 16 steps and 0\.1 in their middle\.$/);
	assert.equal(finding?.advice, "Try a learning rate three times smaller than 0.01.");
	assert.ok(swing(series(16, (i) => Math.cos((i * Math.PI) / 4))), "any period up to the steps");
	assert.equal(swing(series(16, () => 1)), undefined, "weights at rest");
	assert.equal(swing(series(16, (i) => 1 - i / 100)), undefined, "weights on their way");
	assert.equal(swing(series(16, (i) => (i % 2 ? 0.15 : -0.15))), undefined, "jitter in the valley's floor");
});

test("a constant guess costs the target's variance, or the entropy of the classes' shares", () => {
	assert.ok(Math.abs(guessCost(Float32Array.of(1, 3, 5, 7), "regression") - 5) < 1e-12);
	assert.ok(Math.abs(guessCost(Float32Array.of(0, 1, 1, 0), "binary") - Math.LN2) < 1e-12);
	const shares = [0.5, 0.25, 0.25];
	const entropy = -shares.reduce((sum, p) => sum + p * Math.log(p), 0);
	assert.ok(Math.abs(guessCost(Float32Array.of(0, 0, 1, 2), "multiclass") - entropy) < 1e-12);
});

test("findings write three digits", () => {
	assert.deepEqual([0.12345, 1234.5, 2e6, 5.66e16, 0.00001234, 0].map(figure), [
		"0.123",
		"1230",
		"2e6",
		"5.66e16",
		"1.23e-5",
		"0",
	]);
});
