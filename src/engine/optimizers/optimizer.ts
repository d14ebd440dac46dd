import type { Kernels, Pointer } from "../backends/wasm/kernels.ts";
import type { OptimizerConfig } from "../protocol/run.ts";

/** The vectors of one update, each `length` floats (a multiple of 16, padding included). */
export interface UpdateVectors {
	length: number;
	parameters: Pointer;
	gradients: Pointer;
	/** one for each name in the optimizer's `slots` */
	state: readonly Pointer[];
}

/** Every hyperparameter of an optimizer, defaults filled in. */
export type Hyperparameters = Required<Omit<OptimizerConfig, "name">>;

/** An optimizer is a value: its state lies in the arena, in vectors named by `slots`, and starts at 0. */
export interface Optimizer {
	readonly name: OptimizerConfig["name"];
	readonly slots: readonly string[];
	readonly defaults: Partial<Hyperparameters> & { learningRate: number };
	/**
	 * Applies one update.
	 * @param learningRate of this step, already decayed
	 * @param t number of this update, from 1
	 */
	update(k: Kernels, v: UpdateVectors, h: Hyperparameters, learningRate: number, t: number): void;
}
