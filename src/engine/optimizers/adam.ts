import type { Optimizer } from "./optimizer.ts";

/**
 * V = b1 V + (1 - b1) dW; S = b2 S + (1 - b2) dW^2; Vc = V / (1 - b1^t); Sc = S / (1 - b2^t);
 * W -= a Vc / (sqrt(Sc) + eps) (Kingma and Ba 2015; notes 002, 003). b1 0.9, b2 0.999, eps 1e-8, a 0.001.
 * epsilonPlacement "inside": sqrt(Sc + eps), as 000 and a slide of 004 have it. PyTorch and optax add epsilon outside;
 * Keras and tfjs take 1e-7 and Keras adds it to the uncorrected root, so that it acts 1 / sqrt(1 - b2^t) times as much.
 */
export const adam: Optimizer = {
	name: "adam",
	slots: ["V", "S"],
	defaults: { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, epsilonPlacement: "outside" },
	update(k, v, h, learningRate, t) {
		const inside = h.epsilonPlacement === "inside" ? h.epsilon : 0;
		const outside = h.epsilonPlacement === "inside" ? 0 : h.epsilon;
		k.adam(
			v.length,
			v.parameters,
			v.gradients,
			v.state[0],
			v.state[1],
			learningRate,
			h.beta1,
			1 - h.beta1,
			h.beta2,
			1 - h.beta2,
			1 / (1 - h.beta1 ** t),
			1 / (1 - h.beta2 ** t),
			inside,
			outside,
		);
	},
};
