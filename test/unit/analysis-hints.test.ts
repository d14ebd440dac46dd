// Hints at hyperparameters: their words, their numbers, their silence.
import assert from "node:assert/strict";
import { test } from "node:test";
import { hintsOf, type TextKind } from "../../src/analysis/index.ts";
import { analyze } from "../support/analysis.ts";

/** The text with every hint in place, between angle brackets; and the tooltips. */
async function hinted(text: string, { rows, kind }: { rows?: number; kind?: TextKind } = {}) {
	const hints = hintsOf((await analyze(text, kind)).facts, rows === undefined ? undefined : { rows });
	const shown = hints.toReversed().reduce((t, h) => `${t.slice(0, h.offset)}<${h.text}>${t.slice(h.offset)}`, text);
	return { shown, tooltips: hints.map((h) => h.tooltip) };
}

/** The line that holds the first hint. */
async function line(text: string, options?: { rows?: number; kind?: TextKind }) {
	return (await hinted(text, options)).shown.split("\n").find((l) => l.includes("<"));
}

const torch = (call: string) => `import torch\no = torch.optim.${call}\n`;

test("betas: how far back an average reaches, 1 / (1 - b) steps", async () => {
	assert.equal(
		await line(torch("Adam(p, betas=(0.9, 0.999))")),
		"o = torch.optim.Adam(p, betas=(0.9<about 10 steps>, 0.999<about 1,000 steps>))",
	);
	assert.equal(await line(torch("RMSprop(p, alpha=0.98)")), "o = torch.optim.RMSprop(p, alpha=0.98<about 50 steps>)");
	assert.equal(
		await line(torch("Adam(p, betas=(0.5, 0.9))")),
		"o = torch.optim.Adam(p, betas=(0.5<about 2 steps>, 0.9<about 10 steps>))",
	);
	assert.equal(
		await line("import keras\nkeras.optimizers.Adadelta(rho=0.95)\n"),
		"keras.optimizers.Adadelta(rho=0.95<about 20 steps>)",
	);
	assert.equal(
		await line("import optax\noptax.lion(1e-4, b1=0.9, b2=0.99)\n"),
		"optax.lion(1e-4, b1=0.9, b2=0.99<about 100 steps>)",
		"Lion's b1 mixes the newest gradient in and is no average of its own",
	);
});

test("momentum: PyTorch, Keras, TensorFlow.js and optax sum the gradients up", async () => {
	const { shown, tooltips } = await hinted(torch("SGD(p, lr=0.01, momentum=0.9)"));
	assert.match(shown, /momentum=0\.9<acts as a ×10 after about 10 steps>\)/);
	// 1 + 0.9 + ... + 0.9^9 = (1 - 0.9^10) / 0.1 = 6.5132; (1 - 0.9^20) / 0.1 = 8.7842
	assert.match(tooltips[0], /first one is undamped/);
	assert.match(tooltips[0], /×1 at step 1, ×6\.51 at step 10, ×8\.78 at step 20/);
	assert.match(tooltips[0], /learning rate of 0\.01 acts as 0\.1\./);
	assert.match(
		(await line("import keras\nkeras.optimizers.SGD(0.1, momentum=0.8)\n"))!,
		/<acts as a ×5 after about 5 steps>/,
	);
	assert.match(
		(await line('import * as tf from "@tensorflow/tfjs";\ntf.train.momentum(0.1, 0.95);\n', { kind: "typescript" }))!,
		/0\.95<acts as a ×20 after about 20 steps>/,
	);
	assert.match((await line("import optax\noptax.sgd(0.1, momentum=0.9)\n"))!, /<acts as a ×10 after/);
	const damped = await hinted(torch("SGD(p, lr=0.01, momentum=0.9, dampening=0.5)"));
	assert.match(damped.shown, /0\.9<acts as a ×5 after about 10 steps>, damp/);
	// V1 = g; V2 = 0.9 g + 0.5 g
	assert.match(damped.tooltips[0], /undamped: it takes the whole gradient \(×1 at step 1/);
	assert.equal(await line(torch("SGD(p, momentum=0.9, dampening=d)")), undefined, "what it comes to hangs on d");
});

test("epsilon: inside or outside of the root", async () => {
	assert.match((await line(torch("Adam(p, eps=1e-8)")))!, /1e-8<outside root>/);
	assert.match((await line(torch("Adadelta(p, eps=1e-6)")))!, /1e-6<inside root>/);
	const keras = await hinted("import keras\nkeras.optimizers.Adam(epsilon=1e-7)\n");
	assert.match(keras.shown, /1e-7<outside root>/);
	// 1e-7 / sqrt(1 - 0.999) = 3.1623e-6
	assert.match(keras.tooltips[0], /before its bias correction: at the first step it acts as 0\.00000316/);
	assert.match((await line("import keras\nkeras.optimizers.RMSprop(epsilon=1e-7)\n"))!, /<inside root>/);
	assert.match((await line("import optax\noptax.rmsprop(0.1, eps=1e-8)\n"))!, /1e-8<inside root>/);
	assert.match(
		(await line("import optax\noptax.rmsprop(0.1, eps=1e-8, eps_in_sqrt=False)\n"))!,
		/1e-8<outside root>, eps_in_sqrt=False\)/,
	);
	assert.equal(await line("import optax\noptax.rmsprop(0.1, eps=1e-8, eps_in_sqrt=flag)\n"), undefined);
	assert.equal(await line(torch("Adamax(p, eps=1e-8)")), undefined, "there is no root");
});

const loop = (schedule: string, epochs = 50) => `import torch
from torch.utils.data import DataLoader
o = torch.optim.SGD(p, lr=0.1)
s = torch.optim.lr_scheduler.${schedule}
loader = DataLoader(data, 64, shuffle=True)
for epoch in range(${epochs}):
    for x, y in loader:
        o.zero_grad()
        loss(x, y).backward()
        o.step()
    s.step()
`;

test("decay rates: half-life, and the rate when the last epoch is over", async () => {
	// ln 0.5 / ln 0.95 = 13.513; 0.1 * 0.95^50 = 0.0076945; 0.1 * 0.95^49 = 0.0080995
	const { shown, tooltips } = await hinted(loop("ExponentialLR(o, gamma=0.95)"));
	assert.match(shown, /gamma=0\.95<0\.00769 after 50 epochs, half-life 13\.5>/);
	assert.match(tooltips[0], /From 0\.1 to 0\.0081 in the last epoch; 0\.00769 once 50 epochs are over/);
	assert.match((await line(loop("StepLR(o, 20, gamma=0.1)")))!, /gamma=0\.1<0\.001 after 50 epochs>/);
	assert.match((await line(loop("MultiStepLR(o, [30, 40], gamma=0.5)")))!, /0\.5<0\.025 after 50 epochs>/);
	assert.match(
		(await line(`${torch("SGD(p, lr=0.1)")}s = torch.optim.lr_scheduler.ExponentialLR(o, 0.5)\n`))!,
		/0\.5<half-life 1 call of step\(\)>/,
	);
	const two = loop("ExponentialLR(o, gamma=0.95)").replace(
		"loader =",
		"t = torch.optim.lr_scheduler.StepLR(o, 9)\nloader =",
	);
	assert.match((await line(two))!, /<half-life 13\.5 epochs>/, "two schedules: nobody knows where they end");
});

test("steps in epochs of this dataset, and a decay by them", async () => {
	const text = `import keras
rate = keras.optimizers.schedules.ExponentialDecay(0.1, decay_steps=1000, decay_rate=0.5)
model = keras.Sequential([keras.layers.Dense(1)])
model.compile(optimizer=keras.optimizers.SGD(rate), loss="mse")
model.fit(x, y, batch_size=32, epochs=10)
`;
	// ceil(5000 / 32) = 157 steps; 1000 / 157 = 6.369 epochs; 0.1 * 0.5^(1570 / 1000) = 0.033679
	const { shown, tooltips } = await hinted(text, { rows: 5000 });
	assert.match(shown, /decay_steps=1000<6\.37 epochs>, decay_rate=0\.5<0\.0337 after 10 epochs, half-life 6\.37>/);
	assert.match(shown, /batch_size=32<157 steps per epoch>/);
	assert.match(tooltips.at(-1)!, /5,000 rows in mini-batches of 32: 157, the last one of 8 rows\./);
	assert.match(
		(await hinted(text)).shown,
		/decay_steps=1000, decay_rate=0\.5<half-life 1,000 steps>\)/,
		"without rows",
	);
	const optax =
		"import optax\nrate = optax.warmup_cosine_decay_schedule(0.0, 0.1, 100, 1000)\nopt = optax.adam(rate)\n";
	const batched = `${optax}from torch.utils.data import DataLoader\nd = DataLoader(data, batch_size=50)\n`;
	assert.match((await hinted(batched, { rows: 5000 })).shown, /100<1 epoch>, 1000<10 epochs>/);
});

test("updates are not counted where gradients are summed over mini-batches", async () => {
	const text =
		"import transformers\na = transformers.TrainingArguments('o', per_device_train_batch_size=10, warmup_steps=50, gradient_accumulation_steps=4)\n";
	const { shown, tooltips } = await hinted(text, { rows: 1000 });
	assert.match(shown, /train_batch_size=10<100 steps per epoch>, warmup_steps=50, grad/);
	assert.match(tooltips[0], /Gradients of 4 of them are summed for an update/);
	const each = await hinted(text.replace(", gradient_accumulation_steps=4", ""), { rows: 1000 });
	assert.match(each.shown, /warmup_steps=50<0\.5 epochs>/);
});

test("batch sizes: steps per epoch of the training data alone", async () => {
	const text =
		"from torch.utils.data import DataLoader\ntrain = DataLoader(a, batch_size=64, drop_last=True)\nval_loader = DataLoader(b, batch_size=256)\n";
	assert.match(
		(await hinted(text, { rows: 1000 })).shown,
		/batch_size=64<15 steps per epoch>, drop_last=True\)\nval_loader = DataLoader\(b, batch_size=256\)\n$/,
	);
	assert.equal(await line(text), undefined, "rows are not known");
});

test("what the program keeps from training is no part of an epoch", async () => {
	const trained = (share: string) =>
		`import keras\nmodel = keras.Sequential()\nmodel.fit(x, y, batch_size=10, validation_split=${share})\n`;
	assert.match((await line(trained("0.2"), { rows: 1000 }))!, /batch_size=10<80 steps per epoch>/);
	assert.equal(await line(trained("share"), { rows: 1000 }), undefined);
	const made = `import numpy as np\n${trained("0.25").replace("fit(x", "fit(np.zeros((400, 3))")}`;
	assert.match((await line(made))!, /<30 steps per epoch>/, "300 of 400 made rows");
	const split = (call: string) =>
		`from sklearn.model_selection import train_test_split\nfrom torch.utils.data import DataLoader\na, b = train_test_split(data${call})\nd = DataLoader(a, batch_size=10)\n`;
	assert.match((await line(split(", test_size=0.3"), { rows: 1000 }))!, /<70 steps per epoch>/);
	assert.match((await line(split(", test_size=100"), { rows: 1000 }))!, /<90 steps per epoch>/);
	assert.match((await line(split(""), { rows: 1000 }))!, /<75 steps per epoch>/, "a quarter, when nothing is said");
	assert.equal(await line(split(", train_size=0.5"), { rows: 1000 }), undefined);
	assert.equal(await line(`${split("")}c, e = train_test_split(a)\n`, { rows: 1000 }), undefined, "a split of a split");
	const random =
		"import torch\nfrom torch.utils.data import DataLoader, random_split\na, b = random_split(data, [800, 200])\nd = DataLoader(a, batch_size=10)\n";
	assert.match((await line(random, { rows: 5 }))!, /<80 steps per epoch>/, "the text's own numbers");
	assert.equal(await line(random.replace("[800, 200]", "lengths"), { rows: 1000 }), undefined);
	const tfjs =
		'import * as tf from "@tensorflow/tfjs";\nconst model = tf.sequential();\nmodel.fit(x, y, { batchSize: 10, validationSplit: 0.5 });\n';
	assert.match((await line(tfjs, { rows: 1000, kind: "typescript" }))!, /batchSize: 10<50 steps per epoch>/);
});

test("run files: the engine's own forms and defaults", async () => {
	const file = (rest: string) => `{ "dataset": { "path": "a.csv" }, ${rest} }`;
	const show = async (rest: string, rows?: number) =>
		(await hinted(file(rest), { kind: "runFile", rows })).shown.slice(36);
	assert.match(
		await show('"optimizer": { "name": "momentum", "beta": 0.9 }'),
		/0\.9<about 10 steps>/,
		"the notes' form averages",
	);
	assert.match(
		await show('"optimizer": { "name": "momentum", "preset": "pytorch", "beta": 0.9 }'),
		/0\.9<acts as a ×10 after about 10 steps>/,
	);
	assert.match(
		await show('"optimizer": { "name": "momentum", "form": "classical", "biasCorrection": true, "beta": 0.9 }'),
		/"beta": 0\.9<acts as a ×10>/,
	);
	assert.match(await show('"optimizer": { "name": "rmsprop", "epsilon": 1e-8 }'), /<inside root>/);
	assert.match(
		await show('"optimizer": { "name": "rmsprop", "epsilonPlacement": "outside", "epsilon": 1e-8 }'),
		/<outside root>/,
	);
	// 0.2 / (1 + 1 * 5): the notes count the first epoch as 1, so that 4 epochs end with 0.04 and the next would have 0.0333
	const inverse =
		'"optimizer": { "name": "adam", "learningRate": 0.2 }, "decay": { "name": "inverseTime", "rate": 1 }, "epochs": 4';
	assert.match(await show(inverse), /"rate": 1<0\.0333 after 4 epochs>/);
	assert.match((await hinted(file(inverse), { kind: "runFile" })).tooltips[0], /From 0\.1 to 0\.04 in the last epoch/);
	assert.match(
		await show(
			'"optimizer": { "name": "adam" }, "decay": { "name": "staircase", "factor": 0.5, "every": 10 }, "epochs": 30',
		),
		/0\.5<0\.000125 after 30 epochs>, "every": 10 \}/,
		"0.001 * 0.5^3",
	);
	assert.match(await show('"batchSize": 64', 800), /64<13 steps per epoch>/);
	assert.match(await show('"batchSize": 64, "decay": { "name": "cosine", "warmup": 26 }', 800), /26<2 epochs>/);
	assert.doesNotMatch(await show('"batchSize": "full"', 800), /</);
});

test("values that cannot be known, and those out of range, are passed over", async () => {
	for (const call of [
		"SGD(p, momentum=m)",
		"SGD(p, momentum=0)",
		"SGD(p, momentum=1.0)",
		"Adam(p, betas=b)",
		"SGD(p)",
		"Adam(p)",
	])
		assert.equal(await line(torch(call)), undefined, call);
	const twice = "import torch\nb = 0.9\no = torch.optim.SGD(p, momentum=b)\nq = torch.optim.Adam(p, betas=(b, 0.99))\n";
	assert.match(
		(await hinted(twice)).shown,
		/momentum=b<acts as a ×10[^>]*>\)\n.*\(b<about 10 steps>, 0\.99<about 100 steps>\)/,
	);
	const shared =
		"import torch\nbetas = (0.9, 0.99)\no = torch.optim.Adam(p, betas=betas)\nq = torch.optim.AdamW(p, betas=betas)\n";
	assert.match(
		(await hinted(shared)).shown,
		/betas = \(0\.9<about 10 steps>, 0\.99<about 100 steps>\)\n/,
		"once, where they are written",
	);
});
