import assert from "node:assert/strict";
import { join } from "node:path";
import * as vscode from "vscode";
import { lineTable } from "../support/tables.ts";
import { test, until } from "./harness.ts";
import { app, replaceText, runToEnd, workspace } from "./support.ts";

const TEXT = `import pandas as pd
import torch

BATCH = 100
table = pd.read_csv("table.csv")
model = torch.nn.Sequential(torch.nn.Linear(2, 1))
opt = torch.optim.SGD(model.parameters(), lr=0.1)
loader = torch.utils.data.DataLoader(data, batch_size=BATCH, shuffle=True)
for epoch in range(10):
    for x, y in loader:
        opt.zero_grad()
        cost(model(x), y).backward()
        opt.step()
`;
/** 3,000 rows of 100: 30 steps. A step: 100 * (2 + 1 + 2) + 2 * 3 numbers. */
const WORDS = [
	"3: m 3,000 · 30 steps per epoch · 300 updates · 2.0 KB a mini-batch ·\u00a0$(lightbulb)\u00a0not a power of two: try 128",
	"8: $(play)\u00a0Run training",
	"8: 10 epochs · 300 updates",
];

const lensesOf = (document: vscode.TextDocument) =>
	vscode.commands.executeCommand<vscode.CodeLens[]>("vscode.executeCodeLensProvider", document.uri);
const wordsOf = async (document: vscode.TextDocument) =>
	(await lensesOf(document))
		.map(({ range, command }) => `${range.start.line}: ${command?.title}`)
		.filter((line) => /m |Run training|epoch/.test(line));

async function open(name: string, text = TEXT): Promise<vscode.TextDocument> {
	await app();
	await vscode.commands.executeCommand("workbench.action.closeAllEditors");
	const folder = await workspace({ "table.csv": lineTable(3000), [name]: text });
	const uri = vscode.Uri.file(join(folder, name));
	await vscode.commands.executeCommand("vscode.open", uri);
	const document = await until("it is open", () =>
		vscode.workspace.textDocuments.find((document) => document.uri.path === uri.path),
	);
	// Another test may have had another table under this name.
	await until("m is known", async () => (await wordsOf(document)).some((line) => /m (3,000|2,400) /.test(line)));
	return document;
}

test("lenses say m of the file that is named, steps, updates and memory, and what is odd", async () => {
	const document = await open("said.py");
	assert.deepEqual(await wordsOf(document), WORDS);
	const [size] = await lensesOf(document);
	assert.match(
		size.command?.tooltip ?? "",
		/^m, the rows that train, is all of table\.csv: .+\nA step in float32: .+\nCaches, .+/s,
	);
});

test("clicking a lens takes what it says, and so does the light bulb at the number", async () => {
	const document = await open("clicked.py");
	const [size] = await lensesOf(document);
	await vscode.commands.executeCommand(size.command!.command, ...size.command!.arguments!);
	assert.match(document.getText(), /\nBATCH = 128\n/);
	// What a lens said of an earlier text is nothing for this one.
	await vscode.commands.executeCommand(size.command!.command, ...size.command!.arguments!);
	assert.match(document.getText(), /\nBATCH = 128\n/);
	await replaceText(document, "= 128", "= 1000");
	const at = document.positionAt(document.getText().indexOf("1000"));
	const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
		"vscode.executeCodeActionProvider",
		document.uri,
		new vscode.Range(at, at),
	);
	const action = actions.find(({ title }) => title === "Mini-batch of 512 (above 512)");
	assert.ok(action?.edit, actions.map(({ title }) => title).join());
	await vscode.workspace.applyEdit(action.edit);
	assert.match(document.getText(), /\nBATCH = 512\n/);
	await vscode.commands.executeCommand("workbench.action.files.revert");
});

test("Run training in a lens trains on the dataset of the text", async () => {
	const document = await open("run.py");
	const run = (await lensesOf(document)).find(({ command }) => /Run training/.test(command?.title ?? ""))!;
	const { session } = await app();
	session.form = { epochs: 1 };
	const { view } = await runToEnd(() =>
		vscode.commands.executeCommand(run.command!.command, ...run.command!.arguments!),
	);
	session.form = {};
	assert.equal(view.phase, "finished", view.error);
	assert.equal(view.dataset, "table.csv");
});

test("a run file has a lens for training and one for its mini-batch size", async () => {
	const text =
		'{\n\t"dataset": { "path": "table.csv" },\n\t"model": { "layers": [] },\n\t"batchSize": 64,\n\t"epochs": 5\n}\n';
	const document = await open("a.train.json", text);
	await until("m is known", async () => /m 2,400/.test((await wordsOf(document)).join()));
	const [run, size] = await wordsOf(document);
	assert.equal(run, "0: $(play)\u00a0Run training");
	assert.match(size, /^3: m 2,400 · 38 steps per epoch · 190 updates · /);
});

test("lenses are turned off and on at once", async () => {
	const document = await open("off.py");
	const settings = vscode.workspace.getConfiguration("descent.codeLens");
	await settings.update("enabled", false, vscode.ConfigurationTarget.Workspace);
	await until("none", async () => (await wordsOf(document)).length === 0);
	await settings.update("enabled", undefined, vscode.ConfigurationTarget.Workspace);
	await until("again", async () => (await wordsOf(document)).join() === WORDS.join());
});

test("no lens comes or goes while a number is typed digit by digit", async () => {
	const document = await open("typed.py");
	const editor = await vscode.window.showTextDocument(document);
	const places = async () => (await wordsOf(document)).map((line) => line.split(":")[0]).join();
	const before = await places();
	assert.equal(before, "3,8,8");
	for (const [number, typed] of [
		["100", "12045"],
		["10)", "1250)"],
	]) {
		const start = document.getText().indexOf(number);
		const end = start + number.replace(")", "").length;
		// The old number goes digit by digit as well, down to a text that does not parse.
		for (let at = end; at > start; at--) {
			const range = new vscode.Range(document.positionAt(at - 1), document.positionAt(at));
			await editor.edit((edit) => edit.delete(range));
			assert.equal(await places(), before, document.getText(new vscode.Range(3, 0, 8, 99)));
		}
		for (const [i, digit] of [...typed.replace(")", "")].entries()) {
			await editor.edit((edit) => edit.insert(document.positionAt(start + i), digit));
			assert.equal(await places(), before, document.getText(new vscode.Range(3, 0, 8, 99)));
		}
	}
	assert.match((await wordsOf(document))[2], /^8: 1,250 epochs/);
	await vscode.commands.executeCommand("workbench.action.files.revert");
});

test("lenses of a notebook stand in the cell that they are about", async () => {
	await open("beside.py");
	const [head, tail] = [TEXT.slice(0, TEXT.indexOf("model")), TEXT.slice(TEXT.indexOf("model"))];
	const cell = (text: string) => new vscode.NotebookCellData(vscode.NotebookCellKind.Code, text, "python");
	const notebook = await vscode.workspace.openNotebookDocument(
		"jupyter-notebook",
		new vscode.NotebookData([cell(head), cell(tail)]),
	);
	await vscode.window.showNotebookDocument(notebook);
	const [first, second] = notebook.getCells().map(({ document }) => document);
	await until("m is known", async () => /m 3,000/.test((await wordsOf(first)).join()));
	assert.deepEqual(await wordsOf(first), [WORDS[0]]);
	assert.deepEqual(
		(await wordsOf(second)).map((line) => line.split(":")[0]),
		["3", "3"],
	);
	await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
});
