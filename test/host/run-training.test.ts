import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { basename, join } from "node:path";
import * as vscode from "vscode";
import { Random } from "../../src/engine/training/random.ts";
import { findDatasets } from "../../src/extension/runs/datasets.ts";
import { lineTable } from "../support/tables.ts";
import { test, until } from "./harness.ts";
import { app, begin, runToEnd, runTraining, underWay, workspace } from "./support.ts";

const execute = (command: string) => vscode.commands.executeCommand(command);

test("Run Training trains on the only dataset, and every iteration arrives", async () => {
	await workspace({ "table.csv": lineTable(600) });
	const { session } = await app();
	const { view, series, epochs } = await runToEnd(runTraining);
	assert.equal(view.phase, "finished", view.error);
	assert.equal(view.start?.run.dataset.target, "above");
	assert.equal(series.length, view.start?.iterations);
	assert.equal(epochs.length, view.start?.run.epochs);
	assert.ok((view.done?.devAccuracy ?? 0) > 0.95, `dev accuracy ${view.done?.devAccuracy}`);
	assert.equal(session.problem, undefined);
});

test("a second run stays beside the first, under another name, with the same numbers for the same seed", async () => {
	const { session } = await app();
	const first = session.current!;
	const second = await runToEnd(runTraining);
	assert.deepEqual(session.runs.slice(-2), [first, second]);
	assert.notEqual(first.view.name, second.view.name);
	assert.equal(new Set(session.runs.map(({ view }) => view.colour)).size, session.runs.length);
	assert.deepEqual(second.series.snapshot(), first.series.snapshot());
});

test("pause, single step, resume and stop are commands", async () => {
	const { session } = await app();
	session.form = { epochs: 5_000_000 };
	const run = await begin(runTraining);
	await underWay(run);
	await execute("descent.pause");
	await until("paused", () => run.view.phase === "paused");
	const before = run.series.length;
	for (let i = 1; i <= 3; i++) {
		await execute("descent.step");
		await until(`step ${i}`, () => run.series.length === before + i);
	}
	assert.equal(run.view.phase, "paused");
	await execute("descent.resume");
	await until("goes on", () => run.view.phase === "running" && run.series.length > before + 3);
	await execute("descent.stop");
	await until("stopped", () => run.view.phase === "stopped");
	assert.equal(run.view.done?.iterations, run.series.length);
	session.form = {};
});

test("a new run stops the one that goes on", async () => {
	const { session } = await app();
	session.form = { epochs: 5_000_000 };
	const first = await begin(runTraining);
	await underWay(first);
	session.form = {};
	const second = await runToEnd(runTraining);
	assert.equal(first.view.phase, "stopped");
	assert.equal(second.view.phase, "finished");
});

test("with several datasets it asks which", async () => {
	await workspace({ "one.csv": lineTable(100), "sub/two.csv": lineTable(200) });
	const { session } = await app();
	const before = session.current;
	const finished = runToEnd(runTraining);
	await until("asks", () => session.datasets.length === 2);
	await until(
		"the second row is taken",
		async () => {
			// The run may be over before anyone looks again.
			if (session.current !== before) return true;
			await execute("workbench.action.quickOpenSelectNext");
			await execute("workbench.action.acceptSelectedQuickOpenItem");
			return false;
		},
		20_000,
	);
	const run = await finished;
	assert.equal(run.view.phase, "finished");
	assert.equal(run.view.start?.run.dataset.path, session.dataset?.uri.fsPath);
});

test("a target and a task chosen before the run are what it trains on, and can be changed after", async () => {
	await workspace({ "table.csv": lineTable(300) });
	const { session, trainer } = await app();
	await trainer.lookAround();
	assert.equal(session.summary?.target, "above");
	await trainer.chooseTarget("b");
	assert.equal(session.summary?.target, "b");
	assert.equal(session.summary?.task, "regression");
	const run = await runToEnd(() => vscode.commands.executeCommand("descent.run", { chosen: true }));
	assert.equal(run.view.start?.run.dataset.target, "b");
	await trainer.chooseTarget("above");
	assert.equal(session.summary?.task, "binary");
	await trainer.chooseTask("regression");
	assert.match(session.problem ?? "", /above/);
	await trainer.chooseTarget("above");
	assert.equal(session.problem, undefined);
});

test("a refused choice leaves the accepted one in force", async () => {
	await workspace({ "table.csv": lineTable(300).replaceAll("yes", "y").replaceAll("no", "n") });
	const { session, trainer } = await app();
	session.select(undefined);
	await trainer.lookAround();
	// What is looked at is the data of the run that the panel shows, which had another target.
	await trainer.chooseTarget("above");
	await trainer.chooseTask("regression");
	assert.match(session.problem ?? "", /"above"/);
	assert.equal(session.summary?.task, "binary");
	const run = await runToEnd(() => vscode.commands.executeCommand("descent.run", { chosen: true }));
	assert.equal(run.view.phase, "finished", run.view.error);
	assert.equal(run.view.start?.run.dataset.task, "binary");
});

test("two commands at once make two runs, one after the other, and none is lost", async () => {
	const { session } = await app();
	session.form = { epochs: 5_000_000 };
	const first = await begin(runTraining);
	await underWay(first);
	const before = session.runs.length;
	session.form = { epochs: 3 };
	await Promise.all([runTraining(), runTraining()]);
	await until("all have ended", () => !session.active && session.runs.length >= Math.min(12, before + 2), 20_000);
	assert.equal(first.view.phase, "stopped");
	assert.equal(session.runs.at(-1)?.view.phase, "finished");
	assert.ok(["finished", "stopped"].includes(session.runs.at(-2)?.view.phase ?? ""));
	session.form = {};
});

test("a dataset chosen while another one is read is what the panel shows", async () => {
	await workspace({
		"one.csv": lineTable(2000),
		"two.csv": `p,q\n${Array.from({ length: 90 }, (_, i) => `${i},${i * 3.5}\n`).join("")}`,
	});
	const { session, trainer } = await app();
	session.select(undefined);
	await trainer.lookAround();
	await trainer.choose("one.csv");
	session.form = { epochs: 3 };
	const run = await begin(() => vscode.commands.executeCommand("descent.run", { chosen: true }));
	await trainer.choose("two.csv");
	await until("the run ends", () => run.view.phase === "finished", 20_000);
	assert.equal(run.view.dataset, "one.csv");
	assert.equal(session.summary?.target, "q");
	session.form = {};
});

test("what is read of a dataset says nothing of another one that was chosen meanwhile", async () => {
	const folder = await workspace({ "good.csv": lineTable(600), "bad.csv": "", "other.csv": lineTable(90) });
	const { session, trainer } = await app();
	const other = { label: "other.csv", uri: vscode.Uri.file(join(folder, "other.csv")) };
	for (const [name, next] of [
		["bad.csv", undefined],
		["bad.csv", other],
		["good.csv", other],
	] as const) {
		session.datasets = await findDatasets();
		const leaving = session.onDidChange(
			() => session.inspecting && session.dataset?.label === name && session.select(next),
		);
		await trainer.choose(name);
		leaving.dispose();
		assert.deepEqual([session.dataset, session.inspecting], [next, false], name);
		assert.deepEqual([session.problem, session.summary], [undefined, undefined], name);
	}
});

test("rows of a table that names no columns are those of its lines", async () => {
	const lines = Array.from({ length: 60 }, (_, i) => `${i},${i * 3.5}`);
	await workspace({ "plain.csv": `${lines.join("\n")}\n` });
	const { session, panel } = await app();
	session.select(undefined);
	session.form = { epochs: 3 };
	const run = await runToEnd(runTraining);
	session.form = {};
	assert.equal(session.summary?.header, false);
	const { receive } = panel as unknown as { receive(message: unknown): void };
	receive.call(panel, { type: "openRows", runId: run.view.id, rows: [1, 3] });
	const editor = await until("the table is shown", () =>
		vscode.window.visibleTextEditors.find(({ document }) => basename(document.uri.path) === "plain.csv"),
	);
	const selected = await until("rows are selected", () =>
		editor.selections.length > 1 ? editor.selections : undefined,
	);
	assert.deepEqual(
		selected.map((selection) => editor.document.getText(selection)),
		["0,0", "2,7"],
	);
	await execute("workbench.action.closeAllEditors");
});

test("killing the engine's process in mid-run is said in one sentence, and the next run works", async () => {
	await workspace({ "table.csv": lineTable(600) });
	const { session, engine } = await app();
	session.form = { epochs: 5_000_000 };
	const run = await begin(runTraining);
	await underWay(run);
	process.kill(engine.pid!, "SIGKILL");
	await until("failed", () => run.view.phase === "failed");
	assert.equal(run.view.error, "The engine's process ended unexpectedly (SIGKILL); run again to start a new one.");
	session.form = {};
	const next = await runToEnd(runTraining);
	assert.equal(next.view.phase, "finished");
	assert.ok(session.runs.includes(run), "what was drawn is kept");
});

test("a dataset that vanishes during a run is a finding, and a sentence at the next run", async () => {
	const folder = await workspace({ "table.csv": lineTable(600) });
	const { session } = await app();
	session.form = { epochs: 5_000_000 };
	const run = await begin(runTraining);
	await underWay(run);
	await rm(join(folder, "table.csv"));
	await until("a finding", () => run.view.findings.some((f) => f.code === "dataset-changed"));
	await execute("descent.stop");
	await until("stopped", () => run.view.phase === "stopped");
	session.form = {};
	const next = await runToEnd(() => vscode.commands.executeCommand("descent.run", { chosen: true }));
	assert.match(next.view.error ?? "", /^table\.csv does not exist/);
});

const BAD: [string, string | Uint8Array, RegExp][] = [
	["an empty file", "", /^bad\.csv is empty/],
	["a header only", "a,b,y\n", /^bad\.csv has a header but no rows/],
	[
		"ragged rows",
		`a,b,y\n${"1,2,3\n".repeat(30)}1,2\n${"1,2,3\n".repeat(9)}`,
		/^bad\.csv, line 32: 2 cells where the header has 3/,
	],
	["a binary file", Uint8Array.from({ length: 900 }, (_, i) => (i * 37) % 256), /^bad\.csv is a binary file/],
];
for (const [name, content, sentence] of BAD) {
	test(`bad input, ${name}: one sentence, and the next run works`, async () => {
		await workspace({ "bad.csv": content });
		const { session } = await app();
		const failed = await runToEnd(runTraining);
		assert.equal(failed.view.phase, "failed");
		assert.match(failed.view.error ?? "", sentence);
		await workspace({ "good.csv": lineTable(120) });
		const next = await runToEnd(runTraining);
		assert.equal(next.view.phase, "finished", next.view.error);
		assert.ok(!session.runs.includes(failed), "a run that never started is not kept");
	});
}

test("a memory limit in the settings: a table beyond it streams, from the next run on", async () => {
	const shape = "{'descr': '<f4', 'fortran_order': False, 'shape': (500000, 16), }";
	const header = `\x93NUMPY\x01\x00\x76\x00${shape.padEnd(117)}\n`;
	const random = new Random(4);
	const values = Float32Array.from({ length: 500_000 * 16 }, () => random.uniform());
	await workspace({ "numbers.npy": Buffer.concat([Buffer.from(header, "latin1"), Buffer.from(values.buffer)]) });
	const { session, engine } = await app();
	session.form = { epochs: 1, batchSize: 512 };
	const setting = vscode.workspace.getConfiguration("descent.engine");
	try {
		const whole = await runToEnd(runTraining);
		assert.equal(whole.view.phase, "finished", whole.view.error);
		assert.equal(whole.view.start?.streams, undefined);
		const { pid } = engine;
		await setting.update("memoryLimitMB", 32, vscode.ConfigurationTarget.Global);
		const streamed = await runToEnd(runTraining);
		assert.equal(streamed.view.phase, "finished", streamed.view.error);
		assert.equal(engine.pid, pid);
		assert.ok(streamed.view.findings.some(({ message }) => /streams from disk: 30\.5 MiB/.test(message)));
		assert.ok(streamed.view.start!.memory.total < 32 * 2 ** 20);
		assert.deepEqual(streamed.series.snapshot(), whole.series.snapshot());
	} finally {
		await setting.update("memoryLimitMB", undefined, vscode.ConfigurationTarget.Global);
		session.form = {};
	}
});

test("bad input, a target with one class: one sentence", async () => {
	await workspace({ "one.csv": lineTable(60).replaceAll("no", "yes") });
	const { session, trainer } = await app();
	session.select(undefined);
	await trainer.lookAround();
	await trainer.chooseTarget("above");
	assert.match(session.problem ?? "", /"above"[^\n]*\.$/);
	const next = await runToEnd(() => vscode.commands.executeCommand("descent.run", { chosen: true }));
	assert.equal(next.view.phase, "finished", next.view.error);
	assert.notEqual(next.view.start?.run.dataset.target, "above");
});

test("no dataset in the folder: one sentence, nothing begins", async () => {
	await workspace({ "notes.txt": "nothing here" });
	const { session } = await app();
	const before = session.current;
	void runTraining();
	await until("the problem is said", () => session.problem?.startsWith("No dataset was found in this folder"));
	assert.equal(session.current, before);
});
