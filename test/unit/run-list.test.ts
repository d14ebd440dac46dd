// The pure parts of the list of kept runs: names, what goes when there is no room, what a folder must hold.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, promises, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { bytesOf, nameProblem, storedRuns, tooMany } from "../../src/extension/runs/kept-runs.ts";
import { t } from "../../src/l10n.ts";
import { readMessage } from "../../webview/messages.ts";

const folder = mkdtempSync(join(tmpdir(), "descent-list-"));
after(() => rmSync(folder, { recursive: true }));

test("a run's name is one folder's name on every system", () => {
	for (const name of ["adam-0.001", "adam-1e-7-cosine (2)", "첫 번째", "a.b", "x".repeat(80), "console"]) {
		assert.equal(nameProblem(name, t), undefined, name);
	}
	const wrong = [
		"",
		".",
		"..",
		"../x",
		"a/b",
		"a\\b",
		"a:b",
		"a\nb",
		"\0",
		" a",
		"a ",
		"a.",
		".a",
		"CON",
		"nul.txt",
		"lpt1",
	];
	for (const name of [...wrong, "x".repeat(81), 'a"b', "a*"])
		assert.match(nameProblem(name, t) ?? "", /\.$/, JSON.stringify(name));
});

test("the oldest that nobody holds go, as few as are enough", () => {
	const run = (day: number, bytes: number, held = false) => ({ begun: `2025-01-0${day}T00:00:00.000Z`, bytes, held });
	const runs = [run(3, 30), run(1, 10, true), run(4, 40), run(2, 20)];
	const days = (most: number) => tooMany(runs, most).map(({ begun }) => Number(begun.slice(9, 10)));
	assert.deepEqual(days(100), []);
	assert.deepEqual(days(99), [2]);
	assert.deepEqual(days(80), [2]);
	assert.deepEqual(days(79), [2, 3]);
	assert.deepEqual(days(0), [2, 3, 4], "the held one stays, whatever it takes");
});

const ABOUT = {
	version: 1,
	begun: "2025-01-01T00:00:00.000Z",
	start: {
		name: "adam-0.001",
		run: {
			dataset: { path: "/t.csv", target: "y", task: "binary" },
			model: { layers: [8], activation: "relu" },
			optimizer: { name: "adam", learningRate: 0.001 },
			decay: { name: "constant" },
			...{ batchSize: 8, epochs: 3, l2: 0, seed: 0 },
		},
		...{ trainRows: 8, devRows: 1, testRows: 0, stepsPerEpoch: 1, iterations: 3, parameters: 9 },
		memory: { table: 1, miniBatch: 1, parameters: 1, gradients: 1, optimizerState: 1, other: 1, total: 6 },
	},
	dataset: { path: "/t.csv", size: 1, mtimeMs: 1, sha256: "00", whole: true },
};

function write(runs: string, name: string, files: Record<string, unknown>): void {
	mkdirSync(join(runs, name), { recursive: true });
	for (const [file, value] of Object.entries(files)) {
		writeFileSync(join(runs, name, file), typeof value === "string" ? value : JSON.stringify(value));
	}
}

test("a folder says how its run ended; without an end it goes on as long as its writer lives", async () => {
	const runs = join(folder, "workspace", ".descent", "runs");
	const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
	const done = { outcome: "diverged", iterations: 2, cost: "NaN", rateChanges: [], seconds: 1, stepsPerSecond: 2 };
	write(runs, "diverged", { "run.json": ABOUT, "result.json": done });
	write(runs, "killed", {
		"run.json": ABOUT,
		// the third epoch came to the disk before its steps; the last line of each file is torn
		"steps.csv": "header\n1,0.5,0.001,1\n2,NaN,0.001,1\n3,0.3",
		"epochs.csv": "header\n1,1,0.5,0.25,0.75,\n2,2,0.4,0.2,0.8,\n3,3,0.3,0.1,0.9,\n4,4,0.3",
		"writer.json": { pid: 2 ** 22 + 7 },
	});
	write(runs, "early", { "run.json": ABOUT, "steps.csv": "header\n1,0.5,0.001,1\n", "epochs.csv": "header\n" });
	write(runs, "alive", { "run.json": ABOUT, "writer.json": { pid: child.pid } });
	write(runs, "stale", { "run.json": ABOUT, "writer.json": { pid: child.pid }, "label.json": { pinned: true } });
	const old = Date.now() / 1000 - 60;
	utimesSync(join(runs, "stale", "writer.json"), old, old);
	const read = new Map((await storedRuns(runs)).map((run) => [run.name, run]));
	child.kill();
	assert.equal(read.get("diverged")?.phase, "diverged");
	assert.ok(Number.isNaN(read.get("diverged")?.done?.cost));
	assert.equal(read.get("killed")?.phase, "interrupted");
	assert.deepEqual(read.get("killed")?.last, { iteration: 2, devCost: 0.2, devAccuracy: 0.8, devR2: undefined });
	assert.equal(read.get("early")?.last?.iteration, 1);
	assert.equal(read.get("alive")?.phase, "running");
	assert.equal(read.get("stale")?.phase, "interrupted", "another process has its number by now");
	assert.ok(read.get("stale")?.pinned && !read.get("alive")?.pinned);
});

test("what is no run, and what a link leads to, is passed over", async () => {
	const runs = join(folder, "foreign", ".descent", "runs");
	write(runs, "good", { "run.json": ABOUT, "result.json": { outcome: "exploded" }, "label.json": "[" });
	write(runs, "layers", {
		"run.json": {
			...ABOUT,
			start: { ...ABOUT.start, run: { ...ABOUT.start.run, model: { layers: ["8"], activation: "relu" } } },
		},
	});
	write(runs, "text", { "run.json": "not JSON" });
	write(folder, "outside", { "run.json": ABOUT });
	symlinkSync(join(folder, "outside"), join(runs, "link"));
	write(runs, "linked-file", {});
	symlinkSync(join(folder, "outside", "run.json"), join(runs, "linked-file", "run.json"));
	writeFileSync(join(runs, "a file"), "");
	const read = await storedRuns(runs);
	assert.deepEqual(
		read.map(({ name, phase }) => [name, phase]),
		[["good", "interrupted"]],
	);
	mkdirSync(join(folder, "other"));
	symlinkSync(join(folder, "foreign", ".descent"), join(folder, "other", ".descent"));
	assert.deepEqual(await storedRuns(join(folder, "other", ".descent", "runs")), []);
	assert.deepEqual(await storedRuns(join(folder, "nowhere", ".descent", "runs")), []);
	assert.equal(await bytesOf(join(runs, "linked-file")), 0);
	assert.equal(await bytesOf(join(runs, "text")), 8);
});

/** A copy with the member that a path names changed. */
function changed(of: object, path: string, value: unknown): object {
	const [key, ...rest] = path.split(".");
	const member = (of as Record<string, unknown>)[key] as object;
	return { ...of, [key]: rest.length > 0 ? changed(member ?? {}, rest.join("."), value) : value };
}

test("whatever a foreign folder says, the panel takes its run with the others, or it is passed over", async () => {
	const runs = join(folder, "strange", ".descent", "runs");
	const done = { outcome: "finished", iterations: 3, cost: 0.5, bestEpoch: 2, seconds: 1, stepsPerSecond: 3 };
	const foreign: [string, unknown][] = [
		["begun", "yesterday"],
		["start.run.dataset.task", "ranking"],
		["start.run.model.layers", [8.5]],
		["start.run.optimizer.name", "sgd"],
		["start.run.optimizer.beta1", "0.9"],
		["start.run.decay.rate", "slow"],
		["start.run.batchSize", -8],
		["start.trainRows", 0.5],
		["start.sampledFrom", -1],
		["start.streams", { bytes: "many" }],
	];
	for (const [path, value] of foreign) write(runs, path, { "run.json": changed(ABOUT, path, value) });
	for (const [key, value] of Object.entries({ iterations: -1, bestEpoch: 1.5, seconds: "1", stepsPerSecond: null })) {
		write(runs, `done ${key}`, { "run.json": ABOUT, "result.json": { ...done, [key]: value } });
	}
	write(runs, "infinite", { "run.json": JSON.stringify(ABOUT).replace('"l2":0', '"l2":1e999') });
	write(runs, "before", { "run.json": ABOUT, "steps.csv": "header\n-5,0.5,0.001,1\n" });
	write(runs, "good", { "run.json": ABOUT, "result.json": done });
	const read = await storedRuns(runs);
	assert.ok(read.some(({ name, phase }) => name === "good" && phase === "finished"));
	for (const { name, phase, done, last, about } of read) {
		assert.ok(!Number.isNaN(Date.parse(about.begun)), name);
		const iteration = done?.iterations ?? last?.iteration ?? 0;
		const shown = { id: name, name, dataset: "", phase, iteration, start: about.start, done };
		const view = { ...shown, findings: [], rateChanges: [], visible: true, colour: 0 };
		const state = { datasets: [], runFiles: [], live: { on: false }, inspecting: false, form: {}, trusted: true };
		// A webview gets JSON.
		const message = JSON.parse(JSON.stringify({ type: "state", state: { ...state, runs: [view] } }));
		assert.ok(readMessage(message), `the panel refuses ${name}`);
	}
});

test("a folder that another window removes while it is read keeps none of the others from the list", async (context) => {
	const runs = join(folder, "removed", ".descent", "runs");
	write(runs, "going", { "run.json": ABOUT, "steps.csv": "header\n1,0.5,0.001,1\n" });
	write(runs, "good", { "run.json": ABOUT });
	const open = promises.open.bind(promises);
	context.mock.method(promises, "open", (path: string) => {
		rmSync(join(runs, "going"), { recursive: true });
		return open(path);
	});
	syncBuiltinESMExports();
	context.after(() => {
		context.mock.restoreAll();
		syncBuiltinESMExports();
	});
	const read = await storedRuns(runs);
	assert.ok(read.some(({ name }) => name === "good"));
});
