// Facts while a text is edited: the same as read afresh, moved along while it is broken.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { TextKind } from "../../src/analysis/index.ts";
import { Random } from "../../src/engine/training/random.ts";
import { analyze, analyzer } from "../support/analysis.ts";
import { keystrokes, longProgram } from "../support/long-program.ts";

const TEXT = `import torch
from torch import nn, optim

LR = 0.01


class Net(nn.Module):
    def __init__(self, width=16):
        super().__init__()
        self.fc = nn.Linear(4, width)

    def forward(self, x):
        return self.fc(x)


def train(loader, epochs=10):
    net = Net()
    opt = optim.Adam(net.parameters(), lr=LR, betas=(0.9, 0.99))
    for epoch in range(epochs):
        for x, y in loader:
            opt.zero_grad()
            loss = nn.functional.mse_loss(net(x), y)
            loss.backward()
            opt.step()


train(torch.utils.data.DataLoader(data, batch_size=64, shuffle=True))
`;

test("after any edit that leaves the text whole, what is read is what a fresh reading gives", async () => {
	const open = await analyzer.open("python", TEXT);
	const random = new Random(5);
	const pieces = ["0", "7", " ", "\n", "x", "# a\n", "lr = 3\n", ".", "(", ")", "\n    pass\n", "e-3", '"', ","];
	let text = TEXT;
	let whole = 0;
	for (let i = 0; i < 400; i++) {
		const at = random.below(text.length);
		const gone = random.below(4);
		const put = random.below(3) === 0 ? "" : pieces[random.below(pieces.length)];
		const next = text.slice(0, at) + put + text.slice(at + gone);
		open.update(next);
		const fresh = await analyzer.open("python", next);
		const clean = !fresh.broken;
		if (clean) {
			whole++;
			assert.deepEqual(open.analyze(), fresh.analyze(), `edit ${i}: ${JSON.stringify(put)} at ${at}`);
			text = next;
		} else {
			open.analyze();
			open.update(text);
			const before = await analyze(text);
			assert.deepEqual(open.analyze(), before, `edit ${i} taken back`);
		}
		fresh.delete();
	}
	assert.ok(whole > 50, `${whole} edits left the text whole`);
	open.delete();
});

const BROWSER = `import * as tf from "@tensorflow/tfjs";

const config = { batchSize: 32, epochs: 10, rate: 0.01 };
let model: tf.LayersModel;
let best = 0;

function build(units = 16) {
	const made = tf.sequential();
	made.add(tf.layers.dense({ units, activation: "relu", inputShape: [4] }));
	made.add(tf.layers.dense({ units: 3, activation: "softmax" }));
	made.compile({ optimizer: tf.train.adam(config.rate), loss: "categoricalCrossentropy" });
	return made;
}

async function train(xs: tf.Tensor, ys: tf.Tensor) {
	model = build(32);
	for (let epoch = 0; epoch < config.epochs; epoch++) {
		const history = await model.fit(xs, ys, { batchSize: config.batchSize, epochs: 1, shuffle: true });
		best = Math.max(best, Number(history.history.acc[0]));
	}
}

train(tf.randomNormal([150, 4]), tf.zeros([150, 3]));
`;

const RUN_FILE = `{
	"dataset": { "path": "data/iris.csv", "target": "species" },
	"model": { "layers": [64, 32], "activation": "relu" },
	"optimizer": { "name": "adam", "learningRate": 0.5, "beta1": 0.9 },
	"decay": { "name": "exponential", "base": 0.95 },
	"batchSize": 64,
	"epochs": 20
}
`;

const CELL = "\n# %% next cell\n";
const PROGRAMS: [TextKind, string][] = [
	["python", longProgram(250)],
	["typescript", BROWSER],
	["runFile", RUN_FILE],
	["notebook", TEXT.replace("\n\nclass", `${CELL}class`).replace("\n\ndef train", `${CELL}def train`)],
];

for (const [kind, program] of PROGRAMS) {
	test(`${kind}: keystrokes and moved lines leave nothing of the text before`, async () => {
		const parts = (text: string) => (kind === "notebook" ? text.split(CELL) : text);
		const fresh = (text: string) =>
			kind === "notebook" ? analyzer.openCells(text.split(CELL)) : analyzer.open(kind, text);
		const random = new Random(17);
		const open = await fresh(program);
		let text = program;
		let whole = 0;
		let broken = 0;
		const take = async (next: string, what: string) => {
			open.update(parts(next));
			const found = open.analyze();
			const other = await fresh(next);
			assert.equal(open.broken, other.broken, what);
			if (other.broken) broken++;
			else {
				whole++;
				assert.deepEqual(found, other.analyze(), what);
			}
			other.delete();
			text = next;
		};
		for (let round = 0; round < 6; round++) {
			for (const stroke of keystrokes(text, 40, random)) {
				await take(stroke.text, `round ${round}: ${JSON.stringify(stroke.put)} at ${stroke.at}`);
			}
			const lines = text.split("\n");
			const gone = lines.splice(random.below(lines.length), 1 + random.below(6));
			await take(lines.join("\n"), `round ${round}: lines cut`);
			lines.splice(random.below(lines.length), 0, ...gone);
			await take(lines.join("\n"), `round ${round}: lines pasted`);
			await take(program, `round ${round}: all taken back`);
		}
		assert.ok(whole > 80 && broken > 20, `${whole} whole texts, ${broken} broken`);
		open.delete();
	});
}

test("statements typed at one place again and again keep their order", async () => {
	for (const upwards of [false, true]) {
		const open = await analyzer.open("python", "import torch\nlr = 1\nend = 2\n");
		let typed = "";
		for (let n = 1; n <= 100; n++) {
			const lines = `lr = ${n / 1000}\nopt = torch.optim.Adam(model.parameters(), lr=lr)\n`;
			typed = upwards ? lines + typed : typed + lines;
			open.update(`import torch\nlr = 1\n${typed}end = 2\n`);
			open.analyze();
		}
		const rates = open
			.analyze()
			.facts.optimizers.map((o) => o.parameters.find((p) => p.name === "learningRate")!.value);
		const expected = Array.from({ length: 100 }, (_, i) => (i + 1) / 1000);
		assert.deepEqual(rates, upwards ? expected.toReversed() : expected);
		open.delete();
	}
});

test("what a function assigns belongs to the module for as long as the module declares it", async () => {
	const text = `import * as tf from "@tensorflow/tfjs";
let rate = 0.1;
function change() {
	rate = 0.5;
}
const optimizer = tf.train.sgd(rate);
`;
	const open = await analyzer.open("typescript", text);
	for (const now of [text, text.replace("let rate", "rate"), text]) {
		open.update(now);
		const rate = open.analyze().facts.optimizers[0].parameters.find((p) => p.name === "learningRate")!;
		assert.equal(rate.value, now.includes("let") ? undefined : 0.1);
	}
	open.delete();
});

test("what changed while something else was broken is read once that is repaired", async () => {
	const open = await analyzer.open("python", TEXT);
	let text = TEXT;
	for (const [from, to] of [
		["import torch\n", "import torch(\n"],
		["batch_size=64", "batch_size=32"],
		["LR = 0.01", "LR = 0.02"],
		["import torch(\n", "import torch\n"],
	]) {
		text = text.replace(from, to);
		open.update(text);
		open.analyze();
	}
	assert.equal(open.broken, false);
	assert.deepEqual(open.analyze(), await analyze(text));
	open.delete();
});

test("edits leave nothing in memory", async () => {
	setFlagsFromString("--expose-gc");
	const collectGarbage = runInNewContext("gc") as () => void;
	const open = await analyzer.open("python", TEXT);
	const random = new Random(23);
	const used: number[] = [];
	for (let round = 0; round < 4; round++) {
		for (const { text } of keystrokes(TEXT, 300, random)) {
			open.update(text);
			open.analyze();
		}
		open.update(TEXT);
		open.analyze();
		collectGarbage();
		used.push(process.memoryUsage().heapUsed);
	}
	// The first rounds fill what is remembered of names, and compile.
	assert.ok(used[3] - used[1] < 1_000_000, `heap after each round: ${used.join(", ")}`);
	open.delete();
});

test("while it is broken, the facts are the last good ones at their new places", async () => {
	const open = await analyzer.open("python", TEXT);
	const before = open.analyze().facts;
	for (const [from, to] of [
		["lr=LR, betas", "lr=, betas"],
		["lr=LR, betas", "lr=LR, betas=(0.9, 0.99), weight_decay=("],
		["optim.Adam(net", "optim.Adam(((net"],
		["            opt.step()", "            opt."],
		["class Net(nn.Module):", "class Net(nn.Module"],
	]) {
		const text = TEXT.replace(from, to);
		open.update(text);
		assert.equal(open.broken, true);
		const { facts } = open.analyze();
		assert.deepEqual(
			facts.optimizers.map((o) => o.library),
			before.optimizers.map((o) => o.library),
			to,
		);
		const size = facts.batchSizes[0].parameter;
		assert.equal(text.slice(size.at!.start, size.at!.end), "64", to);
		assert.equal(facts.loops.length, 2, to);
		open.update(TEXT);
		assert.deepEqual(open.analyze().facts, before);
	}
	// An edit elsewhere is seen while something is broken.
	open.update(TEXT.replace("opt.step()", "opt.").replace("batch_size=64", "batch_size=128"));
	assert.equal(open.analyze().facts.batchSizes[0].parameter.value, 128);
	open.update(TEXT);
	// An edit in what stays as it was is seen when all is whole again.
	open.update(TEXT.replace("LR = 0.01", "LR = ("));
	open.update(TEXT.replace("LR = 0.01", "LR = (").replace("width=16", "width=8"));
	open.update(TEXT.replace("width=16", "width=8"));
	assert.equal(open.analyze().facts.models[0].layers[0].outputs, 8);
	open.delete();
});

test("a name without its value is broken, though the grammar takes the next line for it", async () => {
	const open = await analyzer.open("python", TEXT);
	const before = open.analyze().facts;
	open.update(TEXT.replace("LR = 0.01", "LR = "));
	assert.equal(open.broken, true);
	assert.deepEqual(
		open.analyze().facts.optimizers[0].parameters.map((p) => p.value),
		before.optimizers[0].parameters.map((p) => p.value),
	);
	// It stays so while something else is edited.
	open.update(TEXT.replace("LR = 0.01", "LR = ").replace("width=16", "width=8"));
	assert.equal(open.broken, true);
	open.update(TEXT.replace("LR = 0.01", "LR = 5").replace("width=16", "width=8"));
	assert.equal(open.broken, false);
	assert.equal(open.analyze().facts.optimizers[0].parameters[0].value, 5);
	assert.equal(open.analyze().facts.models[0].layers[0].outputs, 8);
	open.delete();
});

test("a number that is typed digit by digit is there at every digit", async () => {
	const open = await analyzer.open("python", TEXT);
	const typed = "0.00125";
	for (let n = 1; n <= typed.length; n++) {
		open.update(TEXT.replace("LR = 0.01", `LR = ${typed.slice(0, n)}`));
		const p = open.analyze().facts.optimizers[0].parameters.find((q) => q.name === "learningRate")!;
		assert.equal(p.value, Number(typed.slice(0, n)));
	}
	open.delete();
});

test("a notebook is one program; places are those of its cells", async () => {
	const cells = [
		"%matplotlib inline\n!pip install torch\nimport torch\nlr = 0.1",
		"%%bash\nls (",
		"model = torch.nn.Linear(2, 1)\nopt = torch.optim.Adam(model.parameters(), lr=lr)",
		"opt?\nloader = torch.utils.data.DataLoader(data, batch_size=8)",
	];
	const open = await analyzer.openCells(cells);
	const look = () => {
		const { facts, findings } = open.analyze();
		assert.equal(facts.optimizers[0].parameters[0].value, 0.1);
		const { cell, offset } = open.place(facts.batchSizes[0].parameter.at!.start);
		assert.equal(cell, 3);
		assert.equal(cells[3].slice(offset, offset + 1), "8");
		return findings;
	};
	assert.deepEqual(
		look().map((f) => f.code),
		[],
	);
	cells[0] = "import torch\n\n\nlr = 0.1";
	open.update(cells);
	look();
	// A broken cell does not touch the others.
	cells[2] = cells[2].replace("lr=lr)", "lr=lr");
	open.update(cells);
	look();
	open.delete();
	const json = JSON.stringify({
		cells: [
			{ cell_type: "markdown", source: "text" },
			{ cell_type: "code", source: ["import torch\n", "opt = torch.optim.SGD(p, lr=0.5)"] },
		],
	});
	assert.equal((await analyze(json, "notebook")).facts.optimizers[0].parameters[0].value, 0.5);
	assert.deepEqual((await analyze("no json", "notebook")).facts.optimizers, []);
});
