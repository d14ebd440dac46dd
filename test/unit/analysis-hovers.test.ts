// Hovers on optimizers, schedules and hyperparameters.
import assert from "node:assert/strict";
import { test } from "node:test";
import { OPTIMIZERS } from "../../src/analysis/frameworks/optimizers.ts";
import { SCHEDULES } from "../../src/analysis/frameworks/schedules.ts";
import { type Hover, hoverAt, type TextKind } from "../../src/analysis/index.ts";
import { analyze } from "../support/analysis.ts";

const palette = { line: "#111111", fill: "#222222", text: "#333333", axis: "#444444" };

/** The hover at the first place of a word. */
async function hover(text: string, word: string, { rows, kind }: { rows?: number; kind?: TextKind } = {}) {
	const { facts } = await analyze(text, kind);
	return hoverAt(facts, text.indexOf(word), { text, palette, data: rows === undefined ? undefined : { rows } });
}

const words = (found: Hover | undefined) => found?.parts.filter((part) => typeof part === "string").join("\n\n") ?? "";
const picture = (found: Hover | undefined) => found?.parts.find((part) => typeof part !== "string");
const formula = (found: Hover | undefined) => /```text\n(.*?)\n```/s.exec(words(found))?.[1];

test("every optimizer and schedule that is read has a formula", async () => {
	for (const library of [...OPTIMIZERS.keys(), ...SCHEDULES.keys()]) {
		const [module, name] = [library.split(".").slice(0, -1).join("."), library.split(".").at(-1)!];
		const tfjs = module.startsWith("tfjs");
		const text = tfjs
			? `import * as tf from "@tensorflow/tfjs";\ntf.train.${name}(0.1, 0.9);\n`
			: `import ${module}\nx = ${library}()\n`;
		const found = await hover(text, `${name}(`, { kind: tfjs ? "typescript" : "python" });
		assert.ok(formula(found), library);
		assert.match(words(found), new RegExp(`^\\*\\*${name.replaceAll("_", "\\\\_")}\\*\\* · `), library);
		assert.deepEqual(text.slice(found!.at.start, found!.at.end), name);
	}
});

test("formulas are those of the library, with the options of the call", async () => {
	const torch = async (call: string) => formula(await hover(`import torch\no = torch.optim.${call}\n`, call));
	assert.equal(await torch("SGD(p)"), "W ← W − α · dW");
	assert.equal(await torch("SGD(p, momentum=0.9)"), "V ← βV + dW\nW ← W − α · V");
	assert.equal(await torch("SGD(p, momentum=0.9, nesterov=True)"), "V ← βV + dW\nW ← W − α · (dW + βV)");
	assert.match((await torch("SGD(p, momentum=0.9, dampening=0.1)"))!, /\(first step: V = dW\)/);
	assert.match((await torch("SGD(p, weight_decay=1e-4)"))!, /^dW ← dW \+ λW\n/, "coupled");
	assert.match((await torch("AdamW(p)"))!, /^W ← W − αλW\n/, "decoupled");
	assert.match((await torch("Adam(p)"))!, /Vc \/ \(√Sc \+ ε\)$/);
	assert.match((await torch("Adam(p, amsgrad=True)"))!, /M ← max\(M, S\)/);
	assert.match((await torch("RMSprop(p, centered=True, momentum=0.5)"))!, /V ← μV \+ dW \/ \(√\(S − G²\) \+ ε\)/);
	const keras = async (call: string) => formula(await hover(`import keras\no = keras.optimizers.${call}\n`, call));
	assert.match((await keras("Adam()"))!, /√\(1 − β₂ᵗ\) \/ \(1 − β₁ᵗ\) · V \/ \(√S \+ ε\)$/, "before the correction");
	assert.equal(await keras("SGD(momentum=0.9)"), "V ← βV − α · dW\nW ← W + V");
	assert.match((await keras("RMSprop()"))!, /dW \/ √\(S \+ ε\)$/);
	const optax = async (call: string) => formula(await hover(`import optax\no = optax.${call}\n`, call));
	assert.match((await optax("rmsprop(0.1, eps_in_sqrt=False)"))!, /dW \/ \(√S \+ ε\)$/);
	assert.match((await optax("adamw(0.1)"))!, /W ← W − α · \(Vc \/ \(√Sc \+ ε\) \+ λW\)$/);
});

test("run files: what the engine does with the preset and the file's own values", async () => {
	const of = async (optimizer: string) => {
		const text = `{ "dataset": { "path": "a.csv" }, "optimizer": ${optimizer} }`;
		return hover(text, text.match(/"name": (".*?")/)![1], { kind: "runFile" });
	};
	assert.equal(formula(await of('{ "name": "momentum" }')), "V ← βV + (1 − β)dW\nW ← W − α · V");
	assert.equal(formula(await of('{ "name": "momentum", "preset": "pytorch" }')), "V ← βV + dW\nW ← W − α · V");
	assert.equal(formula(await of('{ "name": "momentum", "preset": "keras" }')), "V ← βV + α · dW\nW ← W − V");
	assert.match(formula(await of('{ "name": "rmsprop", "preset": "pytorch" }'))!, /\(√S \+ ε\)$/);
	assert.match(formula(await of('{ "name": "adam", "epsilonPlacement": "inside" }'))!, /√\(Sc \+ ε\)$/);
	assert.match(formula(await of('{ "name": "nadam", "epsilonPlacement": "inside" }'))!, /N \/ √\(Sc \+ ε\)/);
	const found = words(await of('{ "name": "momentum", "preset": "pytorch", "learningRate": 0.1 }'));
	assert.match(found, /\*\*Here\*\* `preset` pytorch · α `learningRate` 0\.1/);
	assert.match(found, /\*\*Defaults of pytorch\*\* α `learningRate` 0\.001 · β `beta` 0\.9 · `form` classical/);
	assert.match(found, /\*Lecture notes:\*/);
});

test("values and defaults in two lines; a pair is named once", async () => {
	const text = "import torch\no = torch.optim.Adam(p, lr=0.1, betas=(0.8, 0.99), eps=e)\n";
	const found = words(await hover(text, "Adam(p"));
	assert.match(found, /^\*\*Here\*\* α `lr` 0\.1 · β₁ `betas` 0\.8 · β₂ 0\.99 · ε `eps` not known {2}$/m);
	assert.match(
		found,
		/^\*\*Defaults\*\* α `lr` 0\.001 · β₁ `betas` 0\.9 · β₂ 0\.999 · ε `eps` 1e-8 · λ `weight_decay` 0$/m,
	);
});

const program = (schedule: string, more = "") => `import torch
from torch.utils.data import DataLoader
o = torch.optim.SGD(p, lr=0.1)
s = torch.optim.lr_scheduler.${schedule}
loader = DataLoader(data, 64, shuffle=True)
for epoch in range(4):
    for x, y in loader:
        o.zero_grad()
        loss(x, y).backward()
        o.step()
    s.step()
${more}`;

test("the picture of the rate over the run, on the schedule and on the optimizer that it drives", async () => {
	const text = program("StepLR(o, 2, gamma=0.5)");
	for (const word of ["StepLR", "SGD", "gamma", "lr=0.1"]) {
		const shown = picture(await hover(text, word));
		assert.equal(shown?.alt, "Learning rate over 4 epochs: from 0.1 to 0.05, at most 0.1", word);
	}
	const { svg, width, height } = picture(await hover(text, "StepLR"))!;
	assert.deepEqual([width, height], [320, 88]);
	// 262 px for four epochs from x 50, 60 px for 0.1 from y 68 up: two epochs at the top, two at half the height.
	assert.match(svg, /<path d="M50 8H115\.5L115\.5 8H181L181 38H246\.5L246\.5 38H312" fill="none" stroke="#111111"/);
	assert.match(svg, /fill="#333333">4 epochs<\/text>/);
	const unknown = picture(await hover(text.replace("lr=0.1", "lr=rate"), "StepLR"));
	assert.equal(
		unknown?.alt,
		"Learning rate over 4 epochs: from ×1 to ×0.5, at most ×1",
		"shares of a rate that is not known",
	);
});

test("a sequence is drawn as a whole, its parts by themselves", async () => {
	const made =
		"SequentialLR(o, [torch.optim.lr_scheduler.LinearLR(o, 0.5, total_iters=2), torch.optim.lr_scheduler.ExponentialLR(o, 0.5)], [2])";
	const text = program(made);
	const whole = "Learning rate over 4 epochs: from 0.05 to 0.05, at most 0.1";
	assert.equal(picture(await hover(text, "SequentialLR"))?.alt, whole, "0.05, 0.075, 0.1, 0.05");
	assert.equal(picture(await hover(text, "SGD"))?.alt, whole);
	assert.match(
		picture(await hover(text, "ExponentialLR"))!.alt,
		/over 3 epochs: from 0\.1 to 0\.025/,
		"two half-lives or so",
	);
});

test("no picture of what is not known", async () => {
	assert.equal(picture(await hover(program("LambdaLR(o, f)"), "LambdaLR")), undefined);
	assert.equal(picture(await hover(program("StepLR(o, every, gamma=0.5)"), "StepLR")), undefined);
	const plain = "import torch\no = torch.optim.Adam(p, lr=0.1)\n";
	assert.equal(picture(await hover(plain, "Adam"))?.alt, "Learning rate over the whole run: 0.1 throughout");
	assert.equal(
		picture(await hover(`${plain}for g in o.param_groups:\n    g["lr"] = 0.01\n`, "Adam")),
		undefined,
		"set by hand",
	);
	const steps = program("CosineAnnealingLR(o, T_max=500)").replace("    s.step()", "        s.step()");
	assert.match(
		picture(await hover(steps, "CosineAnn"))!.alt,
		/over 500 steps/,
		"its own length, when the run's is not known",
	);
	assert.match(picture(await hover(steps, "CosineAnn", { rows: 6400 }))!.alt, /over 4 epochs/);
});

test("hyperparameters: on the keyword, its value, and a key of a run file", async () => {
	const text = "import torch\no = torch.optim.SGD(p, lr=0.1, momentum=0.9)\n";
	for (const word of ["momentum", "0.9"]) {
		const found = await hover(text, word);
		assert.equal(text.slice(found!.at.start, found!.at.end), "momentum=0.9");
		assert.match(words(found), /^\*\*momentum\*\* = 0\.9 · SGD/);
		assert.match(words(found), /undamped/);
	}
	const file = '{ "dataset": { "path": "a.csv" }, "optimizer": { "name": "adam", "beta2": 0.99 }, "batchSize": 64 }';
	assert.match(words(await hover(file, "beta2", { kind: "runFile" })), /about 1 \/ \(1 − 0\.99\) = 100 steps/);
	assert.match(
		words(await hover(file, "batchSize", { kind: "runFile", rows: 640 })),
		/640 rows in mini-batches of 64: 10\./,
	);
	assert.equal(await hover(file, "dataset", { kind: "runFile" }), undefined);
	assert.equal(await hover(text, "import"), undefined);
	const inner =
		"import keras\no = keras.optimizers.Adam(learning_rate=keras.optimizers.schedules.CosineDecay(0.1, 100))\n";
	assert.match(words(await hover(inner, "CosineDecay")), /^\*\*CosineDecay/, "a schedule within a learning rate");
	assert.match(words(await hover(inner, "learning_rate")), /^\*\*learning\\_rate\*\*/);
	assert.match(words(await hover(inner, "100")), /^\*\*decay\\_steps\*\* = 100/);
});

test("what stands in a user's file is no Markdown", async () => {
	const text = 'import torch\no = torch.optim.SGD(p, lr="![x](http://a/b.png) <b>", momentum=0.9)\n';
	const found = words(await hover(text, "SGD"));
	assert.match(found, /\\!\\\[x\\\]/);
	assert.doesNotMatch(found, /(^|[^\\])!\[x\]\(/);
	assert.doesNotMatch(found, /(^|[^\\])<b>/);
});
