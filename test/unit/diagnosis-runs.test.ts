// What real runs are told: problems built to show each finding.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, mock, test } from "node:test";
import type { Finding } from "../../src/engine/protocol/run.ts";
import { prepareRun } from "../../src/engine/training/prepare.ts";
import { Training } from "../../src/engine/training/training.ts";
import { kernels } from "../support/kernels.ts";

const folder = mkdtempSync(join(tmpdir(), "descent-diagnosis-"));
after(() => rmSync(folder, { recursive: true }));

test("divergence names the mini-batch's rows by their numbers in the file", async () => {
	const rows = Array.from(
		{ length: 500 },
		(_, i) => `${Math.sqrt(i + 1).toFixed(5)},${(i * 37) % 11},${(i * 7.3) % 5}\n`,
	);
	writeFileSync(join(folder, "numbered.csv"), `root,a,y\n${rows.join("")}`);
	const prepared = await prepareRun(await kernels(), {
		dataset: { path: join(folder, "numbered.csv"), target: "y" },
		batchSize: 8,
	});
	const { table, backend } = prepared;
	// What the network is given of a row tells its number: the first column is its root, standardised.
	const [column] = table.preparation.columns;
	assert.ok(column.kind === "numeric");
	const numberOf = (row: number) => Math.round((table.x[row * 2] * column.deviation + column.mean) ** 2);
	const expected = numberOf(123);
	table.y[123] = Number.NaN;
	let order = new Uint32Array(0);
	mock.method(backend, "setOrder", (given: Uint32Array) => {
		order = given.slice();
		Object.getPrototypeOf(backend).setOrder.call(backend, given);
	});
	const findings: Finding[] = [];
	const training = new Training(prepared, (event) => event.type === "finding" && findings.push(event.finding));
	const done = await training.run();
	const [finding] = findings;
	assert.deepEqual([done.outcome, finding.code, findings.length], ["diverged", "divergence", 1]);
	const first = (finding.iteration! - 1) * 8;
	assert.deepEqual(finding.rows, Array.from(order.subarray(first, first + 8), numberOf));
	assert.ok(finding.rows?.includes(expected));
	const [a, b, c] = finding.rows!;
	assert.ok(
		finding.message.endsWith(`at step ${finding.iteration}, on rows ${a}, ${b}, ${c} and 5 more of the table.`),
	);
});
