// What is read of a text: values and where they come from, in every framework.
import assert from "node:assert/strict";
import { test } from "node:test";
import { analyze, valuesOf } from "../support/analysis.ts";

/** Adam's learning rate in a program that begins with these lines. */
async function rate(lines: string, argument: string) {
	const text = `import torch\n${lines}\nopt = torch.optim.Adam(model.parameters(), lr=${argument})\n`;
	const { facts } = await analyze(text);
	const found = facts.optimizers[0].parameters.find((p) => p.name === "learningRate")!;
	const written = found.writtenAt && text.slice(found.writtenAt.start, found.writtenAt.end);
	return { value: found.unknown ?? found.value, origin: found.origin, written };
}

test("values are followed to where they are written", async () => {
	assert.deepEqual(await rate("", "3e-4"), { value: 3e-4, origin: "literal", written: "3e-4" });
	assert.deepEqual(await rate("lr = 1e-2", "lr"), { value: 0.01, origin: "variable", written: "1e-2" });
	assert.deepEqual(await rate("base = 1e-2", "base * 8 / 2"), {
		value: 0.04,
		origin: "computed",
		written: "base * 8 / 2",
	});
	assert.deepEqual(await rate('config = {"lr": 0.2, "beta": 0.9}', 'config["lr"]'), {
		value: 0.2,
		origin: "variable",
		written: "0.2",
	});
	assert.equal((await rate("config = dict(lr=0.2)", 'config.get("lr", 1)')).value, 0.2);
	assert.equal((await rate('config = {"a": 1}', 'config.get("lr", 0.5)')).value, 0.5);
	assert.equal((await rate("import math", "math.sqrt(0.25)")).value, 0.5);
	assert.equal((await rate("lr = 0.1\nlr = 0.2", "lr")).value, 0.2, "the last one before it");
	assert.equal((await rate("lr = 0.1\nif big:\n    lr = 0.1", "lr")).value, 0.1, "the same either way");
	const later = "import torch\nlr = 0.1\nopt = torch.optim.Adam(p, lr=lr)\nlr = 0.2\n";
	assert.equal(
		(await analyze(later)).facts.optimizers[0].parameters[0].value,
		0.1,
		"what comes after it does not count",
	);
	const loop = "import torch\nlr = 0.1\nfor i in range(3):\n    opt = torch.optim.Adam(p, lr=lr)\n    lr = 0.2\n";
	assert.match(
		(await analyze(loop)).facts.optimizers[0].parameters[0].unknown!,
		/more than one/,
		"but in a loop it does",
	);
	assert.equal((await rate("a, (b, c) = 1, (2, 3)", "c / 30")).value, 0.1);
});

test("defaults of options, fields and parameters are values that somebody may change", async () => {
	const options =
		'import argparse\nparser = argparse.ArgumentParser()\nparser.add_argument("-l", "--learning-rate", type=float, default=0.3)\n';
	assert.deepEqual(await rate(`${options}args = parser.parse_args()`, "args.learning_rate"), {
		value: 0.3,
		origin: "default",
		written: "0.3",
	});
	assert.equal((await rate(`${options}args, _ = parser.parse_known_args()`, "args.learning_rate")).value, 0.3);
	assert.equal((await rate(`${options}args = vars(parser.parse_args())`, 'args["learning_rate"]')).value, 0.3);
	const field =
		"from dataclasses import dataclass, field\n@dataclass\nclass Config:\n    size: int = 4\n    lr: float = 0.3\n";
	assert.deepEqual(await rate(`${field}cfg = Config()`, "cfg.lr"), { value: 0.3, origin: "default", written: "0.3" });
	assert.equal((await rate(`${field}cfg = Config(lr=0.4)`, "cfg.lr")).value, 0.4);
	assert.equal((await rate(`${field}cfg = Config(8, 0.5)`, "cfg.lr")).value, 0.5);
	assert.equal((await rate("class C:\n    LR = 0.6\n", "C.LR")).value, 0.6);
	assert.equal(
		(
			await rate(
				'import click\n@click.command()\n@click.option("--lr", default=0.7)\ndef main(lr):\n    global rate\n    rate = lr',
				"rate",
			)
		).value,
		0.7,
	);
	assert.equal(
		(await rate("from absl import flags\nFLAGS = flags.FLAGS\nflags.DEFINE_float('lr', 0.8, 'rate')", "FLAGS.lr"))
			.value,
		0.8,
	);
	assert.equal(
		(
			await rate(
				"import tyro\nfrom dataclasses import dataclass\n@dataclass\nclass Args:\n    lr: float = 2.5e-4\nargs = tyro.cli(Args)",
				"args.lr",
			)
		).value,
		2.5e-4,
	);
});

test("parameters of functions are what their callers pass, when all pass the same", async () => {
	const made = (calls: string) =>
		analyze(
			`import torch\ndef train(lr=0.1, **more):\n    return torch.optim.SGD(model.parameters(), lr=lr)\n${calls}`,
		).then(({ facts }) => {
			const p = facts.optimizers[0].parameters.find((q) => q.name === "learningRate")!;
			return p.unknown ? "unknown" : p.value;
		});
	assert.equal(await made(""), 0.1);
	assert.equal(await made("train(0.2)\n"), 0.2);
	assert.equal(await made("train(lr=0.2)\ntrain(0.2)\n"), 0.2);
	assert.equal(await made("train(0.2)\ntrain()\n"), "unknown");
	assert.equal(await made("train(**options)\n"), "unknown");
	assert.equal(await made("for lr in [0.1, 0.2]:\n    train(lr)\n"), "unknown");
});

test("what cannot be known is unknown, with why", async () => {
	const why = async (lines: string, argument: string) => {
		const { value, origin } = await rate(lines, argument);
		assert.equal(origin, "unknown");
		return value;
	};
	assert.match(String(await why("lr = 0.1\nif big:\n    lr = 0.2", "lr")), /more than one value/);
	assert.match(String(await why("lr = 0.1\nfor i in range(3):\n    lr *= 0.5", "lr")), /changed by \*=/);
	assert.match(String(await why("", 'f"{x}"')), /f-string/);
	assert.match(String(await why("import os", 'float(os.environ["LR"])')), /./);
	assert.match(String(await why("", "lr")), /nothing in this file gives lr a value/);
	assert.match(String(await why("lr = 0.1 if big else 0.2", "lr")), /condition/);
	assert.match(String(await why("from settings import LR", "LR")), /settings\.LR/);
	assert.match(String(await why("for lr in [0.1, 0.2]:\n    pass", "lr")), /several values/);
});

test("a framework is told by its imports, under whatever name", async () => {
	const optimizers = async (text: string) => (await analyze(text)).facts.optimizers.map((o) => o.library);
	assert.deepEqual(await optimizers("import torch.optim as o\no.Adam(p)\n"), ["torch.optim.Adam"]);
	assert.deepEqual(await optimizers("from torch.optim import Adam as A\nA(p)\n"), ["torch.optim.Adam"]);
	assert.deepEqual(await optimizers("from torch.optim import *\nAdam(p)\n"), ["torch.optim.Adam"]);
	assert.deepEqual(await optimizers("import tensorflow as tf\ntf.keras.optimizers.Adam(0.1)\n"), [
		"keras.optimizers.Adam",
	]);
	assert.deepEqual(await optimizers("from tensorflow.keras.optimizers.legacy import Adam\nAdam(0.1)\n"), [
		"keras.optimizers.Adam",
	]);
	assert.deepEqual(await optimizers("from mine import Adam\nAdam(0.1)\noptim.SGD(p)\n"), []);
	assert.deepEqual(await optimizers("import torch.optim as optim\ndef f(optim):\n    optim.Adam(p)\nf(mine)\n"), []);
});

test("PyTorch: optimizer, schedule, loader, loops, layers", async () => {
	const text = `import torch
from torch import nn, optim
from torch.utils.data import DataLoader
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 1))
    def forward(self, x):
        return self.body(x)
net = Net().to("cpu")
opt = optim.SGD(net.parameters(), 0.1, momentum=0.9, nesterov=True)
sched = optim.lr_scheduler.StepLR(opt, step_size=5, gamma=0.2)
loader = DataLoader(data, 32, True, drop_last=True)
for epoch in range(20):
    net.train()
    for x, y in loader:
        opt.zero_grad()
        loss = nn.functional.mse_loss(net(x), y)
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        opt.step()
    sched.step()
`;
	const { facts } = await analyze(text);
	const [optimizer] = facts.optimizers;
	assert.equal(optimizer.optimizer, "momentum");
	assert.deepEqual(valuesOf(optimizer.parameters), {
		learningRate: 0.1,
		beta: 0.9,
		dampening: 0,
		weightDecay: 0,
		nesterov: true,
	});
	const [schedule] = facts.schedules;
	assert.deepEqual([schedule.decay, schedule.moves, schedule.optimizer], ["staircase", "epochs", 0]);
	assert.equal(valuesOf(schedule.parameters).every, 5);
	const [batch] = facts.batchSizes;
	assert.deepEqual([batch.parameter.value, batch.role, batch.dropsLast], [32, "train", true]);
	assert.equal(facts.epochs[0].parameter.value, 20);
	assert.deepEqual(
		facts.models[0].layers.map((l) => [l.kind, l.inputs, l.outputs]),
		[
			["dense", 10, 32],
			["activation", undefined, undefined],
			["dense", 32, 1],
		],
	);
	// 10 * 32 + 32 + 32 * 1 + 1
	assert.equal(facts.models.find((m) => m.name === "Net")!.parameters, 385);
	const [outer, inner] = facts.loops;
	assert.deepEqual([outer.kind, inner.kind, inner.outer], ["epochs", "batches", 0]);
	assert.deepEqual(
		inner.calls.map((c) => c.kind).filter((k) => k !== "call"),
		["zeroGrad", "forward", "backward", "clip", "step"],
	);
	for (const call of inner.calls) assert.ok(text.slice(call.at.start, call.at.end).startsWith(call.name));
});

test("Lightning", async () => {
	const { facts, findings } = await analyze(`import torch
import lightning as L
class Lit(L.LightningModule):
    def __init__(self, lr=2e-3, width=8):
        super().__init__()
        self.save_hyperparameters()
        self.layer = torch.nn.Linear(4, width)
    def training_step(self, batch, i):
        return self.layer(batch).sum()
    def configure_optimizers(self):
        opt = torch.optim.AdamW(self.parameters(), lr=self.hparams.lr)
        sched = torch.optim.lr_scheduler.OneCycleLR(opt, 0.1, total_steps=1000)
        return [opt], [sched]
L.seed_everything(1)
trainer = L.Trainer(max_epochs=7, accumulate_grad_batches=4)
trainer.fit(Lit())
`);
	assert.equal(valuesOf(facts.optimizers[0].parameters).learningRate, 2e-3);
	assert.equal(facts.epochs[0].parameter.value, 7);
	assert.deepEqual(
		findings.map((f) => f.code),
		["scheduler-per-epoch"],
	);
});

test("Hugging Face TrainingArguments", async () => {
	const { facts } = await analyze(`from transformers import TrainingArguments, Trainer
args = TrainingArguments("out", learning_rate=2e-5, per_device_train_batch_size=16, num_train_epochs=3,
    gradient_accumulation_steps=4, warmup_ratio=0.1, lr_scheduler_type="cosine", weight_decay=0.01)
Trainer(model, args).train()
`);
	assert.equal(facts.optimizers[0].optimizer, "adamw");
	assert.equal(valuesOf(facts.optimizers[0].parameters).learningRate, 2e-5);
	assert.equal(facts.schedules[0].decay, "cosine");
	assert.deepEqual([facts.batchSizes[0].parameter.value, facts.batchSizes[0].accumulation?.value], [16, 4]);
	assert.equal(facts.epochs[0].parameter.value, 3);
});

test("Keras: compile, fit, layers, schedule, tf.data", async () => {
	const { facts } = await analyze(`import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers
schedule = keras.optimizers.schedules.ExponentialDecay(1e-2, decay_steps=10000, decay_rate=0.9)
model = keras.Sequential([keras.Input(shape=(20,)), layers.Dense(16, activation="relu"), layers.Dense(1)])
model.compile(optimizer=keras.optimizers.Adam(learning_rate=schedule), loss="mse")
model.fit(x, y, batch_size=128, epochs=12)
data = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(100).batch(64, drop_remainder=True)
table = tf.data.experimental.make_csv_dataset("data/train.csv", batch_size=256)
`);
	assert.equal(facts.optimizers[0].schedule, 0);
	assert.match(String(valuesOf(facts.optimizers[0].parameters).learningRate), /follows ExponentialDecay/);
	assert.equal(facts.schedules[0].optimizer, 0);
	assert.deepEqual(
		facts.batchSizes.map((b) => [b.where, b.parameter.value]),
		[
			["fit", 128],
			["batch", 64],
			["make_csv_dataset", 256],
		],
	);
	assert.equal(facts.batchSizes[1].dropsLast, true);
	assert.equal(facts.epochs[0].parameter.value, 12);
	// 20 * 16 + 16 + 16 + 1
	assert.equal(facts.models[0].parameters, 353);
	assert.equal(facts.datasets.find((d) => d.kind === "file")?.name, "data/train.csv");
	const byText = await analyze(
		'import keras\nmodel = keras.Sequential([keras.layers.Dense(1)])\nmodel.compile("rmsprop", "mse")\n',
	);
	assert.deepEqual(valuesOf(byText.facts.optimizers[0].parameters).learningRate, 0.001);
});

test("JAX and optax", async () => {
	const { facts } = await analyze(`import jax, optax
from flax import linen as nn
batch_size = 128
class MLP(nn.Module):
    @nn.compact
    def __call__(self, x):
        return nn.Dense(features=10)(nn.relu(nn.Dense(64)(x)))
schedule = optax.warmup_cosine_decay_schedule(0.0, 3e-3, warmup_steps=100, decay_steps=2000)
tx = optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(schedule, b2=0.95))
@jax.jit
def step(params, state, batch):
    grads = jax.grad(loss)(params, batch)
    updates, state = tx.update(grads, state, params)
    return optax.apply_updates(params, updates), state
for epoch in range(30):
    for batch in batches(epoch):
        params, state = step(params, state, batch)
`);
	assert.deepEqual(
		facts.optimizers.map((o) => o.optimizer),
		["adamw"],
	);
	assert.equal(valuesOf(facts.optimizers[0].parameters).beta2, 0.95);
	assert.deepEqual(valuesOf(facts.schedules[0].parameters).warmup, 100);
	assert.equal(facts.batchSizes[0].parameter.value, 128);
	assert.equal(facts.epochs[0].parameter.value, 30);
	assert.deepEqual(
		facts.models[0].layers.map((l) => l.outputs),
		[10, 64],
	);
	assert.deepEqual(
		facts.loops.map((l) => [l.kind, l.trains]),
		[
			["epochs", true],
			["batches", true],
		],
	);
});

test("TensorFlow.js in TypeScript and JavaScript", async () => {
	const text = `import * as tf from "@tensorflow/tfjs-node";
const EPOCHS = 25;
const model = tf.sequential({ layers: [tf.layers.dense({ inputShape: [4], units: 8, activation: "relu" })] });
model.add(tf.layers.dense({ units: 3, activation: "softmax" }));
model.compile({ optimizer: tf.train.rmsprop(0.01, 0.95), loss: "categoricalCrossentropy" });
await model.fit(xs, ys, { epochs: EPOCHS, batchSize: 16 });
const data = tf.data.csv("file://train.csv").shuffle(100).batch(32);
`;
	for (const kind of ["typescript", "javascript", "tsx"] as const) {
		const { facts, findings } = await analyze(text, kind);
		assert.deepEqual(findings, []);
		assert.equal(facts.optimizers[0].optimizer, "rmsprop");
		assert.deepEqual(valuesOf(facts.optimizers[0].parameters), {
			learningRate: 0.01,
			beta2: 0.95,
			momentum: 0,
			epsilon: 1e-7,
			centered: false,
		});
		assert.deepEqual(
			facts.batchSizes.map((b) => b.parameter.value),
			[16, 32],
		);
		assert.equal(facts.epochs[0].parameter.value, 25);
		assert.deepEqual(
			facts.models[0].layers.map((l) => [l.inputs, l.outputs]),
			[
				[4, 8],
				[8, 3],
			],
		);
		assert.equal(facts.models[0].parameters, 67);
		assert.equal(facts.datasets[0].name, "train.csv");
	}
	const { facts } = await analyze(
		'const tf = require("@tensorflow/tfjs");\nconst opt = tf.train.adam();\nfor (let epoch = 0; epoch < 9; epoch++) {\n  opt.minimize(() => loss());\n}\n',
		"javascript",
	);
	assert.equal(facts.epochs[0].parameter.value, 9);
	assert.deepEqual(
		facts.loops.map((l) => [l.kind, l.trains]),
		[["epochs", true]],
	);
});

test("datasets by name, and why a name is not known", async () => {
	const { facts } = await analyze(`import os
import numpy as np
import pandas as pd
from pathlib import Path
from datasets import load_dataset
import torchvision
DATA = "data"
pd.read_csv(os.path.join(DATA, "train.csv"))
pd.read_csv(Path("data") / "train.csv")
np.load(f"{DATA}/x.npy")
load_dataset("csv", data_files={"train": "a.csv", "test": "b.csv"})
load_dataset("imdb")
torchvision.datasets.CIFAR10(root="data", train=True)
`);
	assert.deepEqual(
		facts.datasets.map((d) => d.name ?? d.unknown),
		["data/train.csv", "data/train.csv", "it is an f-string", "a.csv", "imdb", "CIFAR10"],
	);
	assert.equal(facts.datasets[5].rows, 50_000);
});

test("a run file", async () => {
	const text =
		'{ "dataset": { "path": "a.csv" }, "optimizer": { "name": "adam", "learningRate": 0.5, "beta1": 1.5 }, "batchSize": 64, "epochs": 3, "model": { "layers": [8, 4] } }';
	const { facts, findings } = await analyze(text, "runFile");
	const [learningRate] = facts.optimizers[0].parameters;
	assert.equal(text.slice(learningRate.at!.start, learningRate.at!.end), "0.5");
	assert.equal(facts.batchSizes[0].parameter.value, 64);
	assert.equal(facts.datasets[0].name, "a.csv");
	assert.deepEqual(
		facts.models[0].layers.map((l) => l.outputs),
		[8, 4],
	);
	assert.deepEqual(
		findings.map((f) => [f.code, text.slice(f.start, f.end)]),
		[
			["learning-rate-range", "0.5"],
			["beta-range", "1.5"],
		],
	);
});

test("JavaScript: a name that is declared outside and given a value inside", async () => {
	const { facts } = await analyze(
		`const tf = require("@tensorflow/tfjs");
const argparse = require("argparse");
let size;
async function train(model) {
  await model.fitDataset(data.batch(size), { epochs: 3 });
}
(async () => {
  const parser = new argparse.ArgumentParser();
  parser.addArgument("--size", { type: "int", defaultValue: 48 });
  const args = parser.parseArgs();
  size = args.size;
  await train(build());
})();
`,
		"javascript",
	);
	assert.deepEqual([facts.batchSizes[0].parameter.value, facts.batchSizes[0].parameter.origin], [48, "default"]);
});

test("epochs of a run that may go on from a checkpoint", async () => {
	const epochs = async (range: string) => {
		const { facts } = await analyze(
			`import torch\nstart_epoch = 0\nif resume:\n    start_epoch = load()\nfor epoch in range(${range}):\n    opt.zero_grad()\n    loss.backward()\n    opt.step()\n`,
		);
		return facts.epochs[0].parameter.value;
	};
	assert.equal(await epochs("start_epoch, 90"), 90);
	assert.equal(await epochs("start_epoch, start_epoch + 200"), 200);
	assert.equal(await epochs("1, 11"), 10);
	assert.equal(await epochs("0, 10, 2"), undefined);
});

test("Lightning's hparams that are updated from a namespace; a schedule that moves once an epoch", async () => {
	const { facts } = await analyze(`import argparse, torch
import pytorch_lightning as pl
parser = argparse.ArgumentParser()
parser.add_argument("--lr", default=4e-3, type=float)
args = parser.parse_args()
class Lit(pl.LightningModule):
    def __init__(self, hparams):
        super().__init__()
        self.hparams.update(vars(hparams))
    def configure_optimizers(self):
        opt = torch.optim.Adam(self.parameters(), lr=self.hparams.lr)
        return [opt], [torch.optim.lr_scheduler.StepLR(opt, 5)]
net = Lit(args)
`);
	assert.equal(valuesOf(facts.optimizers[0].parameters).learningRate, 4e-3);
	assert.equal(facts.schedules[0].moves, "epochs");
});

test("what no library is given is known by its name only", async () => {
	const { facts } = await analyze(`import argparse, torch
parser = argparse.ArgumentParser()
parser.add_argument("--batch-size", type=int, default=96)
args = parser.parse_args()
num_epochs = 8
learning_rate = 0.5
for x in sample(args.batch_size):
    w = w - learning_rate * grad(x)
`);
	assert.deepEqual([facts.batchSizes[0].where, facts.batchSizes[0].parameter.value], ["variable", 96]);
	assert.equal(facts.epochs[0].parameter.value, 8);
	assert.equal(facts.rates[0].value, 0.5);
	const plain = await analyze("batch_size = 3\nlearning_rate = 1\n");
	assert.deepEqual([plain.facts.batchSizes, plain.facts.rates], [[], []], "nothing without a framework");
});
