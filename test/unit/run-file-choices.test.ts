// What clicks in the panel make of a run file.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { FormPatch, RunForm } from "../../src/engine/protocol/panel.ts";
import type { RunFile } from "../../src/engine/protocol/run-file.ts";
import { checkRunFile } from "../../src/engine/run-file.ts";
import { resolveRun } from "../../src/engine/training/defaults.ts";
import { withColumn, withTarget } from "../../src/extension/runs/choice.ts";
import { formOf, leanPatch, runFileOf, wholePatch, withForm } from "../../src/extension/runs/run-file-of.ts";

const dataset = { path: "t.csv" };

test("a form becomes the run file that it stands for, and the run file the form", () => {
	const form: RunForm = {
		...{ optimizer: "lion", learningRate: 0.1, beta1: 0.8, beta2: 0.9, weightDecay: 0 },
		...{ decay: "exponential", decayBase: 0.9, batchSize: "full", epochs: 3, layers: [], activation: "tanh" },
		...{ l2: 0, seed: 5 },
	};
	const file = runFileOf({ ...form, layers: [], beta: 0.5, decayRate: 2 }, dataset);
	assert.deepEqual(file, {
		dataset,
		optimizer: { name: "lion", learningRate: 0.1, beta1: 0.8, beta2: 0.9, weightDecay: 0 },
		decay: { name: "exponential", base: 0.9 },
		model: { layers: [], activation: "tanh" },
		...{ batchSize: "full", epochs: 3, l2: 0, seed: 5 },
	});
	checkRunFile(file);
	assert.deepEqual(formOf(file), form);
	assert.deepEqual(runFileOf({}, dataset), { dataset, optimizer: { name: "adam" }, decay: { name: "constant" } });
});

const FULL: RunFile = {
	dataset: { path: "t.csv", target: "y" },
	model: { layers: [8], initialization: "xavier" },
	optimizer: { name: "adam", preset: "keras", learningRate: 0.01, amsgrad: true },
	decay: { name: "cosine", end: 0.001, warmup: 10 },
	clip: { norm: 1 },
	epochs: 7,
};

const CASES: [string, RunFile, FormPatch, Partial<RunFile>][] = [
	["nothing", FULL, {}, {}],
	["nothing of a run file that says little", { dataset }, {}, {}],
	[
		"a rate beside what else the optimizer says",
		FULL,
		{ learningRate: 0.1 },
		{ optimizer: { ...FULL.optimizer!, learningRate: 0.1 } },
	],
	["a member that goes", FULL, { epochs: null }, { epochs: undefined }],
	[
		"another optimizer without what was the first one's",
		FULL,
		{ optimizer: "momentum", beta: 0.8 },
		{ optimizer: { name: "momentum", preset: "keras", learningRate: 0.01, beta: 0.8 } },
	],
	[
		"another decay after the same warm-up",
		FULL,
		{ decay: "inverseTime", decayRate: 2 },
		{ decay: { name: "inverseTime", rate: 2, warmup: 10 } },
	],
	[
		"layers beside the initialization",
		FULL,
		{ layers: [4, 4] },
		{ model: { layers: [4, 4], initialization: "xavier" } },
	],
	[
		"a rate where no optimizer is named",
		{ dataset },
		{ learningRate: 0.1 },
		{ optimizer: { name: "adam", learningRate: 0.1 } },
	],
	["an activation where there is no model", { dataset }, { activation: "gelu" }, { model: { activation: "gelu" } }],
];
for (const [name, file, patch, expected] of CASES) {
	test(`a change of the form in a run file: ${name}`, () => {
		const before = structuredClone(file);
		const changed = withForm(file, patch);
		assert.deepEqual(JSON.parse(JSON.stringify(changed)), JSON.parse(JSON.stringify({ ...file, ...expected })));
		assert.ok(!Object.values(changed).includes(undefined), "keys that are absent, not undefined");
		checkRunFile(changed);
		assert.deepEqual(file, before);
	});
}

test("a word on a column, and its opposite, which takes it back", () => {
	const aside = withColumn({ target: "y" }, "a", { use: false });
	assert.deepEqual(aside, { target: "y", columns: { a: { use: false } } });
	assert.deepEqual(withColumn(aside, "a", { use: true }), { target: "y" });
	assert.deepEqual(withColumn(aside, "a", { use: false }), aside);
	const both = withColumn(aside, "a", { kind: "categorical" });
	assert.deepEqual(both.columns, { a: { use: false, kind: "categorical" } });
	assert.deepEqual(withColumn(both, "a", { use: true }).columns, { a: { kind: "categorical" } });
	assert.deepEqual(withColumn(both, "b", { use: true }).columns, { ...both.columns, b: { use: true } });
	assert.deepEqual(withColumn(both, "a", { kind: null, use: null }), { target: "y" });
});

test("a new target is no longer a feature, and its task is guessed anew", () => {
	const choice = {
		target: "y",
		task: "regression",
		features: ["a", "b"],
		columns: { a: { use: false }, b: {} },
	} as const;
	const changed = withTarget({ ...choice, features: [...choice.features] }, "a");
	assert.deepEqual(changed, { target: "a", features: ["b"], columns: { b: {} } });
	assert.deepEqual(withTarget({ features: ["a"] }, "a"), { target: "a" });
});

test("what a run was told is written without defaults, but where something stood", async () => {
	const rows = { target: "y", task: "binary", trainRows: 5000, devRows: 1000 } as const;
	const resolve = async (file: RunFile) => resolveRun(file, rows);
	const written = async (ran: Omit<RunFile, "dataset">, file: RunFile, said = formOf(file)) => {
		const run = await resolve({ ...ran, dataset });
		const form = wholePatch(formOf(run));
		const made = withForm(file, await leanPatch(file, said, form, resolve));
		// the same run as if all of it was written
		assert.deepEqual(await resolve(made), await resolve(withForm(file, form)));
		return made;
	};
	assert.deepEqual(await written({}, { dataset }), { dataset });
	assert.deepEqual(await written({ l2: 0.1, batchSize: 128 }, { dataset }), { dataset, l2: 0.1, batchSize: 128 });
	assert.deepEqual(await written({ optimizer: { name: "lion", beta1: 0.5 } }, { dataset }), {
		dataset,
		optimizer: { name: "lion", beta1: 0.5 },
	});
	const stood: RunFile = { dataset, epochs: 7, seed: 0, model: { layers: [3], initialization: "xavier" } };
	assert.deepEqual(await written({ optimizer: { name: "adam", learningRate: 0.01 } }, stood), {
		dataset,
		optimizer: { name: "adam", learningRate: 0.01 },
		// 5,000 rows in mini-batches of 64 make 79 steps an epoch
		epochs: 25,
		seed: 0,
		model: { layers: [64, 32], initialization: "xavier" },
	});
	// what is no default under the file's own preset is written
	const keras: RunFile = { dataset, optimizer: { name: "rmsprop", preset: "keras" } };
	const { optimizer } = await written({ optimizer: { name: "rmsprop", beta2: 0.8 } }, keras);
	assert.deepEqual(optimizer, { name: "rmsprop", preset: "keras", beta2: 0.8 });
});
