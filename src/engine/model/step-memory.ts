/** Bytes that a step takes in float32. */
export interface StepMemory {
	/** X{t} and Y{t}, activations and their gradients */
	miniBatch: number;
	parameters: number;
	gradients: number;
	optimizerState: number;
	total: number;
}

const FLOAT32 = 4;

/**
 * Memory of a step of dense layers (the notes' terms): X{t}, Y{t} and, of every layer, A and dA for each row; W, b and
 * their gradients; the optimizer's averages, as long as the parameters. What libraries keep besides is not in it.
 * @param sizes n_x, units of the hidden layers, outputs
 * @param slots numbers that the optimizer keeps for each parameter
 */
export function stepMemory(sizes: readonly number[], batchSize: number, slots: number): StepMemory {
	const units = sizes.slice(1);
	const outputs = units.at(-1) ?? 0;
	const ofLayers = units.reduce((sum, n) => sum + n, 0);
	const weights = units.reduce((sum, n, l) => sum + (sizes[l] + 1) * n, 0);
	const miniBatch = batchSize * (sizes[0] + outputs + 2 * ofLayers) * FLOAT32;
	const parameters = weights * FLOAT32;
	const optimizerState = slots * parameters;
	return {
		miniBatch,
		parameters,
		gradients: parameters,
		optimizerState,
		total: miniBatch + 2 * parameters + optimizerState,
	};
}
