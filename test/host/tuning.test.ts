// Hyperparameters that are looked for on the workspace's data, and written where the file in the editor says them.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as vscode from "vscode";
import { waveTable } from "../support/tables.ts";
import { test, until } from "./harness.ts";
import { app, begin, runTraining, underWay, workspace } from "./support.ts";

const RUN_FILE = `{
  "dataset": { "path": "waves.csv", "target": "y" },
  "epochs": 30
}
`;
const LOOP = `import pandas as pd
import torch
from torch import nn
from torch.utils.data import DataLoader

BATCH = 100
table = pd.read_csv("waves.csv")
loader = DataLoader(rows(table), batch_size=BATCH, shuffle=True)
model = nn.Sequential(nn.Linear(3, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(20):
    for x, y in loader:
        optimizer.zero_grad()
        cost(model(x), y).backward()
        optimizer.step()
`;

interface Question {
	items: readonly vscode.QuickPickItem[];
	options: vscode.QuickPickOptions;
}

let turn = 0;

/** A workspace of its own; questions are answered by the label that begins like this, refusals are kept. */
async function fresh(answer = "") {
	const { session, live, tuner } = await app();
	live.turnOff();
	await vscode.commands.executeCommand("workbench.action.closeAllEditors");
	// VS Code may still hold the text of a file that was replaced: each test has names of its own.
	const [loop, runFile] = [`tuned${++turn}.py`, `tuned${turn}.train.json`];
	const folder = await workspace({
		...{ "waves.csv": waveTable(900), "other.py": "print(1)\n" },
		...{ [runFile]: RUN_FILE, [loop]: LOOP },
	});
	session.select(undefined);
	session.form = {};
	session.runs.length = 0;
	const asked: Question[] = [];
	const said: string[] = [];
	tuner.seconds = 1;
	tuner.refuse = (sentence) => void said.push(sentence);
	tuner.choose = async (items, options) => {
		asked.push({ items, options });
		return items.find(({ label }) => label.replace(/^\$\([\w-]+\) /, "").startsWith(answer));
	};
	return { folder, loop, runFile, asked, said };
}

async function open(folder: string, name: string): Promise<vscode.TextDocument> {
	const document = await vscode.workspace.openTextDocument(vscode.Uri.file(join(folder, name)));
	await vscode.window.showTextDocument(document, vscode.ViewColumn.One);
	return document;
}

async function lensOf(document: vscode.TextDocument): Promise<vscode.CodeLens> {
	return until("the lens is there", async () => {
		const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
			"vscode.executeCodeLensProvider",
			document.uri,
		);
		return lenses.find(({ command }) => command?.title === "Find batch size");
	});
}

const findBatchSize = (argument?: unknown) => vscode.commands.executeCommand("descent.findBatchSize", argument);

test("a lens at a mini-batch size tries all of them, and the one that is chosen is one edit of its number", async () => {
	const { folder, asked, said, loop } = await fresh("256");
	const document = await open(folder, loop);
	const { range, command } = await lensOf(document);
	assert.equal(range.start.line, 5, "where BATCH is written");
	await vscode.commands.executeCommand(command!.command, ...command!.arguments!);
	assert.deepEqual(said, []);
	const [{ items, options }] = asked;
	const sizes = items.flatMap(({ label, kind }) => (kind === undefined ? [label.replace(/^\S+ /, "")] : []));
	const usual = ["8", "16", "32", "64", "128", "256", "512", "720, full batch"];
	assert.deepEqual([...sizes].sort(), [...usual].sort());
	assert.deepEqual(
		sizes.slice(1),
		usual.filter((size) => size !== sizes[0]),
		"the best one first",
	);
	assert.equal(items[1].label, `$(star-full) ${sizes[0]}`);
	for (const { kind, description } of items) {
		if (kind === undefined)
			assert.match(description!, /^dev cost [\d.]+ · [\d,]+ samples\/s · [\d,]+ updates · [\d.]+ KB$/);
	}
	assert.match(items[1].detail!, /^A run ends with its last weights; early stopping keeps/);
	assert.equal(options.title, `Mini-Batch Size for ${loop}`);
	assert.match(options.placeHolder!, /^(No clear answer:|By the) lowest dev cost within 0.25 s each, m 720$/);
	assert.match(document.getText(), /^BATCH = 256$/m);
	assert.equal(document.getText().replace("256", "100"), LOOP);
	await vscode.commands.executeCommand("undo");
	assert.equal(document.getText(), LOOP);
});

test("full batch is the program's own number of rows, and a size that was edited meanwhile is left alone", async () => {
	const { folder, said, loop } = await fresh("720, full");
	const { tuner } = await app();
	const document = await open(folder, loop);
	await findBatchSize();
	assert.match(document.getText(), /^BATCH = 900$/m);
	const choose = tuner.choose;
	tuner.choose = async (items, options) => {
		const edit = new vscode.WorkspaceEdit();
		edit.replace(document.uri, new vscode.Range(5, 8, 5, 11), "50");
		await vscode.workspace.applyEdit(edit);
		return choose(items, options);
	};
	await findBatchSize();
	assert.match(document.getText(), /^BATCH = 50$/m);
	assert.match(
		said.join(),
		/^tuned\d\.py has no mini-batch size that can be replaced; write full where it comes from\.$/,
	);
	await vscode.commands.executeCommand("workbench.action.files.revert");
});

test("a run file in the editor gets the size as a member of its own", async () => {
	const { folder, said, runFile } = await fresh("64");
	await open(folder, runFile);
	await findBatchSize();
	assert.deepEqual(said, []);
	const written = RUN_FILE.replace("30\n", '30,\n  "batchSize": 64\n');
	assert.equal(await readFile(join(folder, runFile), "utf8"), written);
});

test("where no text trains anything, the panel's run is meant, and its form gets the size", async () => {
	const { folder, said, runFile } = await fresh("720, full");
	await vscode.workspace.fs.delete(vscode.Uri.file(join(folder, runFile)));
	await open(folder, "other.py");
	const { session } = await app();
	await findBatchSize();
	assert.deepEqual([said, session.form.batchSize, session.dataset?.label], [[], "full", "waves.csv"]);
});

test("a search is refused with one sentence while a run goes on, and for a text that does not parse", async () => {
	const { folder, said, asked, loop, runFile } = await fresh();
	const document = await open(folder, loop);
	const lens = await lensOf(document);
	const edit = new vscode.WorkspaceEdit();
	edit.insert(document.uri, new vscode.Position(0, 0), "def (:\n");
	await vscode.workspace.applyEdit(edit);
	await vscode.commands.executeCommand(lens.command!.command, ...lens.command!.arguments!);
	assert.match(said[0], /^tuned\d+\.py does not parse as it stands/);
	await vscode.commands.executeCommand("workbench.action.files.revert");
	const { session } = await app();
	session.form = { epochs: 1_000_000 };
	await vscode.workspace.fs.delete(vscode.Uri.file(join(folder, runFile)));
	const run = await begin(runTraining);
	await underWay(run);
	await findBatchSize();
	assert.match(said[1], /^A run goes on, /);
	await vscode.commands.executeCommand("descent.stop");
	await until("it ends", () => run.view.phase === "stopped");
	session.form = {};
	assert.deepEqual(asked, []);
});

test("a learning rate is found on the data of the loop in the editor, and replaces its number", async () => {
	const { folder, asked, said, loop } = await fresh();
	const document = await open(folder, loop);
	await vscode.commands.executeCommand("descent.findLearningRate");
	assert.deepEqual(said, []);
	const [{ items, options }] = asked;
	const rates = items.map(({ label }) => Number(label.replace(/^\S+ /, "")));
	const { session } = await app();
	const range = session.range!;
	assert.deepEqual([range.name, range.words], [loop, options.placeHolder], "the panel has the test for its chart");
	assert.equal(Number(range.search.rate!.toPrecision(2)), rates[0]);
	assert.equal(options.title, `Learning Rate for ${loop}`);
	assert.match(
		options.placeHolder!,
		/The cost falls steepest (between|at) .* in 5 runs\. It explodes from [\d.]+ on\.$/,
	);
	assert.ok(rates[0] > 1e-4 && rates[0] < 0.3, String(rates));
	const [third, tenth] = rates.slice(-2);
	assert.ok(Math.abs(rates[0] / third / 3 - 1) < 0.05 && Math.abs(rates[0] / tenth / 10 - 1) < 0.05, String(rates));
	assert.equal(document.getText(), LOOP.replace("lr=0.01", `lr=${rates[0]}`));
	await vscode.commands.executeCommand("workbench.action.files.revert");
});

test("a run file in the editor gets the learning rate of its optimizer", async () => {
	const { folder, asked, said, runFile } = await fresh();
	await open(folder, runFile);
	await vscode.commands.executeCommand("descent.findLearningRate");
	assert.deepEqual(said, []);
	const rate = Number(asked[0].items[0].label.replace(/^\S+ /, ""));
	const { optimizer } = JSON.parse(await readFile(join(folder, runFile), "utf8"));
	assert.deepEqual(optimizer, { name: "adam", learningRate: rate });
});

test("optimizers are compared one after the other, from the same weights, until one is stopped", async () => {
	const { folder, said, runFile } = await fresh();
	const { session, tuner } = await app();
	const document = await open(folder, runFile);
	let labels: string[] = [];
	tuner.chooseMany = async (items) => {
		labels = items.flatMap(({ label, picked }) => (picked ? [label] : []));
		return items.filter(({ label, picked }) => picked || label === "Cosine" || label === "Mini-batch of 64");
	};
	const told: string[] = [];
	tuner.tell = (sentence) => void told.push(sentence);
	await vscode.commands.executeCommand("descent.compare");
	assert.equal(told.length, 1);
	assert.match(told[0], /^Of 6 runs, [a-zA-Z]+-[\d.]+(-cosine)?( \(\d\))? has the lowest dev cost: [\d.]+; then /);
	assert.deepEqual([said, labels], [[], ["Gradient descent", "Momentum", "RMSprop", "Adam"]]);
	const views = session.runs.map(({ view }) => view);
	const made = views.map(({ phase, start }) => {
		const { optimizer, decay, batchSize, epochs } = start!.run;
		return [phase, optimizer.name, decay.name, batchSize, epochs].join(" ");
	});
	assert.deepEqual(made, [
		"finished gradientDescent constant 720 30",
		"finished momentum constant 720 30",
		"finished rmsprop constant 720 30",
		"finished adam constant 720 30",
		"finished adam cosine 720 30",
		"finished adam constant 64 30",
	]);
	const firsts = session.runs.slice(0, 5).map(({ series }) => series.snapshot().cost[0]);
	assert.ok(
		firsts.every((cost) => cost === firsts[0]),
		`the same first cost: ${firsts}`,
	);

	const edit = new vscode.WorkspaceEdit();
	const at = document.positionAt(document.getText().indexOf("30"));
	edit.replace(document.uri, new vscode.Range(at, at.translate(0, 2)), "1000000");
	await vscode.workspace.applyEdit(edit);
	session.runs.length = 0;
	const compared = vscode.commands.executeCommand("descent.compare");
	await underWay(await until("the first run begins", () => session.runs[0]));
	await vscode.commands.executeCommand("descent.stop");
	await compared;
	assert.equal(told.length, 1, "a comparison that was ended has no result");
	assert.deepEqual(
		session.runs.map(({ view }) => view.phase),
		["stopped"],
	);
	await vscode.commands.executeCommand("workbench.action.files.revert");
});
