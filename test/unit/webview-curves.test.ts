import assert from "node:assert/strict";
import { test } from "node:test";
import { Average } from "../../src/engine/averages.ts";
import { Curve } from "../../webview/charts/curve.ts";
import {
	extent,
	leastDrawn,
	makeGrid,
	paddedRange,
	putOnEdge,
	sampleCurve,
	sampleEpochs,
} from "../../webview/charts/decimation.ts";
import { Epochs } from "../../webview/charts/epochs.ts";
import { RunCurves } from "../../webview/charts/run-curves.ts";

function smooth(values: number[], beta: number): number[] {
	const target = new Float32Array(values.length);
	new Average(beta).smooth(Float32Array.from(values), 0, values.length, target);
	return [...target];
}

function noise(length: number, seed = 1): Float32Array {
	const values = new Float32Array(length);
	let state = seed;
	for (let i = 0; i < length; i++) {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		values[i] = state / 2 ** 32;
	}
	return values;
}

function curveOf(values: Float32Array): Curve {
	const curve = new Curve();
	curve.append(values);
	return curve;
}

/** So many epochs; `devCost` is asked for each one's last iteration. */
function epochsAt(stepsPerEpoch: number, count: number, devCost: (iteration: number) => number): Epochs {
	const costs = Float32Array.from({ length: count }, (_, i) => devCost((i + 1) * stepsPerEpoch));
	const epochs = new Epochs();
	epochs.append({ first: 1, stepsPerEpoch, cost: costs, devCost: costs, devShare: costs, share: "accuracy" });
	return epochs;
}

function batchOf(first: number, cost: number[]) {
	const curve = Float32Array.from(cost);
	return { first, cost: curve, learningRate: curve, gradientNorm: curve };
}

test("the average is bias-corrected: the first value stands, the second weighs by 0.0396", () => {
	const [first, second] = smooth([40, 49], 0.98);
	assert.equal(first, 40);
	assert.ok(Math.abs(second - (0.98 * 0.8 + 0.02 * 49) / 0.0396) < 1e-4, String(second));
});

test("a constant cost smooths to itself, and beta 0 to the raw cost", () => {
	for (const value of smooth(new Array(500).fill(7), 0.999)) assert.ok(Math.abs(value - 7) < 1e-5);
	assert.deepEqual(smooth([3, 1, 2], 0), [3, 1, 2]);
});

test("a cost that is not finite is a gap and leaves the average alone", () => {
	const with_gap = smooth([1, Number.NaN, Number.POSITIVE_INFINITY, 2], 0.9);
	assert.ok(Number.isNaN(with_gap[1]) && Number.isNaN(with_gap[2]));
	assert.equal(with_gap[3], smooth([1, 2], 0.9)[1]);
});

test("smoothing in batches gives the same bits as at once, and past points never move", () => {
	const values = noise(5000);
	const whole = new RunCurves(0.98);
	whole.append({ first: 1, cost: values, learningRate: values, gradientNorm: values });
	const parts = new RunCurves(0.98);
	for (let at = 0; at < 5000; at += 37) {
		const part = values.subarray(at, Math.min(5000, at + 37));
		parts.append({ first: at + 1, cost: part, learningRate: part, gradientNorm: part });
	}
	assert.equal(parts.length, 5000);
	assert.deepEqual(parts.smoothed.values.subarray(0, 5000), whole.smoothed.values.subarray(0, 5000));
});

test("another beta smooths every raw point anew", () => {
	const curves = new RunCurves(0.9);
	curves.append(batchOf(1, [1, 2, 3, 4]));
	curves.setBeta(0.5);
	assert.deepEqual([...curves.smoothed.values.subarray(0, 4)], smooth([1, 2, 3, 4], 0.5));
});

test("iterations that are held already are not taken twice, missing ones are a gap", () => {
	const curves = new RunCurves(0);
	curves.append(batchOf(1, [1, 2, 3]));
	curves.append(batchOf(2, [20, 30, 4]));
	assert.deepEqual([...curves.cost.values.subarray(0, curves.length)], [1, 2, 3, 4]);
	curves.append(batchOf(7, [7]));
	assert.deepEqual([...curves.cost.values.subarray(0, curves.length)], [1, 2, 3, 4, Number.NaN, Number.NaN, 7]);
	curves.append(batchOf(1e12, [1]));
	assert.equal(curves.length, 7);
	curves.replace({ cost: Float32Array.of(9), learningRate: Float32Array.of(9), gradientNorm: Float32Array.of(9) });
	assert.deepEqual([...curves.smoothed.values.subarray(0, curves.length)], [9]);
});

test("few points are given one by one, with the neighbours of the visible part", () => {
	const curve = curveOf(Float32Array.from({ length: 100 }, (_, i) => i + 1));
	const grid = makeGrid(10, 20, 100, 500);
	assert.deepEqual(grid.parts, [{ shift: 0, offset: 8, count: 13 }]);
	assert.deepEqual([grid.x[0], grid.x.at(-1), grid.iterations], [9, 21, 13]);
	assert.deepEqual(sampleCurve(grid, curve), grid.x);
});

test("thinning keeps the least and greatest value of every bucket, so no spike is lost", () => {
	const values = noise(300_000);
	values[123_456] = 1000;
	values[200_001] = -1000;
	const curve = curveOf(values);
	for (const [first, last, pixels] of [
		[1, 300_000, 700],
		[100_000, 250_000, 900],
		[123_000, 130_000, 300],
		[1, 300_000, 3],
	]) {
		const grid = makeGrid(first, last, 300_000, pixels);
		const sample = sampleCurve(grid, curve);
		assert.ok(grid.x.length <= 4 * pixels + 4, `${grid.x.length} points on ${pixels} pixels`);
		const size = 2 ** grid.parts[0].shift;
		for (let i = 0; i < sample.length; i += 2) {
			const from = (grid.parts[0].offset + i / 2) * size;
			const bucket = values.subarray(from, Math.min(300_000, from + size));
			assert.equal(sample[i], Math.min(...bucket));
			assert.equal(sample[i + 1], Math.max(...bucket));
		}
	}
});

test("the pyramid that grew in odd batches answers as one built at once", () => {
	const values = noise(70_001, 5);
	const grown = new Curve();
	for (let at = 0; at < values.length; ) {
		const step = 1 + ((at * 7919) % 613);
		grown.append(values.subarray(at, Math.min(values.length, at + step)));
		at += step;
	}
	const whole = curveOf(values);
	for (const pixels of [5, 100, 900]) {
		const grid = makeGrid(1, 70_001, 70_001, pixels);
		assert.deepEqual(sampleCurve(grid, grown), sampleCurve(grid, whole));
	}
});

test("x values of the grid ascend, start at 1 and do not pass the last iteration", () => {
	for (const end of [1, 2, 999, 10_000, 65_537, 1_000_000]) {
		const { x } = makeGrid(1, end, end, 250);
		assert.equal(x[0], 1);
		assert.ok(x.at(-1)! <= end);
		for (let i = 1; i < x.length; i++) assert.ok(x[i] >= x[i - 1]);
	}
	assert.deepEqual(makeGrid(1, 2, 0, 250).x, []);
});

test("NaN and infinities are gaps", () => {
	const curve = curveOf(Float32Array.of(1, Number.NaN, Number.POSITIVE_INFINITY, 0, -1, 2));
	const grid = makeGrid(1, 6, 6, 100);
	assert.deepEqual(sampleCurve(grid, curve), [1, null, null, 0, -1, 2]);
	const all = curveOf(new Float32Array(10_000).fill(Number.NaN));
	const thin = sampleCurve(makeGrid(1, 10_000, 10_000, 50), all);
	assert.ok(thin.length > 0 && thin.every((value) => value === null));
});

test("a run that is shorter than the longest one ends early", () => {
	const short = curveOf(new Float32Array(40).fill(1));
	const sample = sampleCurve(makeGrid(1, 100_000, 100_000, 100), short);
	assert.deepEqual(sample.slice(0, 4), [1, 1, null, null]);
	const fine = sampleCurve(makeGrid(1, 60, 60, 100), short);
	assert.deepEqual(fine.slice(38, 42), [1, 1, null, null]);
	const half = curveOf(new Float32Array(40_000).fill(1));
	half.append(new Float32Array(10_000).fill(1));
	const grid = makeGrid(1, 100_000, 100_000, 1000);
	const thinned = sampleCurve(grid, half);
	const last = thinned.lastIndexOf(1);
	assert.ok(thinned.slice(last + 1).every((value) => value === null));
	assert.ok(Math.abs(grid.x[last] - 50_000) <= 2 ** grid.parts[0].shift, String(grid.x[last]));
});

test("dev costs stand at their epoch's iteration, thinned or not", () => {
	const epochs = epochsAt(2500, 3, (iteration) => iteration / 1000);
	const fine = makeGrid(1, 10_000, 10_000, 5000);
	assert.equal(sampleEpochs(fine, epochs, epochs.devCost)[4999], 5);
	const coarse = makeGrid(1, 10_000, 10_000, 200);
	const sample = sampleEpochs(coarse, epochs, epochs.devCost);
	for (let e = 0; e < 3; e++) {
		const index = sample.indexOf(epochs.devCost.values[e]);
		const iteration = epochs.iterationOf(e);
		assert.ok(
			Math.abs(coarse.x[index] - iteration) <= 2 ** coarse.parts[0].shift / 2,
			`${iteration} at ${coarse.x[index]}`,
		);
	}
});

test("of more epochs than places every spike of the dev cost is drawn, in the bucket where it was", () => {
	const length = 100_000;
	const spikes = new Map([
		[777, 50],
		[54_321, -40],
		[99_999, 30],
	]);
	const epochs = epochsAt(1, length, (iteration) => spikes.get(iteration) ?? 1);
	const grid = makeGrid(1, length, length, 300);
	const sample = sampleEpochs(grid, epochs, epochs.devCost);
	for (const [iteration, value] of spikes) {
		const index = sample.indexOf(value);
		assert.ok(index >= 0, `${value} is not drawn`);
		assert.ok(Math.abs(grid.x[index] - iteration) <= 2 ** grid.parts[0].shift, `${iteration} at ${grid.x[index]}`);
	}
	assert.ok(!sample.includes(null));
});

test("the y range holds every finite value", () => {
	assert.deepEqual(extent([[null, 3], [-1, null], []]), [-1, 3]);
	assert.equal(extent([[null], []]), undefined);
	assert.equal(paddedRange(0.1, 1.5, false)[0], 0);
	assert.ok(paddedRange(100, 101, false)[0] > 99);
	const [low, high] = paddedRange(2, 2, true);
	assert.ok(low < 2 && high > 2);
	const flat = paddedRange(0, 0, false);
	assert.ok(flat[1] > flat[0]);
});

test("a logarithmic axis ends 16 decades below the usual costs, and what is lower lies on its edge", () => {
	assert.deepEqual(extent([[0, 3, null, 1e-42, 0.5]], Number.MIN_VALUE), [1e-42, 3]);
	assert.equal(extent([[0, null]], 0.01), undefined);
	assert.deepEqual(extent([[3, 1e-42, 0.5]], 1e-16), [0.5, 3]);
	// a spike takes nothing of what is there besides
	assert.equal(leastDrawn(1e30), 1e-16);
	assert.ok(Math.abs(leastDrawn(0.7) / 1e-17 - 1) < 1e-9);
	// a part of a run where all is as low is seen as it is
	assert.ok(Math.abs(leastDrawn(2e-30) / 1e-46 - 1) < 1e-9);
	const samples = [
		[1, 0, null, 1e-42],
		[1e-16, 5e-17],
	];
	assert.equal(putOnEdge(samples, 1e-16, 2e-17), true);
	assert.deepEqual(samples, [
		[1, 2e-17, null, 2e-17],
		[1e-16, 2e-17],
	]);
	assert.equal(putOnEdge([[1, null]], 1e-16, 2e-17), false);
});

test("on a logarithmic axis every iteration in view is in one bucket, with its least and greatest value", () => {
	const values = noise(300_000);
	values[123_456] = 1000;
	const curve = curveOf(values);
	for (const [first, last, pixels] of [
		[1, 300_000, 700],
		[1, 2, 700],
		[1, 5000, 3],
		[40_000, 250_000, 900],
		[1.5, 299_999.5, 1400],
	]) {
		const grid = makeGrid(first, last, 300_000, pixels, true);
		const sample = sampleCurve(grid, curve);
		assert.equal(sample.length, grid.x.length);
		assert.ok(grid.x.length <= 5 * pixels + 50, `${grid.x.length} points on ${pixels} pixels`);
		assert.ok(grid.x.every((x, i) => i === 0 || x >= grid.x[i - 1]));
		let at = 0;
		let next = grid.parts[0].offset * 2 ** grid.parts[0].shift;
		assert.ok(next <= Math.max(0, first - 2));
		for (const { shift, offset, count } of grid.parts) {
			for (let i = offset; i < offset + count; i++) {
				const start = i * 2 ** shift;
				assert.equal(start, next, "no gap and nothing twice");
				next = start + 2 ** shift;
				const bucket = values.subarray(start, Math.min(300_000, next));
				assert.equal(sample[at++], Math.min(...bucket));
				if (shift > 0) assert.equal(sample[at++], Math.max(...bucket));
				// where buckets begin to save points, they are no wider than a pixel
				const width = (pixels * Math.log((next + 1) / (start + 1))) / Math.log(last / first);
				assert.ok(shift === 0 || width <= 1.01, `${width} pixels at ${start}`);
			}
		}
		assert.ok(next >= Math.min(300_000, Math.ceil(last) + 1));
	}
});

test("epochs on a logarithmic axis lie at their iterations, and none is lost among many", () => {
	const epochs = epochsAt(3, 10_000, (at) => (at === 15_000 ? 99 : 1 / at));
	const grid = makeGrid(1, 30_000, 30_000, 500, true);
	const sample = sampleEpochs(grid, epochs, epochs.devCost);
	assert.ok(grid.parts.length > 3);
	for (const at of [3, 6, 30]) assert.equal(sample[grid.x.indexOf(at)], Math.fround(1 / at));
	const spike = sample.indexOf(99);
	assert.ok(Math.abs(grid.x[spike] - 15_000) < 15_000 / 50, String(grid.x[spike]));
});
