// Live charts: the file in the editor is trained at each edit, and drawn over the run before.
import assert from "node:assert/strict";
import { rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import * as vscode from "vscode";
import type { RatePreview } from "../../src/engine/protocol/run.ts";
import { MOST_RUNS, type Run } from "../../src/extension/runs/session.ts";
import { blobTable, waveTable } from "../support/tables.ts";
import { test, until } from "./harness.ts";
import { app, begin, replaceText, runTraining, underWay, workspace } from "./support.ts";

const RUN_FILE = `{
  "dataset": { "path": "waves.csv", "target": "y" },
  "optimizer": { "name": "adam", "learningRate": 0.001 },
  "batchSize": 64,
  "epochs": 30
}
`;
const LOOP = `import pandas as pd
import torch
from torch import nn
from torch.utils.data import DataLoader

table = pd.read_csv("waves.csv")
loader = DataLoader(rows(table), batch_size=64, shuffle=True)
model = nn.Sequential(nn.Linear(3, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(20):
    for x, y in loader:
        optimizer.zero_grad()
        cost(model(x), y).backward()
        optimizer.step()
`;

const liveOf = async () => (await app()).session.runs.filter(({ view }) => view.live);

async function open(folder: string, name: string): Promise<vscode.TextEditor> {
	const document = await vscode.workspace.openTextDocument(vscode.Uri.file(join(folder, name)));
	return vscode.window.showTextDocument(document, vscode.ViewColumn.One);
}

let tests = 0;

async function fresh(): Promise<string> {
	const { session, live } = await app();
	live.turnOff();
	await vscode.commands.executeCommand("workbench.action.closeAllEditors");
	// VS Code may hold the text of an earlier test, and may write it a second later: no path is used again.
	const name = `live-${++tests}`;
	const files = { "waves.csv": waveTable(900), "a.train.json": RUN_FILE, "train.py": LOOP };
	const folder = await workspace(
		Object.fromEntries(Object.entries(files).map(([file, content]) => [`${name}/${file}`, content])),
	);
	session.select(undefined);
	session.form = {};
	session.runs.length = 0;
	return join(folder, name);
}

/** Nothing of it meets the tests that follow. */
async function leave({ document }: vscode.TextEditor): Promise<void> {
	const { session, live } = await app();
	live.turnOff();
	await vscode.window.showTextDocument(document);
	await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
	await until("it has ended", () => !session.active);
	session.runs.length = 0;
	session.select(undefined);
}

/** The newest live run once it has ended. */
async function ended(what: string, rate: number) {
	return until(what, async () => {
		const run = (await liveOf()).at(-1);
		return run?.view.done && run.view.start?.run.optimizer.learningRate === rate ? run : undefined;
	});
}

test("each edit of a run file makes a run, drawn over the one before, from the same weights", async () => {
	const folder = await fresh();
	const { session } = await app();
	const editor = await open(folder, "a.train.json");
	await vscode.commands.executeCommand("descent.live.on");
	const first = await ended("the first live run", 0.001);
	assert.equal(first.view.live, "now");
	await replaceText(editor.document, "0.001", "0.01");
	const second = await ended("the second live run", 0.01);
	assert.deepEqual([first.view.live, second.view.live], ["before", "now"]);
	assert.deepEqual([first.view.name, second.view.name], ["adam-0.001 (live)", "adam-0.01 (live)"]);
	assert.equal(second.series.snapshot().cost[0], first.series.snapshot().cost[0], "same weights, same mini-batch");
	await until("the difference in words", () => /^dev cost .* before/.test(session.live.difference ?? ""));
	await replaceText(editor.document, "0.01", "0.02");
	await ended("the third live run", 0.02);
	assert.deepEqual(
		(await liveOf()).map(({ view }) => view.live),
		["before", "now"],
		"two are kept",
	);
	assert.ok(!session.runs.includes(first));
	// back to where it was: nothing is trained twice, but for another text
	await replaceText(editor.document, "\n", "\n\n");
	await until("it is followed still", () => session.live.file === "a.train.json");
	assert.equal((await liveOf()).at(-1)?.view.start?.run.optimizer.learningRate, 0.02);
	await leave(editor);
});

test("a live run that has left the panel takes no other one along", async () => {
	const folder = await fresh();
	const { session } = await app();
	await open(folder, "a.train.json");
	await vscode.commands.executeCommand("descent.live.on");
	const gone = await ended("the live run", 0.001);
	const { live: _, ...view } = gone.view;
	const others = Array.from({ length: MOST_RUNS }, () => session.restore(view, gone.dataset, Date.now()));
	assert.ok(!session.runs.includes(gone));
	const loop = await open(folder, "train.py");
	await ended("the loop's run", 0.01);
	assert.deepEqual(session.runs.slice(0, -1), others.slice(1), "the oldest one made room");
	await leave(loop);
});

test("a run that a person starts while an edit's table is looked for is left alone", async () => {
	const folder = await fresh();
	const { session } = await app();
	let own: Run | undefined;
	// The table of the edit is chosen right before its run begins.
	const starting = session.onDidChange(() => {
		const { dataset } = session;
		if (!dataset) return;
		starting.dispose();
		own = session.begin(dataset, performance.now());
	});
	const editor = await open(folder, "a.train.json");
	await vscode.commands.executeCommand("descent.live.on");
	await until("the edit's table is chosen", () => own);
	await until("the edit is seen", () => session.live.file !== undefined);
	assert.deepEqual(session.runs, [own]);
	session.stopped(own!);
	await replaceText(editor.document, "0.001", "0.005");
	await ended("the next edit's run", 0.005);
	await leave(editor);
});

test("a run that the next edit cuts short makes room for it, and the whole one before stays to compare with", async () => {
	const folder = await fresh();
	const { session } = await app();
	const editor = await open(folder, "a.train.json");
	await vscode.commands.executeCommand("descent.live.on");
	const whole = await ended("the whole run", 0.001);
	await replaceText(editor.document, '"epochs": 30', '"epochs": 1000000');
	await replaceText(editor.document, "0.001", "0.01");
	const cut = await until("a long run goes on", () => session.active?.view.iteration && session.active);
	await replaceText(editor.document, "0.01", "0.02");
	const last = await until("the next one goes on", () => (session.active !== cut ? session.active : undefined));
	await until("it has begun", () => last.view.start);
	assert.deepEqual(
		(await liveOf()).map(({ view }) => view.id),
		[whole.view.id, last.view.id],
	);
	await vscode.commands.executeCommand("descent.stop");
	await until("it is stopped", () => last.view.done?.outcome === "stopped");
	assert.equal(session.live.difference, undefined, "a run that was stopped is nothing to compare with");
	await leave(editor);
});

test("what is wrong while it is typed is said, and the last curves stay; rates come before any training", async () => {
	const folder = await fresh();
	const { session } = await app();
	const editor = await open(folder, "a.train.json");
	await vscode.commands.executeCommand("descent.live.on");
	const first = await ended("the first live run", 0.001);
	const previews: RatePreview[] = [];
	const subscription = session.onDidPreviewRates((preview) => previews.push(preview));
	await replaceText(editor.document, "0.001", "-1");
	await until("the problem is said", () => /learning/i.test(session.live.problem ?? ""));
	assert.deepEqual(
		(await liveOf()).map(({ view }) => view.id),
		[first.view.id],
	);
	assert.equal(previews.length, 0);
	await replaceText(editor.document, "-1 }", '0.5 }, "decay": { "name": "staircase", "every": 10 }');
	await until("the rates are told", () => previews.length > 0);
	const [{ rates, iterations }] = previews;
	assert.equal(iterations, 30 * 12, "720 training rows of 900, mini-batches of 64");
	assert.deepEqual([rates[0], rates[119], rates[120], rates[359]], [0.5, 0.5, 0.25, 0.125]);
	await ended("the run of the mended file", 0.5);
	assert.equal(session.live.problem, undefined);
	subscription.dispose();
	await leave(editor);
});

test("a PyTorch loop is followed, on the table that it names, and what it does not say is told", async () => {
	const folder = await fresh();
	const { session } = await app();
	const editor = await open(folder, "train.py");
	await vscode.commands.executeCommand("descent.live.on");
	const { view } = await ended("the loop's run", 0.01);
	assert.deepEqual(view.start?.run.model.layers, [16]);
	assert.deepEqual(
		[view.start?.run.batchSize, view.start?.run.epochs, view.dataset],
		[64, 20, `${basename(folder)}/waves.csv`],
	);
	assert.deepEqual(
		session.live.assumed?.map(({ name }) => name),
		["target", "columns", "cost"],
	);
	assert.equal(session.dataset?.label, view.dataset, "the panel shows the table of the run");
	assert.equal(session.summary?.path, view.start?.run.dataset.path);
	// 900 rows in mini-batches of 64; the run keeps a fifth of them
	assert.deepEqual(session.live.counts, { rows: 900, stepsPerEpoch: 15 });
	assert.deepEqual([view.start?.trainRows, view.start?.stepsPerEpoch, session.live.mended], [720, 12, []]);
	await replaceText(editor.document, "lr=0.01", "lr=get_rate()");
	await until("it is assumed", () => session.live.assumed?.some(({ name }) => name === "learning rate"));
	await replaceText(editor.document, "lr=get_rate()", "lr=(");
	await until("it is said that it does not parse", () => /^train\.py does not parse/.test(session.live.problem ?? ""));
	await replaceText(editor.document, "lr=(", "lr=0.03");
	await ended("the run of the next good text", 0.03);
	assert.equal(session.live.problem, undefined);
	await leave(editor);
});

test("target, columns and cost of the code are those of its run; a cost that the target cannot have is said", async () => {
	const folder = await fresh();
	const { session } = await app();
	const editor = await open(folder, "train.py");
	await replaceText(editor.document, "loader =", 'x, y = table[["b", "c"]], table["a"]\nloader =');
	await replaceText(editor.document, "cost(model(x), y)", "nn.MSELoss()(model(x), y)");
	await vscode.commands.executeCommand("descent.live.on");
	const { view } = await ended("its run", 0.01);
	const { target, task, features } = view.start!.run.dataset;
	assert.deepEqual([target, task, features], ["a", "regression", ["b", "c"]]);
	assert.deepEqual([session.summary?.target, session.live.settled], ["a", ["target", "task"]]);
	assert.deepEqual(session.live.assumed, []);
	// what was taken of the code is nobody's choice: another text's run has its own
	assert.deepEqual(session.ownChoice, {});
	await replaceText(editor.document, "MSELoss", "CrossEntropyLoss");
	await until("it is said", () => /a cost of classes, and a has numbers/.test(session.live.problem ?? ""));
	assert.deepEqual(
		(await liveOf()).map(({ view: { id } }) => id),
		[view.id],
		"the last curve stays",
	);
	await replaceText(editor.document, "CrossEntropyLoss", "L1Loss");
	await until("it is trained again", () => session.live.problem === undefined);
	assert.deepEqual(
		session.live.assumed?.map(({ name }) => name),
		["cost"],
	);
	// nor is it one of the runs that a person starts when the charts are off
	await vscode.commands.executeCommand("descent.live.off");
	await until("the panel shows all of the table", () => session.summary?.features === 3);
	assert.deepEqual(session.choice, {});
	await leave(editor);
});

test("a table that changes on the disk is trained on again, and its costs are not compared with those of other rows", async () => {
	const folder = await fresh();
	const { session } = await app();
	const editor = await open(folder, "a.train.json");
	await vscode.commands.executeCommand("descent.live.on");
	const first = await ended("the first live run", 0.001);
	await writeFile(join(folder, "waves.csv"), waveTable(600));
	const rows = async () => (await ended("a run of its rows", 0.001)).view.start?.trainRows;
	await until("a run of the new rows", async () => (await rows()) === 480);
	assert.ok(!session.runs.includes(first), "curves of other rows are gone");
	assert.equal(session.live.difference, undefined);
	await rm(join(folder, "waves.csv"));
	await until("it is said that it is gone", () => /waves.csv does not exist/.test(session.live.problem ?? ""));
	// Nothing is asked again, and it is still wrong.
	await replaceText(editor.document, "\n", "\n\n");
	const { live } = session;
	await until("it is told again", () => session.live !== live || /does not exist/.test(session.live.problem ?? ""));
	assert.match(session.live.problem ?? "", /waves.csv does not exist/);
	await writeFile(join(folder, "waves.csv"), waveTable(750));
	await until("a run of the rows that are back", async () => (await rows()) === 600);
	assert.equal(session.live.problem, undefined);
	await leave(editor);
});

test("a target that the code does not name is chosen in the panel, where the table cannot be trained without", async () => {
	const folder = await fresh();
	const { session, trainer } = await app();
	await writeFile(join(folder, "waves.csv"), blobTable(300));
	const editor = await open(folder, "train.py");
	await replaceText(editor.document, "cost(model(x), y)", "nn.MSELoss()(model(x), y)");
	await replaceText(editor.document, "loader =", 'x = table[["a"]]\nloader =');
	await vscode.commands.executeCommand("descent.live.on");
	await until("it is said", () =>
		/kind has 3 classes. Choose the target in the panel/.test(session.live.problem ?? ""),
	);
	assert.deepEqual([session.runs.length, session.summary?.target], [0, "kind"]);
	// A run of the panel's would learn from what it shows, and nobody has chosen it.
	assert.deepEqual([session.choice, session.ownChoice], [{ features: ["a"] }, {}]);
	await trainer.chooseTarget("b");
	const { view } = await ended("its run", 0.01);
	assert.deepEqual([view.start?.run.dataset.target, view.start?.run.dataset.task], ["b", "regression"]);
	assert.equal(session.live.problem, undefined);
	await replaceText(editor.document, "batch_size=64", "batch_size=0");
	await until("a size of 0 is said", () => /mini-batch size is 0/.test(session.live.problem ?? ""));
	assert.equal((await liveOf()).length, 1, "the last curve stays");
	await leave(editor);
});

test("a loop with a schedule, a split and a mistake: named, kept and told", async () => {
	const folder = await fresh();
	const { session } = await app();
	const editor = await open(folder, "train.py");
	const scheduled = "lr=0.02)\nscheduler = torch.optim.lr_scheduler.StepLR(optimizer, 5, gamma=0.5)\n";
	await replaceText(editor.document, "lr=0.01)\n", scheduled);
	await replaceText(editor.document, "        optimizer.zero_grad()\n", "");
	await replaceText(editor.document, "        optimizer.step()\n", "        optimizer.step()\n    scheduler.step()\n");
	const split =
		"from sklearn.model_selection import train_test_split\ntable, rest = train_test_split(table, test_size=0.4)\n";
	await replaceText(editor.document, "loader =", `${split}loader =`);
	await vscode.commands.executeCommand("descent.live.on");
	const { view, series } = await ended("its run", 0.02);
	assert.equal(view.name, "adam-0.02-StepLR (live)");
	assert.equal(view.schedule, "StepLR");
	assert.deepEqual(session.live.mended, ["missing-zero-grad"]);
	assert.deepEqual(session.live.counts, { rows: 540, stepsPerEpoch: 9 });
	assert.deepEqual([view.start?.trainRows, view.start?.devRows, view.start?.stepsPerEpoch], [540, 360, 9]);
	const { learningRate } = series.snapshot();
	assert.deepEqual(
		[learningRate[44], learningRate[45]],
		[0.02, 0.01].map(Math.fround),
		"five epochs of nine steps, then half the rate",
	);
	await leave(editor);
});

test("large tables are sampled, time is bounded, and a person's own run is left alone", async () => {
	const folder = await fresh();
	const { session, live } = await app();
	const settings = vscode.workspace.getConfiguration("descent");
	await settings.update("live.rows", 300, vscode.ConfigurationTarget.Global);
	await settings.update("live.seconds", 0.3, vscode.ConfigurationTarget.Global);
	const editor = await open(folder, "a.train.json");
	await replaceText(editor.document, '"epochs": 30', '"epochs": 1000000');
	await vscode.commands.executeCommand("descent.live.on");
	const run = await ended("a bounded run", 0.001);
	assert.equal(run.view.done?.outcome, "outOfTime");
	assert.deepEqual([run.view.start?.trainRows, run.view.start?.sampledFrom], [240, 720]);
	live.turnOff();
	const own = await begin(runTraining);
	await underWay(own);
	await vscode.commands.executeCommand("descent.live.on");
	await replaceText(editor.document, "0.001", "0.004");
	await until("the edit is seen", () => session.live.file !== undefined);
	assert.equal(session.current, own);
	await vscode.commands.executeCommand("descent.stop");
	await until("it ends", () => own.view.phase === "stopped");
	await replaceText(editor.document, "0.004", "0.005");
	await ended("the next edit's run", 0.005);
	for (const key of ["live.rows", "live.seconds"]) {
		await settings.update(key, undefined, vscode.ConfigurationTarget.Global);
	}
	await leave(editor);
});
