// 50 steps of every optimizer agree with PyTorch's figures (test/golden/generate.py made them).
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { TensorflowNetwork } from "../../src/engine/backends/tensorflow/network.ts";
import { createNetwork } from "../../src/engine/backends/wasm/network.ts";
import { costOfTask, parameterLayout } from "../../src/engine/model/network.ts";
import { Updater } from "../../src/engine/optimizers/index.ts";
import type { Task } from "../../src/engine/protocol/dataset.ts";
import type { Activation, OptimizerConfig } from "../../src/engine/protocol/hyperparameters.ts";
import { kernels } from "../support/kernels.ts";
import { tf } from "../support/tensorflow.ts";

interface Golden {
	task: Task;
	activation: Activation;
	optimizer: OptimizerConfig;
	l2: number;
	batch: number;
	sizes: number[];
	x: number[];
	y: number[];
	initial: number[][];
	costs: number[];
	gradientNorms: number[];
	final: number[][];
}

const folder = new URL("../golden/", import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith(".json"));

test("golden figures are there for the optimizers of the notes; test/golden/traces has the others", () => {
	const names = new Set(
		files.map((file) => (JSON.parse(readFileSync(new URL(file, folder), "utf8")) as Golden).optimizer.name),
	);
	assert.deepEqual([...names].sort(), ["adam", "gradientDescent", "momentum", "rmsprop"]);
});

function close(actual: number, expected: number, what: string): void {
	const error = Math.abs(actual - expected) / Math.max(1, Math.abs(expected));
	assert.ok(error < 1e-4, `${what}: ${actual}, PyTorch has ${expected}`);
}

for (const [file, name] of files.flatMap((file) => [[file, "wasm"] as const, [file, "tensorflow"] as const])) {
	test(`PyTorch agrees with ${name}: ${file.replace(".json", "")}`, async () => {
		const golden = JSON.parse(readFileSync(new URL(file, folder), "utf8")) as Golden;
		const rows = golden.y.length;
		const { sizes, batch } = golden;
		const updater = new Updater(golden.optimizer);
		const network = { sizes, activation: golden.activation, cost: costOfTask[golden.task] };
		const needs = { rows, trainRows: rows, batchSize: batch, updater };
		const made = createNetwork(await kernels(), network, needs);
		const backend = name === "wasm" ? made.backend : new TensorflowNetwork(tf, made.backend, network, made);
		made.x.set(golden.x);
		made.y.set(golden.y);
		backend.setOrder(Uint32Array.from({ length: rows }, (_, i) => i));
		const { parameters } = parameterLayout(sizes);
		for (const [i, p] of parameters.entries()) backend.parameters.set(golden.initial[i], p.offset);

		let t = 0;
		while (t < golden.costs.length) {
			for (let first = 0; first < rows && t < golden.costs.length; first += batch) {
				const { cost, gradientNorm } = backend.computeGradients(first, Math.min(batch, rows - first), golden.l2);
				close(cost, golden.costs[t], `cost of step ${t + 1}`);
				close(gradientNorm, golden.gradientNorms[t], `gradient norm of step ${t + 1}`);
				t++;
				backend.update(updater, gradientNorm, updater.h.learningRate, t);
			}
		}
		for (const [i, p] of parameters.entries()) {
			for (const [j, expected] of golden.final[i].entries())
				close(backend.parameters[p.offset + j], expected, `${p.name}[${j}]`);
		}
	});
}
