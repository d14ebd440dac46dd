import assert from "node:assert/strict";
import { mock, test } from "node:test";
import type { HostToPanel } from "../../src/engine/protocol/panel.ts";
import type { EpochResult } from "../../src/engine/protocol/run.ts";
import { Series } from "../../src/extension/runs/series.ts";
import type { Run } from "../../src/extension/runs/session.ts";
import { packEpochs } from "../../src/extension/views/epoch-series.ts";
import { PanelStream } from "../../src/extension/views/panel-stream.ts";
import { Epochs } from "../../webview/charts/epochs.ts";
import { readMessage } from "../../webview/messages.ts";
import { PanelModel } from "../../webview/state.ts";

/** A run as far as the stream looks at it. */
function runOf() {
	const series = new Series();
	const epochs: EpochResult[] = [];
	const view = { id: "a", iteration: 0, stepsPerSecond: 3 };
	const run = { view, series, epochs } as unknown as Run;
	return {
		run,
		step(count: number, rate = 0.001) {
			const first = series.length + 1;
			const cost = Float32Array.from({ length: count }, (_, i) => 1 / (first + i));
			series.append({ first, cost, learningRate: new Float32Array(count).fill(rate), gradientNorm: cost });
			view.iteration = series.length;
			epochs.push({ epoch: epochs.length + 1, iteration: series.length, cost: 1, devCost: 0.5, devR2: 0.25 });
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

test("a run faster than the limit arrives whole and in order, never more than the limit in a second", (context) => {
	context.mock.timers.enable({ apis: ["setTimeout"] });
	let now = 1000;
	const clock = mock.method(performance, "now", () => now);
	const sent: { at: number; bytes: number }[] = [];
	const model = new PanelModel(0.9);
	const stream = new PanelStream((message) => {
		sent.push({ at: now, bytes: bytesOf(message) });
		const read = readMessage(structuredClone(message));
		assert.ok(read, "the panel refuses the message");
		model.apply(read);
	});
	const { run, step } = runOf();
	const tick = (ms: number) => {
		for (let i = 0; i < ms; i++) {
			now++;
			context.mock.timers.tick(1);
		}
	};
	// a million iterations in two seconds
	for (let batch = 0; batch < 60; batch++) {
		step(16_667, batch < 30 ? 0.001 : 0.0005);
		stream.grown(run, true);
		tick(33);
	}
	const behind = model.curvesFor("a")?.length ?? 0;
	assert.ok(behind > 100_000 && behind < 1_000_000, `${behind} iterations`);
	tick(9000);
	assert.equal(model.curvesFor("a")?.length, run.series.length);
	const whole = run.series.snapshot();
	const curves = model.curvesFor("a")!;
	assert.deepEqual(curves.cost.values.subarray(0, curves.length), whole.cost);
	assert.deepEqual(curves.learningRate.values.subarray(0, curves.length), whole.learningRate);
	for (let second = 1000; second < now; second += 100) {
		const bytes = sent.reduce((sum, { at, bytes }) => sum + (at >= second && at < second + 1000 ? bytes : 0), 0);
		assert.ok(bytes <= 1_000_000, `${bytes} bytes in the second from ${second}`);
	}
	clock.mock.restore();
});

test("a run that is read from the disk is there at once", () => {
	const model = new PanelModel(0.9);
	const stream = new PanelStream((message) => model.apply(readMessage(message)!));
	const { run, step } = runOf();
	step(500_000);
	stream.grown(run, false);
	assert.equal(model.curvesFor("a")?.length, 500_000);
});

test("epochs arrive packed, with the figures that they have", () => {
	const results: EpochResult[] = [
		{ epoch: 4, iteration: 40, cost: 0.5, devCost: 0.25, devR2: -2 },
		{ epoch: 5, iteration: 50, cost: Number.NaN },
	];
	const epochs = new Epochs();
	epochs.append(packEpochs(results, 0, 2));
	assert.deepEqual(epochs.at(0), results[0]);
	assert.deepEqual({ ...epochs.at(1) }, { ...results[1], devCost: undefined, devR2: undefined });
	assert.deepEqual(epochs.lastDev(), results[0]);
	assert.equal(epochs.lastDev(39), undefined);
	assert.equal(packEpochs([], 0, 0).iteration.length, 0);
});
