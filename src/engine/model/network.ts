import type { Task } from "../protocol/dataset.ts";
import type { Activation, Cost, Initialization } from "../protocol/hyperparameters.ts";
import type { Random } from "../training/random.ts";

/** Shape of a multilayer perceptron; no hidden layer makes it linear, logistic or softmax regression. */
export interface Network {
	/** n_x, hidden units of each layer, outputs */
	sizes: number[];
	/** of every hidden layer; the output layer gives logits */
	activation: Activation;
	cost: Cost;
}

/** One parameter tensor in the flat parameter vector. */
export interface Parameter {
	/** "W1", "b1", ... as in the notes, layers from 1 */
	name: string;
	/** W: [inputs, outputs], row-major; b: [1, outputs] */
	rows: number;
	columns: number;
	/** index of its first float in the vector, a multiple of 16 */
	offset: number;
	/** weights are decayed by L2, biases are not */
	isWeight: boolean;
}

/** @returns where each tensor lies in the flat vector, and the vector's length in floats (padding included) */
export function parameterLayout(sizes: readonly number[]): { parameters: Parameter[]; length: number } {
	const parameters: Parameter[] = [];
	let offset = 0;
	const add = (name: string, rows: number, columns: number, isWeight: boolean) => {
		parameters.push({ name, rows, columns, offset, isWeight });
		offset += Math.ceil((rows * columns) / 16) * 16;
	};
	for (let layer = 1; layer < sizes.length; layer++) {
		add(`W${layer}`, sizes[layer - 1], sizes[layer], true);
		add(`b${layer}`, 1, sizes[layer], false);
	}
	return { parameters, length: offset };
}

/** @returns number of weights and biases, padding not counted */
export function countParameters(sizes: readonly number[]): number {
	let count = 0;
	for (let layer = 1; layer < sizes.length; layer++) count += (sizes[layer - 1] + 1) * sizes[layer];
	return count;
}

/**
 * Fills the weights with normal samples of variance 2 / inputs (He et al. 2015) or 2 / (inputs + outputs)
 * (Glorot and Bengio 2010), biases with 0.
 * @param values the flat parameter vector, padding included
 */
export function initialize(
	values: Float32Array,
	parameters: readonly Parameter[],
	initialization: Initialization,
	random: Random,
): void {
	values.fill(0);
	for (const { rows, columns, offset, isWeight } of parameters) {
		if (!isWeight) continue;
		const deviation = Math.sqrt(2 / (initialization === "he" ? rows : rows + columns));
		for (let i = 0; i < rows * columns; i++) values[offset + i] = deviation * random.normal();
	}
}

export const costOfTask: Record<Task, Cost> = {
	regression: "meanSquaredError",
	binary: "binaryCrossEntropy",
	multiclass: "categoricalCrossEntropy",
};
