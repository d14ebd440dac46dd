// Runs kept on disk, by the engine's real process: what its folder holds, also after a kill, and what goes on from it.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
	appendFileSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, test } from "node:test";
import { readPacked, writePacked } from "../../src/engine/kept-runs/packed-run.ts";
import type { KeepRequest, RunEvent } from "../../src/engine/protocol/engine.ts";
import { KEPT, type KeptRun } from "../../src/engine/protocol/kept-run.ts";
import type { RateChange, RunStart, StepBatch } from "../../src/engine/protocol/run.ts";
import type { RunFile } from "../../src/engine/protocol/run-file.ts";
import { readRunFile } from "../../src/engine/run-file.ts";
import { readCheckpoint } from "../../src/engine/training/checkpoint.ts";
import { EngineHost } from "../../src/extension/engine-host/engine-host.ts";
import { EpochColumns } from "../../src/extension/runs/epoch-columns.ts";
import { Series } from "../../src/extension/runs/series.ts";
import { t } from "../../src/l10n.ts";
import { DIST } from "../support/kernels.ts";
import { lineTable } from "../support/tables.ts";

const folder = mkdtempSync(join(tmpdir(), "descent-kept-"));
const table = join(folder, "table.csv");
writeFileSync(table, lineTable(900));
const engines: EngineHost[] = [];
afterEach(() => {
	for (const engine of engines.splice(0)) engine.dispose();
});
after(() => rmSync(folder, { recursive: true }));

const keep: KeepRequest = { runs: join(folder, ".descent", "runs"), taken: [], versions: { descent: "0.0.0" } };
const file: RunFile = {
	dataset: { path: table, split: { dev: 0.2, test: 0.1 } },
	optimizer: { name: "adam", learningRate: 0.002 },
	decay: { name: "cosine" },
	batchSize: 32,
	epochs: 60,
};
const endless: RunFile = { ...file, epochs: 1_000_000 };

/** An engine's process with the events of its runs, and the steps and epochs that they tell. */
function host() {
	const events: RunEvent[] = [];
	const waiting = new Set<() => void>();
	const engine = new EngineHost({
		script: join(DIST, "engine.cjs"),
		idleMs: () => 60_000,
		timeoutMs: () => 30_000,
		t,
		log: { info: () => {}, error: () => {} },
		onEvent(_, event) {
			events.push(event);
			for (const look of waiting) look();
		},
	});
	engines.push(engine);
	const until = (condition: () => boolean) =>
		new Promise<void>((resolve) => {
			const look = () => {
				if (!condition()) return;
				waiting.delete(look);
				resolve();
			};
			waiting.add(look);
			look();
		});
	const seen = (type: RunEvent["type"]) => until(() => events.some((event) => event.type === type));
	return { engine, events, until, seen };
}

/** Every iteration once and in order. */
function told(events: RunEvent[]) {
	const batches = events.flatMap((event): StepBatch[] => (event.type === "steps" ? [event.batch] : []));
	let next = 1;
	for (const { first, cost } of batches) {
		assert.equal(first, next);
		next += cost.length;
	}
	const all = (column: "cost" | "learningRate" | "gradientNorm") => batches.flatMap((batch) => [...batch[column]]);
	return {
		cost: all("cost"),
		learningRate: all("learningRate"),
		gradientNorm: all("gradientNorm"),
		epochs: events.flatMap(epochsIn),
		findings: events.flatMap((event) => (event.type === "finding" ? [event.finding] : [])),
		changes: events.flatMap((event): RateChange[] => (event.type === "rateChanged" ? [event.change] : [])),
	};
}

/** Epochs as they are shown: floats, be they told one by one or packed. */
function epochsIn(event: RunEvent) {
	const packed = new EpochColumns();
	if (event.type === "epochs") packed.append(event.results);
	if (event.type === "epochSeries") packed.appendSeries(event.series);
	const { first, stepsPerEpoch, share, ...figures } = packed.slice(0, packed.length);
	return [...figures.cost].map((cost, i) => {
		const [devCost, devShare] = [figures.devCost[i], figures.devShare[i]];
		return { epoch: first + i, iteration: (first + i) * stepsPerEpoch, cost, devCost, devShare, share };
	});
}

const json = (kept: string, name: string) => JSON.parse(readFileSync(join(kept, name), "utf8"));

async function replayed(kept: string) {
	const { engine, events } = host();
	await engine.call("replayRun", { runId: "r", folder: kept });
	return told(events);
}

/** Trains to the end. */
async function whole(file: RunFile, keep?: KeepRequest) {
	const { engine, events, seen } = host();
	const start = await engine.call("train", { runId: "r", file, keep });
	await seen("done");
	return { start, events, ...told(events) };
}

test("a run's folder says what it was, on what and with what, and gives every figure again to the bit", async () => {
	const { start, events, ...figures } = await whole(file, keep);
	assert.equal(start.name, "adam-0.002-cosine");
	const kept = start.kept!;
	assert.equal(kept, join(keep.runs, "adam-0.002-cosine"));
	assert.deepEqual(await replayed(kept), figures);
	assert.equal(figures.cost.length, start.iterations);

	const about: KeptRun = json(kept, KEPT.about);
	const { size, mtimeMs } = statSync(table);
	const sha256 = createHash("sha256").update(readFileSync(table)).digest("hex");
	assert.deepEqual(about.dataset, { path: table, size, mtimeMs, sha256, whole: true, rows: 900 });
	assert.equal(about.environment.versions.descent, "0.0.0");
	assert.equal(about.environment.versions.node, process.versions.node);
	assert.equal(about.environment.kernels, start.kernels);
	assert.deepEqual(await readRunFile(join(kept, KEPT.runFile)), start.run);
	assert.equal(json(kept, KEPT.runFile).dataset.path, "../../../table.csv");
	const done = events.at(-1);
	assert.ok(done?.type === "done");
	assert.deepEqual(json(kept, KEPT.result), JSON.parse(JSON.stringify(done.done)));
	assert.equal((await readCheckpoint(join(kept, KEPT.checkpoint))).progress.position.iteration, start.iterations);
	assert.ok(!existsSync(join(kept, KEPT.writer)), "nobody writes any more");
	assert.equal(readFileSync(join(folder, ".descent", ".gitignore"), "utf8"), "*\n");

	const ahead = figures.epochs.length + 1;
	appendFileSync(join(kept, KEPT.epochs), `${ahead},${(ahead * start.iterations) / 60},0.1,0.1,1,\n`);
	assert.deepEqual((await replayed(kept)).epochs, figures.epochs, "an epoch whose steps were not written any more");

	const strange = { code: "x", severity: "info", message: "", rows: [-1] };
	appendFileSync(join(kept, KEPT.findings), `${JSON.stringify(strange)}\n`);
	const change = { iteration: -1, factor: 0.5 };
	appendFileSync(join(kept, KEPT.events), `${JSON.stringify({ time: "", type: "rateChanged", change })}\n`);
	const { findings, changes } = await replayed(kept);
	assert.deepEqual([findings, changes], [figures.findings, []], "the panel would take neither");

	const again = await whole(file, { ...keep, taken: ["adam-0.002-cosine (2)"] });
	assert.equal(again.start.kept, join(keep.runs, "adam-0.002-cosine (3)"));
	assert.deepEqual(again.cost, figures.cost);
});

test("what is packed of a run is given again to the bit, as long as it is of the run's files", async () => {
	const { start, events, ...figures } = await whole({ ...file, optimizer: { name: "adam", learningRate: 5 } }, keep);
	const kept = start.kept!;
	assert.equal(await readPacked(kept), undefined);
	assert.ok(figures.findings.length > 0, "the run tells something besides its figures");
	const steps = new Series();
	const epochs = new EpochColumns();
	for (const event of events) {
		if (event.type === "steps") steps.append(event.batch);
		if (event.type === "epochs") epochs.append(event.results);
	}
	const rateChanges = [{ iteration: 3, factor: 0.5 }];
	const packed = { steps: steps.held, epochs: epochs.held, findings: figures.findings, rateChanges };
	await writePacked(kept, packed);
	assert.deepEqual(await readPacked(kept), packed);
	assert.deepEqual([...packed.steps.cost], figures.cost);

	const path = join(kept, KEPT.packed);
	const bytes = readFileSync(path);
	for (const length of [0, 7, 100, bytes.length - 1]) {
		writeFileSync(path, bytes.subarray(0, length));
		assert.equal(await readPacked(kept), undefined, `${length} bytes of it`);
	}
	rmSync(path);
	const another = join(folder, "another");
	writeFileSync(another, bytes);
	symlinkSync(another, path);
	assert.equal(await readPacked(kept), undefined, "a link");
	rmSync(path);
	writeFileSync(path, bytes);
	assert.ok(await readPacked(kept));
	appendFileSync(join(kept, KEPT.steps), `${start.iterations + 1},1,1,1\n`);
	assert.equal(await readPacked(kept), undefined, "a line more");
});

/** A run of some epochs whose rate is changed, killed hard when steps after that are on disk. */
async function killed(): Promise<RunStart> {
	const { engine, events, until, seen } = host();
	const start = await engine.call("train", { runId: "r", file: endless, keep });
	await until(() => told(events).epochs.length > 40);
	const first = statSync(join(start.kept!, KEPT.checkpoint)).ino;
	await engine.call("changeRate", { runId: "r", request: { factor: 0.25 } });
	await seen("rateChanged");
	await until(() => statSync(join(start.kept!, KEPT.checkpoint)).ino !== first);
	const enough = `\n${told(events).changes[0].iteration + 200},`;
	const steps = join(start.kept!, KEPT.steps);
	await until(() => existsSync(steps) && readFileSync(steps, "latin1").includes(enough));
	process.kill(engine.pid!, "SIGKILL");
	await seen("failed");
	return start;
}

test("kill -9 in mid-run leaves what was told, whole lines of it are read, and the run goes on with the same bits", async () => {
	const { kept, ...start } = await killed();
	assert.ok(kept && existsSync(join(kept, KEPT.writer)) && !existsSync(join(kept, KEPT.result)));
	appendFileSync(join(kept, KEPT.steps), "99999999,0.1");
	appendFileSync(join(kept, KEPT.epochs), "41");
	appendFileSync(join(kept, KEPT.findings), '{"code":"to');
	const before = await replayed(kept);
	assert.ok(before.cost.length > 200 && before.epochs.length >= 40);
	const [change] = before.changes;
	assert.equal(before.learningRate[change.iteration - 1] < before.learningRate[change.iteration - 2] * 0.26, true);
	const { iteration } = (await readCheckpoint(join(kept, KEPT.checkpoint))).progress.position;
	assert.ok(iteration > 0 && iteration <= before.cost.length, `checkpoint of ${iteration} of ${before.cost.length}`);

	const { engine, events, until, seen } = host();
	const again = await engine.call("continueRun", { runId: "r", folder: kept });
	assert.deepEqual([again.run, again.iterations, again.kept], [start.run, start.iterations, kept]);
	await until(() => told(events).cost.length > before.cost.length + 500);
	await engine.call("control", { runId: "r", action: "stop" });
	await seen("done");
	const { cost, learningRate, epochs, changes } = told(events);
	assert.deepEqual(
		cost.slice(0, before.cost.length),
		before.cost,
		"what was told before is told again, and computed again",
	);
	assert.deepEqual(learningRate.slice(0, before.cost.length), before.learningRate);
	assert.deepEqual(changes, before.changes);
	assert.deepEqual(epochs.slice(0, before.epochs.length), before.epochs);
	const after = await replayed(kept);
	assert.deepEqual(after.cost, cost);
	assert.deepEqual(after.epochs, epochs);
	assert.equal(json(kept, KEPT.result).outcome, "stopped");
});

test("a process that is asked to end, or whose host is gone, leaves the run where it is", async () => {
	const { engine, events, until, seen } = host();
	const { kept } = await engine.call("train", { runId: "r", file: endless, keep });
	await until(() => told(events).epochs.length > 3);
	process.kill(engine.pid!, "SIGTERM");
	await seen("failed");
	const { cost } = await replayed(kept!);
	assert.ok(cost.length >= told(events).cost.length);
	assert.equal((await readCheckpoint(join(kept!, KEPT.checkpoint))).progress.position.iteration, cost.length);
	assert.ok(!existsSync(join(kept!, KEPT.writer)) && !existsSync(join(kept!, KEPT.result)));
});

test("the run file of a run whose rate was changed by hand gives the same steps", async () => {
	const { engine, events, until, seen } = host();
	const start = await engine.call("train", { runId: "r", file });
	await engine.call("control", { runId: "r", action: "pause" });
	await seen("paused");
	await engine.call("changeRate", { runId: "r", request: { factor: 0.1 } });
	for (let i = 1; i <= 3; i++) {
		const before = told(events).cost.length;
		await engine.call("control", { runId: "r", action: "step" });
		await until(() => told(events).cost.length === before + 1);
	}
	await engine.call("changeRate", { runId: "r", request: { rate: 0.0007 } });
	await engine.call("control", { runId: "r", action: "resume" });
	await seen("done");
	const { cost, learningRate, changes } = told(events);
	assert.equal(changes.length, 2);
	const exported = await engine.call("runFileOf", { start, rateChanges: changes });
	assert.equal(exported.decay?.name, "piecewise");
	const plain = await engine.call("runFileOf", { start, rateChanges: [] });
	assert.deepEqual(plain, start.run);
	const again = await whole(exported);
	assert.deepEqual(again.learningRate, learningRate);
	assert.deepEqual(again.cost, cost);
});

test("where a run cannot be kept it runs all the same and says so; a link is not followed", async () => {
	const elsewhere = join(folder, "elsewhere");
	const linked = join(folder, "linked");
	mkdirSync(elsewhere);
	mkdirSync(linked);
	symlinkSync(elsewhere, join(linked, ".descent"));
	const runs = join(linked, ".descent", "runs");
	const { start, events, findings } = await whole({ ...file, epochs: 3 }, { ...keep, runs });
	assert.equal(start.kept, undefined);
	assert.ok(
		findings.some(({ code, message }) => code === "run-not-kept" && /\.descent is no folder of its own/.test(message)),
	);
	assert.equal(events.at(-1)?.type, "done");
	assert.deepEqual(readdirSync(elsewhere), []);
});

test("a diverged run keeps its figures that are not finite", async () => {
	const wild: RunFile = { ...file, decay: undefined, optimizer: { name: "gradientDescent", learningRate: 1e30 } };
	const { start, cost } = await whole(JSON.parse(JSON.stringify(wild)), keep);
	assert.ok(cost.some((value) => !Number.isFinite(value)));
	assert.deepEqual((await replayed(start.kept!)).cost, cost);
	assert.equal(json(start.kept!, KEPT.result).outcome, "diverged");
});
