/**
 * From curves of any length to the few points that a screen can show: a grid of x positions for all curves of a chart. Where
 * the visible part has more points than minimum and maximum of a pixel can save, it is cut into buckets of a power of two
 * iterations, no wider than a pixel and aligned to iteration 1, and each bucket gives its minimum and its maximum: no spike
 * is lost, and a point that was drawn does not move as further ones arrive. On a logarithmic axis the buckets are ever
 * larger to the right, where a pixel holds ever more iterations.
 */
import type { Curve } from "./curve.ts";
import type { Epochs } from "./epochs.ts";

export interface Grid {
	/** iterations, ascending: the shared x values */
	x: number[];
	/** what the points stand for, from left to right: one part on a linear axis, ever coarser ones on a logarithmic one */
	parts: GridPart[];
	/** iterations from the first to the last one on the grid */
	iterations: number;
}

interface GridPart {
	/** 0: one point an iteration; else two points a bucket of 2^shift iterations */
	shift: number;
	/** index of the first point (shift 0) or bucket in the curves */
	offset: number;
	/** points (shift 0) or buckets */
	count: number;
}

/** Whether points stand for more than one iteration. */
export function isThinned({ parts }: Grid): boolean {
	return parts.some(({ shift }) => shift > 0);
}

/**
 * The grid for iterations first..last (from 1, inclusive) on `pixels` device pixels, with one more on each side.
 * @param log whether the x axis is logarithmic
 */
export function makeGrid(first: number, last: number, end: number, pixels: number, log = false): Grid {
	const from = Math.max(1, Math.floor(first) - 1);
	const to = Math.min(end, Math.ceil(last) + 1);
	const iterations = Math.max(0, to - from + 1);
	const parts = iterations === 0 ? [] : partsOf(from - 1, to, Math.max(1, pixels), log ? Math.log(last / first) : 0);
	const x: number[] = [];
	for (const { shift, offset, count } of parts) {
		const size = 2 ** shift;
		for (let i = offset; i < offset + count; i++) {
			const start = i * size + 1;
			x.push(start);
			if (shift > 0) x.push(Math.max(start, Math.min(to, start + size / 2)));
		}
	}
	return { x, parts, iterations };
}

/**
 * Points from index `from` up to, but not with, `to`. Up to four iterations a pixel stand by themselves: buckets of two
 * would not save a point.
 * @param span of a logarithmic axis: what its ends' logarithms differ by; 0: the axis is linear
 */
function partsOf(from: number, to: number, pixels: number, span: number): GridPart[] {
	if (span === 0) {
		const density = (to - from) / pixels;
		return [partOf(from, to, density <= 4 ? 0 : Math.floor(Math.log2(density)))];
	}
	// i iterations before a place of the axis, i * span / pixels of them share a pixel there
	const sparse = Math.ceil(pixels / span);
	const parts: GridPart[] = [];
	for (let shift = 0, index = from; index < to; shift = Math.max(2, shift + 1)) {
		const until = Math.min(to, sparse * 2 ** Math.max(2, shift + 1));
		if (until <= index) continue;
		parts.push(partOf(index, until, shift));
		index = until;
	}
	return parts;
}

function partOf(from: number, to: number, shift: number): GridPart {
	const offset = Math.floor(from / 2 ** shift);
	return { shift, offset, count: Math.ceil(to / 2 ** shift) - offset };
}

const bounds = new Float64Array(2);

/** The curve's value at every x of the grid, null where it has none. */
export function sampleCurve(grid: Grid, curve: Curve): (number | null)[] {
	const out: (number | null)[] = new Array(grid.x.length);
	const { values, length, pyramid } = curve;
	let at = 0;
	for (const { shift, offset, count } of grid.parts) {
		for (let i = offset; i < offset + count; i++) {
			if (shift === 0) {
				const value = i < length ? values[i] : Number.NaN;
				out[at++] = value - value === 0 ? value : null;
				continue;
			}
			const any = pyramid.block(values, length, shift, i, bounds);
			out[at++] = any ? bounds[0] : null;
			out[at++] = any ? bounds[1] : null;
		}
	}
	return out;
}

/**
 * Figures of epochs at the grid's x nearest to their last iteration. Where there are more epochs than places, they are cut
 * into blocks of a power of two, no shorter than a bucket of the grid, and each block gives its lowest and its highest
 * figure in the bucket where it ends.
 */
export function sampleEpochs(grid: Grid, epochs: Epochs, figures: Curve): (number | null)[] {
	const out: (number | null)[] = new Array(grid.x.length).fill(null);
	let at = 0;
	for (const { shift, offset, count } of grid.parts) {
		const size = 2 ** shift;
		const first = epochs.firstAfter(offset * size);
		const last = epochs.firstAfter((offset + count) * size);
		if (shift > 0 && last - first > count) {
			const block = Math.max(1, Math.ceil(Math.log2(size / epochs.stepsPerEpoch)));
			for (let i = first >> block; i <= (last - 1) >> block; i++) {
				if (!figures.pyramid.block(figures.values, figures.length, block, i, bounds)) continue;
				const end = epochs.iterationOf(Math.min(last, (i + 1) << block) - 1);
				const place = at + 2 * (Math.floor((end - 1) / size) - offset);
				const [least, greatest] = bounds;
				out[place] = Math.min(out[place] ?? least, least);
				out[place + 1] = Math.max(out[place + 1] ?? greatest, greatest);
			}
		} else {
			for (let e = first; e < last; e++) {
				const index = epochs.iterationOf(e) - 1;
				const value = figures.values[e];
				if (value - value !== 0) continue;
				const second = shift > 0 && index % size >= size / 4;
				out[at + (Math.floor(index / size) - offset) * (shift > 0 ? 2 : 1) + Number(second)] = value;
			}
		}
		at += count * (shift > 0 ? 2 : 1);
	}
	return out;
}

/**
 * Least and greatest value of several sampled curves, undefined when there is none.
 * @param least lower values do not count
 */
export function extent(
	samples: readonly (readonly (number | null)[])[],
	least = Number.NEGATIVE_INFINITY,
): [number, number] | undefined {
	let low = Number.POSITIVE_INFINITY;
	let high = Number.NEGATIVE_INFINITY;
	for (const sample of samples) {
		for (let i = 0; i < sample.length; i++) {
			const value = sample[i];
			if (value === null || value < least) continue;
			if (value < low) low = value;
			if (value > high) high = value;
		}
	}
	return low <= high ? [low, high] : undefined;
}

/**
 * Where a logarithmic axis of costs ends at the latest. Costs and norms of their gradients are about 1 before training and
 * have seven digits: what is 16 decades below is noise of the last one, and would take the room that the others need.
 * @param high greatest value in view
 * @returns a power of ten
 */
export function leastDrawn(high: number): number {
	return 10 ** (Math.floor(Math.log10(Math.min(1, high))) - 16);
}

/** Puts values below `least` on the lower edge of the y range. @returns whether there are any */
export function putOnEdge(samples: readonly (number | null)[][], least: number, edge: number): boolean {
	let any = false;
	for (const sample of samples) {
		for (let i = 0; i < sample.length; i++) {
			const value = sample[i];
			if (value === null || value >= least) continue;
			sample[i] = edge;
			any = true;
		}
	}
	return any;
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
