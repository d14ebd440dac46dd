// A run that was written out as a program takes the run's own steps: the first costs of both are compared.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import { exportLoop } from "../../src/engine/export/index.ts";
import type { ExportLibrary } from "../../src/engine/protocol/run.ts";
import type { RunFile } from "../../src/engine/protocol/run-file.ts";
import { prepareRun } from "../../src/engine/training/prepare.ts";
import { Training } from "../../src/engine/training/training.ts";
import { analyze, valuesOf } from "../support/analysis.ts";
import { kernels } from "../support/kernels.ts";
import { missingFromPython, runPython } from "../support/python.ts";
import { blobTable, lineTable, waveTable } from "../support/tables.ts";
import { tf } from "../support/tensorflow.ts";

const folder = mkdtempSync(join(tmpdir(), "descent-export-"));
after(() => rmSync(folder, { recursive: true }));
symlinkSync(join(import.meta.dirname, "../../node_modules"), join(folder, "node_modules"));

const tables = { waves: waveTable(150), line: lineTable(150), blobs: blobTable(150) };
for (const [name, text] of Object.entries(tables)) writeFileSync(join(folder, `${name}.csv`), text);

type Run = Omit<RunFile, "dataset"> & { table: keyof typeof tables };
const small = { model: { layers: [6, 5] } };
const batches = { ...small, batchSize: 32, epochs: 6 };

/** Between them: every optimizer as a library has it and as it has not, every decay, every cost and activation. */
const runs: Record<string, Run> = {
	"full batch, adam, stopped early": {
		table: "waves",
		...small,
		epochs: 200,
		optimizer: { name: "adam", learningRate: 0.01 },
		earlyStopping: { patience: 3, minDelta: 0.005 },
	},
	"momentum in the notes' form, tanh, L2": {
		table: "line",
		...batches,
		model: { layers: [6], activation: "tanh" },
		optimizer: { name: "momentum", learningRate: 0.3, nesterov: true },
		decay: { name: "linear", end: 0.01 },
		l2: 3,
		earlyStopping: { patience: 5, minDelta: 0.001 },
	},
	"rmsprop, epsilon inside, cosine after a warm-up, clipped": {
		table: "blobs",
		...batches,
		optimizer: { name: "rmsprop", learningRate: 0.01, epsilon: 1e-3 },
		decay: { name: "cosine", end: 0.001, warmup: 5 },
		clip: { norm: 0.4, value: 0.2 },
	},
	"rmsprop, epsilon outside, halved": {
		table: "waves",
		...batches,
		optimizer: { name: "rmsprop", preset: "pytorch", learningRate: 0.002 },
		decay: { name: "staircase", every: 2 },
		clip: { value: 0.2 },
	},
	"lion with decay, epochs counted from 1": {
		table: "blobs",
		...batches,
		model: { layers: [6, 5], activation: "gelu" },
		optimizer: { name: "lion", learningRate: 0.003, weightDecay: 0.1 },
		decay: { name: "inverseTime", rate: 0.5 },
	},
	"adamw, one cycle": {
		table: "line",
		...batches,
		model: { layers: [6], activation: "sigmoid" },
		optimizer: { name: "adamw", learningRate: 0.02, weightDecay: 0.1 },
		decay: { name: "oneCycle" },
		clip: { norm: 0.1 },
	},
	"adam as Keras has it, coupled decay, AMSGrad": {
		table: "waves",
		...batches,
		model: { layers: [6], activation: "leakyRelu" },
		optimizer: { name: "adam", preset: "keras", epsilon: 0.01, amsgrad: true, weightDecay: 0.05, decoupled: false },
		decay: { name: "exponential", base: 0.7 },
	},
	"adam, epsilon inside, cosine by epochs": {
		table: "waves",
		...batches,
		optimizer: { name: "adam", learningRate: 0.01, epsilon: 0.001, epsilonPlacement: "inside" },
		decay: { name: "cosine", per: "epoch", end: 0.002 },
	},
	"nadam as optax has it, root of the step": {
		table: "line",
		...batches,
		optimizer: { name: "nadam", preset: "optax", learningRate: 0.01 },
		decay: { name: "sqrtStep" },
	},
	"nadam by its formula, decoupled decay, root of the epoch": {
		table: "blobs",
		...batches,
		optimizer: { name: "nadam", learningRate: 0.01, weightDecay: 0.1, decoupled: true },
		decay: { name: "sqrtEpoch", k: 0.9, warmup: 3 },
	},
	"nadam as Keras has it": {
		table: "line",
		...batches,
		optimizer: { name: "nadam", preset: "keras", learningRate: 0.01 },
	},
	"adagrad, another rate from some steps on": {
		table: "waves",
		...batches,
		optimizer: { name: "adagrad", learningRate: 0.1 },
		decay: {
			name: "piecewise",
			points: [
				{ step: 4, rate: 0.05 },
				{ epoch: 2, rate: 0.2 },
			],
		},
	},
	"adagrad as Keras has it": {
		table: "waves",
		...batches,
		optimizer: { name: "adagrad", preset: "tfjs", learningRate: 0.1 },
	},
	"momentum, corrected": {
		table: "waves",
		...batches,
		optimizer: { name: "momentum", learningRate: 0.05, biasCorrection: true },
		clip: { norm: 0.5 },
	},
	"momentum, the rate in the velocity, a rate for each step": {
		table: "line",
		...batches,
		optimizer: { name: "momentum", preset: "keras", learningRate: 0.1 },
		decay: { name: "piecewise", points: Array.from({ length: 24 }, (_, i) => ({ step: i + 1, rate: 0.3 / (i + 1) })) },
	},
	"gradient descent with both decays' meanings, no hidden layer": {
		table: "line",
		...batches,
		model: { layers: [] },
		optimizer: { name: "gradientDescent", learningRate: 0.2, weightDecay: 0.1, decoupled: true },
		l2: 1,
	},
};

const fileOf = ({ table, ...run }: Run): RunFile => ({
	dataset: { path: join(folder, `${table}.csv`) },
	seed: 3,
	...run,
});

async function exported(name: string, library: ExportLibrary): Promise<string> {
	const output = join(folder, `${Object.keys(runs).indexOf(name)}-${library}.${library === "tfjs" ? "mjs" : "py"}`);
	await exportLoop(await kernels(), fileOf(runs[name]), { library, output });
	return output;
}

/** The engine's own costs. */
async function costsOf(run: Run): Promise<number[]> {
	const costs: number[] = [];
	const prepared = await prepareRun(await kernels(), fileOf(run), { threads: 1 });
	await new Training(prepared, (event) => event.type === "steps" && costs.push(...event.batch.cost)).run();
	return costs;
}

/** @returns the largest relative difference of the first 20 costs */
async function difference(name: string, costs: readonly number[]): Promise<number> {
	const expected = await costsOf(runs[name]);
	assert.ok(expected.length >= 20 && expected[19] < expected[0], "the run learns");
	// Later epochs take their rows in an order of their own, unless they take them all.
	if (runs[name].batchSize === undefined) assert.equal(costs.length, expected.length);
	const errors = expected.slice(0, 20).map((cost, i) => Math.abs(costs[i] - cost) / cost);
	const worst = Math.max(...errors);
	assert.ok(worst <= 1e-4, `cost ${errors.indexOf(worst) + 1} differs by ${worst}: ${costs}\n${expected}`);
	return worst;
}

/** What Keras tells of a step is the mean over the epoch so far. */
const kerasCosts = `
import keras as _keras
costs = []
class _Costs(_keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        rows = min(len(x_train), (batch + 1) * globals().get("batch_size", len(x_train)))
        if batch == 0:
            self.rows = self.sum = 0
        costs.append((logs["loss"] * rows - self.sum) / (rows - self.rows))
        self.rows, self.sum = rows, logs["loss"] * rows
if "_fit" not in vars(_keras):
    _keras._fit = _keras.Model.fit
_keras.Model.fit = lambda self, *a, callbacks=(), **k: _keras._fit(self, *a, callbacks=[*callbacks, _Costs()], **k)
`;
const oldNadam = `
skip = "PyTorch's NAdam took other steps before 2.0" if "NAdam" in program and torch.__version__ < "2" else None
`;
const pythons: [ExportLibrary, modules: string[], setup: string, after: string][] = [
	["pytorch", ["numpy", "torch"], "", oldNadam],
	["keras", ["keras", "jax"], kerasCosts, ""],
	["optax", ["optax", "jax"], "", ""],
];
// Every program is there before the first test begins.
const programs = await Promise.all(
	pythons.map(([library]) => Promise.all(Object.keys(runs).map((name) => exported(name, library)))),
);
for (const [at, [library, modules, setup, then]] of pythons.entries()) {
	const missing = missingFromPython(modules);
	const cases = programs[at].map((path, i) => {
		const body = readFileSync(path, "utf8");
		const file = `__file__, program = ${JSON.stringify(path)}, ${JSON.stringify(body)}`;
		const name = Object.keys(runs)[i];
		return missing ? { name, body } : { name, body, setup: `${file}\n${setup}`, after: `result = costs\n${then}` };
	});
	const outcomes = missingFromPython([]) ? [] : runPython(cases);
	for (const [i, name] of Object.keys(runs).entries()) {
		test(`${library}: ${name}`, { skip: outcomes.length === 0 && missing }, async (t) => {
			const { error, result, skip, warnings } = outcomes[i];
			if (error) assert.fail(`${error}\n${cases[i].body}`);
			if (missing) return t.diagnostic(`parsed only: ${missing}`);
			assert.deepEqual(warnings, []);
			if (skip) return t.skip(skip);
			t.diagnostic(`costs agree to ${(await difference(name, result as number[])).toExponential(1)}`);
		});
	}
}

for (const name of Object.keys(runs)) {
	test(`tfjs: ${name}`, async (t) => {
		t.mock.method(console, "log", () => {});
		const { costs } = await import(pathToFileURL(await exported(name, "tfjs")).href);
		tf.disposeVariables();
		t.diagnostic(`costs agree to ${(await difference(name, costs)).toExponential(1)}`);
	});
}

const readBack: RunFile = {
	dataset: { path: join(folder, "waves.csv") },
	model: { layers: [6, 5], activation: "tanh" },
	optimizer: { name: "rmsprop", preset: "keras", learningRate: 0.003 },
	decay: { name: "exponential", base: 0.9 },
	batchSize: 32,
	epochs: 7,
};
for (const library of ["pytorch", "keras", "tfjs", "optax"] as const) {
	test(`the program for ${library} is read back as the run that it is of`, async () => {
		const output = join(folder, `back-${library}.${library === "tfjs" ? "mjs" : "py"}`);
		const momentum = { ...readBack, optimizer: { name: "momentum", learningRate: 0.02, form: "classical" } as const };
		// PyTorch has no RMSprop of that kind, and TensorFlow.js no decays.
		const file = library === "pytorch" ? momentum : readBack;
		await exportLoop(await kernels(), file, { library, output });
		const kind = library === "tfjs" ? "javascript" : "python";
		const { facts, findings } = await analyze(readFileSync(output, "utf8"), kind);
		assert.deepEqual(
			findings.filter(({ severity }) => severity !== "hint"),
			[],
		);
		const [optimizer] = facts.optimizers;
		const values = valuesOf(optimizer.parameters);
		assert.equal(optimizer.optimizer, file.optimizer!.name);
		if (library !== "pytorch") assert.equal(values.beta2, 0.9);
		else assert.equal(values.beta, 0.9);
		assert.equal(facts.batchSizes[0].parameter.value, 32);
		assert.equal(facts.epochs[0].parameter.value, 7);
		if (library !== "optax") {
			const dense = facts.models[0].layers.filter((layer) => layer.kind === "dense");
			assert.deepEqual(
				dense.map(({ inputs, outputs }) => [inputs, outputs]),
				[[3, 6], [6, 5], [5, 1]], // biome-ignore format: pairs
			);
		}
		if (library === "tfjs") return assert.equal(values.learningRate, 0.003);
		const [schedule] = facts.schedules;
		assert.equal(schedule.decay, "exponential");
		assert.equal(valuesOf(schedule.parameters).base, 0.9);
		const rate = library === "pytorch" ? values.learningRate : valuesOf(schedule.parameters).learningRate;
		assert.equal(rate, file.optimizer!.learningRate);
	});
}

test("a file that is no data of a program is not written over, data over a limit is not written", async () => {
	const request = { library: "pytorch", output: join(folder, "mine.py") } as const;
	const file = fileOf(runs["full batch, adam, stopped early"]);
	const k = await kernels();
	const asked: number[] = [];
	const refused = await exportLoop(k, file, { ...request, mayWrite: (bytes) => asked.push(bytes) < 0 });
	assert.equal(refused.written, false);
	assert.equal(existsSync(request.output) || existsSync(refused.data), false);
	// 150 rows of 3 features and a target, and 6 (3 + 1) + 5 (6 + 1) + 6 parameters
	assert.deepEqual(asked, [(150 * 4 + 65) * 4]);
	assert.equal(refused.bytes, asked[0]);
	writeFileSync(refused.data, "a checkpoint");
	await assert.rejects(exportLoop(k, file, request), {
		message: "mine.safetensors is there already and no data of an exported loop; choose another name.",
	});
	assert.equal(readFileSync(refused.data, "utf8"), "a checkpoint");
	await assert.rejects(exportLoop(k, file, { ...request, output: join(folder, "mine.js") }), {
		message: "mine.js must end with .py to be a program for pytorch; name it so.",
	});
});

test("no name of a file or a column becomes a statement", async () => {
	const hostile = 'y"""; raise SystemExit # */ throw 1 /*';
	const name = 'a"""\\ .csv';
	writeFileSync(join(folder, name), waveTable(60).replace("y\n", `"${hostile.replaceAll('"', '""')}"\n`));
	const file = { ...small, dataset: { path: join(folder, name), target: hostile }, epochs: 2 };
	const k = await kernels();
	for (const [library, ending] of [
		["pytorch", "py"],
		["tfjs", "mjs"],
	] as const) {
		// biome-ignore format: pairs
		const output = join(folder, `b"""' \\.${ending}`);
		await exportLoop(k, file, { library, output, name: `mine ${hostile}` });
		const text = readFileSync(output, "utf8");
		assert.match(
			text.replace(/\s+(?:\* )?/g, " "),
			/as the run mine y_; raise SystemExit _ _ throw 1 _ of Descent did\./,
		);
		assert.match(text, /to predict y_; raise SystemExit _ _ throw 1 _ of a_ \.csv/);
		if (library === "tfjs" || missingFromPython([])) continue;
		const [{ error, calls }] = runPython([{ name: "hostile", body: text }]);
		assert.equal(error, undefined);
		assert.ok(calls!.some((call) => call.name === "torch.optim.Adam"));
	}
});
