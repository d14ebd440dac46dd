// A resumed run's numbers are those of an uninterrupted one, bit for bit, and a checkpoint is whole or not there.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import type { RunFile } from "../../src/engine/protocol/run-file.ts";
import { readCheckpoint } from "../../src/engine/training/checkpoint.ts";
import { prepareRun } from "../../src/engine/training/prepare.ts";
import { decodeSafetensors, encodeSafetensors } from "../../src/engine/training/safetensors.ts";
import { Training, type TrainingOptions } from "../../src/engine/training/training.ts";
import { DIST, kernels } from "../support/kernels.ts";
import { lineTable } from "../support/tables.ts";
import { installTensorflow } from "../support/tensorflow.ts";

const folder = mkdtempSync(join(tmpdir(), "descent-resume-"));
const table = join(folder, "table.csv");
writeFileSync(table, lineTable(500));
installTensorflow(folder);
after(() => rmSync(folder, { recursive: true }));

/** Runs, stopping at the first batch of metrics when asked to. @returns cost and rate of every step, and the end */
async function run(file: RunFile, options: TrainingOptions & { stop?: boolean; halve?: boolean }) {
	const prepared = await prepareRun(await kernels(), file);
	const steps: { iteration: number; cost: number; rate: number }[] = [];
	const training: Training = new Training(
		prepared,
		(event) => {
			if (event.type !== "steps") return;
			const { first, cost, learningRate } = event.batch;
			for (let i = 0; i < cost.length; i++) steps.push({ iteration: first + i, cost: cost[i], rate: learningRate[i] });
			if (options.stop) training.control("stop");
		},
		options,
	);
	if (options.halve) training.changeRate({ factor: 0.5 });
	const done = await training.run();
	return { steps, done, parameters: prepared.backend.parameters.slice() };
}

for (const [optimizer, backend, epochs] of [
	["momentum", "wasm", 1500],
	["adam", "wasm", 1500],
	["nadam", "wasm", 1500],
	["lion", "wasm", 1500],
	["adam", "tensorflow", 40],
] as const) {
	test(`${optimizer}, ${backend}: stopped in the middle and resumed, the same bits as in one go`, async () => {
		const file: RunFile = {
			dataset: {
				...{ path: table, features: ["b", "a"], missing: "drop", scaling: "minMax" },
				split: { dev: 0.25, test: 0.2, seed: 5, stratify: false },
			},
			optimizer: { name: optimizer, learningRate: 0.003 },
			decay: { name: "cosine", warmup: 20 },
			batchSize: 33,
			epochs,
			l2: 0.1,
			clip: { norm: 0.5 },
			seed: 9,
			backend,
		};
		const path = join(folder, `${optimizer}-${backend}.safetensors`);
		const whole = await run(file, { halve: true });
		const first = await run(file, { halve: true, stop: true, checkpoint: { path, everyMs: 1e9 } });
		assert.equal(first.done.outcome, "stopped");
		assert.ok(first.steps.length < whole.steps.length, "it was stopped before its end");
		const resume = await readCheckpoint(path);
		assert.equal(resume.progress.position.iteration, first.steps.length);
		const rest = await run(resume.progress.run, { resume });
		assert.deepEqual([...first.steps, ...rest.steps], whole.steps);
		assert.deepEqual(rest.parameters, whole.parameters);
		assert.equal(rest.done.devCost, whole.done.devCost);
		assert.equal(rest.done.cost, whole.done.cost);
		assert.ok(whole.done.testCost !== undefined && whole.done.testAccuracy !== undefined);
		assert.equal(rest.done.testCost, whole.done.testCost);
		assert.equal(rest.done.testAccuracy, whole.done.testAccuracy);
	});
}

/** Runs the command line and kills it hard at the first line that says so. @returns the steps' costs until then */
async function runUntil(
	args: string[],
	last: (line: Record<string, unknown>) => boolean,
): Promise<Map<number, number>> {
	const child = spawn(process.execPath, [join(DIST, "cli.cjs"), "train", ...args, "--json"], {
		stdio: ["ignore", "pipe", "inherit"],
	});
	const ended = once(child, "close");
	const costs = new Map<number, number>();
	for await (const text of createInterface({ input: child.stdout })) {
		// The last line may be torn.
		const line = text.endsWith("}") ? JSON.parse(text) : {};
		if (line.type === "step") costs.set(line.iteration, line.cost);
		if (last(line)) child.kill("SIGKILL");
	}
	await ended;
	return costs;
}

test("kill -9 leaves the last whole checkpoint, and the run goes on from it with the same numbers", async () => {
	const path = join(folder, "killed.safetensors");
	const run = [table, "--batch-size", "16", "--epochs", "3000", "--layers", "200,200"];
	await runUntil([...run, "--checkpoint", path, "--checkpoint-every", "0"], (line) => line.epoch === 20);
	const { progress, tensors } = await readCheckpoint(path);
	const { iteration } = progress.position;
	assert.ok(iteration > 0);
	assert.deepEqual(tensors.get("W1")?.shape, [2, 200]);
	assert.ok(tensors.has("V.W1") && tensors.has("S.b3") && tensors.has("order") && tensors.has("random"));

	const enough = (line: Record<string, unknown>) => line.iteration === iteration + 50;
	const uninterrupted = await runUntil(run, enough);
	const resumed = await runUntil(["--resume", path], enough);
	assert.ok(!resumed.has(iteration));
	for (let i = iteration + 1; i <= iteration + 50; i++) assert.equal(resumed.get(i), uninterrupted.get(i), `step ${i}`);
});

test("what cannot be resumed is said in one sentence", () => {
	const descent = (...args: string[]) =>
		spawnSync(process.execPath, [join(DIST, "cli.cjs"), ...args], { encoding: "utf8" });
	const says = (args: string[], sentence: RegExp) => {
		const { status, stderr } = descent(...args);
		assert.equal(status, 2);
		assert.match(stderr, sentence);
		assert.match(stderr, /^descent: [^\n]+\.\n$/);
	};
	const good = join(folder, "good.safetensors");
	assert.equal(descent("train", table, "--epochs", "3", "--checkpoint", good).status, 0);
	assert.equal(descent("train", "--resume", good).status, 0, "a finished run may be resumed: nothing is left to do");
	const cut = join(folder, "cut.safetensors");
	writeFileSync(cut, readFileSync(good).subarray(0, -100));
	says(["train", "--resume", cut], /cut\.safetensors is no checkpoint of Descent, or it is damaged/);
	says(["train", "--resume", table], /table\.csv is no checkpoint of Descent/);
	says(["train", "--resume", join(folder, "gone")], /gone does not exist/);
	says(["train", table, "--resume", good], /leave out FILE and the options of the run/);
	says(["train", "--resume", good, "--epochs", "9"], /leave out FILE and the options of the run/);
	says(
		["train", table, "--checkpoint", join(folder, "no", "where.safetensors")],
		/where\.safetensors could not be written/,
	);
	writeFileSync(table, lineTable(501));
	says(["train", "--resume", good], /has changed since the checkpoint was written/);
	assert.ok(
		!readdirSync(folder).some((name) => name.endsWith(".tmp") && !name.startsWith("killed")) && existsSync(good),
	);
});

test("safetensors: what is written is read again, and damage is seen", () => {
	const tensors = new Map([
		["a", { shape: [2, 2], data: Float32Array.of(1, -2, 3.5, Number.NaN) }],
		["b", { shape: [3], data: Uint32Array.of(1, 2, 0xffffffff) }],
	]);
	const bytes = encodeSafetensors(tensors, { note: "ünï" });
	const header = JSON.parse(
		new TextDecoder().decode(bytes.subarray(8, 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true)))),
	);
	assert.deepEqual(header.a, { dtype: "F32", shape: [2, 2], data_offsets: [0, 16] });
	assert.deepEqual(header.b, { dtype: "U32", shape: [3], data_offsets: [16, 28] });
	const again = decodeSafetensors(bytes);
	assert.deepEqual(again.tensors, tensors);
	assert.deepEqual(again.metadata, { note: "ünï" });
	for (const length of [0, 5, 20, bytes.length - 1]) assert.throws(() => decodeSafetensors(bytes.subarray(0, length)));
});
