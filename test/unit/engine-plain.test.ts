// The pure parts: schedules, defaults, random numbers, memory plan, initialization.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createNetwork } from "../../src/engine/backends/wasm/network.ts";
import { InputError } from "../../src/engine/input-error.ts";
import { layOutArena } from "../../src/engine/model/arena.ts";
import { countParameters, initialize, parameterLayout } from "../../src/engine/model/network.ts";
import { Updater } from "../../src/engine/optimizers/index.ts";
import { defaultBatchSize, defaultEpochs, resolveRun } from "../../src/engine/training/defaults.ts";
import { StepBuffer } from "../../src/engine/training/metrics.ts";
import { Random } from "../../src/engine/training/random.ts";
import { kernels } from "../support/kernels.ts";

const near = (actual: number, expected: number, tolerance = 1e-12) =>
	assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);

test("default mini-batches: full up to 2,000 rows, then powers of two from 64 to 512", () => {
	assert.equal(defaultBatchSize(275), 275);
	assert.equal(defaultBatchSize(2000), 2000);
	assert.equal(defaultBatchSize(2001), 64);
	assert.equal(defaultBatchSize(43152), 256);
	assert.equal(defaultBatchSize(4_000_000), 512);
});

test("default epochs make some 2,000 updates, from 10 to 2,000", () => {
	assert.equal(defaultEpochs(1), 2000);
	assert.equal(defaultEpochs(169), 12);
	assert.equal(defaultEpochs(7813), 10);
});

test("a resolved run has every default and keeps what was given", () => {
	const data = { target: "y", task: "binary" as const, trainRows: 5000, devRows: 1250 };
	const run = resolveRun(
		{ dataset: { path: "/t.csv" }, batchSize: 9000, optimizer: { name: "momentum", beta: 0.5 } },
		data,
	);
	assert.equal(run.batchSize, 5000);
	assert.equal(run.epochs, 2000);
	assert.equal(run.cost, "binaryCrossEntropy");
	assert.equal(run.optimizer.beta, 0.5);
	assert.equal(run.optimizer.learningRate, 0.1);
	assert.equal(
		resolveRun({ dataset: { path: "/t.csv" }, model: { activation: "tanh" } }, data).model.initialization,
		"xavier",
	);
});

test("early stopping is off unless asked for, and waits for a tenth of the epochs", () => {
	const data = { target: "y", task: "binary" as const, trainRows: 5000, devRows: 1250 };
	const resolved = (epochs: number, earlyStopping?: object) =>
		resolveRun({ dataset: { path: "/t.csv" }, epochs, earlyStopping }, data).earlyStopping;
	assert.equal(resolved(50), undefined);
	assert.deepEqual(resolved(50, {}), { patience: 5, minDelta: 0, restoreBest: true });
	assert.deepEqual([resolved(10, {})?.patience, resolved(9000, {})?.patience], [3, 100]);
	assert.deepEqual(resolved(50, { patience: 8 })?.patience, 8);
});

test("on few rows a run of the default length ends with its best weights, after all its epochs", () => {
	const data = { target: "y", task: "binary" as const, trainRows: 2000, devRows: 500 };
	const resolved = (more: object, rows: object = {}) => {
		const { epochs, earlyStopping } = resolveRun({ dataset: { path: "/t.csv" }, ...more }, { ...data, ...rows });
		return earlyStopping && { ...earlyStopping, ends: earlyStopping.patience < epochs };
	};
	const best = { patience: 10_000_000, minDelta: 0, restoreBest: true, ends: false };
	assert.deepEqual(resolved({}), best);
	assert.deepEqual(resolved({ batchSize: "auto" }), best);
	for (const more of [{ epochs: 2000 }, { batchSize: "full" }, { batchSize: 64 }]) {
		assert.equal(resolved(more), undefined, JSON.stringify(more));
	}
	assert.equal(resolved({}, { trainRows: 2001 }), undefined);
	assert.equal(resolved({}, { devRows: 0 }), undefined);
	assert.equal(resolved({ earlyStopping: { restoreBest: false } })?.ends, true);
});

test("random numbers repeat by seed, spread evenly and shuffle to a permutation", () => {
	const a = new Random(5);
	const b = new Random(5);
	assert.deepEqual([a.uint32(), a.uint32()], [b.uint32(), b.uint32()]);
	assert.notEqual(new Random(6).uint32(), new Random(5).uint32());
	let mean = 0;
	let square = 0;
	for (let i = 0; i < 100_000; i++) {
		const v = a.normal();
		mean += v / 100_000;
		square += (v * v) / 100_000;
	}
	near(mean, 0, 0.02);
	near(square, 1, 0.02);
	const order = Uint32Array.from({ length: 1000 }, (_, i) => i);
	a.shuffle(order);
	assert.notDeepEqual(order.slice(0, 5), Uint32Array.of(0, 1, 2, 3, 4));
	assert.deepEqual(
		[...order].sort((x, y) => x - y),
		[...order.keys()],
	);
});

test("a restored random state goes on with the same numbers", () => {
	const random = new Random(3);
	random.uint32();
	const again = new Random(0);
	again.state.set(random.state);
	assert.equal(again.uint32(), random.uint32());
});

test("He and Xavier weights have the variance of their papers, biases are 0", () => {
	const { parameters, length } = parameterLayout([200, 300, 1]);
	for (const [name, variance] of [
		["he", 2 / 200],
		["xavier", 2 / 500],
	] as const) {
		const values = new Float32Array(length).fill(9);
		initialize(values, parameters, name, new Random(1));
		const W = values.subarray(parameters[0].offset, parameters[0].offset + 60_000);
		near(W.reduce((sum, v) => sum + v * v, 0) / W.length, variance, variance * 0.03);
		assert.ok(values.subarray(parameters[1].offset, parameters[1].offset + 300).every((v) => v === 0));
	}
	assert.equal(countParameters([10, 32, 16, 1]), 10 * 32 + 32 + 32 * 16 + 16 + 16 + 1);
});

test("the memory plan is what is allocated, part by part", async () => {
	const needs = { rows: 1000, trainRows: 800, batchSize: 64, updater: new Updater({ name: "adam" }) };
	const { arena } = createNetwork(
		await kernels(),
		{ sizes: [10, 32, 16, 1], activation: "relu", cost: "meanSquaredError" },
		needs,
	);
	const { plan } = arena;
	const sum = plan.table + plan.miniBatch + plan.parameters + plan.gradients + plan.optimizerState + plan.other;
	assert.equal(plan.total, sum);
	assert.equal(plan.total, arena.bytes);
	assert.equal(plan.table, 1000 * 10 * 4 + 4032, "features, then targets rounded up to 64 bytes");
	assert.equal(plan.parameters, (320 + 32 + 512 + 16 + 16 + 16) * 4, "each tensor rounded up to 16 floats");
	assert.equal(plan.optimizerState, 2 * plan.parameters);
});

test("full batch reads the table in place: no copy of X", () => {
	const arena = layOutArena({
		rows: 1000,
		trainRows: 800,
		sizes: [10, 1],
		batchSize: 800,
		keepsZ: false,
		optimizerSlots: 0,
		workBytes: 64,
		threads: 1,
	});
	assert.deepEqual(arena.batchX, [arena.x, arena.x]);
	assert.equal(arena.order, 0);
});

test("a run beyond 4 GiB is refused in one sentence", () => {
	assert.throws(
		() =>
			layOutArena({
				rows: 2e8,
				trainRows: 1e8,
				sizes: [10, 1],
				batchSize: 64,
				keepsZ: false,
				optimizerSlots: 2,
				workBytes: 64,
				threads: 1,
			}),
		(error) => error instanceof InputError && /needs 8\.\d GiB and the engine can address 4 GiB/.test(error.message),
	);
});

test("the step buffer keeps every iteration in order across growth and flushes", () => {
	const buffer = new StepBuffer();
	for (let i = 1; i <= 3000; i++) buffer.push(i, i / 10, -i);
	const first = buffer.flush();
	assert.equal(first.first, 1);
	assert.equal(first.cost.length, 3000);
	assert.equal(first.cost[2999], 3000);
	assert.equal(first.gradientNorm[0], -1);
	buffer.push(7, 8, 9);
	const second = buffer.flush();
	assert.equal(second.first, 3001);
	assert.deepEqual([...second.cost, ...second.learningRate, ...second.gradientNorm], [7, 8, 9]);
});
