// The work of a step shared out to threads: the same bits, and as many threads as pay.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createNetwork } from "../../src/engine/backends/wasm/network.ts";
import { ThreadChoice } from "../../src/engine/backends/wasm/thread-choice.ts";
import { initialize, parameterLayout } from "../../src/engine/model/network.ts";
import { Updater } from "../../src/engine/optimizers/index.ts";
import type { Activation, Clip, Cost } from "../../src/engine/protocol/hyperparameters.ts";
import { Random } from "../../src/engine/training/random.ts";
import { kernels } from "../support/kernels.ts";

interface Case {
	sizes: number[];
	activation: Activation;
	cost: Cost;
	batch: number;
	l2: number;
	clip: Clip;
}

const ROWS = 300;
const cases: Case[] = [
	{ sizes: [10, 33, 17, 1], activation: "relu", cost: "meanSquaredError", batch: 64, l2: 0.3, clip: {} },
	{ sizes: [7, 70, 9], activation: "gelu", cost: "categoricalCrossEntropy", batch: 37, l2: 0, clip: { norm: 0.5 } },
	{ sizes: [3, 1], activation: "tanh", cost: "binaryCrossEntropy", batch: 1, l2: 0, clip: {} },
	{
		sizes: [300, 40, 8, 1],
		activation: "leakyRelu",
		cost: "binaryCrossEntropy",
		batch: ROWS,
		l2: 0.1,
		clip: { value: 0.01, norm: 0.02 },
	},
];

/** @returns every cost, every gradient norm, the dev cost and right answers, and at last all parameters */
async function train(
	{ sizes, activation, cost, batch, l2, clip }: Case,
	threads: number,
	reads = false,
): Promise<number[]> {
	const updater = new Updater({ name: "adam", learningRate: 0.01 }, clip);
	const needs = { rows: ROWS + 50, trainRows: ROWS, batchSize: batch, updater, threads, reads };
	const { backend, x, y } = createNetwork(await kernels(), { sizes, activation, cost }, needs);
	const random = new Random(5);
	const classes = sizes[sizes.length - 1] > 1 ? sizes[sizes.length - 1] : 2;
	for (let i = 0; i < x.length; i++) x[i] = random.normal();
	for (let i = 0; i < y.length; i++) y[i] = cost === "meanSquaredError" ? random.normal() : random.below(classes);
	initialize(backend.parameters, parameterLayout(sizes).parameters, "he", random);
	const order = Uint32Array.from({ length: ROWS }, (_, i) => i);
	random.shuffle(order);
	backend.setOrder(order);
	const figures: number[] = [];
	for (let t = 1, first = 0; t <= 30; t++) {
		const rows = Math.min(batch, ROWS - first);
		const step = backend.computeGradients(first, rows, l2);
		figures.push(step.cost, step.gradientNorm);
		backend.update(updater, step.gradientNorm, 0.01, t);
		first = (first + rows) % ROWS;
	}
	const dev = backend.evaluate(ROWS, 50);
	figures.push(dev.cost, dev.right, ...backend.parameters);
	backend.dispose();
	return figures;
}

for (const run of cases) {
	test(`1, 2, 3 and 4 threads give the same bits: ${run.sizes.join("-")}, batch ${run.batch}`, async () => {
		const alone = await train(run, 1);
		assert.ok(alone.every(Number.isFinite));
		for (const threads of [2, 3, 4]) assert.deepEqual(await train(run, threads), alone, `${threads} threads`);
		for (const threads of [1, 2]) assert.deepEqual(await train(run, threads, true), alone, `${threads} and a reader`);
	});
}

/** Feeds a choice with steps of the machine's time for so many threads. @returns the threads of every step */
function choose(choice: ThreadChoice, ms: number, timeOf: (threads: number) => number, ready = 8): number[] {
	const taken: number[] = [];
	for (let spent = 0; spent < ms; ) {
		const time = timeOf(choice.threads);
		taken.push(choice.threads);
		choice.observe(time, ready);
		spent += time;
	}
	return taken;
}

test("threads are added while they pay", () => {
	const choice = new ThreadChoice(8);
	assert.ok(
		choose(choice, 99, (n) => 4 / n).every((n) => n === 1),
		"none before the code is warm",
	);
	const taken = choose(choice, 1000, (n) => 4 / n);
	assert.deepEqual([...new Set(taken)], [1, 2, 4, 8]);
	assert.equal(choice.threads, 8);
});

test("a step that is too short to share keeps one thread, one that gains up to two keeps two", () => {
	const small = new ThreadChoice(8);
	choose(small, 1000, (n) => (n === 1 ? 0.01 : 0.0098));
	assert.equal(small.threads, 1);
	const middle = new ThreadChoice(8);
	choose(middle, 1000, (n) => [0, 1, 0.6, 0, 0.59][n]);
	assert.equal(middle.threads, 2);
});

test("a thread that is left over gathers rows, if that pays", () => {
	const choice = new ThreadChoice(2);
	choose(choice, 1000, (n) => (n === 2 ? 1.2 : choice.reads ? 0.9 : 1), 2);
	assert.deepEqual([choice.threads, choice.reads], [1, true]);
	const small = new ThreadChoice(2);
	choose(small, 1000, (n) => (n === 2 ? 1.2 : small.reads ? 0.99 : 1), 2);
	assert.deepEqual([small.threads, small.reads], [1, false]);
});

test("threads that are still starting are waited for without stopping", () => {
	const choice = new ThreadChoice(2);
	choose(choice, 500, (n) => 1 / n, 1);
	assert.deepEqual([choice.threads, choice.wanted], [1, 2]);
	choose(choice, 500, (n) => 1 / n, 2);
	assert.equal(choice.threads, 2);
});

test("when the machine gets other work to do, the choice is made again at once", () => {
	const choice = new ThreadChoice(2);
	choose(choice, 500, (n) => 1 / n);
	assert.equal(choice.threads, 2);
	choose(choice, 150, (n) => (n === 2 ? 10 : 1));
	assert.equal(choice.threads, 1);
	choose(choice, 130_000, (n) => 1 / n);
	assert.equal(choice.threads, 2, "and again later");
});
