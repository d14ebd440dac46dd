import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import type { HostToPanel, RunOverview } from "../../src/engine/protocol/panel.ts";
import type { EpochResult } from "../../src/engine/protocol/run.ts";
import { EpochColumns } from "../../src/extension/runs/epoch-columns.ts";
import { Series } from "../../src/extension/runs/series.ts";
import type { Run } from "../../src/extension/runs/session.ts";
import { PanelStream } from "../../src/extension/views/panel-stream.ts";
import { makeGrid, sampleCurve, sampleEpochs } from "../../webview/charts/decimation.ts";
import { Epochs } from "../../webview/charts/epochs.ts";
import { readMessage } from "../../webview/messages.ts";
import { PanelModel } from "../../webview/state.ts";

/** A run as far as the stream looks at it. */
function runOf(id = "a") {
	const series = new Series();
	const epochs = new EpochColumns();
	const view = { id, iteration: 0, stepsPerSecond: 3 };
	const run = { view, series, epochs } as unknown as Run;
	return {
		run,
		step(count: number, rate = 0.001) {
			const first = series.length + 1;
			const cost = Float32Array.from({ length: count }, (_, i) => 1 / (first + i) + Math.sin((first + i) ** 2));
			const gradientNorm = cost.map((value) => value * value);
			series.append({ first, cost, learningRate: new Float32Array(count).fill(rate), gradientNorm });
			view.iteration = series.length;
			// an epoch has three steps
			const results: EpochResult[] = [];
			for (let epoch = epochs.length + 1; epoch * 3 <= series.length; epoch++) {
				const devCost = 2 + Math.cos(epoch * epoch);
				results.push({ epoch, iteration: epoch * 3, cost: 1 / epoch, devCost, devR2: 1 / devCost });
			}
			epochs.append(results);
		},
	};
}

function bytesOf(message: HostToPanel): number {
	const arrays = (value: unknown): number =>
		ArrayBuffer.isView(value)
			? value.byteLength
			: typeof value === "object" && value !== null
				? Object.values(value).reduce((sum: number, member) => sum + arrays(member), 0)
				: 0;
	return arrays(message);
}

/** A panel that takes the stream's messages as a webview does, some time later. */
function panelOf(beta: number) {
	const model = new PanelModel(beta);
	const sent: { at: number; bytes: number; type: string }[] = [];
	const late: (() => void)[] = [];
	const post = (message: HostToPanel) => {
		sent.push({ at: performance.now(), bytes: bytesOf(message), type: message.type });
		const read = readMessage(structuredClone(message));
		assert.ok(read, "the panel refuses the message");
		return new Promise<void>((resolve) =>
			late.push(() => {
				model.apply(read);
				resolve();
			}),
		);
	};
	/** The webview takes what is on the way. */
	const take = async () => {
		for (const arrive of late.splice(0)) arrive();
		for (let turn = 0; turn < 4; turn++) await Promise.resolve();
	};
	return { model, sent, post, take };
}

/** Stops the clock, and lets time pass in steps of some milliseconds. @param each what happens at every one of them */
function clockOf(context: TestContext, each: (now: number) => unknown) {
	let now = 1000;
	context.mock.timers.enable({ apis: ["setTimeout"] });
	context.mock.method(performance, "now", () => now);
	return {
		async passes(ms: number) {
			for (const end = now + ms; now < end; ) {
				const by = Math.min(4, end - now);
				now += by;
				context.mock.timers.tick(by);
				await each(now);
			}
		},
	};
}

const CURVES = ["cost", "smoothed", "learningRate", "gradientNorm", "smoothedNorm"] as const;

/** What all charts draw of a run. */
function drawn(model: PanelModel, pixels: number, first = 1, last = 1e9) {
	const curves = model.curvesFor("a")!;
	const { epochs } = model.state.runs[0];
	const grid = makeGrid(first, Math.min(last, curves.length), curves.length, pixels);
	return [
		...CURVES.map((name) => sampleCurve(grid, curves[name])),
		...[epochs.devCost, epochs.devShare].map((c) => sampleEpochs(grid, epochs, c)),
	];
}

test("a run faster than the limit arrives whole and in order, never more than the limit in a second", async (context) => {
	const { model, sent, post, take } = panelOf(0.9);
	// now and then the webview is busy for a while
	const time = clockOf(context, (now) => now % 2500 > 400 && take());
	const stream = new PanelStream(post);
	const { run, step } = runOf();
	// a million iterations in two seconds
	for (let batch = 0; batch < 60; batch++) {
		step(16_667, batch < 30 ? 0.001 : 0.0005);
		stream.grown(run);
		await time.passes(33);
	}
	const behind = model.curvesFor("a")?.length ?? 0;
	assert.ok(behind > 50_000 && behind < 1_000_000, `${behind} iterations`);
	await time.passes(20_000);
	assert.equal(model.curvesFor("a")?.length, run.series.length);
	const whole = run.series.snapshot();
	const curves = model.curvesFor("a")!;
	assert.deepEqual(curves.cost.values.subarray(0, curves.length), whole.cost);
	assert.deepEqual(curves.learningRate.values.subarray(0, curves.length), whole.learningRate);
	for (let second = 1000; second < performance.now(); second += 100) {
		const bytes = sent.reduce((sum, { at, bytes }) => sum + (at >= second && at < second + 1000 ? bytes : 0), 0);
		assert.ok(bytes <= 1_000_000, `${bytes} bytes in the second from ${second}`);
	}
});

test("a long run is drawn by its overview as by its iterations, which follow while it goes on", async (context) => {
	const { run, step } = runOf();
	step(200_000);
	step(1, 0.0005);
	const state = { live: { on: false }, datasets: [], runFiles: [], inspecting: false, form: {}, trusted: true };
	const view = { id: "a", name: "a", dataset: "", phase: "finished", iteration: 1, findings: [], rateChanges: [] };
	const shown = { type: "state", state: { ...state, runs: [{ ...view, visible: true, colour: 0 }] } } as HostToPanel;
	/** what a panel holds that got so many iterations at once */
	const expected = (length = 1e9) => {
		const { model } = panelOf(0.9);
		model.apply({ type: "series", runId: "a", series: run.series.slice(0, length), epochs: run.epochs.slice(0, 1e9) });
		model.apply(shown);
		return model;
	};
	const { model, sent, post, take } = panelOf(0.9);
	const time = clockOf(context, take);
	const stream = new PanelStream(post);
	await stream.whole(run, 0.9);
	await take();
	model.apply(shown);
	assert.deepEqual(
		sent.map(({ type }) => type),
		["overview"],
	);
	assert.ok(sent[0].bytes < 600_000, `${sent[0].bytes} bytes`);
	const last = 200_001;
	const curves = model.curvesFor("a")!;
	assert.ok(!curves.whole && !curves.holds(0) && !curves.holds(last));
	for (const pixels of [300, 700, 1400, 4096]) assert.deepEqual(drawn(model, pixels), drawn(expected(), pixels));
	let filled = false;
	void model.filled().then(() => {
		filled = true;
	});
	// while it is filled in, the run goes on
	let met = 0;
	for (let i = 0; i < 20; i++) {
		step(1000, 0.0005);
		stream.grown(run);
		await time.passes(40);
		if (curves.length <= last || curves.whole || met++ > 2) continue;
		const as = drawn(expected(curves.length), 700);
		for (const curve of [0, 1]) assert.deepEqual(drawn(model, 700)[curve], as[curve]);
	}
	assert.ok(met > 0, "nothing came while it was filled in");
	// where single iterations have room, as in the beginning of a logarithmic axis, each curve is there with them
	assert.ok(curves.holds(10_000) && !curves.whole);
	const [start, same] = [drawn(model, 4096, 1, 10_000), drawn(expected(), 4096, 1, 10_000)];
	for (const curve of start.keys()) assert.ok(isDeepStrictEqual(start[curve], same[curve]), `curve ${curve}`);
	assert.ok(!filled, "a run that goes on leaves no room for so much");
	await time.passes(2000);
	assert.ok(filled && curves.whole, "the rest is there when the run has ended");
	const whole = expected().curvesFor("a")!;
	assert.equal(curves.length, whole.length);
	for (const name of CURVES) {
		assert.deepEqual(
			curves[name].values.subarray(0, curves.length),
			whole[name].values.subarray(0, whole.length),
			name,
		);
	}
	for (const range of [
		[1, 1e9],
		[1000, 1400],
		[100_000, 160_000],
		[199_990, 200_010],
	] as const) {
		assert.deepEqual(drawn(model, 700, ...range), drawn(expected(), 700, ...range), String(range));
	}
	curves.setBeta(0.5);
	whole.setBeta(0.5);
	for (const name of ["smoothed", "smoothedNorm"] as const) {
		assert.deepEqual(curves[name].values.subarray(0, 9999), whole[name].values.subarray(0, 9999), name);
	}
});

test("what an overview spoke of and an older webview lacked is not sent to the next one", async () => {
	const { run, step } = runOf();
	step(200_000);
	const { sent, post, take } = panelOf(0.9);
	const stream = new PanelStream(post);
	const first = stream.whole(run, 0.9);
	stream.reset();
	await first;
	await take();
	assert.deepEqual(sent, []);
	await stream.whole(run, 0.9);
	stream.reset();
	await take();
	assert.deepEqual(
		sent.map(({ type }) => type),
		["overview"],
	);
});

test("an overview is made once, until the run has grown or its curves are smoothed otherwise", async () => {
	const { run, step } = runOf();
	step(200_000);
	const made: RunOverview[] = [];
	const stream = new PanelStream((message) => message.type === "overview" && made.push(message.steps));
	const shown = async (beta: number) => {
		stream.reset();
		await stream.whole(run, beta);
		stream.reset();
		return made.at(-1)!;
	};
	stream.prepare(run, 0.9);
	const first = await shown(0.9);
	assert.equal(await shown(0.9), first);
	const otherwise = await shown(0.98);
	assert.notDeepEqual(otherwise.smoothed, first.smoothed);
	step(1);
	assert.equal((await shown(0.98)).length, 200_001);
});

test("a short run is there at once", async () => {
	const { run, step } = runOf();
	step(50_000);
	const { model, post, take } = panelOf(0.9);
	await new PanelStream(post).whole(run, 0.9);
	await take();
	assert.equal(model.curvesFor("a")?.length, 50_000);
	assert.ok(model.curvesFor("a")?.whole);
});

test("epochs arrive packed, with the figures that they have", () => {
	const results: EpochResult[] = [
		{ epoch: 4, iteration: 40, cost: 0.5, devCost: 0.25, devR2: -2 },
		{ epoch: 5, iteration: 50, cost: Number.NaN },
	];
	const columns = new EpochColumns();
	columns.append([]);
	columns.append(results);
	const epochs = new Epochs();
	epochs.append(columns.slice(0, 2));
	assert.deepEqual(epochs.at(0), results[0]);
	assert.deepEqual({ ...epochs.at(1) }, { ...results[1], devCost: undefined, devR2: undefined });
	assert.deepEqual(epochs.lastDev(), results[0]);
	assert.equal(epochs.lastDev(39), undefined);
	assert.equal(columns.slice(2, 9).cost.length, 0);
});

test("what is left of a run that has gone keeps no other one waiting", async (context) => {
	const { model, sent, post, take } = panelOf(0.9);
	const time = clockOf(context, take);
	const stream = new PanelStream(post);
	const [gone, next, long] = [runOf("gone"), runOf("next"), runOf("long")];
	gone.step(1_000_000);
	stream.grown(gone.run);
	await time.passes(200);
	const held = model.curvesFor("gone")!.length;
	assert.ok(held > 0 && held < 1_000_000);
	// one whose overview is being made, and one that is filled in
	long.step(200_000);
	const coming = stream.whole(long.run, 0.9);
	stream.keepOnly([next.run]);
	await coming;
	next.step(1000);
	stream.grown(next.run);
	await time.passes(200);
	assert.equal(model.curvesFor("next")?.length, 1000);
	assert.equal(model.curvesFor("gone")?.length, held, "it has gone");
	assert.equal(model.curvesFor("long"), undefined);
	await stream.whole(long.run, 0.9);
	stream.keepOnly([next.run]);
	const before = sent.length;
	await time.passes(2000);
	assert.equal(sent.length, before);
});
