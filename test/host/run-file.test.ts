import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as vscode from "vscode";
import { lineTable } from "../support/tables.ts";
import { test, until } from "./harness.ts";
import { app, runToEnd, workspace } from "./support.ts";

const trainOn = (path: string) => vscode.commands.executeCommand("descent.trainOn", vscode.Uri.file(path));
const textOf = (path: string) => readFile(path, "utf8");

/** One's own spacing: an edit must leave it. */
const RUN_FILE = `{
  "dataset": {"path": "../table.csv",   "target": "above"},

  "optimizer": { "name":"adam", "learningRate":2e-3 }, "epochs": 4
}
`;

async function fresh(files: Record<string, string>): Promise<string> {
	const { session } = await app();
	await vscode.commands.executeCommand("workbench.action.closeAllEditors");
	const folder = await workspace(files);
	session.select(undefined);
	session.runFiles = [];
	session.form = {};
	return folder;
}

test("Train on This File trains on a table, whatever others there are", async () => {
	const folder = await fresh({ "one.csv": lineTable(100), "two.csv": lineTable(120) });
	const { session } = await app();
	const run = await runToEnd(() => trainOn(join(folder, "two.csv")));
	assert.equal(run.view.phase, "finished", run.view.error);
	assert.equal(run.view.dataset, "two.csv");
	await until("the others are offered", () => session.datasets.length === 2);
});

test("Train on This File takes all that a run file says", async () => {
	const folder = await fresh({ "table.csv": lineTable(200), "runs/a.train.json": RUN_FILE });
	const { session } = await app();
	const run = await runToEnd(() => trainOn(join(folder, "runs", "a.train.json")));
	assert.equal(run.view.phase, "finished", run.view.error);
	assert.equal(run.view.start?.run.dataset.path, join(folder, "table.csv"));
	assert.equal(run.view.start?.run.epochs, 4);
	assert.equal(run.view.start?.run.optimizer.learningRate, 0.002);
	const { dataset, runFile, form } = session.state();
	assert.deepEqual([dataset, runFile], ["table.csv", "runs/a.train.json"]);
	assert.deepEqual(form, { optimizer: "adam", learningRate: 0.002, epochs: 4 });
});

test("a run file that begins with a byte order mark is read, and found for its dataset", async () => {
	const folder = await fresh({ "table.csv": lineTable(200), "runs/a.train.json": `\ufeff${RUN_FILE}` });
	const { session } = await app();
	const run = await runToEnd(() => trainOn(join(folder, "runs", "a.train.json")));
	assert.equal(run.view.phase, "finished", run.view.error ?? session.problem);
	assert.equal(run.view.start?.run.epochs, 4);
	assert.deepEqual(session.state().runFiles, ["runs/a.train.json"]);
});

test("Train on This File from the palette means the file in the editor, and what is not saved in it", async () => {
	const folder = await fresh({ "table.csv": lineTable(200), "runs/a.train.json": RUN_FILE });
	const uri = vscode.Uri.file(join(folder, "runs", "a.train.json"));
	const document = await vscode.workspace.openTextDocument(uri);
	const editor = await vscode.window.showTextDocument(document);
	const at = document.positionAt(RUN_FILE.indexOf("4\n}"));
	await editor.edit((edit) => edit.replace(new vscode.Range(at, at.translate(0, 1)), "3"));
	const run = await runToEnd(() => vscode.commands.executeCommand("descent.trainOn"));
	assert.equal(run.view.start?.run.epochs, 3);
	await vscode.commands.executeCommand("workbench.action.files.revert");
});

test("Train on This File for a file outside the workspace, and for one that is not on the disk", async () => {
	await fresh({});
	const { session } = await app();
	const elsewhere = await mkdtemp(join(tmpdir(), "descent-elsewhere-"));
	await writeFile(join(elsewhere, "table.csv"), lineTable(90));
	const run = await runToEnd(() => trainOn(join(elsewhere, "table.csv")));
	assert.equal(run.view.phase, "finished", run.view.error);
	await until("nothing else is offered", () => session.state().datasets.join() === join(elsewhere, "table.csv"));
	await rm(elsewhere, { recursive: true });
	void vscode.commands.executeCommand("descent.trainOn", vscode.Uri.parse("untitled:table.csv"));
	await until(
		"said",
		() => session.problem === "table.csv is not on this computer's disk; save a copy there and train on that.",
	);
	const gone = await runToEnd(() => trainOn(join(elsewhere, "table.csv")));
	assert.match(gone.view.error ?? "", /^table\.csv does not exist/);
});

test("a run file that is wrong is said in one sentence, and nothing begins", async () => {
	const { session } = await app();
	const before = session.current;
	for (const [text, sentence] of [
		["{ nothing }", /^a\.train\.json is not valid JSON: [^\n]+\.$/],
		[
			'{ "dataset": { "path": "t.csv" }, "epoch": 3 }',
			/^a\.train\.json: "epoch" is not a known key; did you mean "epochs"\?$/,
		],
	] as const) {
		const folder = await fresh({ "a.train.json": text });
		void trainOn(join(folder, "a.train.json"));
		await until("said", () => sentence.test(session.problem ?? ""));
		assert.equal(session.current, before);
	}
});

test("a choice for a dataset that a run file names is an edit of the run file, which can be undone", async () => {
	const folder = await fresh({ "table.csv": lineTable(200), "runs/a.train.json": RUN_FILE });
	const path = join(folder, "runs", "a.train.json");
	const { session, trainer } = await app();
	await trainer.lookAround();
	assert.equal(session.state().runFile, "runs/a.train.json");
	await trainer.chooseTarget("b");
	assert.equal(session.summary?.target, "b");
	assert.equal(session.problem, undefined);
	assert.equal(await textOf(path), RUN_FILE.replace('"above"', '"b"'));
	await trainer.changeForm({ epochs: 6, batchSize: 32 });
	const both = RUN_FILE.replace('"above"', '"b"').replace('"epochs": 4', '"epochs": 6, "batchSize": 32');
	assert.equal(await textOf(path), both);

	const document = await vscode.workspace.openTextDocument(path);
	await vscode.window.showTextDocument(document);
	await vscode.commands.executeCommand("undo");
	await vscode.commands.executeCommand("undo");
	assert.equal(document.getText(), RUN_FILE);
	await until("the panel follows", () => session.summary?.target === "above" && session.state().form.epochs === 4);
	await vscode.commands.executeCommand("workbench.action.files.revert");
});

test("what is not saved in a run file stays so beside an edit", async () => {
	const folder = await fresh({ "table.csv": lineTable(200), "runs/unsaved.train.json": RUN_FILE });
	const path = join(folder, "runs", "unsaved.train.json");
	const { session, trainer } = await app();
	await trainer.lookAround();
	const document = await vscode.workspace.openTextDocument(path);
	const editor = await vscode.window.showTextDocument(document);
	const at = document.positionAt(RUN_FILE.indexOf('"target"'));
	await editor.edit((edit) => edit.insert(at, '"task": "binary", '));
	await until("the panel follows", () => session.choice.task === "binary" && !session.inspecting);
	await trainer.chooseTarget("b");
	assert.ok(document.isDirty);
	assert.equal(await textOf(path), RUN_FILE);
	assert.equal(document.getText(), RUN_FILE.replace('"above"', '"b"'), "a new target takes the task along");
	await vscode.commands.executeCommand("workbench.action.files.revert");
});

test("a refused choice leaves the run file alone, and so does one in a run file that is no JSON", async () => {
	const folder = await fresh({ "table.csv": lineTable(200), "runs/refused.train.json": RUN_FILE });
	const path = join(folder, "runs", "refused.train.json");
	const { session, trainer } = await app();
	await trainer.lookAround();
	await trainer.chooseTarget("nowhere");
	assert.match(session.problem ?? "", /nowhere/);
	assert.equal(await textOf(path), RUN_FILE);
	const document = await vscode.workspace.openTextDocument(path);
	const editor = await vscode.window.showTextDocument(document);
	await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), "// "));
	await trainer.chooseTarget("b");
	assert.equal(session.problem, "refused.train.json is not valid JSON; correct it, then choose again.");
	await vscode.commands.executeCommand("workbench.action.files.revert");
});

test("Save as Run File writes what the panel holds beside the dataset, and goes on there", async () => {
	const folder = await fresh({ "sub/table.csv": lineTable(200), "sub/table.train.json": "taken" });
	const { session, trainer } = await app();
	await trainer.lookAround();
	await trainer.changeForm({ learningRate: 0.01, epochs: 5 });
	await trainer.chooseTarget("b");
	await vscode.commands.executeCommand("descent.saveRunFile");
	assert.equal(session.problem, undefined);
	const path = join(folder, "sub", "table-2.train.json");
	assert.deepEqual(JSON.parse(await textOf(path)), {
		dataset: { path: "table.csv", target: "b" },
		optimizer: { name: "adam", learningRate: 0.01 },
		decay: { name: "constant" },
		epochs: 5,
	});
	assert.equal(session.state().runFile, "sub/table-2.train.json");
	const run = await runToEnd(() => vscode.commands.executeCommand("descent.run", { chosen: true }));
	assert.equal(run.view.start?.run.dataset.target, "b");
	assert.equal(run.view.start?.run.epochs, 5);
	await vscode.commands.executeCommand("descent.openRunFile");
	assert.equal(vscode.window.activeTextEditor?.document.uri.fsPath, path);
	await trainer.chooseRunFile(null);
	assert.equal(session.summary?.target, "above");
	assert.deepEqual(session.state().form, { learningRate: 0.01, epochs: 5 }, "the panel's own choices are still there");
});

test("of several run files none is taken for the dataset unless something tells which", async () => {
	const named = (path: string) => JSON.stringify({ dataset: { path }, epochs: 9 });
	const folder = await fresh({
		"table.csv": lineTable(200),
		...{ "a.train.json": named("table.csv"), "b.train.json": named("table.csv"), "c.train.json": named("other.csv") },
	});
	const { session, trainer } = await app();
	await trainer.lookAround();
	assert.deepEqual([session.state().runFile, session.state().runFiles], [undefined, ["a.train.json", "b.train.json"]]);
	await trainer.chooseRunFile("b.train.json");
	assert.equal(session.state().form.epochs, 9);
	const run = await runToEnd(() => trainOn(join(folder, "table.csv")));
	assert.equal(run.view.start?.run.epochs, 9, "what was chosen stays");
});
