import assert from "node:assert/strict";
import { test } from "node:test";
import {
	linearLabels,
	linearTicks,
	logLabels,
	logTicks,
	niceStep,
	xLabels,
	xTicks,
} from "../../webview/charts/ticks.ts";
import * as format from "../../webview/format.ts";

test("costs keep the same count of digits, scientific only at the ends", () => {
	assert.deepEqual([0.0123, 0.012, 1.2, 12345.6, 0, 1.5e-6, 3e17, Number.NaN].map(format.formatCost), [
		"0.0123",
		"0.0120",
		"1.200",
		"12,346",
		"0",
		"1.5e-6",
		"3e17",
		"not finite",
	]);
});

test("rates drop their zeros and a float's noise", () => {
	assert.deepEqual([Math.fround(0.004), 0.001, 1e-5, 0.2].map(format.formatRate), ["0.004", "0.001", "1e-5", "0.2"]);
});

test("times, sizes and shares read as people write them", () => {
	assert.deepEqual([1.62, 9.99, 1205].map(format.formatSeconds), ["1.6", "10", "1,205"]);
	assert.deepEqual([1.2, 760, 11109].map(format.formatClock), ["0:02", "12:40", "3:05:09"]);
	assert.deepEqual([999, 70_000, 5_608_000, 999_999].map(format.formatBytes), ["999 B", "70 KB", "5.6 MB", "1.0 MB"]);
	assert.equal(format.formatShare(0.985), "0.985");
	assert.equal(format.formatShare(-9.6e47), "-9.6e47");
	assert.equal(format.formatInteger(1_234_567), "1,234,567");
});

test("a beta is said as the steps that it averages", () => {
	assert.deepEqual([0, 0.5, 0.9, 0.98, 0.999].map(format.formatHorizon), [
		"no memory",
		"about 2 steps",
		"about 10 steps",
		"about 50 steps",
		"about 1,000 steps",
	]);
});

test("steps are 1, 2 or 5 times a power of ten", () => {
	assert.deepEqual(
		[0.11, 0.2, 4.5, 60].map(niceStep).map((step) => Number(step.toPrecision(6))),
		[0.2, 0.2, 5, 100],
	);
});

test("labels are exact: none is rounded into its neighbour", () => {
	const ticks = linearTicks(0, 1.55, 8);
	assert.deepEqual(linearLabels(ticks), ["0", "0.2", "0.4", "0.6", "0.8", "1.0", "1.2", "1.4"]);
	for (const [min, max] of [
		[0, 0.0042],
		[0.1, 0.10004],
		[0, 2.4e-7],
		[99_998, 100_006],
		[0, 1_000_000],
		[-3, 7e9],
		[0, 1.9e17],
		[1e20, 1.0001e20],
	]) {
		for (const most of [3, 5, 9]) {
			const found = linearTicks(min, max, most);
			const labels = linearLabels(found);
			assert.ok(found.length <= most + 1, `${found.length} ticks for ${min}..${max}`);
			assert.equal(new Set(labels).size, labels.length, labels.join(" "));
			assert.ok(
				labels.every((label) => label.length <= 10),
				labels.join(" "),
			);
		}
	}
});

test("iterations are whole numbers", () => {
	assert.deepEqual(linearTicks(1, 4, 9, true), [1, 2, 3, 4]);
	assert.deepEqual(linearLabels(linearTicks(1, 4200, 6, true)), ["1,000", "2,000", "3,000", "4,000"]);
});

test("a log axis has decades, 1-2-5 where there are few, and linear steps within less than one", () => {
	assert.deepEqual(logLabels(logTicks(0.009, 1.2, 9)), ["0.01", "0.02", "0.05", "0.1", "0.2", "0.5", "1"]);
	assert.deepEqual(logLabels(logTicks(1e-12, 1e6, 5)), ["1e-12", "1e-8", "1e-4", "1", "10,000"]);
	assert.deepEqual(logLabels(logTicks(0.2, 0.4, 5)), ["0.20", "0.25", "0.30", "0.35", "0.40"]);
	assert.deepEqual(logTicks(0, 1, 5), []);
});

test("ranges that cannot be divided give no ticks", () => {
	assert.deepEqual(linearTicks(1, 1, 5), []);
	assert.deepEqual(linearTicks(Number.NaN, 1, 5), []);
	assert.deepEqual(linearTicks(0, Number.POSITIVE_INFINITY, 5), []);
	assert.deepEqual(linearLabels([]), []);
});

test("the axis of iterations has whole numbers, a logarithmic one decades that are short to read", () => {
	const labels = (min: number, max: number, logX: boolean, rates = false) =>
		xLabels(xTicks(min, max, 7, { logX, rates }), { logX, rates });
	assert.deepEqual(labels(1, 1_000_000, true), ["1", "10", "100", "1,000", "10,000", "100K", "1M"]);
	assert.deepEqual(labels(1, 60, true), ["1", "2", "5", "10", "20", "50"]);
	assert.deepEqual(labels(1, 2, true), ["1", "2"]);
	assert.deepEqual(labels(1200, 1950, true), ["1,200", "1,400", "1,600", "1,800"]);
	assert.deepEqual(labels(1, 1_000_000, false), ["0.2M", "0.4M", "0.6M", "0.8M", "1M"]);
	assert.deepEqual(labels(1e-6, 1, true, true), ["1e-6", "1e-5", "1e-4", "0.001", "0.01", "0.1", "1"]);
});
