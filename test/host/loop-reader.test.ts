import assert from "node:assert/strict";
import * as vscode from "vscode";
import { test, until } from "./harness.ts";
import { app, replaceText } from "./support.ts";

const TEXT = [
	"import torch",
	"opt = torch.optim.Adam(net.parameters(), lr=5)",
	"for epoch in range(3):",
	"    opt.zero_grad()",
	"    loss.backward()",
	"    opt.step()",
	"",
].join("\r\n");

const open = (content: string, language = "python") => vscode.workspace.openTextDocument({ content, language });

test("a version of a document is read once, for all that ask, and follows its edits", async () => {
	const { reader } = await (await app()).editor();
	const document = await open(TEXT);
	let readings = 0;
	const counted = reader.onDidRead(({ uri }) => {
		if (uri.toString() === document.uri.toString()) readings++;
	});
	const [one, two] = await Promise.all([reader.read(document), reader.read(document)]);
	assert.ok(one);
	assert.equal(one, two);
	assert.equal(readings, 1);
	const [rate] = one.facts.optimizers[0].parameters;
	assert.equal(rate.value, 5);
	const range = one.rangeOf(document, rate.at!)!;
	assert.equal(document.getText(range), "5");
	assert.equal(one.offsetOf(document, range.start), rate.at!.start);

	await replaceText(document, "lr=5", "lr=0.25");
	const after = await reader.read(document);
	assert.equal(after?.facts.optimizers[0].parameters[0].value, 0.25);
	// Half written: the last good facts, at their new places.
	await replaceText(document, "import torch", "import torch\r\nx = (");
	const broken = await reader.read(document);
	assert.equal(broken?.broken, true);
	assert.equal(document.getText(broken.rangeOf(document, broken.facts.optimizers[0].parameters[0].at!)), "0.25");
	counted.dispose();
	assert.equal(readings, 3);
});

test("what is on the screen is read without being asked", async () => {
	const { reader } = await (await app()).editor();
	const document = await open(TEXT);
	const read = new Promise<void>((resolve) => {
		reader.onDidRead(({ uri }) => uri.toString() === document.uri.toString() && resolve());
	});
	await vscode.window.showTextDocument(document);
	await read;
	await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
});

test("cells of a notebook are one program, each with its own places", async () => {
	const { reader } = await (await app()).editor();
	const cell = (text: string, language = "python") =>
		new vscode.NotebookCellData(vscode.NotebookCellKind.Code, text, language);
	const notebook = await vscode.workspace.openNotebookDocument(
		"jupyter-notebook",
		new vscode.NotebookData([
			cell("import torch\nrate = 5"),
			cell("ls", "shellscript"),
			cell(TEXT.slice(14).replace("lr=5", "lr=rate")),
		]),
	);
	const [first, , last] = notebook.getCells().map(({ document }) => document);
	const reading = await reader.read(last);
	assert.equal(await reader.read(first), reading);
	const [rate] = reading!.facts.optimizers[0].parameters;
	assert.equal(rate.value, 5);
	assert.equal(first.getText(reading!.rangeOf(first, rate.writtenAt!)), "5");
	assert.equal(reading!.rangeOf(last, rate.writtenAt!), undefined);
	assert.equal(last.getText(reading!.rangeOf(last, rate.at!)), "rate");
	await replaceText(first, "rate = 5", "rate = 0.5");
	assert.equal((await reader.read(last))?.facts.optimizers[0].parameters[0].value, 0.5);
});

test("what is read is bounded, and nothing is kept of what is closed or of another kind", async () => {
	const { reader } = await (await app()).editor();
	const first = await open(TEXT);
	await reader.read(first);
	for (let i = 0; i < 30; i++) await reader.read(await open(TEXT));
	assert.ok(reader.size <= 24, `${reader.size} texts are held`);
	assert.equal((await reader.read(first))?.facts.optimizers.length, 1, "read anew");
	const held = reader.size;
	const editor = await vscode.window.showTextDocument(await open(TEXT));
	const { document } = editor;
	await reader.read(document);
	const script = await vscode.languages.setTextDocumentLanguage(document, "javascript");
	assert.deepEqual((await reader.read(script))?.facts.optimizers, []);
	const plain = await vscode.languages.setTextDocumentLanguage(script, "plaintext");
	assert.equal(await reader.read(plain), undefined);
	await until("forgotten", () => reader.size <= held);
	await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
});
