// Run files' snippets are taken by the check of run files, say what the engine does anyway, and train.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fillOptimizer } from "../../src/engine/optimizers/index.ts";
import type { RunFile } from "../../src/engine/protocol/run-file.ts";
import { checkRunFile } from "../../src/engine/run-file.ts";
import { fillDecay } from "../../src/engine/schedules/index.ts";
import { prepareRun } from "../../src/engine/training/prepare.ts";
import { Training } from "../../src/engine/training/training.ts";
import { kernels } from "../support/kernels.ts";
import { expansions } from "../support/snippet-body.ts";
import { readSnippets } from "../support/snippets.ts";
import { lineTable } from "../support/tables.ts";

const folder = mkdtempSync(join(tmpdir(), "descent-snippets-"));
const path = join(folder, "data.csv");
writeFileSync(path, lineTable(300).replace("above", "target"));
after(() => rmSync(folder, { recursive: true }));

/** A member of a run file stands in the smallest one. */
function parse(text: string): RunFile {
	return JSON.parse(text.startsWith("{") ? text : `{ "dataset": { "path": "data.csv" }, ${text} }`);
}

/** @returns the steps that were taken, and how the run ended */
async function train(file: RunFile) {
	file.dataset.path = path;
	// Some steps are enough, and a run file that says how many epochs is not to be run to its end.
	const prepared = await prepareRun(await kernels(), { ...file, epochs: 4 }, { threads: 1 });
	let steps = 0;
	const training = new Training(prepared, (event) => {
		if (event.type === "steps") steps += event.batch.cost.length;
	});
	const done = await training.run();
	return { steps, expected: prepared.start.iterations, outcome: done.outcome };
}

for (const { prefixes, body } of readSnippets("run-file")) {
	for (const [i, { text, chosen }] of expansions(body).entries()) {
		test([prefixes[0], ...chosen].join(" "), async () => {
			const file = checkRunFile(parse(text));
			const { optimizer, decay } = file;
			if (i === 0 && optimizer && !optimizer.preset) {
				assert.deepEqual(fillOptimizer(optimizer), fillOptimizer({ name: optimizer.name }), "the engine's defaults");
			}
			if (i === 0 && decay && !decay.points && !decay.warmup) {
				assert.deepEqual(fillDecay(decay), fillDecay({ name: decay.name }), "the engine's defaults");
			}
			const { steps, expected, outcome } = await train(file);
			assert.equal(outcome, "finished");
			assert.equal(steps, expected);
		});
	}
}
