/**
 * From curves of any length to the few points that a screen can show: a grid of x positions for all curves of a chart. Where
 * the visible part has more points than minimum and maximum of a pixel can save, it is cut into buckets of a power of two iterations, no wider than
 * a pixel and aligned to iteration 1, and each bucket gives its minimum and its maximum: no spike is lost, and a point
 * that was drawn does not move as further ones arrive.
 */
import type { Curve } from "./curve.ts";
import type { Epochs } from "./epochs.ts";

export interface Grid {
	/** iterations, ascending: the shared x values */
	x: number[];
	/** 0: one point an iteration; else two points a bucket of 2^shift iterations */
	shift: number;
	/** index of the first point (shift 0) or bucket in the curves */
	offset: number;
	/** iterations from the first to the last one on the grid */
	iterations: number;
}

/** The grid for iterations first..last (from 1, inclusive) on `pixels` device pixels, with one more on each side. */
export function makeGrid(first: number, last: number, end: number, pixels: number): Grid {
	const from = Math.max(1, Math.floor(first) - 1);
	const to = Math.min(end, Math.ceil(last) + 1);
	const iterations = Math.max(0, to - from + 1);
	const x: number[] = [];
	// up to four a pixel, buckets of two would not save a point
	if (iterations <= 4 * Math.max(1, pixels)) {
		for (let i = from; i <= to; i++) x.push(i);
		return { x, shift: 0, offset: from - 1, iterations };
	}
	const shift = Math.floor(Math.log2(iterations / Math.max(1, pixels)));
	const size = 2 ** shift;
	const firstBucket = Math.floor((from - 1) / size);
	const lastBucket = Math.floor((to - 1) / size);
	for (let bucket = firstBucket; bucket <= lastBucket; bucket++) {
		const start = bucket * size + 1;
		x.push(start, Math.max(start, Math.min(to, start + size / 2)));
	}
	return { x, shift, offset: firstBucket, iterations };
}

const bounds = new Float64Array(2);

/** The curve's value at every x of the grid, null where it has none; `positive` leaves out what a log axis cannot show. */
export function sampleCurve(grid: Grid, curve: Curve, positive: boolean): (number | null)[] {
	const count = grid.x.length;
	const out: (number | null)[] = new Array(count);
	const { values, length, pyramid } = curve;
	if (grid.shift === 0) {
		for (let i = 0; i < count; i++) {
			const index = grid.offset + i;
			const value = index < length ? values[index] : Number.NaN;
			out[i] = value - value !== 0 || (positive && value <= 0) ? null : value;
		}
		return out;
	}
	for (let i = 0, bucket = grid.offset; i < count; i += 2, bucket++) {
		const any = pyramid.block(values, length, grid.shift, bucket, bounds);
		if (!any || (positive && bounds[1] <= 0)) {
			out[i] = null;
			out[i + 1] = null;
			continue;
		}
		out[i] = positive && bounds[0] <= 0 ? bounds[1] : bounds[0];
		out[i + 1] = bounds[1];
	}
	return out;
}

/**
 * Figures of epochs at the grid's x nearest to their last iteration. Where there are more epochs than places, each bucket
 * of the grid gives the lowest and the highest figure of those that ended in it.
 */
export function sampleEpochs(grid: Grid, epochs: Epochs, figures: Curve, positive: boolean): (number | null)[] {
	const count = grid.x.length;
	const out: (number | null)[] = new Array(count).fill(null);
	const size = 2 ** grid.shift;
	const start = grid.shift === 0 ? grid.offset : grid.offset * size;
	const first = epochs.firstAfter(start);
	const last = epochs.firstAfter(start + (grid.shift === 0 ? count : (count / 2) * size));
	const fits = (value: number) => value - value === 0 && !(positive && value <= 0);
	if (grid.shift > 0 && last - first > count / 2) {
		for (let i = 0, from = first; i < count; i += 2) {
			const to = epochs.firstAfter(start + (i / 2 + 1) * size);
			if (to > from && figures.range(from, to, bounds)) {
				if (fits(bounds[1])) out[i + 1] = bounds[1];
				out[i] = fits(bounds[0]) ? bounds[0] : out[i + 1];
			}
			from = to;
		}
		return out;
	}
	for (let e = first; e < last; e++) {
		const iteration = epochs.iterationOf(e);
		const value = figures.values[e];
		if (!fits(value)) continue;
		let index = iteration - 1 - grid.offset;
		if (grid.shift > 0) {
			const bucket = Math.floor((iteration - 1) / size);
			const second = (iteration - 1) % size >= size / 4;
			index = 2 * (bucket - grid.offset) + (second ? 1 : 0);
		}
		if (index >= 0 && index < count) out[index] = value;
	}
	return out;
}

/** Least and greatest value of several sampled curves, undefined when there is none. */
export function extent(samples: readonly (readonly (number | null)[])[]): [number, number] | undefined {
	let low = Number.POSITIVE_INFINITY;
	let high = Number.NEGATIVE_INFINITY;
	for (const sample of samples) {
		for (let i = 0; i < sample.length; i++) {
			const value = sample[i];
			if (value === null) continue;
			if (value < low) low = value;
			if (value > high) high = value;
		}
	}
	return low <= high ? [low, high] : undefined;
}

/** The y range that shows [low, high] with some air; a linear one starts at 0 where that costs little. */
export function paddedRange(low: number, high: number, log: boolean): [number, number] {
	if (log) {
		const air = Math.max(0.03, Math.log10(high / low) * 0.06);
		return [low / 10 ** air, high * 10 ** air];
	}
	const span = high - low || Math.abs(high) || 1;
	const top = high + span * 0.06;
	if (low >= 0 && low <= span * 0.6) return [0, top];
	return [low - span * 0.06, top];
}
