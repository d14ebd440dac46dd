import type { OptimizerConfig, OptimizerName, Preset } from "../protocol/hyperparameters.ts";

/** Every hyperparameter that some optimizer has. */
export type Hyperparameters = Required<Omit<OptimizerConfig, "name" | "preset">>;
export type HyperparameterName = keyof Hyperparameters;

/** Names of the update kernels; what they do with the coefficients stands in src/engine/kernels/updates.ts. */
export type UpdateKernel = "descend" | "momentum" | "scaleByRoot" | "adam" | "lion";

/** An optimizer is a value. Its state lies outside, in vectors as long as the parameters, named by `slots`. */
export interface Optimizer {
	readonly name: OptimizerName;
	readonly kernel: UpdateKernel;
	/** hyperparameters it has, besides the learning rate and weight decay that all have */
	readonly parameters: readonly HyperparameterName[];
	/** state vectors, in the kernel's order */
	slots(h: Hyperparameters): readonly string[];
	/** what the state starts with; 0 when absent */
	start?(h: Hyperparameters): number;
	readonly defaults: Partial<Hyperparameters> & { learningRate: number };
	/** what each library does otherwise than the defaults */
	readonly presets: Partial<Record<Preset, Partial<Hyperparameters>>>;
	/**
	 * Writes the kernel's coefficients from index 3 on; pure.
	 * @param learningRate of this step, already decayed
	 * @param t number of this update, from 1
	 */
	coefficients(h: Hyperparameters, learningRate: number, t: number, c: Float32Array): void;
}

/** Room for the coefficients of any kernel, in floats. */
export const COEFFICIENTS = 16;

/**
 * Writes epsilon inside the root (index `at`) or outside of it (the next one), the other 0.
 * @param factor of an epsilon outside
 */
export function placeEpsilon(h: Hyperparameters, c: Float32Array, at: number, factor = 1): void {
	const inside = h.epsilonPlacement === "inside";
	c[at] = inside ? h.epsilon : 0;
	c[at + 1] = inside ? 0 : h.epsilon * factor;
}
