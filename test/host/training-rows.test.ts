import assert from "node:assert/strict";
import { utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as vscode from "vscode";
import { lineTable } from "../support/tables.ts";
import { test, until } from "./harness.ts";
import { app, workspace } from "./support.ts";

const program = (read: string) => `import torch, torchvision, pandas as pd
${read}
loader = torch.utils.data.DataLoader(data, batch_size=64, shuffle=True)
`;

async function rowsOf(folder: string, name: string, text: string) {
	const { reader, rows } = await (await app()).editor();
	const path = join(folder, name);
	await writeFile(path, text);
	const document = await vscode.workspace.openTextDocument(vscode.Uri.file(path));
	const reading = (await reader.read(document))!;
	const found = () => rows.of(reading);
	found();
	return { found, path };
}

test("m is of the file that the program names, from its folder or the workspace's, and follows the file", async () => {
	const folder = await workspace({
		"data/a.csv": lineTable(300),
		"src/b.csv": lineTable(120),
		"test.csv": lineTable(50),
	});
	const one = await rowsOf(
		folder,
		"src/one.py",
		program('test = pd.read_csv("test.csv")\ndata = pd.read_csv("data/a.csv")'),
	);
	await until("a.csv is counted", () => one.found()?.rows === 300);
	assert.deepEqual([one.found()?.dataset, one.found()?.from], [join("data", "a.csv"), "file"]);
	const two = await rowsOf(folder, "src/two.py", program('data = pd.read_csv("b.csv")'));
	await until("b.csv is counted", () => two.found()?.rows === 120);
	await writeFile(join(folder, "src", "b.csv"), lineTable(140));
	await utimes(join(folder, "src", "b.csv"), 1, 1);
	await until("counted again", () => two.found()?.rows === 140);
	const gone = await rowsOf(folder, "src/gone.py", program('data = pd.read_csv("gone.csv")'));
	await until("looked for", async () => {
		const { rows } = await (await app()).editor();
		return rows.idle;
	});
	assert.equal(gone.found(), undefined, "another dataset is no stand-in for the one that is named");
});

test("rows that the program drops for lack of a value are no part of m, and counted anew when it drops others", async () => {
	const lines = Array.from({ length: 200 }, (_, i) => `${i % 10 ? i : ""},${i % 7 ? "u" : "NA"},${i % 2}`);
	const folder = await workspace({ "gaps.csv": `a,b,y\n${lines.join("\n")}\n` });
	const { found, path } = await rowsOf(folder, "drop.py", program('data = pd.read_csv("gaps.csv").dropna()'));
	const whole = Array.from({ length: 200 }, (_, i) => i).filter((i) => i % 10 && i % 7).length;
	await until("whole rows are counted", () => found()?.rows === whole);
	assert.deepEqual(found()?.table?.complete, ["a", "b"]);
	const document = await vscode.workspace.openTextDocument(path);
	const edit = new vscode.WorkspaceEdit();
	edit.insert(document.uri, document.positionAt(document.getText().indexOf("dropna(") + 7), 'subset=["a"]');
	await vscode.workspace.applyEdit(edit);
	const { reader, rows } = await (await app()).editor();
	const reading = (await reader.read(document))!;
	assert.equal(rows.of(reading)?.rows, whole, "the old number stays until the new one is known");
	assert.equal((await rows.settled(reading))?.rows, 180);
	await vscode.window.showTextDocument(document);
	await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
});

test("m is of the workspace's only dataset where none is named; of a collection what it always has", async () => {
	const folder = await workspace({ "only.csv": lineTable(210) });
	const one = await rowsOf(folder, "unnamed.py", program(""));
	const found = await until("only.csv is counted", () => (one.found()?.rows === 210 ? one.found() : undefined));
	assert.deepEqual([found.rows, found.dataset, found.from], [210, "only.csv", "workspace"]);
	const two = await rowsOf(folder, "mnist.py", program('data = torchvision.datasets.MNIST("root")'));
	assert.equal(two.found()?.rows, 60_000);
});

test("m of a run file is of its training part, and stays while the file is being written", async () => {
	const folder = await workspace({ "table.csv": lineTable(200) });
	const text = JSON.stringify({ dataset: { path: "table.csv", split: { dev: 0.1, test: 0.1 } }, batchSize: 32 });
	const { found, path } = await rowsOf(folder, "a.train.json", text);
	// Another test may have had another table under this name.
	await until("table.csv is counted", () => found()?.rows === 160);
	const document = await vscode.workspace.openTextDocument(path);
	const edit = new vscode.WorkspaceEdit();
	edit.insert(document.uri, new vscode.Position(0, 1), "?");
	await vscode.workspace.applyEdit(edit);
	const { rows } = await (await app()).editor();
	found();
	await until("looked at again", () => rows.idle);
	assert.equal(found()?.rows, 160);
	await vscode.window.showTextDocument(document);
	await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
});
