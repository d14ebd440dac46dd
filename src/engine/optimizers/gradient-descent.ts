import type { Optimizer } from "./optimizer.ts";

/**
 * W -= a dW (notes 000 §1). The same in PyTorch (SGD), Keras (SGD), tfjs (sgd) and optax (sgd).
 * Learning rate 0.01: the default of Keras; PyTorch has had 0.001 since 2.2, optax none.
 */
export const gradientDescent: Optimizer = {
	name: "gradientDescent",
	slots: [],
	defaults: { learningRate: 0.01 },
	update(k, v, _h, learningRate) {
		k.gradientDescent(v.length, v.parameters, v.gradients, learningRate);
	},
};
