import assert from "node:assert/strict";
import { test } from "node:test";
import { Epochs } from "../../webview/charts/epochs.ts";
import * as fields from "../../webview/controls/fields.ts";
import { describeResult } from "../../webview/controls/result.ts";
import type { RunView } from "../../webview/run-view.ts";

function value<T>(parsed: fields.Parsed<T>): T | null | "refused" {
	return parsed.ok ? parsed.value : "refused";
}

test("an empty field goes back to the default", () => {
	const parsers = [fields.parseLearningRate, fields.parseBatchSize, fields.parseLayers, fields.parseEpochs];
	for (const parse of parsers) assert.equal(value<unknown>(parse("  ")), null);
});

test("numbers are taken as people write them, and nothing else", () => {
	assert.deepEqual(
		["0.001", "1e-3", ".5", " 2 ", "+1"].map((text) => value(fields.parseLearningRate(text))),
		[0.001, 0.001, 0.5, 2, 1],
	);
	for (const text of ["0", "-1", "abc", "0,1", "1e", "0x10", "Infinity", "NaN", "1 2"]) {
		assert.equal(value(fields.parseLearningRate(text)), "refused", text);
	}
});

test("a beta is below 1, a decay base at most 1", () => {
	assert.deepEqual(
		["0", "0.999", "1", "-0.1"].map((text) => value(fields.parseBeta(text))),
		[0, 0.999, "refused", "refused"],
	);
	assert.deepEqual(
		["1", "0", "1.1"].map((text) => value(fields.parseDecayBase(text))),
		[1, "refused", "refused"],
	);
});

test("a mini-batch is a number of rows, full or auto", () => {
	assert.deepEqual(
		["64", "1,000", "FULL", "auto", "0", "1.5", "1,00", "half"].map((text) => value(fields.parseBatchSize(text))),
		[64, 1000, "full", "auto", "refused", "refused", "refused", "refused"],
	);
});

test("layers are widths, or none", () => {
	assert.deepEqual(
		["64, 32", "8 8", "16", "none", "0"].map((text) => value(fields.parseLayers(text))),
		[[64, 32], [8, 8], [16], [], []],
	);
	for (const text of ["64,", "0, 8", "-1", "6.5", "70000", "a", new Array(33).fill(1).join(",")]) {
		assert.equal(value(fields.parseLayers(text)), "refused", text);
	}
	assert.equal(fields.formatLayers([]), "none");
	assert.deepEqual(value(fields.parseLayers(fields.formatLayers([64, 32]))), [64, 32]);
});

test("a refusal says in one sentence what would do", () => {
	const refused = fields.parseEpochs("many");
	assert.ok(!refused.ok && /^[A-Z0-9].*\.$/.test(refused.message));
});

const run: RunView = {
	id: "a",
	name: "adam",
	phase: "running",
	iteration: 10,
	dataset: "table.csv",
	epochs: new Epochs(),
	findings: [],
	rateChanges: [],
	visible: true,
	colour: 0,
};
const done = { iterations: 4200, cost: 0.0123, seconds: 1.62, stepsPerSecond: 12345 };

test("the result is one line with the figures that the task has", () => {
	assert.equal(describeResult(run), undefined);
	assert.equal(
		describeResult({
			...run,
			phase: "finished",
			done: { ...done, outcome: "finished", rateChanges: [], devAccuracy: 0.985 },
		}),
		"Finished: cost 0.0123, dev accuracy 0.985, 12,345 steps/s, 1.6 s",
	);
	assert.equal(
		describeResult({ ...run, phase: "stopped", done: { ...done, outcome: "stopped", rateChanges: [], devR2: 0.9512 } }),
		"Stopped at step 4,200: cost 0.0123, dev R² 0.951, 12,345 steps/s, 1.6 s",
	);
	assert.equal(
		describeResult({
			...run,
			phase: "stoppedEarly",
			done: { ...done, outcome: "stoppedEarly", rateChanges: [], devAccuracy: 0.9, bestEpoch: 1230 },
		}),
		"Stopped early at step 4,200: cost 0.0123, dev accuracy 0.900, weights of epoch 1,230, 12,345 steps/s, 1.6 s",
	);
	assert.equal(
		describeResult({
			...run,
			phase: "diverged",
			done: { ...done, outcome: "diverged", rateChanges: [], cost: Number.NaN },
		}),
		"Diverged at step 4,200: the cost is no longer a finite number",
	);
	assert.equal(describeResult({ ...run, phase: "failed", error: "The file is gone." }), "The file is gone.");
});
