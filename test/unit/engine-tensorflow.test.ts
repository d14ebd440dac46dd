// The backend of TensorFlow gives the figures of the wasm backend; here it runs on TensorFlow.js in plain JavaScript.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { TensorflowNetwork } from "../../src/engine/backends/tensorflow/network.ts";
import { createNetwork } from "../../src/engine/backends/wasm/network.ts";
import { costOfTask, initialize, parameterLayout } from "../../src/engine/model/network.ts";
import { Updater } from "../../src/engine/optimizers/index.ts";
import type { Task } from "../../src/engine/protocol/dataset.ts";
import type { Activation, Clip, OptimizerName } from "../../src/engine/protocol/hyperparameters.ts";
import { Random } from "../../src/engine/training/random.ts";
import { DIST, kernels } from "../support/kernels.ts";
import { lineTable } from "../support/tables.ts";
import { installTensorflow, tf } from "../support/tensorflow.ts";

const folder = mkdtempSync(join(tmpdir(), "descent-tensorflow-"));
after(() => rmSync(folder, { recursive: true }));

const TRAIN_ROWS = 70;
/** a dev set that is looked at in two parts */
const ROWS = TRAIN_ROWS + 5000;
const BATCH = 32;

interface Case {
	task: Task;
	activation: Activation;
	layers: number[];
	optimizer: OptimizerName;
	learningRate: number;
	l2: number;
	clip?: Clip;
	/** reads the table in place */
	full?: boolean;
}

/** @returns the case's net on both backends: the same table, order and weights */
async function both({ task, activation, layers, optimizer, learningRate, clip, full }: Case) {
	const updater = new Updater({ name: optimizer, learningRate }, clip);
	const sizes = [5, ...layers, task === "multiclass" ? 3 : 1];
	const network = { sizes, activation, cost: costOfTask[task] };
	const batch = full ? TRAIN_ROWS : BATCH;
	const needs = { rows: ROWS, trainRows: TRAIN_ROWS, batchSize: batch, updater, threads: 1 };
	const module = await kernels();
	const make = () => {
		const random = new Random(7);
		const made = createNetwork(module, network, needs);
		for (let i = 0; i < made.x.length; i++) made.x[i] = random.normal();
		for (let i = 0; i < ROWS; i++) {
			const [a, b] = made.x.subarray(i * 5, i * 5 + 2);
			made.y[i] = task === "regression" ? a - 0.5 * b : task === "binary" ? Number(a > b) : a > b ? 2 : Number(a > 0);
		}
		initialize(made.backend.parameters, parameterLayout(sizes).parameters, "he", random);
		return made;
	};
	const made = make();
	const wasm = make().backend;
	const tensorflow = new TensorflowNetwork(tf, made.backend, network, made);
	if (!full) {
		const order = Uint32Array.from({ length: TRAIN_ROWS }, (_, i) => i);
		new Random(8).shuffle(order);
		for (const backend of [wasm, tensorflow]) backend.setOrder(order);
	}
	return { updater, wasm, tensorflow, batch };
}

const near = (actual: number, expected: number, what: string) =>
	assert.ok(Math.abs(actual - expected) <= 1e-4 * Math.max(1, Math.abs(expected)), `${what}: ${actual}, ${expected}`);

const CASES: Case[] = [
	{ task: "regression", activation: "relu", layers: [8, 6], optimizer: "adam", learningRate: 0.01, l2: 0 },
	{ task: "binary", activation: "gelu", layers: [7], optimizer: "rmsprop", learningRate: 0.005, l2: 0.8 },
	{ task: "multiclass", activation: "tanh", layers: [9, 4], optimizer: "momentum", learningRate: 0.2, l2: 0.3 },
	{ task: "multiclass", activation: "leakyRelu", layers: [6, 6, 5], optimizer: "nadam", learningRate: 0.01, l2: 0 },
	{ task: "regression", activation: "sigmoid", layers: [8], optimizer: "adagrad", learningRate: 0.05, l2: 0.1 },
	{
		task: "binary",
		activation: "relu",
		layers: [],
		optimizer: "gradientDescent",
		learningRate: 0.3,
		l2: 0,
		full: true,
	},
];
const CLIPS: (Clip | undefined)[] = [undefined, { norm: 0.3 }, { value: 0.05 }, { norm: 0.2, value: 0.1 }];

for (const [i, net] of CASES.entries()) {
	const clip = CLIPS[i % CLIPS.length];
	const { task, activation, layers, optimizer } = net;
	const name = `${task} ${activation} ${layers} ${optimizer} ${JSON.stringify(clip ?? {})}`;
	test(`50 steps as the wasm backend takes them: ${name}`, async () => {
		const { updater, wasm, tensorflow, batch } = await both({ ...net, clip });
		let first = 0;
		for (let t = 1; t <= 50; t++) {
			const rows = Math.min(batch, TRAIN_ROWS - first);
			const [expected, actual] = [wasm, tensorflow].map((backend) => {
				const result = backend.computeGradients(first, rows, net.l2);
				backend.update(updater, result.gradientNorm, net.learningRate, t);
				return result;
			});
			near(actual.cost, expected.cost, `cost of step ${t}`);
			near(actual.gradientNorm, expected.gradientNorm, `gradient norm of step ${t}`);
			first = (first + rows) % TRAIN_ROWS;
		}
		for (const [j, expected] of wasm.parameters.entries()) near(tensorflow.parameters[j], expected, `parameter ${j}`);
		const [expected, actual] = [wasm, tensorflow].map((backend) => backend.evaluate(TRAIN_ROWS, ROWS - TRAIN_ROWS));
		near(actual.cost, expected.cost, "cost on the dev set");
		assert.deepEqual([actual.right, actual.rows], [expected.right, expected.rows]);
	});
}

test("no step and no look at the dev set leaves a tensor behind", async () => {
	const { tensorflow } = await both(CASES[1]);
	const before = tf.memory().numTensors;
	for (let step = 0; step < 3; step++) tensorflow.computeGradients(0, BATCH, 0.1);
	tensorflow.evaluate(TRAIN_ROWS, ROWS - TRAIN_ROWS);
	assert.equal(tf.memory().numTensors, before);
});

function descent(...args: string[]) {
	const { status, stdout, stderr } = spawnSync(process.execPath, [join(DIST, "cli.cjs"), ...args], {
		encoding: "utf8",
		cwd: folder,
	});
	return { status, stdout, stderr };
}

/** @returns path of a table in a new folder below `within` */
function tableIn(within: string): string {
	const path = join(mkdtempSync(join(within, "project-")), "line.csv");
	writeFileSync(path, lineTable(300));
	return path;
}

test("train --backend tensorflow: found above the table's folder, the same figures, told at the start", () => {
	const project = mkdtempSync(join(folder, "installed-"));
	installTensorflow(project);
	const table = tableIn(project);
	const run = ["train", table, "--epochs", "5", "--batch-size", "64"];
	const lines = (backend: string) => {
		const { status, stdout, stderr } = descent(...run, "--backend", backend, "--json");
		assert.deepEqual([status, stderr], [0, ""]);
		return stdout
			.trim()
			.split("\n")
			.map((line) => JSON.parse(line));
	};
	const [wasm, tensorflow] = ["wasm", "tensorflow"].map(lines);
	assert.deepEqual([wasm[0].run.backend, tensorflow[0].run.backend], ["wasm", "tensorflow"]);
	assert.equal(tensorflow.length, wasm.length);
	for (const [i, { type, cost, gradientNorm, devCost, devAccuracy }] of wasm.entries()) {
		assert.equal(tensorflow[i].type, type);
		if (type === "step") near(tensorflow[i].gradientNorm, gradientNorm, "gradient norm");
		if (type !== "start") near(tensorflow[i].cost, cost, `cost of line ${i}`);
		if (type === "epoch") near(tensorflow[i].devCost, devCost, `dev cost of line ${i}`);
		if (type === "epoch") assert.equal(tensorflow[i].devAccuracy, devAccuracy);
	}
	const costs = (run: { cost?: number }[]) => run.map(({ cost }) => cost);
	assert.notDeepEqual(costs(tensorflow), costs(wasm), "it was not the same program that computed");
	assert.match(descent(...run, "--backend", "tensorflow").stdout, /MiB, backend tensorflow\n/);
});

test("a run file asks for it too, and has its own folder looked through", () => {
	const project = mkdtempSync(join(folder, "asked-"));
	installTensorflow(project);
	const runFile = join(project, "line.train.json");
	writeFileSync(runFile, JSON.stringify({ dataset: { path: tableIn(folder) }, epochs: 1, backend: "tensorflow" }));
	const { status, stdout, stderr } = descent("train", runFile);
	assert.deepEqual([status, stderr], [0, ""]);
	assert.match(stdout, /backend tensorflow/);
});

test("not installed, or installed without its library: exit 2 and one line that says what to do", () => {
	const refuses = (table: string, sentence: RegExp) => {
		const { status, stdout, stderr } = descent("train", table, "--backend", "tensorflow");
		assert.deepEqual([status, stdout], [2, ""]);
		assert.match(stderr, sentence);
		assert.match(stderr, /^descent: [^\n]+ or choose the backend wasm\.\n$/);
	};
	refuses(tableIn(folder), /is not installed; run "npm install @tensorflow\/tfjs-node" in .*project-\w+, /);
	const project = mkdtempSync(join(folder, "broken-"));
	installTensorflow(project, 'throw new Error("No tfjs_binding.node. \\nRun something.");');
	refuses(tableIn(project), /main\.js does not load \(No tfjs_binding\.node\); install @tensorflow\/tfjs-node again, /);
});
