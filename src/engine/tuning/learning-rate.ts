/**
 * A learning rate from a range test (Smith 2017, "Cyclical learning rates for training neural networks"): the rate rises
 * step by step, and what the cost does meanwhile shows from where on steps help and where they are too large. Chance is
 * told apart by several runs from other weights.
 */
import { Average } from "../averages.ts";
import type { KernelModule } from "../backends/wasm/kernels.ts";
import type { RunFile } from "../protocol/run-file.ts";
import type { LearningRateSearch } from "../protocol/searches.ts";
import { DEFAULT_SEED } from "../training/defaults.ts";
import { type KeptTable, resolveOn } from "../training/kept-table.ts";
import { prepareAgain } from "../training/prepare.ts";
import { Training } from "../training/training.ts";

const LOWEST = 1e-6;
const DECADES = 8;
const STEPS_PER_DECADE = 25;
const RUNS = 5;
/** The cost of mini-batches is smoothed over about 1 / (1 - BETA) steps to either side. */
const BETA = 0.9;
/** Steepness is measured over so many steps to either side. */
const REACH = 5;
/** A cost so many times the first one has exploded. */
const EXPLODED = 4;
/** A cost that falls by less of itself than this has not fallen. */
const FALLEN = 0.02;
/** Runs whose rates lie further apart than this factor do not agree. */
const APART = 10;

export interface RangeTestOptions {
	threads?: number;
	memoryLimit?: number;
	signal?: AbortSignal;
	/** called after each run */
	ranged?: (runs: number, of: number) => void;
}

/**
 * Trains five times for some 200 steps, from other weights and in another order each, with a rate that rises from 1e-6 to
 * 100; decay and early stopping are left out.
 *
 * @throws InputError for what the run itself could not do; the signal's reason when it is aborted
 */
export async function findLearningRate(
	kernels: KernelModule,
	file: RunFile,
	kept: KeptTable,
	options: RangeTestOptions,
): Promise<LearningRateSearch> {
	const steps = DECADES * STEPS_PER_DECADE;
	const rates = Array.from({ length: steps }, (_, i) => LOWEST * 10 ** (i / STEPS_PER_DECADE));
	const seed = file.seed ?? DEFAULT_SEED;
	const { batchSize } = resolveOn(kept, file);
	const costs: number[][] = [];
	for (let run = 0; run < RUNS; run++) {
		options.signal?.throwIfAborted();
		const rising = { ...file, batchSize, seed: seed + run };
		costs.push(smoothed(await costsOf(kernels, rising, kept.table, rates, options)));
		options.ranged?.(run + 1, RUNS);
	}
	return readCosts(rates, costs);
}

/** @returns the cost at each rate, up to the first that has exploded */
async function costsOf(
	kernels: KernelModule,
	{ decay: _decay, earlyStopping: _stopping, ...file }: RunFile,
	table: KeptTable["table"],
	rates: readonly number[],
	{ signal, ...options }: RangeTestOptions,
): Promise<number[]> {
	const points = rates.map((rate, i) => ({ step: i + 1, rate }));
	const run = { ...file, decay: { name: "piecewise" as const, points }, epochs: rates.length };
	const prepared = prepareAgain(kernels, run, table, options);
	const costs: number[] = [];
	const training = new Training(prepared, (event) => {
		if (event.type !== "steps") return;
		costs.push(...event.batch.cost);
		if (costs.length >= rates.length || explosionIn(costs) < costs.length) training.control("stop");
	});
	const stop = () => training.control("stop");
	signal?.addEventListener("abort", stop);
	await training.run().finally(() => signal?.removeEventListener("abort", stop));
	signal?.throwIfAborted();
	return costs.slice(0, Math.min(rates.length, explosionIn(costs)));
}

/** @returns the first place where a cost is many times the first one, or no number; the length when there is none */
function explosionIn(costs: readonly number[]): number {
	const exploded = costs.findIndex((cost) => !(cost <= EXPLODED * costs[0]));
	return exploded < 0 ? costs.length : exploded;
}

/** Averages from both ends, so that the curve is not late: its value at a rate has what was before and after it. */
function smoothed(costs: readonly number[]): number[] {
	const oneWay = (values: readonly number[]) => {
		const average = new Average(BETA);
		return values.map((value) => average.add(value));
	};
	const back = oneWay(costs.toReversed()).toReversed();
	return oneWay(costs).map((value, i) => (value + back[i]) / 2);
}

/**
 * Reads the rate off the runs' costs: where their median falls steepest over the rate's logarithm.
 * @param costs of each run at those rates, smoothed; a shorter one has exploded where it ends
 */
export function readCosts(rates: number[], costs: number[][]): LearningRateSearch {
	const median: number[] = [];
	for (let i = 0; i < rates.length; i++) {
		const here = costs.map((run) => run[i] ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
		const cost = here[here.length >> 1];
		if (cost === Number.POSITIVE_INFINITY) break;
		median.push(cost);
	}
	const steepest = costs.flatMap((run) => steepestOf(run) ?? []).map((i) => rates[i]);
	// One run that chance has led astray is not heard: the least and the greatest are left out.
	const middle = steepest.sort((a, b) => a - b).slice(1, -1);
	const place = steepestOf(median);
	const curves = { rates, costs, median };
	if (place === undefined) return { ...curves, unclear: "neverFalls" };
	const rate = rates[place];
	const interval: [number, number] = [Math.min(rate, ...middle), Math.max(rate, ...middle)];
	const agree = interval[1] / interval[0] <= APART && steepest.length > costs.length / 2;
	return { ...curves, rate, interval, ...(agree ? {} : { unclear: "disagree" }) };
}

/** @returns where a curve falls steepest on its way to its lowest point; undefined where it does not fall */
function steepestOf(curve: readonly number[]): number | undefined {
	const lowest = Math.min(...curve);
	if (!(lowest < curve[0] * (1 - FALLEN))) return undefined;
	const end = curve.indexOf(lowest);
	const at = (i: number) => curve[Math.min(Math.max(i, 0), end)];
	const fall = (i: number) => at(i - REACH) - at(i + REACH);
	let place = 0;
	for (let i = 1; i <= end; i++) if (fall(i) > fall(place)) place = i;
	return place;
}
