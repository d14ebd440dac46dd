import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { appendFile, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as vscode from "vscode";
import { readPacked } from "../../src/engine/kept-runs/packed-run.ts";
import { KEPT } from "../../src/engine/protocol/kept-run.ts";
import type { StoredRun } from "../../src/extension/runs/kept-runs.ts";
import { RunShelf } from "../../src/extension/runs/run-shelf.ts";
import { Session } from "../../src/extension/runs/session.ts";
import { lineTable } from "../support/tables.ts";
import { test, until } from "./harness.ts";
import { app, begin, runToEnd, runTraining, underWay, workspace } from "./support.ts";

const execute = (command: string, ...argument: unknown[]) => vscode.commands.executeCommand(command, ...argument);
const named = (all: StoredRun[], name: string) => all.find((run) => run.name === name);

/** What a list or a picker shows of a run. */
async function shown(name: string): Promise<vscode.TreeItem> {
	const { shelf, runList } = await app();
	await shelf.refresh();
	return runList.getTreeItem(named(shelf.stored, name)!);
}

test("kept runs: a run is kept beside its dataset and listed with its result", async () => {
	const folder = await workspace({ "table.csv": lineTable(600) });
	const { session, shelf } = await app();
	session.select(undefined);
	session.form = { epochs: 40 };
	const run = await runToEnd(runTraining);
	const { name } = run.view;
	assert.equal(run.view.start?.kept, join(folder, ".descent", "runs", name));
	assert.equal(readFileSync(join(folder, ".descent", ".gitignore"), "utf8"), "*\n");
	const item = await shown(name);
	assert.match(String(item.description), /^accuracy [01]\.\d{3} · dev cost [\d.e-]+ · \d/);
	assert.equal((item.iconPath as vscode.ThemeIcon).id, "pass");
	const [stored] = shelf.stored;
	assert.equal(stored.done?.devCost, run.view.done?.devCost);
	await execute("descent.openPanel");
	assert.deepEqual(
		session.datasets.map(({ label }) => label),
		["table.csv"],
		"its CSV files are no datasets",
	);
});

test("kept runs: what is on disk comes into a panel that knows nothing of it, with every figure", async () => {
	const { session, shelf } = await app();
	const [stored] = shelf.stored;
	const before = shelf.shown(stored)!;
	await until("the run is packed", () => existsSync(join(stored.folder, KEPT.packed)));
	assert.deepEqual((await readPacked(stored.folder))?.steps, before.series.snapshot());
	session.remove(before);
	assert.equal(shelf.shown(stored), undefined);
	await execute("descent.openRun", stored);
	const again = shelf.shown(stored)!;
	assert.notEqual(again, before);
	assert.deepEqual(again.series.snapshot(), before.series.snapshot());
	assert.deepEqual(again.epochs.held, before.epochs.held);
	assert.deepEqual(again.view.done, JSON.parse(JSON.stringify(before.view.done)));
	assert.equal(again.view.phase, "finished");
});

test("kept runs: a run that is opened is the one that the panel speaks of, with its data, until the next one begins", async () => {
	const { session, shelf, trainer } = await app();
	const folder = vscode.workspace.workspaceFolders![0].uri.fsPath;
	await writeFile(join(folder, "other.csv"), lineTable(300));
	session.form = { epochs: 5, learningRate: 0.02 };
	const newest = await runToEnd(() =>
		vscode.commands.executeCommand("descent.trainOn", vscode.Uri.file(join(folder, "other.csv"))),
	);
	const kept = shelf.shown(named(shelf.stored, "adam-0.001")!)!;
	assert.equal(session.shown, newest);
	assert.deepEqual([newest.view.visible, kept.view.visible], [true, false], "costs of other data step back");
	await execute("descent.openRun", named(shelf.stored, "adam-0.001"));
	assert.equal(session.shown, kept);
	assert.equal(session.state().shown, kept.view.id);
	assert.deepEqual([newest.view.visible, kept.view.visible], [false, true]);
	await until("its data are shown", () => session.summary?.path === join(folder, "table.csv") && !session.inspecting);
	assert.equal(session.dataset?.label, "table.csv");
	assert.match(
		String((await shown("adam-0.001")).description),
		/^table\.csv · accuracy [01]\.\d{3}/,
		"the list names the data",
	);
	session.draw(newest, true);
	assert.ok(newest.view.visible, "they can be drawn all the same");
	await trainer.useHyperparameters(kept);
	assert.equal(session.form.learningRate, 0.001);
	assert.equal(session.form.epochs, 40);
	assert.deepEqual(Object.keys(session.form).sort(), ["epochs", "learningRate"], "nothing that nobody has set");
	const next = await runToEnd(() => execute("descent.run", { chosen: true }));
	assert.equal(session.shown, next);
	assert.equal(next.view.start?.run.dataset.path, join(folder, "table.csv"));
	assert.deepEqual(next.series.snapshot(), kept.series.snapshot());
	session.form = {};
	await rm(join(folder, "other.csv"));
	for (const run of [newest, next]) {
		await shelf.refresh();
		await shelf.remove(named(shelf.stored, run.view.name)!, false);
	}
});

test("kept runs: pin, rename, and what is refused", async () => {
	const { shelf } = await app();
	const [stored] = shelf.stored;
	await execute("descent.pinRun", stored);
	assert.match(String((await shown(stored.name)).description), / · pinned · /);
	assert.match(String((await shown(stored.name)).contextValue), /pinned/);
	await execute("descent.unpinRun", shelf.stored[0]);
	assert.ok(!shelf.stored[0].pinned);
	for (const name of ["", "../out", "a/b", "a\\b", ".hidden", "nul", "x".repeat(81), "a\0b"]) {
		await assert.rejects(shelf.rename(shelf.stored[0], name), { name: "EngineError" }, name);
	}
	await shelf.rename(shelf.stored[0], "첫 번째");
	assert.equal(shelf.stored[0].name, "첫 번째");
	assert.equal(shelf.shown(shelf.stored[0])?.view.name, "첫 번째");
	assert.deepEqual(readdirSync(join(shelf.stored[0].folder, "..")), ["첫 번째"]);
	await shelf.rename(shelf.stored[0], "second");
	await shelf.rename(shelf.stored[0], "첫 번째");
	assert.equal(shelf.stored[0].was, stored.name);
	const request = await shelf.keepRequest(vscode.Uri.file(stored.about.dataset.path));
	assert.ok(request?.taken.includes(stored.name), "no other run is called what this one was");
	await execute("descent.pinRun", shelf.stored[0]);
	await execute("descent.unpinRun", shelf.stored[0]);
	assert.equal(shelf.stored[0].was, stored.name);
});

test("kept runs: a changed rate is an event, is kept, and the run made again has the same steps", async () => {
	const { session, shelf, trainer } = await app();
	session.form = { epochs: 400 };
	const run = await begin(runTraining);
	await underWay(run);
	await execute("descent.pause");
	await until("paused", () => run.view.phase === "paused");
	await trainer.changeRate(run.view.id, { factor: 0.1 });
	await trainer.changeRate("no such run", { factor: 0.1 });
	await until("changed", () => run.view.rateChanges.length === 1);
	await execute("descent.resume");
	await until("ends", () => run.view.phase === "finished");
	await shelf.refresh();
	const stored = named(shelf.stored, run.view.name)!;
	assert.match(readFileSync(join(stored.folder, "events.jsonl"), "utf8"), /"rateChanged"/);
	const again = await runToEnd(() => execute("descent.reproduceRun", stored));
	assert.notEqual(again.view.name, run.view.name);
	assert.equal(again.view.start?.run.decay.name, "piecewise");
	assert.deepEqual(again.series.snapshot(), run.series.snapshot());
	session.form = {};
});

test("kept runs: an interrupted run is shown as such, and goes on with the same figures", async () => {
	const { session, shelf, engine } = await app();
	session.form = { epochs: 1500, batchSize: 64, layers: [64, 64] };
	const run = await begin(runTraining);
	await underWay(run);
	await until("some of it is on disk", () => {
		const lines = ["epochs.csv", "steps.csv"].map((name) => {
			const file = join(run.view.start?.kept ?? "", name);
			return existsSync(file) ? readFileSync(file, "utf8").split("\n").length : 0;
		});
		// An epoch counts when its steps are there.
		return lines[0] > 5 && lines[1] > 5 * (run.view.start?.stepsPerEpoch ?? 0);
	});
	process.kill(engine.pid!, "SIGKILL");
	await until("failed", () => run.view.phase === "failed");
	const { name } = run.view;
	const item = await shown(name);
	assert.match(String(item.description), /^interrupted · accuracy [01]\.\d{3} · dev cost/);
	assert.match(String(item.contextValue), /interrupted/);
	const stored = named(shelf.stored, name)!;
	await appendFile(join(stored.folder, "steps.csv"), "77,0.");
	// Another window goes on with it; the list here is older.
	const writer = join(stored.folder, KEPT.writer);
	await writeFile(writer, JSON.stringify({ pid: process.pid }));
	await execute("descent.continueRun", stored);
	assert.equal(session.current, run, "two would write to its folder");
	await rm(writer);
	const again = await begin(() => execute("descent.continueRun", stored));
	await until("ends", () => again.view.phase === "finished", 30_000);
	assert.equal(again.view.name, name);
	assert.equal(session.runs.filter(({ view }) => view.name === name).length, 1);
	const whole = await runToEnd(() => execute("descent.run", { chosen: true }));
	assert.deepEqual(again.series.snapshot(), whole.series.snapshot());
	assert.equal(again.view.done?.devCost, whole.view.done?.devCost);
	assert.match(String((await shown(name)).description), /^accuracy [01]\.\d{3} · dev cost/);
	session.form = {};
});

test("kept runs: damaged, foreign and linked folders are passed over", async () => {
	const { shelf } = await app();
	const count = shelf.stored.length;
	const runs = join(shelf.stored[0].folder, "..");
	const about = readFileSync(join(shelf.stored[0].folder, "run.json"), "utf8");
	await symlink(shelf.stored[0].folder, join(runs, "link"));
	for (const [name, text] of Object.entries({
		torn: about.slice(0, -40),
		strange: about.replace('"learningRate":', '"rate":'),
		later: about.replace('"version": 1', '"version": 9'),
		empty: "",
	})) {
		await vscode.workspace.fs.createDirectory(vscode.Uri.file(join(runs, name)));
		await writeFile(join(runs, name, "run.json"), text);
	}
	await shelf.refresh();
	assert.equal(shelf.stored.length, count);
	for (const name of ["link", "torn", "strange", "later", "empty"]) await rm(join(runs, name), { recursive: true });
});

test("kept runs: a dataset that changed is told before a run is made again", async () => {
	const { shelf } = await app();
	const stored = shelf.stored[0];
	const path = stored.about.dataset.path;
	assert.equal((await shelf.runFileOf(stored)).changed, undefined);
	await utimes(path, 1, 1);
	assert.equal((await shelf.runFileOf(stored)).changed, undefined, "only its time is another one");
	await writeFile(path, lineTable(600).replace("0.", "1."));
	assert.match((await shelf.runFileOf(stored)).changed ?? "", /^table\.csv has changed since .* read it/);
});

test("kept runs: the oldest that nobody pinned go when there is no room", async () => {
	const { session, shelf } = await app();
	session.form = { epochs: 3 };
	for (const name of ["a", "b", "c"]) {
		const run = await runToEnd(runTraining);
		await shelf.refresh();
		await shelf.rename(named(shelf.stored, run.view.name)!, name);
	}
	await shelf.pin(named(shelf.stored, "a")!, true);
	const setting = vscode.workspace.getConfiguration("descent.runs");
	await setting.update("maxSizeMB", 0.000001, vscode.ConfigurationTarget.Global);
	try {
		const last = await runToEnd(runTraining);
		await until("room is made", () => shelf.stored.length === 2);
		assert.deepEqual(
			shelf.stored.map(({ name }) => name),
			["a", last.view.name],
		);
		await setting.update("maxSizeMB", 0, vscode.ConfigurationTarget.Global);
		const none = await runToEnd(runTraining);
		assert.equal(none.view.start?.kept, undefined);
	} finally {
		await setting.update("maxSizeMB", undefined, vscode.ConfigurationTarget.Global);
		session.form = {};
	}
});

test("kept runs: a deleted run leaves disk, list and panel", async () => {
	const { session, shelf } = await app();
	const stored = named(shelf.stored, "a")!;
	await shelf.open(stored);
	await shelf.remove(stored, false);
	assert.ok(!existsSync(stored.folder) && !named(shelf.stored, "a"));
	assert.ok(!session.runs.some(({ view }) => view.name === "a"));
});

test("kept runs: in a new window they have the colours that they had, whichever have gone", async () => {
	await workspace({ "table.csv": lineTable(600) });
	const { session, shelf, engine, log } = await app();
	session.select(undefined);
	for (const rate of [0.1, 0.2, 0.3]) {
		session.form = { epochs: 5, learningRate: rate };
		await runToEnd(runTraining);
	}
	session.form = {};
	await shelf.refresh();
	const colours = (all: typeof session) => new Map(all.runs.map(({ view }) => [view.name, view.colour]));
	const before = colours(session);
	await shelf.remove(named(shelf.stored, "adam-0.1")!, false);
	before.delete("adam-0.1");
	const state = new Map<string, unknown>([["descent.runColours", [...before]]]);
	const context = {
		workspaceState: { get: (key: string, none: unknown) => state.get(key) ?? none, update: async () => {} },
		extension: { packageJSON: { version: "0.0.0" } },
	} as unknown as vscode.ExtensionContext;
	const later = new Session();
	const itsShelf = new RunShelf(later, engine, log, context);
	await itsShelf.restore();
	for (const name of ["adam-0.2", "adam-0.3"]) assert.equal(colours(later).get(name), before.get(name), name);
	assert.notEqual(before.get("adam-0.2"), 0, "the first free colour is another one");
	itsShelf.dispose();
	later.dispose();
});

test("kept runs: a run that leaves the panel while it is read is not packed without its figures", async () => {
	await workspace({ "table.csv": lineTable(600) });
	const { session, shelf } = await app();
	session.select(undefined);
	session.form = { epochs: 40 };
	const run = await runToEnd(runTraining);
	session.form = {};
	const { kept } = run.view.start!;
	await until("the run is packed", () => existsSync(join(kept!, KEPT.packed)));
	await rm(join(kept!, KEPT.packed));
	session.remove(run);
	await shelf.refresh();
	const stored = named(shelf.stored, run.view.name)!;
	const leaving = session.onDidChange(() => {
		const reading = shelf.shown(stored);
		if (reading) session.remove(reading);
	});
	await shelf.open(stored);
	leaving.dispose();
	// It waits for what is being packed.
	const folder = await shelf.rename(stored, "left");
	assert.equal(await readPacked(folder), undefined);
	const again = await shelf.open(named(shelf.stored, "left")!);
	assert.deepEqual(again.series.snapshot(), run.series.snapshot());
});
