import type { Optimizer } from "./optimizer.ts";

/**
 * V = b V + (1 - b) dW; W -= a V (notes 000 §6, 003 L06; b 0.9, no bias correction).
 * form "classical": V = b V + dW, as PyTorch's SGD, Keras's SGD and optax's trace do: the same path with a rate
 * 1 / (1 - b) times smaller. tfjs's momentum is classical too.
 */
export const momentum: Optimizer = {
	name: "momentum",
	slots: ["V"],
	defaults: { learningRate: 0.1, beta: 0.9, form: "ewa" },
	update(k, v, h, learningRate) {
		const gain = h.form === "classical" ? 1 : 1 - h.beta;
		k.momentum(v.length, v.parameters, v.gradients, v.state[0], learningRate, h.beta, gain);
	},
};
