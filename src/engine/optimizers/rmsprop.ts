import type { Optimizer } from "./optimizer.ts";

/**
 * S = b2 S + (1 - b2) dW^2; W -= a dW / sqrt(S) with epsilon inside the root (notes 000, 002, 004; Keras, tfjs) or
 * added to it (003; PyTorch, optax has both). Hinton, lecture 6e, 2012. S starts at 0 and is not bias-corrected.
 * b2 0.9 (Hinton, Keras, tfjs, optax); PyTorch calls it alpha and takes 0.99.
 */
export const rmsprop: Optimizer = {
	name: "rmsprop",
	slots: ["S"],
	defaults: { learningRate: 0.001, beta2: 0.9, epsilon: 1e-8, epsilonPlacement: "outside" },
	update(k, v, h, learningRate) {
		const inside = h.epsilonPlacement === "inside" ? h.epsilon : 0;
		const outside = h.epsilonPlacement === "inside" ? 0 : h.epsilon;
		k.rmsprop(v.length, v.parameters, v.gradients, v.state[0], learningRate, h.beta2, 1 - h.beta2, inside, outside);
	},
};
