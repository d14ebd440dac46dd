import assert from "node:assert/strict";
import { join } from "node:path";
import * as vscode from "vscode";
import { test, until } from "./harness.ts";
import { app, workspace } from "./support.ts";

const TEXT = `import torch

torch.manual_seed(0)
opt = torch.optim.Adam(model.parameters(), lr=5)
for x, y in loader:
    loss = cost(model(x), y)
    loss.backward()
    opt.step()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
`;
const CODES = ["learning-rate-range", "missing-zero-grad", "clip-after-step"];

const settings = () => vscode.workspace.getConfiguration("descent.findings");
const codes = (uri: vscode.Uri) =>
	vscode.languages.getDiagnostics(uri).map(({ code }) => (code as { value: string }).value);

async function shows(uri: vscode.Uri, ...expected: string[]): Promise<void> {
	await until(`shown: ${expected}`, () => codes(uri).join() === expected.join()).catch((error) => {
		throw new Error(`${error.message}; there are: ${codes(uri)}`);
	});
}

async function open(name: string): Promise<vscode.TextDocument> {
	await app();
	const folder = await workspace({ [`loops/${name}.py`]: TEXT });
	await vscode.commands.executeCommand("workbench.action.closeAllEditors");
	// Not by openTextDocument, which keeps it open for some minutes after its editor.
	const uri = vscode.Uri.file(join(folder, "loops", `${name}.py`));
	await vscode.commands.executeCommand("vscode.open", uri);
	return until("it is open", () => vscode.workspace.textDocuments.find((document) => document.uri.path === uri.path));
}

async function actionsFor(document: vscode.TextDocument, code: string): Promise<vscode.CodeAction[]> {
	const found = vscode.languages.getDiagnostics(document.uri).find((d) => (d.code as { value: string }).value === code);
	if (!found) return [];
	return vscode.commands.executeCommand("vscode.executeCodeActionProvider", document.uri, found.range, "quickfix");
}

async function take(document: vscode.TextDocument, code: string, title: string): Promise<void> {
	// VS Code drops what was made of a text that it has sent another version of by then.
	const action = await until(title, async () => (await actionsFor(document, code)).find((a) => a.title === title));
	if (action.edit) await vscode.workspace.applyEdit(action.edit);
	if (action.command) await vscode.commands.executeCommand(action.command.command, ...(action.command.arguments ?? []));
}

test("findings stand in the Problems view with severity, page and tag, and go with what they are about", async () => {
	const { uri } = await open("shown");
	await shows(uri, ...CODES);
	const [rate, zero, clip] = vscode.languages.getDiagnostics(uri);
	assert.deepEqual(
		[rate.severity, zero.severity, clip.severity],
		[vscode.DiagnosticSeverity.Warning, vscode.DiagnosticSeverity.Error, vscode.DiagnosticSeverity.Warning],
	);
	assert.equal(rate.source, "Descent");
	assert.match(rate.message, /^The learning rate is 5; Adam is rarely stable above 0\.1\. Try /);
	assert.match(String((rate.code as { target: vscode.Uri }).target), /^command:descent\.explainFinding\?/);
	assert.deepEqual(clip.tags, [vscode.DiagnosticTag.Unnecessary]);
	assert.equal(zero.tags, undefined);
	await vscode.commands.executeCommand("workbench.action.closeAllEditors");
	await shows(uri);
});

test("quick fixes mend, ignore here, or turn off; what they say is then no finding", async () => {
	const document = await open("fixed");
	await shows(document.uri, ...CODES);
	await take(document, "missing-zero-grad", "Call opt.zero_grad() before backward()");
	await shows(document.uri, "learning-rate-range", "clip-after-step");
	assert.match(document.getText(), /\n {4}opt\.zero_grad\(\)\n {4}loss\.backward\(\)/);
	await take(document, "clip-after-step", "Move it before step()");
	await shows(document.uri, "learning-rate-range");
	await take(document, "learning-rate-range", "Ignore learning-rate-range here");
	await shows(document.uri);
	assert.match(document.getText(), /lr=5\) {2}# descent: ignore\[learning-rate-range\]\n/);
	await vscode.commands.executeCommand("undo");
	await shows(document.uri, "learning-rate-range");
	await take(document, "learning-rate-range", "Turn off learning-rate-range");
	await shows(document.uri);
	assert.deepEqual(settings().get("severity"), { "learning-rate-range": "off" });
	await settings().update("severity", undefined, vscode.ConfigurationTarget.Workspace);
	await shows(document.uri, "learning-rate-range");
	await vscode.commands.executeCommand("workbench.action.files.revert");
});

test("settings act at once: severities, files without findings, all off", async () => {
	const { uri } = await open("set");
	const { Workspace } = vscode.ConfigurationTarget;
	await shows(uri, ...CODES);
	await settings().update("severity", { "missing-zero-grad": "hint", "clip-after-step": "off" }, Workspace);
	await shows(uri, "learning-rate-range", "missing-zero-grad");
	assert.equal(vscode.languages.getDiagnostics(uri)[1].severity, vscode.DiagnosticSeverity.Hint);
	await settings().update("severity", undefined, Workspace);
	await settings().update("exclude", ["loops/**"], Workspace);
	await shows(uri);
	await settings().update("exclude", ["other/**"], Workspace);
	await shows(uri, ...CODES);
	await settings().update("exclude", undefined, Workspace);
	await settings().update("enabled", false, Workspace);
	await shows(uri);
	await settings().update("enabled", undefined, Workspace);
	await shows(uri, ...CODES);
});

test("a finding's page opens beside it", async () => {
	const document = await open("explained");
	await shows(document.uri, ...CODES);
	await take(document, "missing-zero-grad", "Explain missing-zero-grad");
	await until("its tab", () =>
		vscode.window.tabGroups.all.some(({ tabs }) => tabs.some(({ label }) => /missing-zero-grad/.test(label))),
	);
	await vscode.commands.executeCommand("workbench.action.closeAllEditors");
});

test("findings of a notebook stand in their cells", async () => {
	const cell = (text: string) => new vscode.NotebookCellData(vscode.NotebookCellKind.Code, text, "python");
	const [head, loop] = [TEXT.slice(0, TEXT.indexOf("for")), TEXT.slice(TEXT.indexOf("for"))];
	const notebook = await vscode.workspace.openNotebookDocument(
		"jupyter-notebook",
		new vscode.NotebookData([cell(head), cell(loop)]),
	);
	await vscode.window.showNotebookDocument(notebook);
	const [first, second] = notebook.getCells().map(({ document }) => document);
	await shows(first.uri, "learning-rate-range");
	await shows(second.uri, "missing-zero-grad", "clip-after-step");
	assert.equal(second.getText(vscode.languages.getDiagnostics(second.uri)[0].range), "opt.step()");
	await take(second, "missing-zero-grad", "Call opt.zero_grad() before backward()");
	await shows(second.uri, "clip-after-step");
	await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
	await until("closed", () => notebook.isClosed);
	await shows(first.uri);
});
