// Every gradient agrees with finite differences of the cost, for every activation and cost and a net of three layers.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createNetwork } from "../../src/engine/backends/wasm/network.ts";
import { costOfTask, initialize, type Parameter, parameterLayout } from "../../src/engine/model/network.ts";
import { Updater } from "../../src/engine/optimizers/index.ts";
import type { Task } from "../../src/engine/protocol/dataset.ts";
import type { Activation } from "../../src/engine/protocol/hyperparameters.ts";
import { Random } from "../../src/engine/training/random.ts";
import { kernels } from "../support/kernels.ts";

const ROWS = 23;
const L2 = 0.7;

/** Standard normal distribution function: the series of its integral, in float64. */
function normal(z: number): number {
	if (Math.abs(z) > 6) return z > 0 ? 1 : 0;
	let term = z;
	let sum = z;
	for (let n = 1; Math.abs(term) > 1e-17; n++) {
		term *= (z * z) / (2 * n + 1);
		sum += term;
	}
	return 0.5 + (sum * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
}

/** The cost in float64, written from the formulas alone. */
function cost(
	task: Task,
	activation: Activation,
	sizes: number[],
	w: Float64Array,
	x: Float32Array,
	y: Float32Array,
): number {
	const { parameters } = parameterLayout(sizes);
	const g = {
		relu: (z: number) => Math.max(0, z),
		leakyRelu: (z: number) => Math.max(0.01 * z, z),
		tanh: Math.tanh,
		sigmoid: (z: number) => 1 / (1 + Math.exp(-z)),
		gelu: (z: number) => z * normal(z),
	}[activation];
	const layers = sizes.length - 1;
	let total = 0;
	for (let row = 0; row < ROWS; row++) {
		let a = [...x.subarray(row * sizes[0], (row + 1) * sizes[0])];
		for (let l = 0; l < layers; l++) {
			const [W, b] = [parameters[2 * l], parameters[2 * l + 1]];
			const z = Array.from({ length: W.columns }, (_, j) =>
				a.reduce((sum, value, i) => sum + value * w[W.offset + i * W.columns + j], w[b.offset + j]),
			);
			a = l < layers - 1 ? z.map(g) : z;
		}
		if (task === "regression") total += (a[0] - y[row]) ** 2;
		else if (task === "binary") total += Math.log1p(Math.exp(a[0])) - a[0] * y[row];
		else total += Math.log(a.reduce((sum, z) => sum + Math.exp(z), 0)) - a[y[row]];
	}
	const squares = (p: Parameter) =>
		w.subarray(p.offset, p.offset + p.rows * p.columns).reduce((sum, v) => sum + v * v, 0);
	const decayed = parameters.filter((p) => p.isWeight).reduce((sum, p) => sum + squares(p), 0);
	return total / ROWS + (L2 / (2 * ROWS)) * decayed;
}

for (const task of ["regression", "binary", "multiclass"] as const) {
	for (const activation of ["relu", "leakyRelu", "tanh", "sigmoid", "gelu"] as const) {
		test(`gradients of ${task} with ${activation}`, async () => {
			const sizes = [5, 9, 6, 4, task === "multiclass" ? 3 : 1];
			const updater = new Updater({ name: "gradientDescent" });
			const needs = { rows: ROWS, trainRows: ROWS, batchSize: ROWS, updater };
			const { backend, x, y } = createNetwork(await kernels(), { sizes, activation, cost: costOfTask[task] }, needs);
			const random = new Random(11);
			for (let i = 0; i < x.length; i++) x[i] = random.normal();
			for (let i = 0; i < ROWS; i++)
				y[i] = task === "regression" ? random.normal() : random.below(task === "binary" ? 2 : 3);
			const { parameters } = parameterLayout(sizes);
			initialize(backend.parameters, parameters, "he", random);
			for (const p of parameters)
				if (!p.isWeight) for (let i = 0; i < p.columns; i++) backend.parameters[p.offset + i] = random.normal() / 4;

			const computed = backend.computeGradients(0, ROWS, L2);
			const w = Float64Array.from(backend.parameters);
			const here = cost(task, activation, sizes, w, x, y);
			assert.ok(Math.abs(computed.cost - here) < 1e-5 * here, `cost ${computed.cost}, by hand ${here}`);

			const largest = Math.max(...backend.gradients.map(Math.abs));
			let checked = 0;
			for (const p of parameters) {
				for (let i = p.offset; i < p.offset + p.rows * p.columns; i++) {
					const h = 1e-6;
					const at = (d: number) => cost(task, activation, sizes, w.with(i, w[i] + d), x, y);
					const expected = (at(h) - at(-h)) / (2 * h);
					const error = Math.abs(backend.gradients[i] - expected);
					assert.ok(
						error <= 1e-3 * Math.max(Math.abs(expected), 1e-3 * largest),
						`${p.name}[${i - p.offset}]: ${backend.gradients[i]}, by differences ${expected}`,
					);
					checked++;
				}
			}
			assert.equal(
				checked,
				parameters.reduce((sum, p) => sum + p.rows * p.columns, 0),
			);
		});
	}
}
