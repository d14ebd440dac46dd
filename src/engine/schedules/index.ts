import type { DecayConfig, DecayName } from "../protocol/hyperparameters.ts";
import type { RateChange } from "../protocol/run.ts";
import { constant, exponential, inverseTime, sqrtEpoch, staircase } from "./by-epoch.ts";
import { cosine, linear, oneCycle, piecewise, sqrtStep } from "./by-step.ts";
import { type Decay, factorAt, type Moment, type RunLength } from "./schedule.ts";

export const decays: Record<DecayName, Decay> = {
	constant,
	inverseTime,
	exponential,
	sqrtEpoch,
	sqrtStep,
	staircase,
	piecewise,
	cosine,
	linear,
	oneCycle,
	// Constant until a person changes it: the changes are events of the run.
	manual: constant,
};

/** @returns the decay with every parameter that it has */
export function fillDecay(config: DecayConfig): DecayConfig {
	return { ...decays[config.name].defaults, ...config };
}

/** The learning rate of every step of a run, without training. Steps are asked for one by one or as a table. */
export class Schedule {
	private readonly decay: Decay;
	private readonly config: DecayConfig;
	private readonly warmup: number;
	private readonly initialRate: number;
	private readonly moment: Moment;

	/** @param initialRate a0 */
	constructor(config: DecayConfig, initialRate: number, { stepsPerEpoch, iterations }: RunLength) {
		this.decay = decays[config.name];
		this.config = fillDecay(config);
		this.warmup = config.warmup ?? 0;
		this.initialRate = initialRate;
		this.moment = { step: 1, epoch: 0, stepsPerEpoch, steps: Math.max(1, iterations - this.warmup) };
	}

	/**
	 * The rate of one step. During a warm-up of n steps it is t / n of the decay's first rate; the decay counts its steps
	 * and epochs from the end of the warm-up.
	 * @param iteration t, from 1
	 */
	rate(iteration: number): number {
		const { moment, warmup } = this;
		// One object for every step: nothing is allocated while training.
		moment.step = Math.max(1, iteration - warmup);
		moment.epoch = Math.floor((moment.step - 1) / moment.stepsPerEpoch);
		const rate = this.decay.rate(this.config, this.initialRate, moment);
		return iteration < warmup ? (rate * iteration) / warmup : rate;
	}

	/** The rates of steps 1 to `iterations`, with what was changed by hand. */
	table(iterations: number, changes: readonly RateChange[] = []): Float64Array {
		const rates = new Float64Array(iterations);
		for (let i = 0; i < iterations; i++) rates[i] = this.rate(i + 1) * factorAt(changes, i + 1);
		return rates;
	}
}
