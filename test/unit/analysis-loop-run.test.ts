// A training loop as a run of Descent's: what is taken over, and what is said to be assumed.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { TextKind } from "../../src/analysis/index.ts";
import { loopRun, mended } from "../../src/analysis/loop-run/loop-run.ts";
import { checkRunFile } from "../../src/engine/run-file.ts";
import { Schedule } from "../../src/engine/schedules/index.ts";
import { analyze } from "../support/analysis.ts";

async function read(text: string, { rows, kind }: { rows?: number; kind?: TextKind } = {}) {
	const found = loopRun((await analyze(text, kind)).facts, rows);
	if (found) checkRunFile({ dataset: { path: "/a.csv" }, ...found.run });
	return found;
}

const torch = (lines: string, loop = "") => `import torch
from torch import nn
from torch.utils.data import DataLoader
loader = DataLoader(data, batch_size=100, shuffle=True)
model = nn.Sequential(nn.Linear(8, 64), nn.Tanh(), nn.Linear(64, 16), nn.Tanh(), nn.Linear(16, 1))
${lines}
for epoch in range(20):
    for x, y in loader:
        optimizer.zero_grad()
        loss = cost(model(x), y)
        loss.backward()
        optimizer.step()
${loop}`;

test("a PyTorch loop: optimizer with the library's variant, layers, mini-batch and epochs", async () => {
	const found = await read(
		torch("optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, nesterov=True)"),
	);
	assert.deepEqual(found, {
		run: {
			optimizer: {
				name: "momentum",
				preset: "pytorch",
				learningRate: 0.05,
				beta: 0.9,
				weightDecay: 0,
				nesterov: true,
			},
			model: { layers: [64, 16], activation: "tanh" },
			batchSize: 100,
			epochs: 20,
		},
		counts: { rows: undefined, stepsPerEpoch: undefined },
		assumed: [],
	});
});

test("a Keras model that is compiled and fitted", async () => {
	const found = await read(`import keras
model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(32, activation="gelu"), keras.layers.Dense(3, activation="softmax")])
model.compile(optimizer=keras.optimizers.Adam(learning_rate=3e-4, clipnorm=1.0), loss="categorical_crossentropy")
model.fit(x, y, epochs=12, batch_size=64)
`);
	const { optimizer, ...others } = found!.run;
	assert.deepEqual(others, {
		model: { layers: [32], activation: "gelu" },
		batchSize: 64,
		epochs: 12,
		clip: { norm: 1 },
	});
	assert.deepEqual(
		[optimizer!.name, optimizer!.preset, optimizer!.learningRate, optimizer!.epsilon],
		["adam", "keras", 3e-4, 1e-7],
	);
	assert.deepEqual(
		found!.assumed.map(({ name }) => name),
		["clipnorm"],
	);
});

test("what cannot be read is assumed, and told with the reason", async () => {
	const found = await read(`import torch
optimizer = torch.optim.Adam(net.parameters(), lr=float(input()), weight_decay=0.1)
for epoch in range(count()):
    for x, y in loader:
        loss = cost(net(x), y)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), float(input()))
        optimizer.step()
`);
	assert.deepEqual(found!.run.optimizer!.weightDecay, 0.1);
	assert.equal(found!.run.optimizer!.learningRate, undefined);
	const told = Object.fromEntries(found!.assumed.map(({ name, value }) => [name, value]));
	assert.deepEqual(told, {
		"learning rate": "0.001",
		clipping: "none",
		"batch size": "by the number of rows",
		epochs: "about 2,000 updates",
		layers: "64 and 32",
	});
	assert.ok(found!.assumed.every(({ why }) => why.length > 5 && !why.endsWith(".")));
});

test("calls that clip gradients clip those of the run", async () => {
	const clip = async (lines: string, head = "") => {
		const found = await read(torch(`${head}\noptimizer = torch.optim.Adam(model.parameters())`, `        ${lines}\n`));
		const { why } = found!.assumed.find(({ name }) => name === "clipping") ?? {};
		return why ?? found!.run.clip;
	};
	const utils = "torch.nn.utils.clip_grad";
	assert.deepEqual(await clip(`${utils}_norm_(model.parameters(), 0.5)`), { norm: 0.5 });
	assert.deepEqual(await clip(`${utils}_norm_(model.parameters(), max_norm=MOST, norm_type=2.0)`, "MOST = 2"), {
		norm: 2,
	});
	assert.deepEqual(await clip(`${utils}_value_(model.parameters(), clip_value=0.1)`), { value: 0.1 });
	const own = "from accelerate import Accelerator\naccelerator = Accelerator()";
	assert.deepEqual(await clip("accelerator.clip_grad_norm_(model.parameters(), 1.0)", own), { norm: 1 });
	assert.equal(await clip(`total = ${utils}_norm_(model.parameters(), float("inf"))`), undefined);
	assert.equal(await clip("pass"), undefined);
	assert.match(String(await clip(`${utils}_norm_(model.parameters(), 1.0, norm_type=1)`)), /Euclidean/);
	const several = `${utils}_norm_(model.parameters(), 1.0)\n        ${utils}_norm_(model.parameters(), 2.0)`;
	assert.equal(await clip(several), "the code has several limits");
	const trainer = (more = "") =>
		`import lightning as L\ntrainer = L.Trainer(max_epochs=3, gradient_clip_val=0.5${more})`;
	assert.deepEqual(await clip("pass", trainer()), { norm: 0.5 });
	assert.deepEqual(await clip("pass", trainer(', gradient_clip_algorithm="value"')), { value: 0.5 });
});

test("optimizers and layers that Descent has not are replaced, and told", async () => {
	const lbfgs = await read(torch("optimizer = torch.optim.Adamax(model.parameters(), lr=0.01)"));
	assert.deepEqual([lbfgs!.run.optimizer!.name, lbfgs!.run.optimizer!.learningRate], ["adam", 0.01]);
	assert.match(lbfgs!.assumed[0].why, /has no Adamax/);
	const dampened = await read(
		torch("optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, dampening=0.5)"),
	);
	assert.deepEqual(
		dampened!.assumed.map(({ name }) => name),
		["dampening"],
	);
	const conv = await read(
		torch("optimizer = torch.optim.Adam(model.parameters())").replace(
			"nn.Linear(8, 64), nn.Tanh()",
			"nn.Conv2d(1, 8, 3), nn.SiLU(), nn.Dropout(0.1), nn.Linear(8, 64), nn.Tanh()",
		),
	);
	assert.deepEqual(conv!.run.model, { layers: [64, 16], activation: "tanh" });
	assert.deepEqual(
		conv!.assumed.map(({ name }) => name),
		["Conv2d, SiLU, Dropout", "activation"],
	);
});

/** Rates of the engine at the first step of each epoch. */
function rates(found: Awaited<ReturnType<typeof read>>, stepsPerEpoch: number): number[] {
	const { decay, optimizer, epochs } = found!.run;
	const schedule = new Schedule(decay ?? { name: "constant" }, optimizer!.learningRate!, {
		stepsPerEpoch,
		iterations: epochs! * stepsPerEpoch,
	});
	return Array.from({ length: epochs! }, (_, epoch) => schedule.rate(epoch * stepsPerEpoch + 1));
}

function near(a: number[], b: number[], share: number): void {
	for (const [i, value] of a.entries()) {
		assert.ok(Math.abs(value - b[i]) <= share * b[i] + 1e-12, `${i}: ${value}, not ${b[i]}`);
	}
}

test("schedules give the rates that the library gives, epoch by epoch", async () => {
	const opt = "optimizer = torch.optim.Adam(model.parameters(), lr=0.1)";
	const step = "    scheduler.step()\n";
	const at = { rows: 1000 };
	const stair = await read(
		torch(`${opt}\nscheduler = torch.optim.lr_scheduler.StepLR(optimizer, 5, gamma=0.5)`, step),
		at,
	);
	near(
		rates(stair, 10),
		Array.from({ length: 20 }, (_, e) => 0.1 * 0.5 ** Math.floor(e / 5)),
		1e-9,
	);
	assert.equal(stair!.run.decay!.points!.length, 4);
	const cosine = await read(
		torch(`${opt}\nscheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=20)`, step),
		at,
	);
	near(
		rates(cosine, 10),
		Array.from({ length: 20 }, (_, e) => 0.05 * (1 + Math.cos((Math.PI * e) / 20))),
		1e-9,
	);
	const keras = await read(
		`import keras
rate = keras.optimizers.schedules.ExponentialDecay(0.1, decay_steps=100, decay_rate=0.5)
model = keras.Sequential([keras.layers.Dense(8, activation="relu"), keras.layers.Dense(1)])
model.compile(optimizer=keras.optimizers.SGD(rate), loss="mse")
model.fit(x, y, epochs=100, batch_size=10)
`,
		at,
	);
	assert.equal(keras!.run.optimizer!.learningRate, 0.1);
	assert.equal(keras!.run.decay!.points!.length, 400);
	// 10,000 steps in 400 stairs: 25 steps are a factor of 0.5^(1/4)
	near(
		rates(keras, 100),
		Array.from({ length: 100 }, (_, e) => 0.1 * 0.5 ** e),
		0.2,
	);
	assert.deepEqual([stair!.assumed, cosine!.assumed, keras!.assumed], [[], [], []]);
});

test("a schedule that cannot be followed leaves the rate constant, and says why", async () => {
	const opt = "optimizer = torch.optim.Adam(model.parameters(), lr=0.1)";
	const plateau = await read(torch(`${opt}\nscheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer)`), {
		rows: 1000,
	});
	assert.equal(plateau!.run.decay, undefined);
	assert.match(plateau!.assumed.find(({ name }) => name === "learning-rate schedule")!.why, /ReduceLROnPlateau cannot/);
	const callback = await read(`import keras
model.compile(optimizer="adam", loss="mse")
model.fit(x, y, batch_size=64, epochs=9, callbacks=[keras.callbacks.ReduceLROnPlateau(patience=3)])
`);
	assert.deepEqual(callback!.assumed[0], {
		...{ name: "learning-rate schedule", value: "constant" },
		why: "ReduceLROnPlateau cannot be followed",
	});
	const rowless = await read(
		torch(`${opt}\nscheduler = torch.optim.lr_scheduler.StepLR(optimizer, 50)`, "        scheduler.step()\n"),
	);
	assert.match(rowless!.assumed[0].why, /number of steps/);
});

test("a schedule has its name, and moves with the epochs of the run, whatever steps they have", async () => {
	const opt = "optimizer = torch.optim.Adam(model.parameters(), lr=0.1)";
	const found = await read(
		torch(`${opt}\nscheduler = torch.optim.lr_scheduler.StepLR(optimizer, 5, gamma=0.5)`, "    scheduler.step()\n"),
		{ rows: 1000 },
	);
	assert.equal(found!.schedule, "StepLR");
	assert.deepEqual(found!.counts, { rows: 1000, stepsPerEpoch: 10 });
	const expected = Array.from({ length: 20 }, (_, e) => 0.1 * 0.5 ** Math.floor(e / 5));
	for (const stepsPerEpoch of [8, 10, 1]) near(rates(found, stepsPerEpoch), expected, 1e-9);
	const plain = await read(torch(opt));
	assert.equal(plain!.schedule, undefined);
});

test("rows that the code keeps from training are the dev set, where a dev set can be so large", async () => {
	const split = (size: string) =>
		torch("optimizer = torch.optim.Adam(model.parameters())").replace(
			"loader =",
			`from sklearn.model_selection import train_test_split\ndata, rest = train_test_split(table${size})\nloader =`,
		);
	const at = { rows: 1000 };
	const share = async (size: string) => (await read(split(size), at))!;
	// 25 % is scikit-learn's own; it keeps ceil(0.333 * 1000) rows
	assert.equal((await share("")).heldOut, 0.25);
	const third = await share(", test_size=0.3331");
	assert.deepEqual([third.heldOut, third.counts], [0.334, { rows: 666, stepsPerEpoch: 7 }]);
	assert.equal((await share(", test_size=5")).heldOut, undefined);
	assert.equal((await share(", test_size=950")).heldOut, undefined);
	const typed = await share(", test_size=1.5");
	assert.deepEqual([typed.heldOut, typed.counts.rows], [undefined, undefined]);
	assert.equal((await share(", test_size=read()")).heldOut, undefined);
});

test("findings that a run has not are told apart from those that it shows", async () => {
	const text = `import torch
optimizer = torch.optim.Adam(model.parameters(), lr=3.0)
for epoch in range(20):
    for x, y in loader:
        loss = cost(model(x), y)
        loss.backward()
        optimizer.step()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
`;
	const { findings } = await analyze(text);
	assert.ok(findings.some(({ code }) => code === "learning-rate-range"));
	assert.deepEqual(mended(findings), ["missing-zero-grad", "clip-after-step"]);
});

test("TensorFlow.js, and formulas without a library", async () => {
	const tfjs = await read(
		`import * as tf from "@tensorflow/tfjs";
const model = tf.sequential({ layers: [tf.layers.dense({ units: 24, activation: "relu", inputShape: [4] }), tf.layers.dense({ units: 1 })] });
model.compile({ optimizer: tf.train.momentum(0.02, 0.9), loss: "meanSquaredError" });
await model.fit(xs, ys, { epochs: 7, batchSize: 32 });
`,
		{ kind: "typescript" },
	);
	assert.deepEqual(tfjs, {
		run: {
			optimizer: { name: "momentum", preset: "tfjs", learningRate: 0.02, beta: 0.9, nesterov: false },
			model: { layers: [24], activation: "relu" },
			batchSize: 32,
			epochs: 7,
		},
		counts: { rows: undefined, stepsPerEpoch: undefined },
		assumed: [],
	});
	assert.equal(await read("print('hello')\n"), undefined);
	assert.equal(await read("import torch\nx = torch.zeros(3)\n"), undefined);
});

test("sizes and epochs that are numbers, but none to train with, are told", async () => {
	const opt = "optimizer = torch.optim.Adam(model.parameters(), lr=0.1)";
	const changed = (what: string, put: string) => read(torch(opt).replace(what, put));
	for (const size of ["0", "-8", "2.5"]) {
		const found = await changed("batch_size=100", `batch_size=${size}`);
		assert.equal(found!.problem, `The mini-batch size is ${size}; it must be a whole number of at least 1.`);
	}
	assert.match((await changed("range(20)", "range(0)"))!.problem!, /^The number of epochs is 0;/);
	assert.equal((await changed("batch_size=100", "batch_size=size()"))!.problem, undefined);
	assert.equal((await read(torch(opt)))!.problem, undefined);
});

test("parts of random_split: the first one trains, with the rows that PyTorch gives it", async () => {
	const left = async (split: string, rows: number) =>
		(await read(
			torch("optimizer = torch.optim.Adam(model.parameters())").replace(
				"loader =",
				`from torch.utils.data import random_split\n${split}\nloader =`,
			),
			{ rows },
		))!.counts.rows;
	// torch.utils.data.random_split(range(n), shares) of PyTorch 1.13
	assert.equal(await left("train, rest = random_split(table, [0.8, 0.2])", 333), 267);
	assert.equal(await left("train, dev, test = random_split(table, [0.7, 0.15, 0.15])", 344), 241);
	assert.equal(await left("train, rest = random_split(table, [0.5, 0.5])", 344), 172);
	assert.equal(await left("train, rest = random_split(table, [300, 44])", 344), 300);
	assert.equal(await left("train, rest = random_split(table, [300, 40])", 344), undefined);
	assert.equal(await left("rest, other = random_split(table, [0.2, 0.8])", 344), undefined);
	assert.equal(await left("train, rest = random_split(table, [n, len(table) - n])", 344), undefined);
	const own = (n: string) => left(`n = ${n}\ntrain, rest = random_split(table, [n, len(table) - n])`, 344);
	assert.equal(await own("int(0.9 * len(table))"), 309);
	assert.equal(await own("int(len(table) * 0.8)"), 275);
	assert.equal(await own("len(table) - 44"), 300);
	assert.equal(await own("len(table) - len(other)"), undefined);
	assert.equal(await own("int(0.9 * size(table))"), undefined);
	const rest = (k: string, rows = 344) =>
		left(`k = ${k}\ntrain, rest = random_split(table, [len(table) - k, k])`, rows);
	// Python: n - k
	assert.equal(await rest("int(0.2 * len(table))"), 276);
	assert.equal(await rest("int(table.shape[0] * 0.29)", 100), 72);
	assert.equal(await rest("len(table) // 10"), 310);
	assert.equal(await rest("len(table) // 49", 49), 48);
	assert.equal(await rest("44"), 300);
	assert.equal(await left("train, rest = random_split(table, [300.5, 43.5])", 344), undefined);
});
