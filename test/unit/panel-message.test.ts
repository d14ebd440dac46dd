import assert from "node:assert/strict";
import { test } from "node:test";
import { panelMessage } from "../../src/extension/views/panel-message.ts";

test("the host takes messages of the protocol from the panel, and no others", () => {
	const right: unknown[] = [
		{ type: "ready", beta: 0.98 },
		{ type: "command", command: "saveRunFile" },
		{ type: "command", command: "exportLoop" },
		{ type: "form", patch: { epochs: 3, beta: null } },
		{ type: "runFile", path: "a.train.json" },
		{ type: "runFile", path: null },
		{ type: "column", name: "", change: { use: false } },
		{ type: "column", name: "a", change: { kind: "date", use: null } },
		{ type: "changeRate", runId: "run-1", request: { factor: 0.5 } },
		{ type: "changeRate", runId: "run-1", request: { rate: 0.001 } },
		{ type: "copy", text: "a" },
		{ type: "save", name: "adam-0.001-cost.csv", content: "a,b" },
		{ type: "save", name: "학습.png", content: new Uint8Array(3) },
		{ type: "openRows", runId: "run-1", rows: [1, 17] },
	];
	for (const message of right) assert.equal(panelMessage(message), message);
	const wrong: unknown[] = [
		null,
		{ type: "command", command: "rm" },
		{ type: "form", patch: { constructor: 1 } },
		{ type: "runFile" },
		{ type: "column", change: { use: true } },
		{ type: "column", name: "a" },
		{ type: "column", name: "a", change: { use: 1 } },
		{ type: "column", name: "a", change: { kind: "text" } },
		{ type: "column", name: "a", change: { width: 3 } },
		{ type: "changeRate", runId: "run-1", request: {} },
		{ type: "changeRate", runId: "run-1", request: { rate: "1" } },
		{ type: "changeRate", runId: "run-1", request: { rate: Number.NaN } },
		{ type: "changeRate", runId: "run-1", request: { rate: 1, factor: 2 } },
		{ type: "changeRate", request: { rate: 1 } },
		{ type: "copy", text: 1 },
		{ type: "copy", text: "a".repeat(1_000_001) },
		{ type: "save", name: "../a.csv", content: "" },
		{ type: "save", name: "a.sh", content: "" },
		{ type: "save", name: "a\n.csv", content: "" },
		{ type: "save", name: "a.csv", content: [1] },
		{ type: "openRows", runId: "run-1", rows: [] },
		{ type: "openRows", runId: "run-1", rows: [0] },
		{ type: "openRows", runId: "run-1", rows: new Array(101).fill(1) },
	];
	for (const message of wrong) assert.equal(panelMessage(message), undefined, JSON.stringify(message));
});
