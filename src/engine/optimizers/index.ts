import type { Kernels, Pointer } from "../backends/wasm/kernels.ts";
import type { Clip, OptimizerConfig } from "../protocol/hyperparameters.ts";
import { hyperparameters, optimizers } from "./hyperparameters.ts";
import type { Hyperparameters, Optimizer, UpdateKernel } from "./optimizer.ts";

export { fillOptimizer, hyperparameters, optimizers, parametersOf } from "./hyperparameters.ts";

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
