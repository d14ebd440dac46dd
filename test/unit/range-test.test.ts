// The learning rate that a range test suggests, beside a quadratic whose stable rates are known by hand.
import assert from "node:assert/strict";
import { test } from "node:test";
import { InputError } from "../../src/engine/input-error.ts";
import type { RunFile } from "../../src/engine/protocol/run-file.ts";
import { TableKeeper } from "../../src/engine/training/kept-table.ts";
import { findLearningRate, readCosts } from "../../src/engine/tuning/learning-rate.ts";
import { rows, write } from "../fixtures/data/table-files.ts";
import { kernels } from "../support/kernels.ts";

/** Numbers without order, evenly from -1 to 1, the same each time. */
const scattered = (i: number, k: number) => (((i * 7919 * k + 1) % 1009) / 1009) * 2 - 1;
/** Two features that know nothing of each other, one ten times as wide as the other. */
const wide = write(
	"wide.csv",
	rows("a,b,y", 1000, (i) => {
		const [a, b] = [10 * scattered(i, 1), scattered(i, 3)];
		return `${a},${b},${a / 10 + b + scattered(i, 7)}`;
	}),
);

async function search(file: RunFile) {
	return findLearningRate(await kernels(), file, await new TableKeeper().get(file, 100_000), { threads: 1 });
}

/** Gradient descent on all rows of a linear model: the cost is a quadratic. */
const quadratic = (scaling: "standardize" | "none"): RunFile => ({
	dataset: { path: wide, target: "y", scaling },
	model: { layers: [] },
	optimizer: { name: "gradientDescent" },
	batchSize: "full",
});

test("the cost of a quadratic rises from 2 / lambda_max on, and the suggestion lies below", async () => {
	// The cost is the mean of (z - y)^2: its curvature along a weight is 2 var(x), along the bias 2.
	// Even numbers from -10 to 10 have a variance of 33.3, standardised ones of 1.
	for (const [scaling, curvature] of [
		["none", 2 * 33.3],
		["standardize", 2],
	] as const) {
		const { rates, median, rate, interval, unclear } = await search(quadratic(scaling));
		const stable = 2 / curvature;
		const lowest = rates[median.indexOf(Math.min(...median))];
		const exploded = rates[median.length - 1];
		assert.equal(unclear, undefined);
		assert.ok(exploded > stable && exploded < 6 * stable, `${scaling}: explodes at ${exploded}, stable to ${stable}`);
		assert.ok(lowest < 1.2 * stable, `${scaling}: lowest at ${lowest}, stable to ${stable}`);
		assert.ok(rate! < stable / 4 && rate! > stable / 400, `${scaling}: ${rate}, stable to ${stable}`);
		assert.ok(interval![0] <= rate! && rate! <= interval![1] && interval![1] < stable, String(interval));
	}
});

test("with one curvature the steepest point is the one of the closed form", async () => {
	const { rate, rates } = await search(quadratic("standardize"));
	// Each step multiplies the distance by 1 - 2 a, so that the cost is that product squared, over a constant.
	let distance = 1;
	const costs = rates.map((a) => {
		const cost = distance ** 2;
		distance *= 1 - 2 * a;
		return cost;
	});
	const falls = costs.map((cost, i) => cost - (costs[i + 1] ?? cost));
	const steepest = rates[falls.indexOf(Math.max(...falls))];
	assert.ok(Math.abs(Math.log10(rate! / steepest)) < 0.25, `${rate} beside ${steepest}`);
});

test("runs are the same for the same seed and begin with other weights for another", async () => {
	const file: RunFile = { dataset: { path: wide, target: "y" }, batchSize: 64, epochs: 3 };
	const first = await search(file);
	assert.deepEqual(await search(file), first);
	assert.equal(first.costs.length, 5);
	assert.equal(new Set(first.costs.map(([cost]) => cost)).size, 5);
	const next = await search({ ...file, seed: 1, dataset: { ...file.dataset, split: { seed: 0 } } });
	assert.deepEqual(next.costs.slice(0, 4), first.costs.slice(1));
});

const rates = Array.from({ length: 100 }, (_, i) => 1e-6 * 10 ** (i / 20));
/** Falls from 1 to 0.2 around a rate and then explodes. */
const falling = (around: number) => rates.filter((a) => a < around * 30).map((a) => 1 - 0.8 / (1 + (around / a) ** 3));

test("runs that disagree by more than a factor of ten, or never fall, give no clear answer", () => {
	const around = (...places: number[]) => readCosts(rates, places.map(falling));
	const agreed = around(1e-3, 1.2e-3, 1e-3, 0.8e-3, 1e-3);
	assert.equal(agreed.unclear, undefined);
	assert.ok(agreed.rate! > 0.7e-3 && agreed.rate! < 1.4e-3, String(agreed.rate));
	// One that is led astray is not heard, two to either side are.
	assert.equal(around(1e-3, 1e-3, 1e-3, 1e-3, 1e-5).unclear, undefined);
	const apart = around(1e-3, 1e-3, 1e-3, 1e-5, 1e-5);
	assert.equal(apart.unclear, "disagree");
	assert.ok(apart.interval![1] / apart.interval![0] > 50, String(apart.interval));
	const flat = rates.map((_, i) => 1 + i / 1000);
	assert.deepEqual(readCosts(rates, [flat, flat, falling(1e-3)]).unclear, "neverFalls");
	assert.equal(readCosts(rates, [flat, flat, falling(1e-3)]).rate, undefined);
});

test("a range test ends when it is told to, and refuses what a run would", async () => {
	const file: RunFile = { dataset: { path: wide, target: "y" }, model: { layers: [512, 512] }, batchSize: "full" };
	const table = await new TableKeeper().get(file, 100_000);
	const stopping = new AbortController();
	const reason = new Error("stop");
	const searching = findLearningRate(await kernels(), file, table, { signal: stopping.signal, threads: 1 });
	setImmediate(() => stopping.abort(reason));
	await assert.rejects(searching, reason);
	await assert.rejects(findLearningRate(await kernels(), file, table, { memoryLimit: 1e6, threads: 1 }), InputError);
});
