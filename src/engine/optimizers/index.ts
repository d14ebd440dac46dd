import type { OptimizerConfig, OptimizerName } from "../protocol/run.ts";
import { adam } from "./adam.ts";
import { gradientDescent } from "./gradient-descent.ts";
import { momentum } from "./momentum.ts";
import type { Hyperparameters, Optimizer } from "./optimizer.ts";
import { rmsprop } from "./rmsprop.ts";

export const optimizers: Record<OptimizerName, Optimizer> = { gradientDescent, momentum, rmsprop, adam };

const NEUTRAL: Hyperparameters = {
	learningRate: 0.001,
	beta: 0.9,
	beta1: 0.9,
	beta2: 0.999,
	epsilon: 1e-8,
	epsilonPlacement: "outside",
	form: "ewa",
};

/** @returns every hyperparameter: the config's, else the optimizer's default */
export function hyperparameters(config: OptimizerConfig): Hyperparameters {
	const { name: _, ...given } = config;
	return { ...NEUTRAL, ...optimizers[config.name].defaults, ...given };
}
