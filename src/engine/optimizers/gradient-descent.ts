import type { Optimizer } from "./optimizer.ts";

/**
 * W -= a dW (notes 000 §1).
 * The same in PyTorch (SGD), Keras (SGD), tfjs (sgd) and optax (sgd).
 * a 0.01 as Keras has it; PyTorch has had 0.001 since 2.2, tfjs and optax have no default.
 * First two steps on J = w^2 / 2 from w = 1, a 0.1: 1 -> 0.9 -> 0.81.
 */
export const gradientDescent: Optimizer = {
	name: "gradientDescent",
	kernel: "descend",
	parameters: [],
	slots: () => [],
	defaults: { learningRate: 0.01 },
	presets: { pytorch: { learningRate: 0.001 }, keras: { decoupled: true } },
	coefficients(_h, learningRate, _t, c) {
		c[3] = learningRate;
	},
};
