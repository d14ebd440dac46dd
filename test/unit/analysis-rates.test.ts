// Learning rates that schedules give, beside those of the libraries themselves.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { curveOf, initialRate, knownRun } from "../../src/analysis/rates/index.ts";
import { analyze } from "../support/analysis.ts";

const HEADS: Record<string, string> = {
	pytorch: "import torch\nfrom torch.optim.lr_scheduler import *\no = torch.optim.SGD(p, lr=0.1, momentum=0.9)\ns = ",
	keras: "import keras\ns = keras.optimizers.schedules.",
	jax: "import optax\ns = optax.",
};

async function curve(text: string, rows?: number) {
	const { facts } = await analyze(text);
	const a0 = initialRate(facts, facts.schedules[0]);
	return a0 === undefined ? undefined : curveOf(facts.schedules[0], a0, knownRun(facts, rows));
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
	assert.equal(compared, 36);
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
	const groups =
		"import torch\no = torch.optim.SGD([{'params': a, 'lr': 0.01}], lr=0.1)\ns = torch.optim.lr_scheduler.StepLR(o, 3)\n";
	assert.equal(await curve(groups), undefined, "two groups of parameters, two rates");
});
