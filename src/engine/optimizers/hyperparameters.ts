import type { OptimizerConfig, OptimizerName } from "../protocol/hyperparameters.ts";
import { adagrad } from "./adagrad.ts";
import { adam, adamw } from "./adam.ts";
import { gradientDescent } from "./gradient-descent.ts";
import { lion } from "./lion.ts";
import { momentum } from "./momentum.ts";
import { nadam } from "./nadam.ts";
import type { HyperparameterName, Hyperparameters, Optimizer } from "./optimizer.ts";
import { rmsprop } from "./rmsprop.ts";

export const optimizers: Record<OptimizerName, Optimizer> = {
	gradientDescent,
	momentum,
	rmsprop,
	adam,
	adamw,
	adagrad,
	nadam,
	lion,
};

/** What a hyperparameter is for an optimizer that does not speak of it. */
const NEUTRAL: Hyperparameters = {
	learningRate: 0.001,
	beta: 0.9,
	beta1: 0.9,
	beta2: 0.999,
	epsilon: 1e-8,
	epsilonPlacement: "outside",
	epsilonUncorrected: false,
	form: "ewa",
	nesterov: false,
	biasCorrection: false,
	rateInVelocity: false,
	amsgrad: false,
	momentumDecay: 0.004,
	constantMomentum: false,
	initialAccumulator: 0,
	weightDecay: 0,
	decoupled: false,
};

/** Hyperparameters that every optimizer has. */
const COMMON: readonly HyperparameterName[] = ["learningRate", "weightDecay", "decoupled"];

/** @returns names of the hyperparameters that an optimizer takes */
export function parametersOf(name: OptimizerName): readonly HyperparameterName[] {
	return [...COMMON, ...optimizers[name].parameters];
}

/** @returns every hyperparameter: the config's, else the preset library's, else the optimizer's default */
export function hyperparameters(config: OptimizerConfig): Hyperparameters {
	const { name, preset, ...given } = config;
	const { defaults, presets } = optimizers[name];
	return { ...NEUTRAL, ...defaults, ...(preset ? presets[preset] : {}), ...given };
}

/** @returns the config with every hyperparameter that its optimizer takes, defaults filled in */
export function fillOptimizer(config: OptimizerConfig): OptimizerConfig & { learningRate: number } {
	const all = hyperparameters(config);
	const own = Object.fromEntries(parametersOf(config.name).map((name) => [name, all[name]]));
	return { ...config, ...own, learningRate: all.learningRate };
}
