// Each finding on a loop that has it, and on loops that are nearly the same and right.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ignoreHere } from "../../src/analysis/index.ts";
import { analyze, codesIn, fixed } from "../support/analysis.ts";

const HEAD = `import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset, random_split
torch.manual_seed(0)
x, y = torch.randn(1000, 4), torch.randn(1000, 1)
loader = DataLoader(TensorDataset(x, y), batch_size=50, shuffle=True)
val_loader = DataLoader(TensorDataset(x, y), batch_size=50)
model = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 1))
criterion = nn.MSELoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
`;

/** A loop over mini-batches with these lines in it. */
const inLoop = (...lines: string[]) =>
	`${HEAD}for epoch in range(5):\n    for i, (xb, yb) in enumerate(loader):\n${lines.map((l) => `        ${l}\n`).join("")}`;
/** A loop over epochs with these lines after the mini-batches. */
const afterBatches = (...lines: string[]) => `${inLoop(...GOOD)}${lines.map((l) => `    ${l}\n`).join("")}`;
const GOOD = ["optimizer.zero_grad()", "loss = criterion(model(xb), yb)", "loss.backward()", "optimizer.step()"];

async function shows(code: string, text: string): Promise<void> {
	const codes = await codesIn(text);
	assert.deepEqual(codes, [code], `${text}\ngave ${codes.join(", ") || "nothing"}`);
}

async function silent(...texts: string[]): Promise<void> {
	for (const text of texts) assert.deepEqual(await codesIn(text), [], text);
}

test("a good loop has no finding", () => silent(inLoop(...GOOD), afterBatches("print(loss.item())")));

test("missing-zero-grad", async () => {
	const bad = inLoop("loss = criterion(model(xb), yb)", "loss.backward()", "optimizer.step()");
	await shows("missing-zero-grad", bad);
	const mended = fixed(bad, (await analyze(bad)).findings, "missing-zero-grad");
	assert.match(mended, /\n {8}optimizer\.zero_grad\(\)\n {8}loss\.backward\(\)/);
	await silent(mended);
	await silent(
		inLoop("model.zero_grad(set_to_none=True)", ...GOOD.slice(1)),
		inLoop(...GOOD.slice(1), "for p in model.parameters():", "    p.grad = None"),
		inLoop(...GOOD.slice(1), "helper(optimizer)"),
		// a function of the program zeroes them
		`${HEAD}def reset():\n    optimizer.zero_grad()\nfor xb, yb in loader:\n    reset()\n    criterion(model(xb), yb).backward()\n    optimizer.step()\n`,
		// a step without a loop is called by somebody who may zero them
		`${HEAD}def step(xb, yb):\n    criterion(model(xb), yb).backward()\n    optimizer.step()\n`,
		// a closure
		`${HEAD}for xb, yb in loader:\n    def closure():\n        optimizer.zero_grad()\n        loss = criterion(model(xb), yb)\n        loss.backward()\n        return loss\n    optimizer.step(closure)\n`,
		// nothing of a framework
		"for x in loader:\n    loss.backward()\n    optimizer.step()\n",
	);
});

test("zero-grad-between", async () => {
	const bad = inLoop("loss = criterion(model(xb), yb)", "loss.backward()", "optimizer.zero_grad()", "optimizer.step()");
	await shows("zero-grad-between", bad);
	await silent(fixed(bad, (await analyze(bad)).findings, "zero-grad-between"));
	await silent(
		inLoop("loss = criterion(model(xb), yb)", "loss.backward()", "optimizer.step()", "optimizer.zero_grad()"),
		// two networks that take turns
		`${HEAD}other = nn.Linear(4, 1)\nopt2 = torch.optim.SGD(other.parameters(), lr=0.1)\nfor xb, yb in loader:\n    optimizer.zero_grad()\n    a = criterion(model(xb), yb)\n    a.backward()\n    optimizer.step()\n    opt2.zero_grad()\n    b = criterion(other(xb), yb)\n    b.backward()\n    opt2.step()\n`,
	);
});

test("clip-after-step", async () => {
	const clip = "nn.utils.clip_grad_norm_(model.parameters(), 1.0)";
	const bad = inLoop(...GOOD, clip);
	await shows("clip-after-step", bad);
	await silent(fixed(bad, (await analyze(bad)).findings, "clip-after-step"));
	await silent(
		inLoop(...GOOD.slice(0, 3), clip, "optimizer.step()"),
		inLoop(clip.replace("nn.utils.clip_grad_norm_", "total_norm"), ...GOOD),
	);
});

test("accumulation-not-divided", async () => {
	const accumulate = (loss: string, k = "4") =>
		inLoop(
			`loss = ${loss}`,
			"loss.backward()",
			`if (i + 1) % ${k} == 0:`,
			"    optimizer.step()",
			"    optimizer.zero_grad()",
		);
	await shows("accumulation-not-divided", accumulate("criterion(model(xb), yb)"));
	await silent(
		accumulate("criterion(model(xb), yb) / 4"),
		accumulate("criterion(model(xb), yb)", "1"),
		// logging now and then is no accumulation
		inLoop(...GOOD, "if i % 10 == 0:", "    print(loss.item())"),
	);
});

test("loss-keeps-graph", async () => {
	for (const line of ["total += loss", "total = total + loss", "total += loss * xb.size(0)", "losses.append(loss)"]) {
		const bad = `total, losses = 0, []\n${inLoop(...GOOD, line)}`;
		await shows("loss-keeps-graph", bad);
		await silent(fixed(bad, (await analyze(bad)).findings, "loss-keeps-graph"));
	}
	await silent(
		inLoop(...GOOD, "total += loss.item()"),
		inLoop(...GOOD, "total += float(loss)"),
		inLoop(...GOOD, "loss = loss.item()", "total += loss"),
		inLoop(...GOOD, "losses.append(loss.detach())"),
		// costs that are summed before one backward pass
		inLoop(
			"optimizer.zero_grad()",
			"total = 0",
			"loss = criterion(model(xb), yb)",
			"total += loss",
			"total.backward()",
			"optimizer.step()",
		),
	);
});

const EVALUATE = ["model.eval()", "for xb, yb in val_loader:", "    out = model(xb)"];

test("eval-without-no-grad", async () => {
	const bad = afterBatches("model.train()", ...EVALUATE);
	await shows("eval-without-no-grad", bad);
	const mended = fixed(bad, (await analyze(bad)).findings, "eval-without-no-grad");
	assert.ok(
		mended.endsWith("    with torch.no_grad():\n        for xb, yb in val_loader:\n            out = model(xb)\n"),
		mended,
	);
	await silent(mended);
	// A text over several lines would not be the same text.
	const text = bad.replace("out = model(xb)", 'out = model(xb, """\na""")');
	assert.equal((await analyze(text)).findings.find((f) => f.code === "eval-without-no-grad")?.fix, undefined);
	await shows(
		"eval-without-no-grad",
		`${HEAD}def evaluate():\n    model.eval()\n    for xb, yb in val_loader:\n        model(xb)\nevaluate()\n`,
	);
	const inNoGrad = EVALUATE.map((l, i) => (i === 0 ? l : `    ${l}`));
	await silent(
		afterBatches("model.train()", inNoGrad[0], "with torch.no_grad():", ...inNoGrad.slice(1)),
		afterBatches("model.train()", inNoGrad[0], "with torch.inference_mode():", ...inNoGrad.slice(1)),
		`${HEAD}@torch.no_grad()\ndef evaluate():\n    model.eval()\n    for xb, yb in val_loader:\n        model(xb)\nevaluate()\n`,
		// the same where nothing in the file calls it
		`${HEAD}@torch.no_grad()\ndef evaluate(model):\n    model.eval()\n    for xb, yb in val_loader:\n        model(xb)\n`,
		// the caller turns gradients off
		`${HEAD}def evaluate():\n    model.eval()\n    for xb, yb in val_loader:\n        model(xb)\nwith torch.no_grad():\n    evaluate()\n`,
		// attacks need the gradient of the input
		`${HEAD}def attack():\n    model.eval()\n    for xb, yb in val_loader:\n        xb.requires_grad = True\n        torch.autograd.grad(model(xb).sum(), xb)\nattack()\n`,
	);
});

test("eval-without-eval", async () => {
	const noGrad = (...lines: string[]) =>
		afterBatches(...lines, "with torch.no_grad():", "    for xb, yb in val_loader:", "        out = model(xb)");
	await shows("eval-without-eval", noGrad());
	await silent(noGrad("model.eval()").replace("    for i,", "    model.train()\n    for i,"));
	// no layer that cares
	await silent(noGrad().replace("nn.BatchNorm1d(8), ", ""));
});

test("eval-never-undone", async () => {
	const noGrad = ["model.eval()", "with torch.no_grad():", "    for xb, yb in val_loader:", "        out = model(xb)"];
	const bad = afterBatches(...noGrad);
	await shows("eval-never-undone", bad);
	await silent(fixed(bad, (await analyze(bad)).findings, "eval-never-undone"));
	await silent(
		afterBatches(...noGrad, "model.train()"),
		// another model, which is not trained
		afterBatches("teacher = nn.Linear(4, 1)", "teacher.eval()"),
		// after the last epoch
		`${inLoop(...GOOD)}model.eval()\nwith torch.no_grad():\n    print(model(x))\n`,
	);
});

const scheduled = (scheduler: string, ...lines: string[]) =>
	`${HEAD}EPOCHS = 30\nscheduler = torch.optim.lr_scheduler.${scheduler}\nfor epoch in range(EPOCHS):\n${lines.map((l) => `    ${l}\n`).join("")}`;
const BATCHES = ["for xb, yb in loader:", ...GOOD.map((l) => `    ${l}`)];

test("scheduler-before-optimizer", async () => {
	await shows("scheduler-before-optimizer", scheduled("StepLR(optimizer, 10)", "scheduler.step()", ...BATCHES));
	await silent(
		scheduled("StepLR(optimizer, 10)", ...BATCHES, "scheduler.step()"),
		// told the epoch, it sets the rate of that epoch
		scheduled("StepLR(optimizer, 10)", "scheduler.step(epoch)", ...BATCHES),
	);
	const bad = scheduled(
		"OneCycleLR(optimizer, 0.1, total_steps=600)",
		"for xb, yb in loader:",
		...[GOOD[0], GOOD[1], GOOD[2], "scheduler.step()", GOOD[3]].map((l) => `    ${l}`),
	);
	await shows("scheduler-before-optimizer", bad);
	await silent(fixed(bad, (await analyze(bad)).findings, "scheduler-before-optimizer"));
});

test("scheduler-per-batch", async () => {
	const perBatch = (s: string) => scheduled(s, ...BATCHES, "    scheduler.step()");
	await shows("scheduler-per-batch", perBatch("StepLR(optimizer, 10)"));
	await shows("scheduler-per-batch", perBatch("MultiStepLR(optimizer, milestones=[10, 20])"));
	await shows("scheduler-per-batch", perBatch("ExponentialLR(optimizer, 0.95)"));
	await shows("scheduler-per-batch", perBatch("CosineAnnealingLR(optimizer, T_max=EPOCHS)"));
	await silent(
		perBatch("StepLR(optimizer, 2000)"),
		perBatch("ExponentialLR(optimizer, 0.9999)"),
		perBatch("CosineAnnealingLR(optimizer, T_max=EPOCHS * len(loader))"),
		perBatch("OneCycleLR(optimizer, 0.1, epochs=EPOCHS, steps_per_epoch=len(loader))"),
	);
});

test("scheduler-per-epoch", async () => {
	const perEpoch = (s: string) => scheduled(s, ...BATCHES, "scheduler.step()");
	await shows("scheduler-per-epoch", perEpoch("OneCycleLR(optimizer, 0.1, epochs=30, steps_per_epoch=len(loader))"));
	await shows("scheduler-per-epoch", perEpoch("CosineAnnealingLR(optimizer, 30 * len(loader))"));
	await silent(
		perEpoch("CosineAnnealingLR(optimizer, EPOCHS)"),
		perEpoch("ReduceLROnPlateau(optimizer)").replace("scheduler.step()", "scheduler.step(loss)"),
	);
});

test("softmax-before-cross-entropy", async () => {
	const net = (ending: string) =>
		`${HEAD}class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.fc = nn.Linear(4, 3)\n    def forward(self, x):\n        x = self.fc(x)\n        return ${ending}\nnet = Net()\ncost = nn.CrossEntropyLoss()\nprint(cost(net(x), y))\n`;
	await shows("softmax-before-cross-entropy", net("F.softmax(x, dim=1)"));
	await shows("softmax-before-cross-entropy", net("x.softmax(-1)"));
	await shows(
		"softmax-before-cross-entropy",
		`${HEAD}net = nn.Sequential(nn.Linear(4, 3), nn.Softmax(dim=1))\nprint(F.cross_entropy(net(x), y))\n`,
	);
	await shows("softmax-before-cross-entropy", `${HEAD}print(nn.BCEWithLogitsLoss()(torch.sigmoid(model(x)), y))\n`);
	await silent(
		net("x"),
		net("F.log_softmax(x, dim=1)"),
		net("F.relu(x)"),
		net("(x, F.softmax(x, dim=1))"),
		`${HEAD}print(nn.BCELoss()(torch.sigmoid(model(x)), y))\n`,
		`${HEAD}probabilities = F.softmax(model(x), dim=1)\nprint(F.cross_entropy(model(x), y), probabilities)\n`,
	);
});

test("softmax-before-cross-entropy is mended where only the cost can see it", async () => {
	const code = "softmax-before-cross-entropy";
	const train = (cost: string, ...more: string[]) =>
		`${HEAD}cost = nn.CrossEntropyLoss()\nfor xb, yb in loader:\n    optimizer.zero_grad()\n${[cost, "loss.backward()", "optimizer.step()", ...more].map((l) => `    ${l}\n`).join("")}`;
	const sequential = (last: string, ...uses: string[]) =>
		`${HEAD}net = nn.Sequential(nn.Linear(4, 3), ${last})\n${uses.map((u) => `${u}\n`).join("")}`;
	const module = (ending: string, ...uses: string[]) =>
		`${HEAD}class Net(nn.Module):\n    def __init__(self):\n        super(Net, self).__init__()\n        self.fc = nn.Linear(4, 3)\n    def forward(self, x):\n        x = self.fc(x)\n        return ${ending}\nnet = Net().to("cpu")\n${uses.map((u) => `${u}\n`).join("")}`;
	const cost = "loss = F.cross_entropy(net(x), y)";
	for (const [bad, removed, put] of [
		[train("loss = cost(F.softmax(model(xb), dim=1), yb)"), "F.softmax(model(xb), dim=1)", "model(xb)"],
		[train("loss = cost(model(xb).softmax(-1), yb)"), ".softmax(-1)", ""],
		[train("loss = cost(torch.softmax(input=xb + 1, dim=1), yb)"), "torch.softmax(input=xb + 1, dim=1)", "xb + 1"],
		[train("loss = cost(torch.softmax(xb + 1, 1).squeeze(), yb)"), "torch.softmax(xb + 1, 1)", "(xb + 1)"],
		[
			train("p = F.softmax(model(xb), dim=1)  # p of each class", "loss = cost(p, yb)", "print(p.argmax(1), p.shape)"),
			"F.softmax(model(xb), dim=1)",
			"model(xb)",
		],
		[
			`${HEAD}loss = nn.BCEWithLogitsLoss()(torch.sigmoid(model(x)), y)\nprint(torch.sigmoid(model(x)))\n`,
			"torch.sigmoid(model(x)), y",
			"model(x), y",
		],
		[sequential("nn.Softmax(dim=1)", "net.train()", cost, "print(net(x).argmax(1))"), ", nn.Softmax(dim=1)", ""],
		[
			sequential(
				"nn.Softmax(dim=1),",
				"out = net(x)",
				"loss = F.cross_entropy(out, y)",
				"out = net(x)",
				"print(torch.argmax(out, 1), out.max(1)[1])",
			),
			", nn.Softmax(dim=1)",
			"",
		],
		[module("F.softmax(x, dim=1)", "torch.optim.SGD(net.parameters(), lr=0.1)", cost), "F.softmax(x, dim=1)", "x"],
	] as const) {
		const { findings } = await analyze(bad);
		assert.equal(fixed(bad, findings, code), bad.replace(removed, put));
		assert.deepEqual((await codesIn(bad.replace(removed, put))).includes(code), false, bad);
	}
	for (const near of [
		// the probabilities are read elsewhere
		train("p = F.softmax(model(xb), dim=1)", "loss = cost(p, yb)", "print(p.max())"),
		train("p = F.softmax(model(xb), dim=1)", "loss = cost(p, yb)", "log(p=p)"),
		train("p, q = F.softmax(model(xb), dim=1), 1", "loss = cost(p, yb)"),
		sequential("nn.Softmax(dim=1)", cost, "print(net(x))"),
		sequential("nn.Softmax(dim=1)", cost, "torch.save(net, 'net.pt')"),
		sequential("nn.Softmax(dim=1)", cost, "out = net(x)", "print(out > 0.5)"),
		sequential("nn.Softmax(dim=1)", cost, "out = net(x)", "share, place = out.max(1)"),
		sequential("nn.Softmax(dim=1)", cost, "other = net"),
		sequential("nn.Sequential(nn.ReLU(), nn.Softmax(dim=1))", cost),
		module("F.softmax(x, dim=1)", cost, "probabilities = net(x)[0]"),
		module("F.softmax(x, dim=1)", cost, "again = Net()"),
		module("F.softmax(x, dim=1) if x is None else F.softmax(x, dim=1)", cost),
		module("F.softmax(x, dim=1).squeeze()", cost),
		// 0.5 of a sigmoid is another place than of what goes into it, and so is the largest of several
		`${HEAD}p = torch.sigmoid(model(x))\nloss = nn.BCEWithLogitsLoss()(p, y)\nprint(p.argmax(1))\n`,
		`${HEAD}net = nn.Sequential(nn.Softmax(dim=1))\n${cost}\n`,
	]) {
		const found = (await analyze(near)).findings.filter((f) => f.code === code);
		assert.deepEqual(
			found.map((f) => f.fix),
			found.map(() => undefined),
			near,
		);
	}
});

test("train-data-not-shuffled", async () => {
	const bad = inLoop(...GOOD).replace(", shuffle=True", "");
	await shows("train-data-not-shuffled", bad);
	await silent(fixed(bad, (await analyze(bad)).findings, "train-data-not-shuffled"));
	const lines = bad.replace("batch_size=50)\nval", "batch_size=50,  # rows\n)\nval");
	assert.match(
		fixed(lines, (await analyze(lines)).findings, "train-data-not-shuffled"),
		/batch_size=50, shuffle=True, {2}# rows\n\)/,
	);
	await shows("train-data-not-shuffled", inLoop(...GOOD).replace("shuffle=True", "shuffle=False"));
	await silent(
		inLoop(...GOOD).replace("shuffle=True", "sampler=sampler"),
		inLoop(...GOOD).replace("shuffle=True", "shuffle=shuffled"),
		// a stream cannot be shuffled by the loader
		inLoop(...GOOD).replace(
			"DataLoader(TensorDataset(x, y), batch_size=50, shuffle=True)",
			"DataLoader(stream(), batch_size=50)",
		),
	);
});

test("last-batch-of-one", async () => {
	const bad = inLoop(...GOOD).replaceAll("1000", "1001");
	await shows("last-batch-of-one", bad);
	await silent(fixed(bad, (await analyze(bad)).findings, "last-batch-of-one"));
	await silent(
		inLoop(...GOOD)
			.replaceAll("1000", "1001")
			.replace("shuffle=True", "shuffle=True, drop_last=True"),
		inLoop(...GOOD).replaceAll("1000", "1002"),
		inLoop(...GOOD)
			.replaceAll("1000", "1001")
			.replace("nn.BatchNorm1d(8), ", ""),
	);
});

test("split-leaks", async () => {
	const split = "parts = random_split(data, [800, 200])";
	await shows(
		"split-leaks",
		`${HEAD}for epoch in range(3):\n    ${split}\n    for xb, yb in loader:\n${GOOD.map((l) => `        ${l}\n`).join("")}`,
	);
	await silent(
		`${split}\n${inLoop(...GOOD)}`,
		`${HEAD}for fold in range(5):\n    ${split}\n    for xb, yb in loader:\n${GOOD.map((l) => `        ${l}\n`).join("")}`,
	);
	const resume = HEAD.replace("torch.manual_seed(0)\n", "").concat(
		`${split}\nmodel.load_state_dict(torch.load(resume_path))\nstart_epoch = 3\n`,
	);
	await shows("split-leaks", resume);
	await silent(fixed(resume, (await analyze(resume)).findings, "split-leaks"));
	await silent(resume.replace("200])", "200], generator=torch.Generator().manual_seed(1))"));
	const scaled = (order: string) =>
		`${HEAD}from sklearn.preprocessing import StandardScaler\nfrom sklearn.model_selection import train_test_split\nscaler = StandardScaler()\n${order}`;
	await shows("split-leaks", scaled("X = scaler.fit_transform(X)\na, b = train_test_split(X)\n"));
	await silent(scaled("a, b = train_test_split(X)\na = scaler.fit_transform(a)\n"));
});

test("batch-size-range", async () => {
	for (const size of ["0", "-32", "12.5", "-SIZE"]) {
		await shows("batch-size-range", `SIZE = 8\n${inLoop(...GOOD)}`.replace("batch_size=50", `batch_size=${size}`));
	}
	await silent(
		inLoop(...GOOD).replace("batch_size=50", "batch_size=None"),
		inLoop(...GOOD).replace("batch_size=50", "batch_size=get()"),
		// an option that stands for all rows
		`import argparse\np = argparse.ArgumentParser()\np.add_argument("--size", type=int, default=0)\n${inLoop(...GOOD).replace("batch_size=50", "batch_size=p.parse_args().size")}`,
	);
});

test("layer-sizes", async () => {
	const model = (layers: string) => inLoop(...GOOD).replace(/nn\.Sequential\(.*\)/, `nn.Sequential(${layers})`);
	const bad = model("nn.Linear(4, 33), nn.ReLU(), nn.Dropout(0.1), nn.Linear(32, 1)");
	await shows("layer-sizes", bad);
	await silent(fixed(bad, (await analyze(bad)).findings, "layer-sizes"));
	const inClass = (forward: string, second = "16, 1") =>
		`${HEAD}class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.a = nn.Linear(4, 8)\n        self.b = nn.Linear(${second})\n        self.c = nn.Conv1d(1, 2, 3)\n    def forward(self, x):\n${forward}`;
	await shows("layer-sizes", model("nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(9, 1)"));
	await shows("layer-sizes", model("nn.Sequential(nn.Linear(4, 8), nn.Tanh()), nn.Sequential(nn.Linear(7, 1))"));
	await shows("layer-sizes", inClass("        x = F.relu(self.a(x))\n        return self.b(x)\n"));
	await shows("layer-sizes", inClass("        return self.b(self.a(x).relu())\n"));
	await silent(
		model("nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1)"),
		model("nn.Linear(4, 8), nn.GLU(), nn.Linear(4, 1)"),
		model("nn.Linear(4, 8), nn.Unflatten(1, (2, 4)), nn.Linear(4, 1)"),
		model("nn.Linear(4, 8), nn.LazyLinear(16), nn.Linear(16, 1)"),
		model("nn.Linear(4, width), nn.ReLU(), nn.Linear(8, 1)"),
		model("nn.Linear(4, 8), nn.ReLU(), *more, nn.Linear(5, 1)"),
		model("nn.Linear(4, 8), nn.BatchNorm1d(50), nn.ReLU(), nn.Linear(8, 1)"),
		model("nn.Embedding(10, 6), nn.Linear(6, 1)"),
		inClass("        x = F.relu(self.a(x))\n        return self.b(x)\n", "8, 1"),
		inClass("        x = self.a(x).view(-1, 16)\n        return self.b(x)\n"),
		inClass("        x = torch.cat([self.a(x), self.a(x)], 1)\n        return self.b(x)\n"),
		inClass("        x = self.c(self.a(x))\n        return self.b(x)\n"),
		// sizes follow by themselves
		"import keras\nmodel = keras.Sequential([keras.Input((4,)), keras.layers.Dense(33), keras.layers.Dense(3)])\n",
	);
});

test("learning-rate-range and beta-range", async () => {
	const optimizer = (call: string) => `import torch\nmodel = torch.nn.Linear(2, 1)\nopt = torch.optim.${call}\n`;
	for (const call of [
		"Adam(model.parameters(), lr=1)",
		"SGD(model.parameters(), lr=100)",
		"SGD(model.parameters(), lr=-0.1)",
		"RMSprop(model.parameters(), 0.5)",
	]) {
		await shows("learning-rate-range", optimizer(call));
	}
	for (const call of [
		"Adam(model.parameters(), betas=(0.9, 1.0))",
		"SGD(model.parameters(), 0.1, momentum=1.9)",
		"Adam(model.parameters(), betas=(0.999, 0.9))",
		"SGD(model.parameters(), 0.1, momentum=-0.9)",
	]) {
		await shows("beta-range", optimizer(call));
	}
	await silent(
		...[
			"Adam(model.parameters(), 0.1)",
			"Adadelta(model.parameters(), lr=1.0)",
			"LBFGS(model.parameters(), lr=1)",
			"SGD(model.parameters(), lr=1)",
			"Adam(model.parameters(), betas=(0, 0.9))",
			"Adam(model.parameters(), betas=(0.5, 0.999))",
			"Adam(model.parameters(), lr=rate)",
		].map(optimizer),
		// a rate of 0 that something else raises
		`${optimizer("SGD(model.parameters(), lr=0)")}opt.param_groups[0]["lr"] = 0.1\n`,
		// a rate with two values
		`import torch\nlr = 1e-3\nif big:\n    lr = 10\nopt = torch.optim.Adam(torch.nn.Linear(1, 1).parameters(), lr=lr)\n`,
	);
});

test("adam-weight-decay", async () => {
	const optimizer = (call: string) => `import torch\nopt = torch.optim.${call}\n`;
	const bad = optimizer("Adam(p, lr=1e-3, weight_decay=0.01)");
	await shows("adam-weight-decay", bad);
	assert.match(fixed(bad, (await analyze(bad)).findings, "adam-weight-decay"), /optim\.AdamW\(/);
	await silent(
		optimizer("AdamW(p, lr=1e-3, weight_decay=0.01)"),
		optimizer("Adam(p, lr=1e-3, weight_decay=5e-4)"),
		optimizer("Adam(p)"),
	);
});

test("no-seed is a hint, once", async () => {
	const bad = inLoop(...GOOD).replace("torch.manual_seed(0)\n", "");
	const { findings } = await analyze(bad);
	assert.deepEqual(
		findings.map((f) => [f.code, f.severity]),
		[["no-seed", "hint"]],
	);
	assert.deepEqual((await analyze(inLoop(...GOOD))).findings, []);
	const mended = fixed(bad, findings, "no-seed");
	assert.match(mended, /random_split\n\ntorch\.manual_seed\(0\)\nx, y/);
	assert.deepEqual((await analyze(mended)).findings, []);
});

test("the comment that a finding is ignored by, written for its place", async () => {
	const write = async (text: string, code: string) => {
		const found = (await analyze(text)).findings.find((f) => f.code === code)!;
		const { start, end, text: put } = ignoreHere(text, found, code, "#");
		return text.slice(0, start) + put + text.slice(end);
	};
	const bad = inLoop("loss = criterion(model(xb), yb)", "loss.backward()", "optimizer.step()");
	for (const text of [
		bad,
		bad.replaceAll("\n", "\r\n"),
		bad.replace("optimizer.step()", "optimizer.step()  # descent: ignore[no-seed]"),
		bad.replace("optimizer.step()", "optimizer.step() \\\n            ;"),
		bad.trimEnd(),
	]) {
		const ignored = await write(text, "missing-zero-grad");
		assert.notEqual(ignored, text);
		await silent(ignored);
	}
	assert.match(
		await write(bad.replace("optimizer.step()", "optimizer.step()  # descent: ignore[a]"), "missing-zero-grad"),
		/ignore\[a, missing-zero-grad\]/,
	);
});

test("a comment leaves a finding out", async () => {
	const bad = inLoop("loss = criterion(model(xb), yb)", "loss.backward()", "optimizer.step()");
	const line = "optimizer.step()";
	await silent(
		bad.replace(line, `${line}  # descent: ignore[missing-zero-grad]`),
		bad.replace(line, `${line}  # descent: ignore`),
		bad.replace(line, `# descent: ignore[clip-after-step, missing-zero-grad]\n        ${line}`),
		`# descent: ignore-file[missing-zero-grad]\n${bad}`,
	);
	await shows("missing-zero-grad", bad.replace(line, `${line}  # descent: ignore[clip-after-step]`));
	await shows("missing-zero-grad", `${bad}# descent: ignore-file\n`);
});
