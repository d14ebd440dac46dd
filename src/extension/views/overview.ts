import { setImmediate } from "node:timers/promises";
import { Average } from "../../engine/averages.ts";
import type {
	CurveOverview,
	EpochsOverview,
	RunOverview,
	RunSeries,
	SmoothedOverview,
} from "../../engine/protocol/panel.ts";
import type { EpochSeries } from "../../engine/protocol/run.ts";

/** A panel of 4,096 pixels shows no more than twice as many buckets (webview/charts/decimation.ts). */
const MOST_BUCKETS = 8192;
/** The panel's pyramids begin here (webview/charts/pyramid.ts). */
const LEAST_SHIFT = 4;
/** A chart has no room for more marks. */
const MOST_BROKEN = 1000;
/** Others on the extension host's thread get their turn after so many values: some milliseconds. */
const PIECE = 1 << 17;

/** @param beta of the average that smooths the cost and the gradient norm */
export async function overviewOf(series: RunSeries, beta: number): Promise<RunOverview> {
	const { cost, learningRate, gradientNorm } = series;
	const broken: number[] = [];
	for (let from = 0; from < cost.length; from += PIECE) {
		await setImmediate();
		for (let i = from; i < Math.min(cost.length, from + PIECE) && broken.length < MOST_BROKEN; i++) {
			if (cost[i] - cost[i] !== 0) broken.push(i);
		}
	}
	const shift = shiftFor(cost.length);
	return {
		length: cost.length,
		shift,
		cost: await curveOverview(cost, shift),
		smoothed: await smoothedOverview(cost, shift, beta),
		learningRate: await curveOverview(learningRate, shift),
		gradientNorm: await curveOverview(gradientNorm, shift),
		smoothedNorm: await smoothedOverview(gradientNorm, shift, beta),
		broken: Uint32Array.from(broken),
	};
}

export async function overviewOfEpochs(epochs: EpochSeries): Promise<EpochsOverview> {
	const { length } = epochs.cost;
	const shift = shiftFor(length);
	return {
		...epochs,
		length,
		shift,
		cost: await curveOverview(epochs.cost, shift),
		devCost: await curveOverview(epochs.devCost, shift),
		devShare: await curveOverview(epochs.devShare, shift),
	};
}

function shiftFor(length: number): number {
	return Math.max(LEAST_SHIFT, Math.ceil(Math.log2(length / MOST_BUCKETS)));
}

/** Of the average of a curve; what is not finite is a gap in both. */
async function smoothedOverview(values: Float32Array, shift: number, beta: number): Promise<SmoothedOverview> {
	const average = new Average(beta);
	const smoothed = new Float32Array(values.length);
	for (let from = 0; from < values.length; from += PIECE) {
		await setImmediate();
		average.smooth(values, from, Math.min(values.length, from + PIECE), smoothed);
	}
	return { ...(await curveOverview(smoothed, shift)), average: average.state };
}

async function curveOverview(values: Float32Array, shift: number): Promise<CurveOverview> {
	const size = 2 ** shift;
	const buckets = Math.ceil(values.length / size);
	const bounds = new Float32Array(2 * buckets);
	for (let bucket = 0; bucket < buckets; bucket++) {
		if ((bucket * size) % PIECE === 0) await setImmediate();
		let low = Number.POSITIVE_INFINITY;
		let high = Number.NEGATIVE_INFINITY;
		const end = Math.min(values.length, (bucket + 1) * size);
		for (let i = bucket * size; i < end; i++) {
			const value = values[i];
			if (value - value !== 0) continue;
			if (value < low) low = value;
			if (value > high) high = value;
		}
		bounds[2 * bucket] = low;
		bounds[2 * bucket + 1] = high;
	}
	return { bounds, ends: Float32Array.of(values[0], values[values.length - 1]) };
}
