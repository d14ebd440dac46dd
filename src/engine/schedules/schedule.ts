import type { DecayConfig, RatePoint } from "../protocol/hyperparameters.ts";
import type { RateChange } from "../protocol/run.ts";

/** What a schedule must know of the run. */
export interface RunLength {
	stepsPerEpoch: number;
	/** steps of the whole run */
	iterations: number;
}

/** Where a step stands, counted from the end of the warm-up. */
export interface Moment {
	/** number of the mini-batch, from 1 */
	step: number;
	/** from 0 in the first epoch */
	epoch: number;
	stepsPerEpoch: number;
	/** steps in all */
	steps: number;
}

/** A decay is a value: a pure function of the moment. */
export interface Decay {
	/** parameters it has, besides warmup */
	readonly parameters: readonly (keyof DecayConfig)[];
	readonly defaults: Partial<DecayConfig>;
	/** @param a0 initial learning rate @param d config with the defaults filled in */
	rate(d: DecayConfig, a0: number, at: Moment): number;
}

/** @returns share of the run that is over, 0 at the first step (or epoch) and below 1 at the last */
export function progress(d: DecayConfig, at: Moment): number {
	if (d.per === "epoch") return at.epoch / Math.ceil(at.steps / at.stepsPerEpoch);
	return (at.step - 1) / at.steps;
}

/** @returns the run-length form of a table of rates: what a piecewise schedule needs to give the same */
export function piecewiseOf(rates: ArrayLike<number>): RatePoint[] {
	const points: RatePoint[] = [];
	for (let i = 0; i < rates.length; i++)
		if (i === 0 || rates[i] !== rates[i - 1]) points.push({ step: i + 1, rate: rates[i] });
	return points;
}

/** @returns product of the changes that hold at an iteration */
export function factorAt(changes: readonly RateChange[], iteration: number): number {
	let factor = 1;
	for (const change of changes) if (change.iteration <= iteration) factor *= change.factor;
	return factor;
}
