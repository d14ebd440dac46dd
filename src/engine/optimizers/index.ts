import type { Kernels, Pointer } from "../backends/wasm/kernels.ts";
import type { Clip, OptimizerConfig, OptimizerName } from "../protocol/run.ts";
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

/** What one update works on: vectors of `length` floats (a multiple of four, padding included). */
export interface UpdateVectors {
	length: number;
	parameters: Pointer;
	gradients: Pointer;
	/** one for each of the optimizer's slots */
	state: readonly Pointer[];
	/** where the coefficients of the step go */
	coefficients: Pointer;
}

/** One optimizer with its hyperparameters, ready to update. */
export class Updater {
	readonly optimizer: Optimizer;
	readonly h: Hyperparameters;
	private readonly clip: Clip;

	constructor(config: OptimizerConfig, clip: Clip = {}) {
		this.optimizer = optimizers[config.name];
		this.h = hyperparameters(config);
		this.clip = clip;
	}

	/**
	 * Clips the gradients and applies one update. Clipping by norm scales by limit / norm when the norm is larger, as
	 * Keras's global_clipnorm and optax do (PyTorch adds 1e-6 to the norm); by value comes first when both are asked for.
	 * @param c view of the coefficients at v.coefficients
	 * @param norm of the gradients, before clipping
	 * @param learningRate of this step, already decayed
	 * @param t number of this update, from 1
	 */
	update(k: Kernels, v: UpdateVectors, c: Float32Array, norm: number, learningRate: number, t: number): void {
		const { h, clip, optimizer } = this;
		const { length, parameters: w, gradients: g, state } = v;
		let clippedNorm = norm;
		if (clip.value !== undefined) {
			k.clamp(length, g, clip.value);
			if (clip.norm !== undefined) clippedNorm = Math.sqrt(k.sumOfSquares(length, g));
		}
		c[0] = clip.norm !== undefined && clippedNorm > clip.norm ? clip.norm / clippedNorm : 1;
		c[1] = h.decoupled ? 0 : h.weightDecay;
		c[2] = h.decoupled ? 1 - learningRate * h.weightDecay : 1;
		optimizer.coefficients(h, learningRate, t, c);
		const kernel = optimizer.kernel;
		if (kernel === "descend") k.descend(length, w, g, v.coefficients);
		else if (kernel === "momentum") k.momentum(length, w, g, state[0], v.coefficients);
		else if (kernel === "scaleByRoot") k.scaleByRoot(length, w, g, state[0], v.coefficients);
		else if (kernel === "adam") k.adam(length, w, g, state[0], state[1], state[2] ?? 0, v.coefficients);
		else k.lion(length, w, g, state[0], v.coefficients);
	}
}
