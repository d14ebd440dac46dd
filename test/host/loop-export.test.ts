import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as vscode from "vscode";
import { decodeSafetensors } from "../../src/engine/training/safetensors.ts";
import { lineTable } from "../support/tables.ts";
import { test, until } from "./harness.ts";
import { app, runToEnd, runTraining, workspace } from "./support.ts";

const execute = (command: string, ...rest: unknown[]) => vscode.commands.executeCommand(command, ...rest);
const shown = () => vscode.window.activeTextEditor?.document.uri.fsPath;

/** Takes what each question of the command proposes, until the program is open. */
async function exportedTo(path: string, argument?: unknown): Promise<string> {
	const done = execute("descent.exportLoop", argument);
	await until(`${path} is written`, async () => {
		if (!existsSync(path)) await execute("workbench.action.acceptSelectedQuickOpenItem");
		return existsSync(path);
	});
	await done;
	await until("the program is open", () => shown() === path);
	return readFile(path, "utf8");
}

test("export: the panel's run becomes a program with its data beside it, rates changed by hand and all", async () => {
	const folder = await workspace({ "table.csv": lineTable(300) });
	const { session, shelf } = await app();
	session.select(undefined);
	session.form = { epochs: 30, learningRate: 0.02 };
	const run = await runToEnd(runTraining);
	run.view.rateChanges = [{ iteration: 11, factor: 0.5 }];
	const path = join(folder, "table-pytorch.py");
	const program = await exportedTo(path, { chosen: false });
	assert.match(program, /learning_rate = 0\.02\n/);
	assert.match(program, /return 0\.01 if step >= 10 else 0\.02\n/);
	const { tensors } = decodeSafetensors(await readFile(join(folder, "table-pytorch.safetensors")));
	assert.deepEqual(tensors.get("x_train")?.shape, [240, 2]);

	await shelf.refresh();
	await vscode.workspace.fs.delete(vscode.Uri.file(path));
	await execute("workbench.action.closeAllEditors");
	// The changes that are kept on disk are none.
	session.remove(run);
	await shelf.rename(shelf.stored[0], "mine");
	const renamed = await exportedTo(path, shelf.stored[0]);
	assert.doesNotMatch(renamed, /rate_of/);
	assert.match(renamed.replace(/\s+/g, " "), /as the run mine of Descent did\./);
	session.form = {};
});

test("export: the run file in the editor", async () => {
	const file = { dataset: { path: "table.csv" }, batchSize: 64, epochs: 4, decay: { name: "exponential" } };
	const folder = await workspace({ "table.csv": lineTable(300), "mine.train.json": JSON.stringify(file) });
	await vscode.window.showTextDocument(vscode.Uri.file(join(folder, "mine.train.json")));
	const program = await exportedTo(join(folder, "table-pytorch.py"));
	assert.match(program, /batch_size = 64\n/);
	assert.match(program, /ExponentialLR/);
	await execute("workbench.action.closeAllEditors");
});
