// Exponentially weighted averages, against figures by hand (notes 000 §3-5, 003 L03-L05).
import assert from "node:assert/strict";
import { test } from "node:test";
import { Average, betaFor, biasCorrection, nextAverage, weightsOf, windowOf } from "../../src/engine/averages.ts";

const near = (actual: number, expected: number) =>
	assert.ok(Math.abs(actual - expected) <= 1e-12 * Math.max(1, Math.abs(expected)), `${actual} is not ${expected}`);

test("beta 0.98, first value 40: 0.8 raw and 40 corrected; the second is divided by 0.0396", () => {
	near(nextAverage(0, 0.98, 40), 0.8);
	near(biasCorrection(0.98, 1), 0.02);
	near(biasCorrection(0.98, 2), 0.0396);
	const average = new Average(0.98);
	near(average.add(40), 40);
	near(average.raw, 0.8);
	near(average.add(49), (0.98 * 0.8 + 0.02 * 49) / 0.0396);
	near(average.raw, 1.764);
	near(average.value, average.raw / 0.0396);
});

test("an average spans about 1 / (1 - beta) values, and a beta is found for a span", () => {
	for (const [beta, window] of [
		[0.9, 10],
		[0.98, 50],
		[0.5, 2],
	]) {
		near(windowOf(beta), window);
		near(betaFor(window), beta);
	}
});

test("past values weigh (1 - beta) beta^k: their sum with the values is the average", () => {
	const weights = weightsOf(0.9, 4);
	[0.1, 0.09, 0.081, 0.0729].forEach((weight, k) => {
		near(weights[k], weight);
	});
	const values = [3, -1, 4, 1.5];
	const average = new Average(0.9);
	for (const value of values) average.add(value);
	const newestFirst = values.toReversed();
	near(
		average.raw,
		newestFirst.reduce((sum, value, k) => sum + weights[k] * value, 0),
	);
	near(
		weights.reduce((sum, weight) => sum + weight, 0),
		biasCorrection(0.9, 4),
	);
	// The value that lies a window back weighs about 1/e of the newest (0.9^10 = 0.3487).
	near(weightsOf(0.9, 11)[10] / 0.1, 0.9 ** 10);
});

test("a constant is its own average from the first value on, and with beta 0 the newest value is", () => {
	const average = new Average(0.999);
	for (let i = 0; i < 1000; i++) near(average.add(7), 7);
	const none = new Average(0);
	none.add(3);
	assert.equal(none.add(5), 5);
	assert.ok(Number.isNaN(new Average(0.9).value));
});
