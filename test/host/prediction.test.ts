import assert from "node:assert/strict";
import { readFile, utimes } from "node:fs/promises";
import { basename, join } from "node:path";
import * as vscode from "vscode";
import { part } from "../../src/engine/data/row-parts.ts";
import { splitRows } from "../../src/engine/data/split.ts";
import { Turns } from "../../src/engine/data/turns.ts";
import { KEPT } from "../../src/engine/protocol/kept-run.ts";
import { encodeSafetensors } from "../../src/engine/training/safetensors.ts";
import { findCheckpoints, weightsIn } from "../../src/extension/predictions/checkpoints.ts";
import { lineTable } from "../support/tables.ts";
import { test, until } from "./harness.ts";
import { app, runToEnd, runTraining, workspace } from "./support.ts";

const execute = (command: string, ...rest: unknown[]) => vscode.commands.executeCommand(command, ...rest);
const accept = () => execute("workbench.action.acceptSelectedQuickOpenItem");

/** Goes through a command's questions with what each one proposes, until its file is there. */
async function takeDefaults(command: Thenable<unknown>, path: string): Promise<void> {
	await until(`${basename(path)} is written`, async () => {
		await accept();
		return vscode.workspace.fs.stat(vscode.Uri.file(path)).then(
			() => true,
			() => false,
		);
	});
	await Promise.race([command, until("the file is opened", () => opened(path))]);
}

const opened = (path: string) =>
	vscode.window.tabGroups.all.some(({ tabs }) =>
		tabs.some(({ input }) => input instanceof vscode.TabInputText && input.uri.fsPath === path),
	);

test("a checkpoint saved from the panel predicts what the run's evaluation says", async () => {
	const folder = await workspace({ "table.csv": lineTable(600) });
	const { session } = await app();
	session.form = {};
	const { view } = await runToEnd(runTraining);
	assert.equal(view.phase, "finished", view.error);
	const checkpoint = join(folder, `table-${view.name.replace(/[^\w.-]+/g, "-")}.safetensors`);
	await takeDefaults(execute("descent.saveCheckpoint"), checkpoint);
	const output = join(folder, "table.predicted.csv");
	await takeDefaults(execute("descent.predict", vscode.Uri.file(checkpoint)), output);
	await until("the predictions are shown", () => opened(output));

	const rows = (text: string) => text.trimEnd().split("\n").slice(1);
	const answers = rows(await readFile(output, "utf8")).map((line) => line.split(",")[0]);
	const table = rows(await readFile(join(folder, "table.csv"), "utf8"));
	const truths = table.map((line) => line.split(",").at(-1));
	assert.equal(answers.length, 600);
	const { start, done } = view;
	const labels = Uint16Array.from(truths, (truth) => (truth === "yes" ? 1 : 0));
	const { parts } = await splitRows(labels, 2, start!.run.dataset.split, new Turns());
	const dev = answers.flatMap((answer, i) => (parts[i] === part.dev ? [answer === truths[i]] : []));
	assert.equal(dev.length, start!.devRows);
	assert.equal(dev.filter((right) => right).length / dev.length, done!.devAccuracy);
});

test("Predict finds the workspace's checkpoints, the newest first, and no other files of their format", async () => {
	const { session, trainer, engine } = await app();
	const folder = vscode.workspace.workspaceFolders![0].uri;
	const [own] = await vscode.workspace.findFiles("*.safetensors");
	const run = session.current!.view.start!.kept;
	const bytes = await vscode.workspace.fs.readFile(own);
	await utimes(own.fsPath, 1, 1);
	const kept = vscode.Uri.joinPath(folder, ".descent/runs/one/checkpoint.safetensors");
	await vscode.workspace.fs.writeFile(kept, bytes);
	const strange = encodeSafetensors(new Map([["W1", { shape: [1], data: new Float32Array(1) }]]), {});
	for (const [name, content] of Object.entries({ strange, cut: bytes.subarray(0, -1), empty: new Uint8Array() })) {
		await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder, `${name}.safetensors`), content);
	}
	const found = await findCheckpoints(engine);
	assert.deepEqual(
		found.map(({ label }) => label),
		[kept, vscode.Uri.joinPath(vscode.Uri.file(run!), KEPT.checkpoint), own].map((uri) =>
			vscode.workspace.asRelativePath(uri),
		),
	);
	assert.match(found[0].detail!, /^trained on table\.csv with adam 0\.001, 2,000 steps, accuracy [01]\.\d{3}, /);
	// Predictions are no dataset, so that the next run need not ask.
	await trainer.lookAround();
	assert.deepEqual(
		session.datasets.map(({ label }) => label),
		["table.csv"],
	);
});

test("what is no checkpoint of Descent is refused by its name before anything is asked", async () => {
	const { engine, predictor } = await app();
	const said: string[] = [];
	const strange = vscode.Uri.joinPath(vscode.workspace.workspaceFolders![0].uri, "strange.safetensors");
	assert.equal(await weightsIn(engine, strange), null);
	predictor.refuse = (sentence) => void said.push(sentence);
	await predictor.predict(strange);
	assert.deepEqual(said, ["strange.safetensors is no checkpoint of Descent, or it was cut off; choose another file."]);
});

test("a table without a column that the checkpoint saved takes is refused before a place is asked for", async () => {
	const { predictor } = await app();
	const [own] = await vscode.workspace.findFiles("table-*.safetensors");
	await vscode.workspace.fs.delete(vscode.Uri.joinPath(own, "../table.csv"));
	await vscode.workspace.fs.writeFile(
		vscode.Uri.joinPath(own, "../lacking.csv"),
		Buffer.from("a,above\n1,yes\n2,no\n"),
	);
	const said: string[] = [];
	const { place } = predictor;
	predictor.refuse = (sentence) => void said.push(sentence);
	predictor.place = async () => void said.push("a place");
	const told = predictor.predict(own);
	await until("the table is taken", async () => {
		await accept();
		return said.length > 0;
	});
	await told;
	predictor.place = place;
	assert.deepEqual(said, ['lacking.csv lacks a column that the model was trained on: "b"; add what is missing.']);
});
