import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { trainSchema } from "../../scripts/schema.ts";
import { checkRunFile, parseRunFile } from "../../src/engine/run-file.ts";

test("the schema that ships is made from the shapes that refuse; `npm run schema` writes it", () => {
	const shipped = JSON.parse(readFileSync(new URL("../../schemas/train.schema.json", import.meta.url), "utf8"));
	assert.deepEqual(shipped, JSON.parse(trainSchema()));
	assert.ok(shipped.properties.optimizer.properties.learningRate.description);
	assert.equal(shipped.additionalProperties, false);
});

test("a full run file passes", () => {
	const file = {
		dataset: {
			...{ path: "t.csv", target: "y", task: "regression", features: ["a", "b"] },
			...{ split: { dev: 0.3, test: 0.1, seed: 4, stratify: false }, missing: "drop", scaling: "minMax" },
		},
		model: { layers: [8, 4], activation: "gelu", initialization: "he" },
		optimizer: { name: "adam", preset: "keras", learningRate: 0.01, amsgrad: true },
		decay: {
			name: "piecewise",
			points: [
				{ epoch: 3, rate: 0.1 },
				{ step: 500, rate: 0 },
			],
			warmup: 10,
		},
		batchSize: "auto",
		epochs: 10,
		l2: 0.1,
		clip: { norm: 1 },
		seed: 3,
		earlyStopping: { patience: 5, minDelta: 0.01, restoreBest: false },
	};
	assert.equal(checkRunFile(file), file);
});

const WRONG: [object, RegExp][] = [
	[{}, /^dataset is missing\.$/],
	[{ dataset: { path: "" } }, /^dataset\.path must be a non-empty text\.$/],
	[{ dataset: { path: "t.csv", features: [] } }, /^dataset\.features must have at least 1 entry\.$/],
	[
		{ dataset: { path: "t.csv", missing: "skip" } },
		/^dataset\.missing must be one of impute, drop, refuse, not "skip"\.$/,
	],
	[
		{ dataset: { path: "t.csv", devShare: 0.3 } },
		/^"dataset\.devShare" is not a known key; dataset takes path, target, /,
	],
	[
		{ dataset: { path: "t.csv", split: { test: 0.75 } } },
		/^dataset\.split\.test must leave a tenth of the rows to training: it is 0\.75, and the dev share 0\.2\.$/,
	],
	[{ epochs: 1.5 }, /^epochs must be a whole number from 1 to 10000000, not 1\.5\.$/],
	[{ model: { layers: [3, 0] } }, /^model\.layers\[1\] must be a whole number from 1 to 65536, not 0\.$/],
	[{ model: { layers: "64" } }, /^model\.layers must be a list\.$/],
	[{ optimizer: { name: "adam", beta2: 1 } }, /^optimizer\.beta2 must be at least 0 and below 1, not 1\.$/],
	[{ optimizer: { name: "adam", amsgrad: "yes" } }, /^optimizer\.amsgrad must be true or false, not "yes"\.$/],
	[{ optimizer: { name: "momentum", beta1: 0.9 } }, /^optimizer\.beta1 is no parameter of momentum; it takes /],
	[{ decay: { name: "cosine", rate: 1 } }, /^decay\.rate is no parameter of cosine; it takes end, per, warmup\.$/],
	[
		{ decay: { name: "piecewise", points: [{ rate: 1 }] } },
		/^decay\.points\[0\] must have one of "epoch" and "step"\.$/,
	],
	[{ batchSize: "half" }, /^batchSize must be a whole number of at least 1, "full" or "auto", not "half"\.$/],
	[{ earlyStopping: { patience: 0 } }, /^earlyStopping\.patience must be a whole number from 1 to 10000000, not 0\.$/],
	[{ earlyStopping: true }, /^earlyStopping must be an object\.$/],
	[{ clip: { norm: 0 } }, /^clip\.norm must be a number above 0, not 0\.$/],
	[{ learningRate: 1 }, /^"learningRate" is not a known key; the run file takes dataset, /],
	[{ epoch: 3 }, /^"epoch" is not a known key; did you mean "epochs"\?$/],
	[{ optimizer: { name: "adam", learningrate: 1 } }, /^"optimizer\.learningrate" .* did you mean "learningRate"\?$/],
	[{ lr: 1 }, /^"lr" is not a known key; the run file takes /],
];
for (const [change, sentence] of WRONG) {
	test(`refused: ${JSON.stringify(change)}`, () => {
		const file = Object.keys(change).length === 0 ? {} : { dataset: { path: "t.csv" }, ...change };
		assert.throws(() => checkRunFile(file), { message: sentence });
	});
}

test("a byte order mark, which some editors write, is no part of a run file", () => {
	assert.deepEqual(parseRunFile("/a.train.json", '\ufeff{ "dataset": { "path": "t.csv" } }'), {
		dataset: { path: "/t.csv" },
	});
});
