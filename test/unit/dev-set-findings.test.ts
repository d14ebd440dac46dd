// What a run says of a dev set whose score tells less than it seems to.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { Finding } from "../../src/engine/protocol/run.ts";
import type { RunFile } from "../../src/engine/protocol/run-file.ts";
import { prepareRun } from "../../src/engine/training/prepare.ts";
import { Training } from "../../src/engine/training/training.ts";
import { kernels } from "../support/kernels.ts";

const folder = mkdtempSync(join(tmpdir(), "descent-dev-set-"));
after(() => rmSync(folder, { recursive: true }));

/** @param classes of the rows, in their order */
async function run(classes: string[], dataset: Partial<RunFile["dataset"]> = {}) {
	const path = join(folder, "table.csv");
	writeFileSync(path, `a,b,label\n${classes.map((name, i) => `${i * 1.5},${(i * 7) % 11},${name}\n`).join("")}`);
	const file: RunFile = { dataset: { path, ...dataset }, epochs: 2 };
	const prepared = await prepareRun(await kernels(), file, { threads: 1 });
	const findings: Finding[] = [];
	const done = await new Training(prepared, (event) => {
		if (event.type === "finding") findings.push(event.finding);
	}).run();
	const { table, start } = prepared;
	const { trainRows, devRows } = start;
	return { done, findings, summary: start.summary, devLabels: [...table.y.subarray(trainRows, trainRows + devRows)] };
}

const rows = (count: number, ...names: string[]) => Array.from({ length: count }, (_, i) => names[i % names.length]);

test("a dev set of one class: any constant answer scores 1", async () => {
	const { findings, devLabels } = await run([...rows(99, "common"), "rare"]);
	assert.deepEqual(new Set(devLabels), new Set([0]));
	assert.deepEqual(findings, [
		{
			code: "classes-out-of-dev-set",
			severity: "warning",
			message: "All 20 dev rows are of the class common: a dev accuracy of 1 only says that this one answer was given.",
			advice: "Add rows of the classes that have one row only, or choose another target.",
		},
	]);
});

test("classes that no dev row has are named, and how to have them there", async () => {
	const { findings, devLabels, summary } = await run([...rows(98, "b", "c"), "a", "d"]);
	assert.deepEqual(summary.classDevRows, [0, ...[1, 2].map((c) => devLabels.filter((label) => label === c).length), 0]);
	assert.match(findings[0].message, /^The dev set has no row of 2 of the 4 classes \(a, d\): /);
	const plain = await run([...rows(98, "b", "c"), "a", "a"], { split: { stratify: false, dev: 0.05 } });
	assert.match(plain.findings[0].message, /no row of 1 of the 3 classes \(a\)/);
	assert.match(plain.findings[0].advice ?? "", /^Stratify the split, /);
});

test("a dev set with every class, and one of amounts, is not spoken of", async () => {
	assert.deepEqual((await run(rows(100, "a", "b", "c"))).findings, []);
	assert.deepEqual((await run(Array.from({ length: 100 }, (_, i) => `${i * 2.5}`))).findings, []);
});
