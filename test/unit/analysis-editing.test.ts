// Facts while a text is edited: the same as read afresh, moved along while it is broken.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../src/engine/training/random.ts";
import { analyze, analyzer } from "../support/analysis.ts";

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
