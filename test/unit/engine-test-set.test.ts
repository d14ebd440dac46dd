// The score on the test set, against the outputs of the same weights computed by hand.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { RunFile } from "../../src/engine/protocol/run-file.ts";
import { prepareRun } from "../../src/engine/training/prepare.ts";
import { Training } from "../../src/engine/training/training.ts";
import { kernels } from "../support/kernels.ts";
import { lineTable } from "../support/tables.ts";

const folder = mkdtempSync(join(tmpdir(), "descent-test-set-"));
const path = join(folder, "line.csv");
writeFileSync(path, lineTable(400));
after(() => rmSync(folder, { recursive: true }));

/** A linear model, so that a sum is all there is to an output. @returns its end, and output and target of each test row */
async function run(dataset: Partial<RunFile["dataset"]>) {
	const file: RunFile = { dataset: { path, split: { test: 0.25 }, ...dataset }, model: { layers: [] }, epochs: 30 };
	const prepared = await prepareRun(await kernels(), file, { threads: 1 });
	const { table, backend, start } = prepared;
	const training = new Training(prepared, () => {});
	const done = await training.run();
	const { features } = table.shape;
	const rows = Array.from({ length: start.testRows }, (_, i) => start.trainRows + start.devRows + i);
	const bias = backend.parameters[Math.ceil(features / 16) * 16];
	const outputs = rows.map((row) =>
		Array.from({ length: features }, (_, j) => table.x[row * features + j] * backend.parameters[j]).reduce(
			(sum, part) => sum + part,
			bias,
		),
	);
	return { done, start, outputs, targets: rows.map((row) => table.y[row]) };
}

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const close = (a: number | undefined, b: number) => assert.ok(Math.abs(a! - b) < 1e-5, `${a} is not ${b}`);

test("classes: mean cross-entropy and the share of right answers", async () => {
	const { done, start, outputs, targets } = await run({});
	assert.equal(start.testRows, 100);
	close(done.testCost, mean(outputs.map((z, i) => Math.log(1 + Math.exp(z)) - targets[i] * z)));
	close(done.testAccuracy, mean(outputs.map((z, i) => ((z > 0 ? 1 : 0) === targets[i] ? 1 : 0))));
	assert.equal(done.testR2, undefined);
	assert.notEqual(done.testCost, done.devCost);
});

test("numbers: mean squared error and R² about the test rows' own mean", async () => {
	const { done, outputs, targets } = await run({ target: "b", features: ["a"] });
	const squares = mean(outputs.map((z, i) => (z - targets[i]) ** 2));
	const centre = mean(targets);
	close(done.testCost, squares);
	close(done.testR2, 1 - squares / mean(targets.map((y) => (y - centre) ** 2)));
	assert.equal(done.testAccuracy, undefined);
});
