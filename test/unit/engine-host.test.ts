// The engine's process from the host's side: real processes, the real engine, and scripts that misbehave.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { RunEvent } from "../../src/engine/protocol/engine.ts";
import { EngineError, EngineHost } from "../../src/extension/engine-host/engine-host.ts";
import { t } from "../../src/l10n.ts";
import { DIST } from "../support/kernels.ts";
import { lineTable } from "../support/tables.ts";

const folder = mkdtempSync(join(tmpdir(), "descent-host-"));
const table = join(folder, "table.csv");
writeFileSync(table, lineTable(3000));
after(() => rmSync(folder, { recursive: true }));

function script(name: string, body: string): string {
	const path = join(folder, name);
	writeFileSync(path, body);
	return path;
}

const engineScript = join(DIST, "engine.cjs");

function host(path: string, { idleMs = 60_000, timeoutMs = 30_000 } = {}) {
	const events: { runId: string; event: RunEvent }[] = [];
	const lines: string[] = [];
	const waiting: { matches: (event: RunEvent) => boolean; resolve: () => void }[] = [];
	const engine = new EngineHost({
		script: path,
		idleMs: () => idleMs,
		timeoutMs: () => timeoutMs,
		t,
		log: { info: (line) => lines.push(line), error: (line) => lines.push(line) },
		onEvent(runId, event) {
			events.push({ runId, event });
			for (const { matches, resolve } of waiting) if (matches(event)) resolve();
		},
	});
	const seen = (matches: (event: RunEvent) => boolean) =>
		new Promise<void>((resolve) => {
			if (events.some(({ event }) => matches(event))) resolve();
			else waiting.push({ matches, resolve });
		});
	return { engine, events, lines, seen };
}

const longRun = { dataset: { path: table }, epochs: 1_000_000, batchSize: 64 } as const;
const inputFault = (message: RegExp) => (error: unknown) =>
	error instanceof EngineError && error.fault.kind === "input" && message.test(error.message);

test("a run's metrics hold every iteration once, at most 30 batches a second", async () => {
	const { engine, events, seen } = host(engineScript);
	const start = await engine.call("train", {
		runId: "r",
		file: { dataset: { path: table }, epochs: 400, batchSize: 64 },
	});
	await seen((event) => event.type === "done");
	engine.dispose();
	let next = 1;
	let batches = 0;
	for (const { event } of events) {
		if (event.type !== "steps") continue;
		batches++;
		assert.equal(event.batch.first, next);
		assert.equal(event.batch.learningRate.length, event.batch.cost.length);
		next += event.batch.cost.length;
	}
	assert.equal(next - 1, start.iterations);
	const done = events.at(-1)?.event;
	assert.ok(done?.type === "done" && done.done.outcome === "finished");
	assert.ok(batches <= done.done.seconds * 1.5 * 30 + 3, `${batches} batches in ${done.done.seconds} s of training`);
	const epochs = events.flatMap(({ event }) => (event.type === "epochs" ? event.results : []));
	assert.deepEqual(
		epochs.map(({ epoch }) => epoch),
		Array.from({ length: 400 }, (_, i) => i + 1),
	);
});

test("pause, single step, resume and stop do what they say", async () => {
	const { engine, events, seen } = host(engineScript);
	await engine.call("train", { runId: "r", file: longRun });
	await engine.call("control", { runId: "r", action: "pause" });
	await seen((event) => event.type === "paused");
	const iterations = () =>
		events.reduce((sum, { event }) => sum + (event.type === "steps" ? event.batch.cost.length : 0), 0);
	const before = iterations();
	for (let i = 1; i <= 3; i++) {
		await engine.call("control", { runId: "r", action: "step" });
		await seen((event) => event.type === "steps" && event.batch.first + event.batch.cost.length - 1 === before + i);
	}
	assert.equal(iterations(), before + 3);
	await engine.call("control", { runId: "r", action: "resume" });
	await seen((event) => event.type === "steps" && event.batch.first > before + 3);
	await engine.call("control", { runId: "r", action: "stop" });
	await seen((event) => event.type === "done");
	engine.dispose();
	const done = events.at(-1)?.event;
	assert.ok(done?.type === "done" && done.done.outcome === "stopped" && done.done.iterations === iterations());
});

test("a learning rate changed by hand holds from the next step on, and is an event of the run", async () => {
	const { engine, events, seen } = host(engineScript);
	const file = { ...longRun, optimizer: { name: "adam", learningRate: 0.004 } } as const;
	await engine.call("train", { runId: "r", file });
	await seen((event) => event.type === "steps");
	await engine.call("control", { runId: "r", action: "pause" });
	await seen((event) => event.type === "paused");
	await engine.call("changeRate", { runId: "r", request: { factor: 0.5 } });
	await engine.call("control", { runId: "r", action: "step" });
	await seen((event) => event.type === "steps" && event.batch.learningRate.includes(Math.fround(0.002)));
	await engine.call("changeRate", { runId: "r", request: { rate: 0.0003 } });
	await engine.call("control", { runId: "r", action: "step" });
	await seen((event) => event.type === "steps" && event.batch.learningRate.includes(Math.fround(0.0003)));
	for (const request of [{ factor: 0 }, { rate: Number.NaN }, { rate: -1 }]) {
		await assert.rejects(engine.call("changeRate", { runId: "r", request }), inputFault(/a number above 0, not/));
	}
	await engine.call("control", { runId: "r", action: "stop" });
	await seen((event) => event.type === "done");
	await engine.call("changeRate", { runId: "r", request: { factor: 2 } });
	engine.dispose();
	const rates = events.flatMap(({ event }) => (event.type === "steps" ? [...event.batch.learningRate] : []));
	const changes = events.flatMap(({ event }) => (event.type === "rateChanged" ? [event.change] : []));
	const first = rates.length - 1;
	assert.deepEqual(rates.slice(-3), [0.004, 0.002, 0.0003].map(Math.fround));
	assert.deepEqual(
		changes.map(({ iteration }) => iteration),
		[first, first + 1],
	);
	const done = events.at(-1)?.event;
	assert.ok(done?.type === "done");
	assert.deepEqual(done.done.rateChanges, changes);
});

test("a run that is stopped while its data is read takes no step", async () => {
	const { engine, events, seen } = host(engineScript);
	const start = engine.call("train", { runId: "r", file: longRun });
	const refused = assert.rejects(start, (error: EngineError) => error.fault.kind === "stopped");
	await engine.call("control", { runId: "r", action: "stop" });
	await refused;
	await engine.call("train", { runId: "next", file: { dataset: { path: table }, epochs: 2 } });
	await seen((event) => event.type === "done");
	engine.dispose();
	assert.ok(events.every(({ runId }) => runId === "next"));
});

test("bad input is the user's to mend, in the engine's words", async () => {
	const { engine } = host(engineScript);
	await assert.rejects(
		engine.call("inspect", { path: join(folder, "gone.csv") }),
		inputFault(/^gone\.csv does not exist/),
	);
	await assert.rejects(
		engine.call("train", { runId: "r", file: { dataset: { path: table }, epochs: 0 } }),
		inputFault(/^epochs must be a whole number/),
	);
	engine.dispose();
});

test("a process killed in mid-run fails that run in one sentence, and the next run works", async () => {
	const { engine, events, seen } = host(engineScript);
	await engine.call("train", { runId: "first", file: longRun });
	await seen((event) => event.type === "steps");
	process.kill(engine.pid!, "SIGKILL");
	await seen((event) => event.type === "failed");
	const failed = events.filter(({ event }) => event.type === "failed");
	assert.equal(failed.length, 1);
	assert.ok(failed[0].runId === "first" && failed[0].event.type === "failed");
	assert.equal(
		failed[0].event.fault.message,
		"The engine's process ended unexpectedly (SIGKILL); run again to start a new one.",
	);
	await engine.call("train", { runId: "second", file: { dataset: { path: table }, epochs: 2 } });
	await seen((event) => event.type === "done");
	assert.ok(
		!events.some(({ runId, event }) => runId === "first" && event.type === "done"),
		"the old run is not replayed",
	);
	engine.dispose();
});

test("calls are settled when the process ends instead of answering", async () => {
	const { engine } = host(script("exits.cjs", 'process.on("message", () => process.exit(3));'));
	await assert.rejects(engine.call("inspect", { path: table }), inputFault(/ended unexpectedly \(exit code 3\)/));
	engine.dispose();
});

test("calls are settled when no answer comes in time, and the process is replaced", async () => {
	const { engine } = host(script("silent.cjs", 'process.on("message", () => {});'), { timeoutMs: 300 });
	const call = engine.call("inspect", { path: table });
	const pid = engine.pid;
	await assert.rejects(call, inputFault(/no answer within 0\.3 s/));
	engine.warmUp();
	assert.ok(engine.pid !== undefined && engine.pid !== pid);
	engine.dispose();
});

test("after five unexpected ends no further process is started", async () => {
	const { engine } = host(script("crashes.cjs", 'process.on("message", () => process.exit(1));'));
	for (let i = 0; i < 5; i++) await assert.rejects(engine.call("inspect", { path: table }), /ended unexpectedly/);
	await assert.rejects(engine.call("inspect", { path: table }), /ended 5 times within ten minutes/);
	assert.equal(engine.pid, undefined);
	engine.dispose();
});

test("an idle process ends, and the next call starts another", async () => {
	const { engine, lines } = host(engineScript, { idleMs: 50 });
	await engine.call("inspect", { path: table });
	const pid = engine.pid!;
	while (engine.pid !== undefined) await new Promise(setImmediate);
	assert.ok(lines.some((line) => line.includes("idle, ended")));
	await engine.call("inspect", { path: table });
	assert.notEqual(engine.pid, pid);
	engine.dispose();
});

test("dispose settles what is open", async () => {
	const { engine } = host(script("quiet.cjs", 'process.on("message", () => {});'));
	const call = engine.call("inspect", { path: table });
	engine.dispose();
	await assert.rejects(call, /shut down/);
	assert.equal(engine.pid, undefined);
});

test("a call tells how far it has read, and is stopped in the midst of it", async () => {
	const large = join(folder, "large.csv");
	writeFileSync(large, lineTable(1_500_000));
	const { engine } = host(engineScript);
	const readings: { rows: number; about: number }[] = [];
	const stop = { runId: "look", action: "stop" } as const;
	const look = engine.call("inspect", { runId: "look", path: large }, (event) => {
		assert.equal(event.type, "reading");
		if (event.type === "reading") readings.push(event);
		void engine.call("control", stop);
	});
	await assert.rejects(look, (error) => error instanceof EngineError && error.fault.kind === "stopped");
	const [{ rows, about }] = readings;
	assert.ok(rows > 0 && rows < 1_500_000 && Math.abs(about - 1_500_000) < 150_000, `${rows} of about ${about}`);
	// Nobody listens any more, and the process goes on.
	await engine.call("control", stop);
	assert.equal((await engine.call("inspect", { path: table })).rows, 3000);
	engine.dispose();
});

test("a run's weights are saved while it goes on and when it has ended, and predict as the file does", async () => {
	const { engine, seen } = host(engineScript);
	await engine.call("train", { runId: "r", file: { dataset: { path: table }, epochs: 1_000_000, batchSize: 64 } });
	await seen((event) => event.type === "steps");
	const early = join(folder, "early.safetensors");
	await engine.call("saveCheckpoint", { runId: "r", path: early });
	await engine.call("control", { runId: "r", action: "stop" });
	await seen((event) => event.type === "done");
	const late = join(folder, "late.safetensors");
	await engine.call("saveCheckpoint", { runId: "r", path: late });
	const paths = [early, late, table, join(folder, "gone.safetensors")];
	const [first, second, ...others] = await engine.call("checkpoints", { paths });
	assert.deepEqual(others, [null, null]);
	assert.ok(first!.iteration > 0 && first!.iteration < second!.iteration);
	assert.deepEqual([second!.target, second!.task, second!.dataset], ["above", "binary", table]);
	const predicted = async (checkpoint: string | { runId: string }) => {
		const output = join(folder, "out.csv");
		await engine.call("predict", { runId: "p", checkpoint, dataset: table, output });
		return readFileSync(output, "utf8");
	};
	assert.equal(await predicted({ runId: "r" }), await predicted(late));
	assert.notEqual(await predicted(early), await predicted(late));
	await assert.rejects(
		engine.call("saveCheckpoint", { runId: "older", path: late }),
		inputFault(/^The weights of this run are no longer held; run it again\.$/),
	);
	engine.dispose();
});
