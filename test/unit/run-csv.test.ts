import assert from "node:assert/strict";
import { test } from "node:test";
import {
	EPOCHS_HEADER,
	EpochsReader,
	epochLine,
	STEPS_HEADER,
	StepsReader,
	stepLines,
} from "../../src/engine/kept-runs/run-csv.ts";
import type { StepBatch } from "../../src/engine/protocol/run.ts";
import { Random } from "../../src/engine/training/random.ts";

/** Reads a text in pieces of so many bytes. */
function read(text: string, size = 1 << 20, last?: number) {
	const figures: number[][] = [];
	const reader = new StepsReader(({ first, cost, learningRate, gradientNorm }: StepBatch) => {
		for (let i = 0; i < cost.length; i++) figures.push([first + i, cost[i], learningRate[i], gradientNorm[i]]);
	}, last);
	const bytes = Buffer.from(text);
	for (let at = 0; at < bytes.length; at += size) reader.feed(bytes.subarray(at, at + size));
	reader.end();
	return { figures, bytes: reader.bytes };
}

/** Every kind of float32: random bits, and those at the edges. */
function anyFloats(count: number): Float32Array {
	const random = new Random(3);
	const bits = Uint32Array.from({ length: count }, () => Math.floor(random.uniform() * 2 ** 32));
	const floats = new Float32Array(bits.buffer);
	floats.set([0, 1, 0.1, 0.001, 1e-45, 3.4028235e38, Number.NaN, Infinity, -Infinity, -0.5, 16777216, 123456.79]);
	return floats;
}

test("any float32 that is written is read again, to the bit, in pieces of any size", () => {
	const cost = anyFloats(70_000);
	const learningRate = cost.toReversed();
	const gradientNorm = Float32Array.from(cost, (_, i) => cost[(i * 7919) % cost.length]);
	const text = STEPS_HEADER + stepLines({ first: 1, cost, learningRate, gradientNorm });
	for (const size of [1 << 20, 1013]) {
		const { figures, bytes } = read(text, size);
		assert.equal(figures.length, cost.length);
		assert.equal(bytes, text.length);
		for (let i = 0; i < cost.length; i++) {
			const [iteration, ...values] = figures[i];
			assert.equal(iteration, i + 1);
			const written = [cost[i], learningRate[i], gradientNorm[i]];
			assert.ok(
				values.every((value, j) => Object.is(value, written[j] + 0) || value === written[j]),
				`${values} ${written}`,
			);
		}
	}
});

test("a torn last line, a damaged one and what follows it are passed over", () => {
	const good = `${STEPS_HEADER}1,0.5,0.1,2\n2,0.25,0.1,1\n`;
	const two = [
		[1, 0.5, Math.fround(0.1), 2],
		[2, 0.25, Math.fround(0.1), 1],
	];
	for (const rest of [
		"",
		"3",
		"3,0.1,0.1,",
		"3,0.1,0.1,0.7",
		"3,0.1,0.1\n4,1,1,1\n",
		"3,1,1,1,1\n",
		"4,1,1,1\n",
		"3,,1,1\n",
		"\0\0\0\n3,1,1,1\n",
		"\n",
	]) {
		const { figures, bytes } = read(good + rest);
		assert.deepEqual(figures, two, JSON.stringify(rest));
		assert.equal(bytes, good.length);
	}
	assert.deepEqual(read(good, 1 << 20, 1), { figures: two.slice(0, 1), bytes: good.indexOf("2,0.25") });
	assert.deepEqual(read(""), { figures: [], bytes: 0 });
});

/** Reads a text in pieces of so many bytes. */
function readEpochs(text: string, size = 1 << 20, last?: number) {
	const figures: number[][] = [];
	const said = new Set<unknown>();
	const reader = new EpochsReader(({ first, stepsPerEpoch, cost, devCost, devShare, share }) => {
		for (let i = 0; i < cost.length; i++) {
			figures.push([(first + i) * stepsPerEpoch, cost[i], devCost[i], devShare[i]]);
			said.add(share);
		}
	}, last);
	const bytes = Buffer.from(text);
	for (let at = 0; at < bytes.length; at += size) reader.feed(bytes.subarray(at, at + size));
	reader.end();
	return { figures, said: [...said], bytes: reader.bytes };
}

test("epochs are read again with the figures that they have, in pieces of any size", () => {
	const epochs = [
		{ epoch: 1, iteration: 5, cost: 0.1 + 0.2, devCost: 1 / 3, devR2: 0.875 },
		{ epoch: 2, iteration: 10, cost: Number.NaN, devCost: Infinity },
		{ epoch: 3, iteration: 15, cost: 1e-30, devR2: -0.5 },
	];
	const figures = epochs.map(({ iteration, cost, devCost = Number.NaN, devR2 = Number.NaN }) =>
		[iteration, cost, devCost, devR2].map(Math.fround),
	);
	const text = EPOCHS_HEADER + epochs.map(epochLine).join("");
	for (const size of [1 << 20, 7]) assert.deepEqual(readEpochs(text, size).figures, figures);
	assert.deepEqual(readEpochs(text).said, ["r2"]);
	for (const rest of ["4,20,0.", "5,20,0.1,,,\n", "4,21,0.1,,,\n", "4,20,,,,\n", "4,20,0.1,,\n", "\n"]) {
		const { bytes, ...read } = readEpochs(text + rest);
		assert.deepEqual(read.figures, figures, JSON.stringify(rest));
		assert.equal(bytes, text.length);
	}
	const two = readEpochs(text, 1 << 20, 12);
	assert.deepEqual(two.figures, figures.slice(0, 2));
	assert.equal(two.bytes, text.indexOf("3,15"));
	assert.deepEqual(readEpochs("").figures, []);
});

test("figures of epochs with all the digits of a float64 are read to the last bit of a float32", () => {
	const random = new Random(5);
	const epochs = Array.from({ length: 20_000 }, (_, i) => ({
		...{ epoch: i + 1, iteration: i + 1, cost: random.uniform() * 10 ** Math.floor(random.uniform() * 12 - 6) },
		...{ devCost: random.uniform(), devAccuracy: random.uniform() },
	}));
	const { figures, said } = readEpochs(EPOCHS_HEADER + epochs.map(epochLine).join(""));
	assert.deepEqual(said, ["accuracy"]);
	for (let i = 0; i < epochs.length; i++) {
		const { cost, devCost, devAccuracy } = epochs[i];
		for (const [j, value] of [i + 1, cost, devCost, devAccuracy].entries()) {
			assert.ok(Math.abs(figures[i][j] - value) <= value * 2 ** -23, `${figures[i][j]} for ${value}`);
		}
	}
});
