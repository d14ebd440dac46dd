// What is said when optimizers have been compared.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunSummary } from "../../src/engine/protocol/panel.ts";
import type { RunDone } from "../../src/engine/protocol/run.ts";
import { compareWords } from "../../src/extension/tuning/compare-words.ts";
import { t } from "../../src/l10n.ts";

const run = (name: string, done: Partial<RunDone>) => ({ name, done: { outcome: "finished", ...done } }) as RunSummary;

test("the run with the lowest dev cost is named with the next one, and those that diverged", () => {
	const [slow, best, lost] = [
		run("gradientDescent-0.1", { cost: 0.01, devCost: 0.5 }),
		run("adam-0.001", { cost: 0.2, devCost: 0.031249 }),
		run("lion-1", { cost: Number.NaN, outcome: "diverged" }),
	];
	assert.equal(
		compareWords([slow, best, lost], t),
		"Of 3 runs, adam-0.001 has the lowest dev cost: 0.0312; then gradientDescent-0.1 with 0.5. Diverged: lion-1.",
	);
	assert.equal(
		compareWords([run("a", { cost: 0.25 }), run("b", { cost: 0.125 })], t),
		"Of 2 runs, b has the lowest cost: 0.125; then a with 0.25.",
	);
	assert.equal(compareWords([best, lost], t), undefined, "nothing to compare it with");
	assert.equal(compareWords([], t), undefined);
});
