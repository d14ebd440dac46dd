import assert from "node:assert/strict";
import { join } from "node:path";
import * as vscode from "vscode";
import { Hints } from "../../src/extension/editor/hints.ts";
import { Hovers } from "../../src/extension/editor/hovers.ts";
import { lineTable } from "../support/tables.ts";
import { test, until } from "./harness.ts";
import { app, workspace } from "./support.ts";

const TORCH = `import torch
import pandas as pd
data = pd.read_csv("hinted.csv")
opt = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
decay = torch.optim.lr_scheduler.StepLR(opt, step_size=2, gamma=0.5)
loader = torch.utils.data.DataLoader(data, batch_size=64, shuffle=True)
for epoch in range(4):
    for x, y in loader:
        opt.zero_grad()
        cost(model(x), y).backward()
        opt.step()
    decay.step()
`;
const JAVASCRIPT = `import * as tf from "@tensorflow/tfjs";
const optimizer = tf.train.momentum(0.1, 0.9);
`;
const FILES = {
	"hinted.csv": lineTable(640),
	"train.py": TORCH,
	"train.ts": JAVASCRIPT,
	"train.js": JAVASCRIPT,
	"a.train.json":
		'{\n"dataset": { "path": "hinted.csv" },\n"optimizer": { "name": "adam", "beta1": 0.9 },\n"batchSize": 64\n}\n',
};

async function open(name: string): Promise<vscode.TextDocument> {
	await (await app()).editor();
	const folder = await workspace(FILES);
	return vscode.workspace.openTextDocument(vscode.Uri.file(join(folder, name)));
}

/** What ours say: the languages' own extensions may have hints too. */
async function hints(document: vscode.TextDocument): Promise<string[]> {
	const all = new vscode.Range(0, 0, document.lineCount, 0);
	const found = await vscode.commands.executeCommand<vscode.InlayHint[]>(
		"vscode.executeInlayHintProvider",
		document.uri,
		all,
	);
	return found
		.filter(({ label }) => /steps|epoch|root/.test(String(label)))
		.map(
			({ position, label }) =>
				`${document.lineAt(position).text.slice(0, position.character).split(/[ ({]/).at(-1)} ${label}`,
		);
}

async function hover(document: vscode.TextDocument, word: string): Promise<string | undefined> {
	const position = document.positionAt(document.getText().indexOf(word));
	const found = await vscode.commands.executeCommand<vscode.Hover[]>(
		"vscode.executeHoverProvider",
		document.uri,
		position,
	);
	const texts = found.flatMap(({ contents }) => contents.map((part) => (part as vscode.MarkdownString).value));
	return texts.find((text) => text.includes("```text"));
}

async function set(key: string, value: boolean | undefined): Promise<void> {
	await vscode.workspace.getConfiguration("descent").update(key, value, vscode.ConfigurationTarget.Workspace);
}

test("inlay hints in Python, with the rows of the file that the program names", async () => {
	const document = await open("train.py");
	const expected = ["momentum=0.9 acts as a ×10 after about 10 steps", "gamma=0.5 0.025 after 4 epochs"];
	await until("rows are known", async () => (await hints(document)).includes("batch_size=64 10 steps per epoch"));
	assert.deepEqual(await hints(document), [...expected, "batch_size=64 10 steps per epoch"]);
});

test("inlay hints in TypeScript, JavaScript, run files and the cells of a notebook", async () => {
	for (const name of ["train.ts", "train.js"])
		assert.deepEqual(await hints(await open(name)), ["0.9 acts as a ×10 after about 10 steps"], name);
	const runFile = await open("a.train.json");
	// A fifth of the rows is the dev set: 512 of 640 train.
	await until("rows are known", async () => (await hints(runFile)).includes("64 8 steps per epoch"));
	assert.deepEqual(await hints(runFile), ["0.9 about 10 steps", "64 8 steps per epoch"]);
	const cell = (text: string) => new vscode.NotebookCellData(vscode.NotebookCellKind.Code, text, "python");
	const notebook = await vscode.workspace.openNotebookDocument(
		"jupyter-notebook",
		new vscode.NotebookData([
			cell("import torch\nbetas = (0.9, 0.99)\n"),
			cell("opt = torch.optim.Adam(p, betas=betas, eps=1e-8)\n"),
		]),
	);
	const [first, second] = notebook.getCells().map(({ document }) => document);
	assert.deepEqual(await hints(first), ["0.9 about 10 steps", "0.99 about 100 steps"]);
	assert.deepEqual(await hints(second), ["eps=1e-8 outside root"]);
	assert.match((await hover(second, "Adam"))!, /β₁ `betas` 0\.9 · β₂ 0\.99/, "from the other cell");
});

test("only the hints of the range that is shown are given", async () => {
	const document = await open("train.py");
	const range = new vscode.Range(4, 0, 4, 80);
	const found = await vscode.commands.executeCommand<vscode.InlayHint[]>(
		"vscode.executeInlayHintProvider",
		document.uri,
		range,
	);
	assert.deepEqual(
		found.map(({ label }) => label),
		["0.025 after 4 epochs"],
	);
	assert.match((found[0].tooltip as vscode.MarkdownString).value, /From 0\.1 to 0\.05 in the last epoch/);
});

test("hovers: formula, picture of the rate, values, notes; on names and on hyperparameters", async () => {
	const document = await open("train.py");
	const sgd = (await hover(document, "SGD"))!;
	assert.match(
		sgd,
		/^\*\*SGD\*\* · PyTorch `torch\.optim\.SGD`\n\n```text\nV ← βV \+ dW\nW ← W − α · V\n```\n\n!\[Learning rate/,
	);
	const [, alt, data] = /!\[(.*?)\]\(data:image\/svg\+xml;base64,([\w+/=]+)\|width=320,height=88\)/.exec(sgd)!;
	assert.equal(alt, "Learning rate over 4 epochs: from 0.1 to 0.05, at most 0.1");
	assert.match(Buffer.from(data, "base64").toString(), /^<svg xmlns=.*4 epochs<\/text><\/svg>$/);
	assert.match(sgd, /\*\*Here\*\* α `lr` 0\.1 · β `momentum` 0\.9/);
	assert.match(sgd, /\*Lecture notes:\*/);
	assert.match((await hover(document, "StepLR"))!, /α = α₀ · gamma\^⌊k \/ step_size⌋/);
	assert.match((await hover(document, "momentum=0.9"))!, /undamped/);
	assert.equal(await hover(document, "import"), undefined);
	assert.match((await hover(await open("a.train.json"), '"adam"'))!, /Vc \/ \(√Sc \+ ε\)/);
});

test("settings switch hints and hovers off and on at once", async () => {
	const document = await open("train.py");
	const { reader, rows } = await (await app()).editor();
	const own = new Hints(reader, rows);
	let changes = 0;
	const listening = own.onDidChangeInlayHints(() => changes++);
	try {
		await set("inlayHints.enabled", false);
		// What is learned of the rows meanwhile asks, too.
		assert.ok(changes >= 1, "hints are asked for anew");
		assert.deepEqual(await hints(document), []);
		assert.ok(await hover(document, "SGD"));
		await set("hovers.enabled", false);
		assert.equal(await hover(document, "SGD"), undefined);
	} finally {
		await set("inlayHints.enabled", undefined);
		await set("hovers.enabled", undefined);
		listening.dispose();
		own.dispose();
	}
	assert.ok((await hints(document)).length > 0);
	assert.ok(await hover(document, "SGD"));
});

test("what was given up is not computed, and hints follow what is learned of the rows", async () => {
	const document = await open("train.py");
	const { reader, rows } = await (await app()).editor();
	const [own, hovers] = [new Hints(reader, rows), new Hovers(reader, rows)];
	const gone = new vscode.CancellationTokenSource();
	gone.cancel();
	const all = new vscode.Range(0, 0, document.lineCount, 0);
	try {
		assert.deepEqual(await own.provideInlayHints(document, all, gone.token), []);
		const at = document.positionAt(TORCH.indexOf("SGD"));
		assert.equal(await hovers.provideHover(document, at, gone.token), undefined);
		let changes = 0;
		own.onDidChangeInlayHints(() => changes++);
		const edit = new vscode.WorkspaceEdit();
		const name = TORCH.indexOf("hinted.csv");
		edit.replace(
			document.uri,
			new vscode.Range(document.positionAt(name), document.positionAt(name + 10)),
			"absent.csv",
		);
		await vscode.workspace.applyEdit(edit);
		assert.ok(!(await hints(document)).some((hint) => /steps per epoch/.test(hint)), "no rows, no steps");
		await vscode.workspace.fs.copy(
			vscode.Uri.joinPath(document.uri, "..", "hinted.csv"),
			vscode.Uri.joinPath(document.uri, "..", "absent.csv"),
		);
		await until("learned", async () => (await hints(document)).includes("batch_size=64 10 steps per epoch"));
		assert.ok(changes > 0);
	} finally {
		await vscode.window.showTextDocument(document);
		await vscode.commands.executeCommand("workbench.action.files.revert");
		gone.dispose();
		own.dispose();
		hovers.dispose();
	}
});
