// How a run did beside the one before it, in words.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunSummary } from "../../src/engine/protocol/panel.ts";
import { difference } from "../../src/extension/live/difference.ts";
import { t } from "../../src/l10n.ts";

const run = (done: object) => ({ done: { outcome: "finished", ...done } }) as unknown as RunSummary;
const said = (was: number, is: number) => difference(run({ cost: was }), run({ cost: is }), t);

test("costs are compared in percent between a tenth and twice, in times beyond", () => {
	assert.equal(said(0.0355, 0.0312), "cost 0.0312, 12 % lower than before (0.0355).");
	assert.equal(said(0.5, 0.995), "cost 0.995, 99 % higher than before (0.5).");
	assert.equal(said(0.5, 1), "cost 1, 2 times that of before (0.5).");
	assert.equal(said(0.0364, 0.398), "cost 0.398, 10.9 times that of before (0.0364).");
	assert.equal(said(1e-6, 7.48e-5), "cost 7.48e-5, 74.8 times that of before (1e-6).");
	assert.equal(said(0.398, 0.0364), "cost 0.0364, 1/10.9 of before (0.398).");
	assert.equal(said(0.453, 0.114), "cost 0.114, 75 % lower than before (0.453).");
	assert.equal(said(1, 0.1), "cost 0.1, 1/10 of before (1).");
	assert.equal(said(0.5, 0.502), "cost 0.502, about the same as before (0.5).");
});

test("nothing is said that has no measure", () => {
	assert.equal(said(0, 0), "cost 0, about the same as before (0).");
	for (const [was, is] of [
		[0, 1],
		[1, 0],
		[1, Number.NaN],
	]) {
		assert.equal(said(was, is), undefined);
	}
	assert.equal(difference(run({ cost: 1 }), run({ outcome: "stopped", cost: 0.9 }), t), undefined);
	assert.equal(
		difference(run({ cost: 1, devCost: 2 }), run({ cost: 2, devCost: 3 }), t),
		"dev cost 3, 50 % higher than before (2).",
	);
	assert.equal(difference(run({ cost: 1 }), run({ outcome: "diverged" }), t), "It diverges since this edit.");
});
