import type { Kernels, Pointer } from "../backends/wasm/kernels.ts";
import type { Clip, OptimizerConfig, OptimizerName } from "../protocol/run.ts";
import { adagrad } from "./adagrad.ts";
import { adam, adamw } from "./adam.ts";
import { gradientDescent } from "./gradient-descent.ts";
import { lion } from "./lion.ts";
import { momentum } from "./momentum.ts";
import { nadam } from "./nadam.ts";
import type { HyperparameterName, Hyperparameters, Optimizer, UpdateKernel } from "./optimizer.ts";
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

/** What an update works on: vectors of `length` floats (a multiple of four, padding included). */
export interface UpdateVectors {
	length: number;
	parameters: Pointer;
	gradients: Pointer;
	/** one for each of the optimizer's slots */
	state: readonly Pointer[];
	/** where the coefficients of the step go */
	coefficients: Pointer;
}

/** Runs an update kernel over floats [first, first + length) of the vectors; the coefficients lie ready. */
export function applyUpdate(
	kernel: UpdateKernel,
	k: Kernels,
	v: UpdateVectors,
	first = 0,
	length: number = v.length,
): void {
	const { state, coefficients } = v;
	const offset = first * 4;
	const w = v.parameters + offset;
	const g = v.gradients + offset;
	if (kernel === "descend") k.descend(length, w, g, coefficients);
	else if (kernel === "momentum") k.momentum(length, w, g, state[0] + offset, coefficients);
	else if (kernel === "scaleByRoot") k.scaleByRoot(length, w, g, state[0] + offset, coefficients);
	else if (kernel === "lion") k.lion(length, w, g, state[0] + offset, coefficients);
	else {
		const largest = state.length > 2 ? state[2] + offset : 0;
		k.adam(length, w, g, state[0] + offset, state[1] + offset, largest, coefficients);
	}
}

/**
 * One optimizer with its hyperparameters, ready to update. Clipping by norm scales by limit / norm when the norm is
 * larger, as Keras's global_clipnorm and optax do (PyTorch adds 1e-6 to the norm); by value comes first when both are
 * asked for.
 */
export class Updater {
	readonly optimizer: Optimizer;
	readonly h: Hyperparameters;
	readonly clip: Clip;
	/** of the gradients, after clipping by value */
	gradientNorm = 0;
	/** of the next update, already decayed */
	learningRate = 0;

	constructor(config: OptimizerConfig, clip: Clip = {}) {
		this.optimizer = optimizers[config.name];
		this.h = hyperparameters(config);
		this.clip = clip;
	}

	/**
	 * Writes the coefficients of one update by `gradientNorm` and `learningRate`.
	 * @param t number of the update, from 1
	 */
	prepare(c: Float32Array, t: number): void {
		const { h, clip, optimizer, gradientNorm, learningRate } = this;
		c[0] = clip.norm !== undefined && gradientNorm > clip.norm ? clip.norm / gradientNorm : 1;
		c[1] = h.decoupled ? 0 : h.weightDecay;
		c[2] = h.decoupled ? 1 - learningRate * h.weightDecay : 1;
		optimizer.coefficients(h, learningRate, t, c);
	}
}
