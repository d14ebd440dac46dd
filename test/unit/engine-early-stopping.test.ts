// Early stopping: when it ends a run, and that the run then is the one of the best epoch, resumed or not.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { EpochResult } from "../../src/engine/protocol/run.ts";
import type { RunFile } from "../../src/engine/protocol/run-file.ts";
import { type Position, readCheckpoint } from "../../src/engine/training/checkpoint.ts";
import { EarlyStopping } from "../../src/engine/training/early-stopping.ts";
import { prepareRun } from "../../src/engine/training/prepare.ts";
import { Training, type TrainingOptions } from "../../src/engine/training/training.ts";
import { kernels } from "../support/kernels.ts";
import { noisyTable } from "../support/tables.ts";

const folder = mkdtempSync(join(tmpdir(), "descent-early-"));
const table = join(folder, "noisy.csv");
writeFileSync(table, noisyTable(200));
after(() => rmSync(folder, { recursive: true }));

/** Feeds dev costs, the weights being the epoch's number. @returns the epoch it ends at, its best one, the weights */
function feed(devCosts: number[], config: { patience: number; minDelta?: number; restoreBest?: boolean }) {
	const parameters = new Float32Array(1);
	const early = new EarlyStopping({ minDelta: 0, restoreBest: true, ...config }, parameters);
	const at: Position = { iteration: 0, epoch: 0, rows: 0, epochCost: 0, rateChanges: [], seconds: 0 };
	for (const devCost of devCosts) {
		at.epoch++;
		parameters[0] = at.epoch;
		early.epoch(at, { epoch: at.epoch, iteration: at.epoch, cost: 1, devCost });
		if (early.isOver(at)) break;
	}
	early.restore(at);
	return { ended: at.epoch, best: at.best?.epoch, weights: parameters[0] };
}

test("it ends after `patience` epochs without a lower dev cost, and a lower one starts the wait anew", () => {
	const costs = [5, 4, 4.5, 4.2, 3, 3.1, 3.2, 3.3, 2];
	assert.deepEqual(feed(costs, { patience: 3 }), { ended: 8, best: 5, weights: 5 });
	assert.deepEqual(feed(costs, { patience: 2 }), { ended: 4, best: 2, weights: 2 });
	assert.deepEqual(feed(costs, { patience: 4 }), { ended: 9, best: 9, weights: 9 });
	assert.deepEqual(feed(costs, { patience: 1, restoreBest: false }), { ended: 3, best: 2, weights: 3 });
});

test("an equal dev cost is not lower, nor is one within minDelta or one that is no number", () => {
	assert.deepEqual(feed([5, 5, 5], { patience: 2 }), { ended: 3, best: 1, weights: 1 });
	assert.deepEqual(feed([5, 4.95, 4.91, 4.89], { patience: 3, minDelta: 0.1 }), { ended: 4, best: 4, weights: 4 });
	assert.deepEqual(feed([5, Number.NaN, Number.NaN], { patience: 2 }), { ended: 3, best: 1, weights: 1 });
	assert.deepEqual(feed([Number.NaN, Number.NaN], { patience: 2 }), { ended: 2, best: undefined, weights: 2 });
});

/** @param options steps: stops after so many */
async function run(file: RunFile, options: TrainingOptions & { steps?: number } = {}) {
	const prepared = await prepareRun(await kernels(), file, { threads: 1 });
	const costs: number[] = [];
	const epochs: EpochResult[] = [];
	const training: Training = new Training(
		prepared,
		(event) => {
			if (event.type === "epochs") epochs.push(...event.results);
			if (event.type !== "steps") return;
			costs.push(...event.batch.cost);
			if (costs.length === options.steps) training.control("stop");
		},
		options,
	);
	if (options.steps) training.control("pause");
	for (let i = 0; i < (options.steps ?? 0); i++) training.control("step");
	const done = await training.run();
	const { backend, start } = prepared;
	return { start, costs, epochs, done, weights: backend.parameters.slice() };
}

const file: RunFile = {
	dataset: { path: table },
	optimizer: { name: "adam", learningRate: 0.003 },
	batchSize: 16,
	epochs: 400,
	earlyStopping: { patience: 12 },
	seed: 5,
};

test("a run ends with the weights and figures of its best epoch, which its checkpoint has too", async () => {
	const path = join(folder, "best.safetensors");
	const stopped = await run(file, { checkpoint: { path, everyMs: 1e9 } });
	const { done } = stopped;
	const best = stopped.epochs.reduce((a, b) => (b.devCost! < a.devCost! ? b : a));
	assert.equal(done.outcome, "stoppedEarly");
	assert.equal(done.bestEpoch, best.epoch);
	assert.equal(stopped.epochs.length, best.epoch + 12);
	assert.equal(done.iterations, stopped.epochs.length * 10);
	assert.deepEqual([done.cost, done.devCost, done.devR2], [best.cost, best.devCost, best.devR2]);
	const { backend } = await prepareRun(await kernels(), file, { threads: 1 });
	backend.parameters.set(stopped.weights);
	assert.equal(backend.evaluate(stopped.start.trainRows, stopped.start.devRows).cost, best.devCost);
	backend.dispose();
	const upToBest = await run({ ...file, epochs: best.epoch, earlyStopping: undefined });
	assert.deepEqual(stopped.weights, upToBest.weights);

	const resume = await readCheckpoint(path);
	const again = await run(resume.progress.run, { resume });
	assert.equal(again.costs.length, 0, "nothing is left to do");
	assert.deepEqual(again.weights, upToBest.weights);
	assert.deepEqual({ ...again.done, stepsPerSecond: 0 }, { ...done, stepsPerSecond: 0 });
});

test("a run that makes all its epochs ends with its best weights too, unless the last ones are asked for", async () => {
	const patient = { ...file, epochs: 60, earlyStopping: { patience: 1000 } };
	const { done, epochs, weights } = await run(patient);
	const best = epochs.reduce((a, b) => (b.devCost! < a.devCost! ? b : a));
	assert.ok(best.epoch < 60);
	assert.deepEqual([done.outcome, done.bestEpoch, done.devCost], ["finished", best.epoch, best.devCost]);
	const last = await run({ ...patient, earlyStopping: { patience: 1000, restoreBest: false } });
	assert.deepEqual([last.done.bestEpoch, last.done.devCost], [undefined, epochs[59].devCost]);
	assert.notDeepEqual(last.weights, weights);
	assert.deepEqual(last.weights, (await run({ ...patient, earlyStopping: undefined })).weights);
});

test("stopped by hand and resumed, it ends at the same epoch with the same bits", async () => {
	const whole = await run(file);
	const path = join(folder, "stopped.safetensors");
	const best = whole.done.bestEpoch! * 10;
	const checkpoint = { path, everyMs: 1e9 };
	const first = await run(file, { steps: best - 25, checkpoint });
	assert.deepEqual([first.done.outcome, first.done.bestEpoch], ["stopped", undefined]);
	// The second stop lies past the best epoch: its weights and the wait are in the checkpoint.
	const second = await run(file, { steps: 25 + 43, resume: await readCheckpoint(path), checkpoint });
	const rest = await run(file, { resume: await readCheckpoint(path) });
	assert.deepEqual([...first.costs, ...second.costs, ...rest.costs], whole.costs);
	assert.deepEqual(rest.weights, whole.weights);
	assert.deepEqual(
		[rest.done.outcome, rest.done.bestEpoch, rest.done.devCost],
		[whole.done.outcome, whole.done.bestEpoch, whole.done.devCost],
	);
});

test("a run without a dev set cannot be stopped early, and says so", async () => {
	const path = join(folder, "ids.csv");
	writeFileSync(path, `a,kind\n${Array.from({ length: 40 }, (_, i) => `${i % 7},k${i}\n`).join("")}`);
	await assert.rejects(run({ dataset: { path, target: "kind" }, earlyStopping: {} }), {
		message: /^Early stopping needs a dev set and no row could be kept for one;/,
	});
});
