import assert from "node:assert/strict";
import { test } from "node:test";
import type { DatasetSummary } from "../../src/engine/protocol/dataset.ts";
import type { PanelState, RunPhase, RunSummary } from "../../src/engine/protocol/panel.ts";
import type { EpochSeries } from "../../src/engine/protocol/run.ts";
import { readMessage } from "../../webview/messages.ts";
import { PanelModel } from "../../webview/state.ts";

const run: RunSummary = {
	id: "a",
	name: "adam",
	dataset: "table.csv",
	phase: "running",
	iteration: 2,
	findings: [],
	rateChanges: [{ iteration: 2, factor: 0.5 }],
	visible: true,
	colour: 0,
};
const state: PanelState = {
	datasets: ["a.csv"],
	runFiles: [],
	live: { on: false },
	inspecting: false,
	form: {},
	runs: [run],
	trusted: true,
};
const curve = Float32Array.of(1, 2);
const batch = { first: 1, cost: curve, learningRate: curve, gradientNorm: curve };

/** One epoch of one iteration, without a dev cost. */
function epochsOf(epoch: number): EpochSeries {
	return {
		first: epoch,
		stepsPerEpoch: 1,
		cost: Float32Array.of(1 / epoch),
		devCost: Float32Array.of(Number.NaN),
		devShare: Float32Array.of(0.75),
		share: "accuracy",
	};
}

const column = {
	name: "a",
	kind: "numeric",
	missing: 0,
	min: 0,
	max: 4,
	histogram: { from: 0, width: 2, counts: [1, 2] },
};
const summary = {
	...{ path: "/a.csv", rows: 3, columns: [column], target: "a", targetReason: "last column" },
	...{ task: "regression", taskReason: "numbers", features: 1 },
};

test("a summary comes by itself, and stays through every state", () => {
	const model = new PanelModel(0.9);
	const message = readMessage({ type: "summary", summary });
	assert.ok(message?.type === "summary");
	model.apply(message);
	model.apply({ type: "state", state });
	assert.equal(model.state.summary?.rows, 3);
	model.apply({ type: "summary", summary: null });
	assert.equal(model.state.summary, undefined);
});

test("a run may be at any of its phases", () => {
	const phases: Record<RunPhase, true> = {
		...{ preparing: true, running: true, paused: true, finished: true, stoppedEarly: true, stopped: true },
		...{ outOfTime: true, diverged: true, interrupted: true, failed: true },
	};
	for (const phase of Object.keys(phases)) {
		assert.ok(readMessage({ type: "state", state: { ...state, runs: [{ ...run, phase }] } }), phase);
	}
});

test("messages of the protocol pass", () => {
	assert.deepEqual(readMessage({ type: "state", state }), {
		type: "state",
		state: { ...state, runs: [{ ...run, done: undefined }] },
	});
	assert.deepEqual(readMessage({ type: "steps", runId: "a", batch }), { type: "steps", runId: "a", batch });
	const { first: _, ...series } = batch;
	assert.deepEqual(readMessage({ type: "series", runId: "a", series, epochs: epochsOf(1) }), {
		type: "series",
		runId: "a",
		series,
		epochs: epochsOf(1),
	});
	assert.deepEqual(
		readMessage({ type: "steps", runId: "a", batch: { ...batch, learningRate: Float32Array.of(0.5) } }),
		{ type: "steps", runId: "a", batch: { ...batch, learningRate: Float32Array.of(0.5, 0.5) } },
		"a rate that stands is sent once",
	);
});

test("plain arrays become typed ones, and a null of JSON a value that is not finite", () => {
	const message = readMessage({
		type: "steps",
		runId: "a",
		batch: { first: 1, cost: [1, null], learningRate: [1, 1], gradientNorm: [0, 0] },
	});
	assert.ok(message?.type === "steps" && message.batch.cost instanceof Float32Array);
	assert.ok(Number.isNaN(message.batch.cost[1]));
});

test("an optional member may come as null", () => {
	const message = readMessage({
		type: "state",
		state: { ...state, problem: null, runFile: null, form: { epochs: null } },
	});
	assert.ok(message?.type === "state");
	assert.equal(message.state.problem, undefined);
	assert.equal(message.state.form.epochs, undefined);
});

test("a run that was stopped early passes", () => {
	const done = { outcome: "stoppedEarly", iterations: 9, bestEpoch: 4, cost: 1, seconds: 1, stepsPerSecond: 9 };
	const message = readMessage({ type: "state", state: { ...state, runs: [{ ...run, phase: "stoppedEarly", done }] } });
	assert.ok(message?.type === "state" && message.state.runs[0].done?.bestEpoch === 4);
});

test("a run of which nothing is shown takes nothing that was to fill it in", () => {
	const model = new PanelModel(0.9);
	const message = readMessage({ type: "fill", runId: "a", batch, epochs: epochsOf(1) });
	assert.ok(message?.type === "fill");
	model.apply(message);
	assert.equal(model.curvesFor("a"), undefined);
});

test("anything else is dropped", () => {
	const bounds = { bounds: Float32Array.of(0, 1, 2, 3), ends: curve };
	const smoothed = { ...bounds, average: [1, 0] };
	const curves = { cost: bounds, smoothed, learningRate: bounds, gradientNorm: bounds, smoothedNorm: smoothed };
	const overview = { length: 32, shift: 4, broken: new Uint32Array(0), ...curves };
	assert.ok(readMessage({ type: "overview", runId: "a", steps: overview, epochs: epochsOf(1) }));
	const wrong: unknown[] = [
		null,
		"state",
		{ type: "other" },
		{ type: "state" },
		{ type: "state", state: { ...state, runs: [{ ...run, phase: "dancing" }] } },
		{ type: "state", state: { ...state, runs: [{ ...run, iteration: "2" }] } },
		{ type: "state", state: { ...state, form: { layers: "64" } } },
		{ type: "state", state: { ...state, runFiles: [3] } },
		{ type: "summary" },
		{ type: "summary", summary: { rows: 3 } },
		{ type: "summary", summary: { ...summary, columns: [{ ...column, histogram: { counts: [1] } }] } },
		{ type: "steps", runId: 1, batch },
		{ type: "steps", runId: "a", batch: { ...batch, first: 0 } },
		{ type: "steps", runId: "a", batch: { ...batch, learningRate: Float32Array.of(1, 2, 3) } },
		{ type: "steps", runId: "a", batch: { ...batch, gradientNorm: Float32Array.of(1) } },
		{ type: "progress", runId: "a", epochs: [], iteration: 1, stepsPerSecond: 1 },
		{
			type: "progress",
			runId: "a",
			epochs: { ...epochsOf(1), cost: new Float32Array(2) },
			iteration: 1,
			stepsPerSecond: 1,
		},
		{ type: "series", runId: "a", series: { cost: "1,2" } },
		{ type: "overview", runId: "a", steps: { ...overview, shift: 3 }, epochs: epochsOf(1) },
		{ type: "overview", runId: "a", steps: { ...overview, length: 33 }, epochs: epochsOf(1) },
		{ type: "overview", runId: "a", steps: { ...overview, length: 0 }, epochs: epochsOf(1) },
		{
			type: "overview",
			runId: "a",
			steps: { ...overview, cost: { bounds: [0, 1], ends: curve } },
			epochs: epochsOf(1),
		},
		{ type: "overview", runId: "a", steps: { ...overview, smoothed: bounds }, epochs: epochsOf(1) },
		{
			type: "overview",
			runId: "a",
			steps: { ...overview, smoothedNorm: { ...bounds, average: [1] } },
			epochs: epochsOf(1),
		},
		{ type: "overview", runId: "a", steps: { ...overview, broken: [1] }, epochs: epochsOf(1) },
		{ type: "overview", runId: "a", steps: overview, epochs: { ...epochsOf(1), length: 1, devCost: undefined } },
		{ type: "fill", runId: "a", batch: { ...batch, first: 0 }, epochs: epochsOf(1) },
		{ type: "fill", runId: "a", batch, epochs: [] },
	];
	for (const message of wrong) assert.equal(readMessage(message), undefined, JSON.stringify(message));
});

test("curves may come before the state that names their run, and go with it", () => {
	const model = new PanelModel(0.9);
	model.apply({ type: "steps", runId: "a", batch });
	model.apply({ type: "state", state: { ...state, runs: [] } });
	assert.equal(model.curvesFor("a")?.length, 2);
	model.apply({ type: "state", state });
	assert.equal(model.iterationsOf(run), 2);
	model.apply({ type: "state", state: { ...state, runs: [] } });
	assert.equal(model.curvesFor("a"), undefined);
});

test("the rates ahead of a live run stay until it has ended, those of the next edit through the end of the last", () => {
	const model = new PanelModel(0.9);
	const preview = { iterations: 2, stride: 1, rates: curve };
	const told = (...runs: RunSummary[]) => model.apply({ type: "state", state: { ...state, live: { on: true }, runs } });
	const ahead = () => model.preview !== undefined;
	const first: RunSummary = { ...run, phase: "finished", live: "now" };
	told(first);
	model.apply({ type: "rates", preview });
	told(first);
	assert.ok(ahead(), "its run has not begun");
	const second: RunSummary = { ...run, id: "b", live: "now" };
	told({ ...first, live: "before" }, second);
	model.apply({ type: "steps", runId: "b", batch });
	assert.ok(ahead(), "it goes on");
	told({ ...first, live: "before" }, { ...second, phase: "finished" });
	assert.ok(!ahead(), "it has ended");
	model.apply({ type: "rates", preview });
	told(first, { ...second, phase: "finished" }, { ...run, id: "c" });
	assert.ok(!ahead(), "another run has begun, of a person");
	model.apply({ type: "rates", preview });
	model.apply({ type: "state", state });
	assert.ok(!ahead(), "live charts are off");
});

test("a run can be started where there is trust and no other run", () => {
	const model = new PanelModel(0.9);
	assert.equal(model.canRun, false);
	const ready = { ...state, runs: [] };
	model.apply({ type: "state", state: ready });
	assert.equal(model.canRun, true);
	model.apply({ type: "state", state });
	assert.equal(model.canRun, false);
	model.apply({ type: "state", state: { ...ready, trusted: false } });
	assert.equal(model.canRun, false);
	assert.match(model.problem ?? "", /not trusted/);
	model.apply({ type: "state", state: { ...ready, datasets: [], problem: "No dataset was found." } });
	assert.equal(model.problem, "No dataset was found.");
});

test("a cost that JSON made null is read as not finite, and nothing is dropped for it", () => {
	const done = { outcome: "diverged", iterations: 3, cost: null, rateChanges: [], seconds: 0.1, stepsPerSecond: 30 };
	const message = readMessage({ type: "state", state: { ...state, runs: [{ ...run, phase: "diverged", done }] } });
	assert.ok(message?.type === "state" && Number.isNaN(message.state.runs[0].done?.cost));
});

test("epochs come with the curves and stay with the run through every state", () => {
	const model = new PanelModel(0.9);
	const series = { cost: Float32Array.of(1), learningRate: Float32Array.of(1), gradientNorm: Float32Array.of(1) };
	model.apply({ type: "series", runId: "a", series, epochs: epochsOf(1) });
	model.apply({ type: "state", state });
	model.apply({ type: "progress", runId: "a", epochs: epochsOf(2), iteration: 9, stepsPerSecond: 5 });
	assert.equal(model.current?.iteration, 9);
	model.apply({ type: "state", state });
	assert.equal(model.current?.epochs.length, 2);
	assert.deepEqual(model.current?.epochs.last, {
		...{ epoch: 2, iteration: 2, cost: 0.5 },
		...{ devCost: undefined, devAccuracy: 0.75 },
	});
	model.apply({ type: "series", runId: "a", series, epochs: epochsOf(1) });
	assert.equal(model.current?.epochs.length, 1);
});

test("what the code of a live run says is of its own table alone", () => {
	const of = (path: string, live?: "now") => {
		const model = new PanelModel(0.9);
		model.apply({ type: "summary", summary: { ...summary, path } as unknown as DatasetSummary });
		const start = { run: { dataset: { path: "/a.csv" } } } as RunSummary["start"];
		const settled = { on: true, settled: ["target" as const] };
		model.apply({ type: "state", state: { ...state, live: settled, runs: [{ ...run, start, live }] } });
		return model.settled;
	};
	assert.deepEqual(of("/a.csv", "now"), ["target"]);
	assert.deepEqual(of("/b.csv", "now"), []);
	assert.deepEqual(of("/a.csv"), []);
});

test("a range test is taken with costs that JSON has no word for, and put away", () => {
	const search = { rates: [0.1, 1], costs: [[2, null], [2]], median: [2], rate: 0.1 };
	const model = new PanelModel(0);
	const message = readMessage({ type: "range", range: { name: "a.csv", words: "steepest at 0.1", search } });
	model.apply(message!);
	assert.equal(model.range?.search.rate, 0.1);
	for (const wrong of [{ ...search, rates: "0.1" }, { ...search, costs: [2] }, undefined]) {
		assert.equal(readMessage({ type: "range", range: { name: "a.csv", words: "", search: wrong } }), undefined);
	}
	model.apply(readMessage({ type: "range", range: null })!);
	assert.equal(model.range, undefined);
});
