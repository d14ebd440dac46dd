// Learning rates that schedules give, beside those of the libraries themselves.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { curveOf, initialRate, knownRun } from "../../src/analysis/rates/index.ts";
import { analyze } from "../support/analysis.ts";

const HEADS: Record<string, string> = {
	pytorch: "import torch\nfrom torch.optim.lr_scheduler import *\no = torch.optim.SGD(p, lr=0.1, momentum=0.9)\ns = ",
	keras: "from keras.optimizers.schedules import *\ns = ",
	jax: "from optax import *\ns = ",
};

async function curve(text: string, rows?: number) {
	const { facts } = await analyze(text);
	const schedule = facts.schedules.find((s) => s.decay === "sequence") ?? facts.schedules[0];
	const a0 = initialRate(facts, schedule);
	return a0 === undefined ? undefined : curveOf(facts, schedule, a0, knownRun(facts, rows));
}

test("every curve is what PyTorch, Keras and optax give", async () => {
	const golden = JSON.parse(await readFile(new URL("../golden/rates/libraries.json", import.meta.url), "utf8"));
	let compared = 0;
	for (const [library, schedules] of Object.entries(golden)) {
		for (const [made, rates] of Object.entries(schedules as Record<string, number[]>)) {
			const found = await curve(`${HEADS[library]}${made}\n`);
			assert.ok(found, made);
			for (const [k, rate] of rates.entries())
				assert.ok(Math.abs(found.rate(k) - rate) < 2e-8, `${made} at ${k}: ${found.rate(k)}, not ${rate}`);
			assert.ok(found.extent > 0, made);
			compared++;
		}
	}
	assert.equal(compared, 39);
});

test("transformers' schedules: a warm-up from 0, then down", async () => {
	const head = "import torch\nimport transformers\no = torch.optim.AdamW(p, lr=0.1)\ns = transformers.";
	const linear = (await curve(`${head}get_linear_schedule_with_warmup(o, 4, 14)\n`))!;
	assert.deepEqual([0, 2, 4, 9, 14, 20].map(linear.rate), [0, 0.05, 0.1, 0.05, 0, 0]);
	const cosine = (await curve(
		`${head}get_cosine_schedule_with_warmup(o, num_warmup_steps=4, num_training_steps=14)\n`,
	))!;
	assert.ok(Math.abs(cosine.rate(9) - 0.05) < 1e-12);
	assert.ok(Math.abs(cosine.rate(14)) < 1e-12);
	const arguments_ =
		"import transformers\na = transformers.TrainingArguments('out', learning_rate=0.1, num_train_epochs=2, warmup_ratio=0.1, per_device_train_batch_size=10)\n";
	const trained = (await curve(arguments_, 100))!;
	assert.deepEqual([0, 1, 2, 11, 20].map(trained.rate), [0, 0.05, 0.1, 0.05, 0], "20 steps, 2 of them warm-up");
	assert.equal(await curve(arguments_), undefined, "rows are not known");
});

test("a curve that hangs on what is not known is no curve", async () => {
	assert.equal(await curve(`${HEADS.pytorch}StepLR(o, every())\n`), undefined);
	assert.equal(await curve(`${HEADS.pytorch}OneCycleLR(o, 0.1, total_steps=20, three_phase=True)\n`), undefined);
	assert.equal(await curve(`${HEADS.pytorch}LambdaLR(o, lambda e: 0.9 ** e)\n`), undefined);
	assert.equal(await curve(`${HEADS.keras}CosineDecay(0.1, steps)\n`), undefined);
	assert.equal(await curve(`${HEADS.keras}CosineDecay(rate(), 100)\n`), undefined);
	assert.equal(await curve(`${HEADS.jax}piecewise_constant_schedule(0.1, {5: 0.5})\n`), undefined);
	const parts = "SequentialLR(o, [LinearLR(o), LambdaLR(o, f)], [4])";
	assert.equal(await curve(`${HEADS.pytorch}${parts}\n`), undefined, "of a sequence, a part");
	const groups =
		"import torch\no = torch.optim.SGD([{'params': a, 'lr': 0.01}], lr=0.1)\ns = torch.optim.lr_scheduler.StepLR(o, 3)\n";
	assert.equal(await curve(groups), undefined, "two groups of parameters, two rates");
});

test("run files: the engine's rates; points, and steps where they are needed", async () => {
	const of = async (decay: string, rows?: number) => {
		const text = `{ "dataset": { "path": "a.csv" }, "optimizer": { "name": "adam", "learningRate": 0.1 }, "decay": ${decay}, "epochs": 8, "batchSize": 10 }`;
		const { facts } = await analyze(text, "runFile");
		return curveOf(facts, facts.schedules[0], 0.1, knownRun(facts, rows));
	};
	const points = (await of(
		'{ "name": "piecewise", "points": [{ "epoch": 2, "rate": 0.05 }, { "epoch": 5, "rate": 0.01 }] }',
	))!;
	assert.deepEqual([0, 1, 2, 4, 5, 7].map(points.rate), [0.1, 0.1, 0.05, 0.05, 0.01, 0.01]);
	const steps = '{ "name": "piecewise", "points": [{ "step": 31, "rate": 0.05 }] }';
	assert.equal(await of(steps), undefined, "steps of an epoch are not known");
	assert.deepEqual(
		[2.9, 3].map((await of(steps, 100))!.rate),
		[0.1, 0.05],
		"10 steps an epoch: the 31st opens epoch 3",
	);
	assert.equal(await of('{ "name": "piecewise", "points": [{ "epoch": "two" }] }'), undefined);
	// 0.1 * (1 + cos(pi / 2)) / 2
	assert.ok(Math.abs((await of('{ "name": "cosine" }'))!.rate(4) - 0.05) < 1e-12);
	// k / sqrt(t): the 41st step
	assert.ok(Math.abs((await of('{ "name": "sqrtStep", "k": 1 }', 100))!.rate(4) - 0.1 / Math.sqrt(41)) < 1e-12);
	assert.equal(await of('{ "name": "sqrtStep", "k": 1 }'), undefined);
	assert.equal(await of('{ "name": "exponential", "warmup": 20 }'), undefined);
	assert.deepEqual([0, 1, 2].map((await of('{ "name": "constant", "warmup": 20 }', 100))!.rate), [
		0.005,
		(0.1 * 11) / 20,
		0.1,
	]);
});
