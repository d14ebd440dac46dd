// TensorFlow.js's snippets are TypeScript and JavaScript at once: type-checked, and run with the engine's preset to compare.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { CustomCallback, LayersModel, Optimizer, Sequential, Tensor2D } from "@tensorflow/tfjs";
import type { DecayConfig, OptimizerConfig } from "../../src/engine/protocol/hyperparameters.ts";
import {
	averagesOf40And49,
	BOWL_START,
	BOWL_STEPS,
	bowlPath,
	EPOCHS,
	STEPS_PER_EPOCH,
	stepRates,
} from "../support/figures.ts";
import { type Expansion, expansions } from "../support/snippet-body.ts";
import { readSnippets } from "../support/snippets.ts";
import { tf } from "../support/tensorflow.ts";
import { repository } from "../support/vscode/paths.ts";

/** What stands around a body. */
const given = {
	model: "tf.LayersModel",
	xTrain: "tf.Tensor2D",
	yTrain: "tf.Tensor2D",
	xDev: "tf.Tensor2D",
	yDev: "tf.Tensor2D",
	epochs: "number",
	stepsPerEpoch: "number",
};
type Given = Partial<Record<keyof typeof given, unknown>>;

/** Runs a body. @returns the named variables that it declares, and the lines that it wrote */
async function run<T>(text: string, names: string[], around: Given): Promise<T & { lines: string[] }> {
	const lines: string[] = [];
	const console = { log: (line: string) => lines.push(line) };
	const parameters = ["tf", "console", ...Object.keys(around)];
	const code = `return (async () => { ${text}\nreturn { ${names.join(", ")} }; })()`;
	const found = await new Function(...parameters, code)(tf, console, ...Object.values(around));
	return { ...found, lines };
}

/** 600 rows of which a straight line parts two classes, and a net for them. */
function table(units = 1, activation?: "softmax" | "sigmoid") {
	const xTrain = tf.randomNormal([600, 3], 0, 1, "float32", 1) as Tensor2D;
	const above = xTrain.matMul(tf.tensor2d([1, -2, 0.5], [3, 1])).greater(0) as Tensor2D;
	const yTrain = (units === 1 ? above.toFloat() : tf.oneHot(above.flatten().toInt(), 2).toFloat()) as Tensor2D;
	const model = tf.sequential();
	const kernelInitializer = tf.initializers.glorotNormal({ seed: 1 });
	model.add(tf.layers.dense({ units, activation, inputShape: [3], kernelInitializer }));
	return { model, xTrain, yTrain, xDev: xTrain.slice(0, 90), yDev: yTrain.slice(0, 90) };
}

function compiled(optimizer: Optimizer): Sequential {
	const { model } = table();
	model.compile({ optimizer, loss: "meanSquaredError" });
	return model;
}

/** The rate with which an optimizer steps: by a step of it where it may keep another than it says. */
function rateOf(optimizer: Optimizer): number {
	// Not by instanceof: to TensorFlow.js every optimizer is one of every class.
	if (!("setLearningRate" in optimizer)) return optimizer.getConfig().learningRate as number;
	const w = tf.variable(tf.scalar(0));
	optimizer.applyGradients({ [w.name]: tf.scalar(1) });
	return -w.dataSync()[0];
}

function near(actual: readonly number[], expected: readonly number[], tolerance: number) {
	assert.equal(actual.length, expected.length);
	for (const [i, wanted] of expected.entries()) {
		const error = Math.abs(actual[i] - wanted) / Math.max(1, Math.abs(wanted));
		assert.ok(error <= tolerance, `figure ${i}: ${actual[i]}, expected ${wanted}`);
	}
}

type Trial = (expansion: Expansion) => Promise<void>;

function optimizer(name: OptimizerConfig["name"]): Trial {
	return async ({ text, chosen }) => {
		const { optimizer } = await run<{ optimizer: Optimizer }>(text, ["optimizer"], {});
		const w = tf.variable(tf.tensor1d(BOWL_START));
		const path: number[] = [];
		for (let t = 0; t < BOWL_STEPS; t++) {
			optimizer.applyGradients({ [w.name]: w.mul([1, 10]) });
			path.push(...w.dataSync());
		}
		near(path, await bowlPath({ name, preset: "tfjs", ...(chosen[0] === "true" && { nesterov: true }) }), 1e-5);
	};
}

/** What fit calls, without what it trains in between. */
function decay(config: DecayConfig, a0: number): Trial {
	return async ({ text }) => {
		for (const optimizer of [tf.train.adam(0.5), tf.train.sgd(0.5), tf.train.momentum(0.5, 0)]) {
			const model = compiled(optimizer);
			const around = { model, epochs: EPOCHS, stepsPerEpoch: STEPS_PER_EPOCH };
			const { decay } = await run<{ decay: CustomCallback }>(text, ["decay"], around);
			const rates: number[] = [];
			await decay.onTrainBegin({});
			for (let epoch = 0; epoch < EPOCHS; epoch++) {
				await decay.onEpochBegin(epoch, {});
				for (let batch = 0; batch < STEPS_PER_EPOCH; batch++) {
					await decay.onBatchBegin(batch, {});
					rates.push(rateOf(optimizer));
				}
			}
			near(rates, stepRates(config, a0), 1e-7);
		}
	};
}

const trials: Record<string, Trial> = {
	"tf-fit": async ({ text, chosen: [loss, batchSize] }) => {
		const [units, activation] =
			loss === "categoricalCrossentropy"
				? ([2, "softmax"] as const)
				: loss === "binaryCrossentropy"
					? ([1, "sigmoid"] as const)
					: [1];
		const around = table(units, activation);
		const { history } = await run<{ history: { history: Record<string, number[]> } }>(text, ["history"], around);
		const { val_loss: costs } = history.history;
		assert.ok(costs.length === 20 && costs[19] < costs[0], `${costs}`);
		assert.equal(around.model.optimizer.iterations, 20 * Math.ceil(600 / Number(batchSize)));
	},
	"tf-loop": async ({ text, chosen: [batchSize] }) => {
		const { xTrain, yTrain } = table();
		const model = compiled(tf.train.sgd(0.01));
		await model.trainOnBatch(xTrain, yTrain);
		const { numTensors } = tf.memory();
		const { lines } = await run(text, [], { model, xTrain, yTrain });
		assert.equal(tf.memory().numTensors, numTensors, "tensors are left over");
		const costs = lines.map((line) => Number(line.split(" ").at(-1)));
		assert.ok(costs.length === 20 && costs[19] < costs[0], `${costs}`);
		assert.equal(model.optimizer.iterations, 1 + 20 * Math.ceil(600 / (Number(batchSize) || 600)));
		// The rate is so small that the last epoch's cost is nearly the model's.
		assert.ok(Math.abs(costs[19] - (model.evaluate(xTrain, yTrain) as tf.Scalar).dataSync()[0]) < 0.01);
	},
	"tf-gradient-descent": optimizer("gradientDescent"),
	"tf-momentum": optimizer("momentum"),
	"tf-rmsprop": optimizer("rmsprop"),
	"tf-adam": optimizer("adam"),
	"tf-adagrad": optimizer("adagrad"),
	"tf-constant": decay({ name: "constant" }, 0.001),
	"tf-inverse-time": decay({ name: "inverseTime" }, 0.2),
	"tf-exponential": decay({ name: "exponential", base: 0.95 }, 0.001),
	"tf-sqrt-epoch": decay({ name: "sqrtEpoch" }, 0.001),
	"tf-sqrt-step": decay({ name: "sqrtStep" }, 0.001),
	"tf-staircase": decay({ name: "staircase", every: 10, factor: 0.5 }, 0.001),
	"tf-piecewise": decay(
		{
			name: "piecewise",
			points: [
				{ epoch: 30, rate: 0.001 },
				{ epoch: 60, rate: 0.0001 },
			],
		},
		0.01,
	),
	"tf-cosine": decay({ name: "cosine" }, 0.001),
	"tf-linear": decay({ name: "linear" }, 0.001),
	"tf-one-cycle": decay({ name: "oneCycle" }, 0.01),
	"tf-warmup": decay({ name: "cosine", warmup: 100 }, 0.001),
	"tf-average": async ({ text, chosen: [beta] }) => {
		const { average, lines } = await run<{ average: CustomCallback }>(text, ["average"], {});
		await average.onBatchEnd(0, { loss: 40 });
		await average.onEpochEnd(0, {});
		await average.onBatchEnd(1, { loss: 49 });
		await average.onEpochEnd(1, {});
		near(
			lines.map((line) => Number(line.split(" ").at(-1))),
			averagesOf40And49(Number(beta)),
			1e-6,
		);
	},
	"tf-checkpoint": async ({ text, chosen: [scheme] }) => {
		let kept: tf.io.ModelArtifacts | undefined;
		const mine = (url: string | string[]) => url === `${scheme}://checkpoint`;
		const handler = {
			save: async (artifacts: tf.io.ModelArtifacts) => {
				kept = artifacts;
				return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: "JSON" as const } };
			},
			load: async () => kept!,
		};
		tf.io.registerSaveRouter((url) => (mine(url) ? handler : null)!);
		tf.io.registerLoadRouter((url) => (mine(url) ? handler : null)!);
		const { xDev, yDev } = table();
		const model = compiled(tf.train.adam(0.1));
		const { checkpoint } = await run<{ checkpoint: CustomCallback }>(text, ["checkpoint"], { model });
		await model.fit(xDev, yDev, { epochs: 2, batchSize: 90, verbose: 0, callbacks: [checkpoint] });
		const restored = await tf.loadLayersModel(`${scheme}://checkpoint`);
		for (const one of [model, restored]) await one.fit(xDev, yDev, { epochs: 3, batchSize: 90, verbose: 0 });
		const weights = (one: LayersModel) => one.getWeights().flatMap((w) => [...w.dataSync()]);
		near(weights(restored), weights(model), 1e-4);
	},
	"tf-early-stopping": async ({ text }) => {
		const model = compiled(tf.train.sgd(0.01));
		const { earlyStopping } = await run<{ earlyStopping: CustomCallback }>(text, ["earlyStopping"], { model });
		const costs = [5, 4, 4.5, 3, ...Array(20).fill(3)];
		let epoch = 0;
		for (; epoch < costs.length && !model.stopTraining; epoch++) {
			model.setWeights([tf.fill([3, 1], epoch), tf.zeros([1])]);
			await earlyStopping.onEpochEnd(epoch, { val_loss: costs[epoch] });
		}
		await earlyStopping.onTrainEnd({});
		// The fourth epoch was the best, and ten more were waited for.
		assert.equal(epoch, 14);
		assert.deepEqual([...model.getWeights()[0].dataSync()], [3, 3, 3]);
	},
};

const snippets = readSnippets("tensorflow");

test("every snippet of tensorflow is tried", () => {
	assert.deepEqual(Object.keys(trials).sort(), snippets.map(({ prefixes }) => prefixes[0]).sort());
});

for (const { prefixes, body } of snippets) {
	for (const expansion of expansions(body)) {
		test([prefixes[0], ...expansion.chosen].join(" "), () => trials[prefixes[0]](expansion));
	}
}

test("fit calls a decay before it trains", async () => {
	const { xDev, yDev } = table();
	for (const [prefix, expected] of [
		["tf-staircase", stepRates({ name: "staircase", every: 10, factor: 0.5 }, 0.001).at(-1)!],
		["tf-cosine", stepRates({ name: "cosine" }, 0.001)[39]],
	] as const) {
		const model = compiled(tf.train.sgd(0.5));
		const [{ text }] = expansions(snippets.find(({ prefixes }) => prefixes[0] === prefix)!.body);
		const around = { model, epochs: EPOCHS, stepsPerEpoch: STEPS_PER_EPOCH };
		const { decay } = await run<{ decay: CustomCallback }>(text, ["decay"], around);
		const epochs = prefix === "tf-staircase" ? EPOCHS : 8;
		await model.fit(xDev, yDev, {
			epochs,
			batchSize: prefix === "tf-staircase" ? 90 : 18,
			verbose: 0,
			callbacks: [decay],
		});
		near([rateOf(model.optimizer)], [expected], 1e-7);
	}
});

test("every body is TypeScript without a fault under strict rules", () => {
	const folder = mkdtempSync(join(tmpdir(), "descent-snippets-"));
	const modules = join(repository, "node_modules");
	try {
		const parameters = Object.entries(given).map(([name, type]) => `${name}: ${type}`);
		for (const { prefixes, body } of snippets) {
			for (const [i, { text }] of expansions(body).entries()) {
				const code = [
					'import * as tf from "@tensorflow/tfjs";',
					`export async function snippet(${parameters.join(", ")}) {`,
					text,
					"}",
				];
				writeFileSync(join(folder, `${prefixes[0]}-${i}.ts`), code.join("\n"));
			}
		}
		const compilerOptions = {
			...{ strict: true, noEmit: true, skipLibCheck: true, noUnusedParameters: false, types: [] },
			...{ target: "es2022", module: "preserve", lib: ["es2023", "dom"] },
			paths: { "@tensorflow/tfjs": [join(modules, "@tensorflow/tfjs/dist/index.d.ts")] },
		};
		writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions }));
		const tsc = join(modules, "typescript/bin/tsc");
		const { stdout, status } = spawnSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8" });
		assert.equal(status, 0, stdout);
	} finally {
		rmSync(folder, { recursive: true });
	}
});
