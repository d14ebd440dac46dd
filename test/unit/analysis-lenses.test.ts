// What lenses say above mini-batch sizes and loops: counts and memory worked out by hand, flags and their fixes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { flagsOf } from "../../src/analysis/batches/flags.ts";
import { type Lens, lensesOf, type Surroundings, type TextKind } from "../../src/analysis/index.ts";
import { stepMemory } from "../../src/engine/model/step-memory.ts";
import { analyze } from "../support/analysis.ts";

const PYTORCH = `import torch
from torch import nn

BATCH = 64
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
loader = torch.utils.data.DataLoader(data, batch_size=BATCH, shuffle=True)
for epoch in range(10):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
`;

async function lenses(text: string, known: Partial<Surroundings> = {}, kind: TextKind = "python"): Promise<Lens[]> {
	const { facts } = await analyze(text, kind);
	return lensesOf(facts, text, { memory: {}, runFile: kind === "runFile", ...known });
}

/** Lines from 1, with the words above them. */
async function words(text: string, known?: Partial<Surroundings>, kind?: TextKind): Promise<string[]> {
	return (await lenses(text, known, kind)).map(
		({ at, text: said, runs }) => `${text.slice(0, at.start).split("\n").length}: ${said}${runs ? " [run]" : ""}`,
	);
}

test("memory of a step: X, Y, A and dA, W and dW, and the optimizer's averages, by hand", () => {
	// 4-8-3, 32 rows: X 128, Y 96, A 32 * 11 = 352, dA 352: 928 numbers. W and b: 4 * 8 + 8 + 8 * 3 + 3 = 67.
	assert.deepEqual(stepMemory([4, 8, 3], 32, 2), {
		miniBatch: 3712,
		parameters: 268,
		gradients: 268,
		optimizerState: 536,
		total: 4784,
	});
	// Linear regression of 10 features by plain gradient descent, one row: X 10, Y 1, A 1, dA 1; 11 parameters.
	assert.equal(stepMemory([10, 1], 1, 0).total, 4 * (13 + 11 + 11));
});

test("m, steps, updates and memory where the size is written; epochs and updates at the loop", async () => {
	// 782 steps of 64 are 50,000 rows and 48 more; 64 rows: 1,856 numbers, 7,424 bytes, with 1,072 for 67 parameters.
	assert.deepEqual(await words(PYTORCH, { rows: 50_000 }), [
		"4: m 50,000 · 782 steps per epoch · 7,820 updates · 8.5 KB a mini-batch",
		"8: 10 epochs · 7,820 updates [run]",
	]);
	assert.deepEqual(await words(PYTORCH), ["4: m unknown · 8.5 KB a mini-batch", "8: 10 epochs [run]"]);
	const dropped = PYTORCH.replace("shuffle=True", "shuffle=True, drop_last=True");
	assert.match((await words(dropped, { rows: 50_000 }))[0], /781 steps per epoch · 7,810 updates/);
	const optimizer = async (call: string) =>
		(await words(PYTORCH.replace("Adam(model.parameters(), lr=1e-3)", call)))[0].split(" · ").at(-1);
	// 7,424 for the rows, 536 for W and dW; 268 for each average.
	assert.equal(await optimizer("SGD(model.parameters(), lr=0.1)"), "8.0 KB a mini-batch");
	assert.equal(await optimizer("SGD(model.parameters(), lr=0.1, momentum=0.9)"), "8.2 KB a mini-batch");
	assert.equal(await optimizer("Adam(model.parameters(), amsgrad=True)"), "8.8 KB a mini-batch");
	assert.equal(await optimizer("LBFGS(model.parameters())"), "4: m unknown", "not known is not said");
	assert.deepEqual(await words(PYTORCH.replace("nn.ReLU()", "nn.Conv2d(1, 2, 3)")), [
		"4: m unknown",
		"8: 10 epochs [run]",
	]);
});

test("Keras, TensorFlow.js and run files", async () => {
	const keras = `import keras
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(8), keras.layers.Dense(3)])
model.compile(optimizer="adam", loss="mse")
model.fit(
    x, y,
    batch_size=64,
    epochs=5,
)
`;
	assert.deepEqual(await words(keras, { rows: 6400 }), [
		"4: 5 epochs · 500 updates [run]",
		"6: m 6,400 · 100 steps per epoch · 500 updates · 8.5 KB a mini-batch",
	]);
	const oneLine = keras.replace(/\n {4}/g, "").replace(",\n)", ")");
	assert.deepEqual(await words(oneLine, { rows: 6400 }), [
		"4:  [run]",
		"4: m 6,400 · 100 steps per epoch · 500 updates · 8.5 KB a mini-batch",
	]);
	const js = `import * as tf from "@tensorflow/tfjs";
await model.fit(xs, ys, { batchSize: 128, epochs: 2 });
`;
	assert.deepEqual(await words(js, { rows: 12_800 }, "javascript"), [
		"2:  [run]",
		"2: m 12,800 · 100 steps per epoch · 200 updates",
	]);
	const run = '{ "dataset": { "path": "a.csv" }, "model": { "layers": [8] },\n"batchSize": 64, "epochs": 3 }';
	assert.deepEqual(await words(run, { rows: 6400, model: { features: 4, outputs: 3 } }, "runFile"), [
		"1:  [run]",
		"2: m 6,400 · 100 steps per epoch · 300 updates · 8.5 KB a mini-batch",
	]);
});

const flags = (size: number, rows?: number, more = {}) =>
	flagsOf({ size, rows, summed: 1, dropsLast: false, memory: {}, ...more }).map(({ text }) => text);

test("flags, and sizes that have none", () => {
	for (const size of [64, 128, 256, 512]) assert.deepEqual([flags(size), flags(size, 50_000)], [[], []]);
	assert.deepEqual(flags(1, 50_000), ["one row at a time: try 256"]);
	assert.deepEqual(flags(100, 50_000), ["not a power of two: try 128"]);
	assert.deepEqual(flags(96, 50_000), ["not a power of two: try 64"]);
	assert.deepEqual(flags(32, 50_000), ["below 64: try 64"]);
	assert.deepEqual(flags(1000, 50_000), ["above 512: try 512"]);
	assert.deepEqual(flags(64, 2000), ["small data: try full batch"]);
	assert.deepEqual(flags(64, 2001), []);
	assert.deepEqual(flags(2000, 2000), []);
	assert.deepEqual(flags(50_000, 50_000), ["one update per epoch: try 256"]);
	assert.deepEqual(flags(4096, 3000), ["more than m: try 64"]);
	assert.deepEqual(flags(4096, 300), ["more than m: try full batch"]);
	// 6,400 is 25 * 256; 5,120 is 10 * 512.
	assert.deepEqual(flags(64, 6401), ["last mini-batch of 1: try 512"]);
	assert.deepEqual(flags(64, 5121), ["last mini-batch of 1"]);
	assert.deepEqual(flags(64, 6401, { dropsLast: true }), []);
	// Four mini-batches of 16 are summed for a step.
	assert.deepEqual(flags(16, 50_000, { summed: 4 }), []);
	assert.deepEqual(flags(16, 50_000, { summed: undefined }), []);
	const bytes = (size: number) => size * 1e6;
	assert.deepEqual(flags(256, 50_000, { bytes, memory: { cpu: 1e9, gpu: 1e8 } }), [
		"does not fit in GPU memory: try 64",
	]);
	assert.deepEqual(flags(256, 50_000, { bytes, memory: { cpu: 100, gpu: 1e9 } }), ["does not fit in memory"]);
});

test("a flag's fix replaces the number where it is written", async () => {
	const mend = async (text: string, known: Partial<Surroundings>, kind?: TextKind) => {
		const { fixes } = (await lenses(text, known, kind)).find((lens) => lens.fixes.length > 0)!;
		const [{ start, end, text: put }] = fixes[0].edits;
		return [fixes[0].title, text.slice(0, start) + put + text.slice(end)];
	};
	const odd = PYTORCH.replace("= 64", "= 100");
	const [title, mended] = await mend(odd, { rows: 50_000 });
	assert.equal(title, "Mini-batch of 128 (not a power of two)");
	assert.equal(mended, PYTORCH.replace("= 64", "= 128"));
	assert.match((await mend(PYTORCH, { rows: 500 }))[1], /\nBATCH = 500\n/);
	const inside = PYTORCH.replace("batch_size=BATCH", "batch_size=64");
	assert.match((await mend(inside, { rows: 500 }))[1], /DataLoader\(data, batch_size=len\(data\), shuffle=True\)/);
	const run = '{ "dataset": { "path": "a.csv" }, "batchSize": 64 }';
	assert.match((await mend(run, { rows: 500 }, "runFile"))[1], /"batchSize": "full" }/);
	// A number that is computed is nobody's to replace.
	const computed = PYTORCH.replace("= 64", "= 10 * 10");
	assert.deepEqual((await lenses(computed, { rows: 50_000 }))[0].fixes, []);
});

test("lenses stay where they are while a number is typed digit by digit", async () => {
	for (const [from, typed] of [
		["BATCH = 64", "BATCH = 10245"],
		["range(10)", "range(1250)"],
	]) {
		const seen = new Set<string>();
		const first = /\d/.exec(typed)!.index;
		const last = typed.length - (typed.endsWith(")") ? 1 : 0);
		for (let digits = first + 1; digits <= last; digits++) {
			const text = PYTORCH.replace(from, typed.slice(0, digits) + typed.slice(last));
			for (const rows of [undefined, 500, 50_000]) {
				const said = await words(text, { rows });
				seen.add(said.map((line) => line.split(":")[0]).join());
			}
		}
		assert.deepEqual([...seen], ["4,8"], typed);
	}
});

test("m is what is left when the program keeps rows from training", async () => {
	const fit = "import keras\nmodel = keras.Sequential()\nmodel.fit(x, y, batch_size=64, validation_split=0.2)\n";
	assert.match((await words(fit, { rows: 5000 })).join(), /m 4,000 · 63 steps per epoch/);
	assert.match((await words(fit.replace("0.2", "share"), { rows: 5000 })).join(), /m unknown/);
});
