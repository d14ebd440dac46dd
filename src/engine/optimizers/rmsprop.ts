import { type Optimizer, placeEpsilon } from "./optimizer.ts";

/**
 * S = b2 S + (1 - b2) dW^2; W -= a dW / sqrt(S + eps) (Hinton, lecture 6e, 2012; notes 000, 002, 004).
 * epsilonPlacement "inside" as in those notes, Keras, tfjs and optax (its default); "outside" sqrt(S) + eps as in 003 and
 * PyTorch. No bias correction: the first steps are up to 1 / sqrt(1 - b2) times larger.
 * b2 0.9 (Hinton, Keras, tfjs, optax); PyTorch calls it alpha and takes 0.99. eps 1e-8; Keras and tfjs 1e-7.
 * a 0.001; PyTorch 0.01.
 * First two steps on J = w^2 / 2 from w = 1, a 0.1, eps 0: S 0.1, w 1 - 0.1 / sqrt(0.1) = 0.68377;
 * S 0.13675, w 0.68377 - 0.068377 / 0.36980 = 0.49887.
 */
export const rmsprop: Optimizer = {
	name: "rmsprop",
	kernel: "scaleByRoot",
	parameters: ["beta2", "epsilon", "epsilonPlacement"],
	slots: () => ["S"],
	defaults: { learningRate: 0.001, beta2: 0.9, epsilon: 1e-8, epsilonPlacement: "inside" },
	presets: {
		pytorch: { learningRate: 0.01, beta2: 0.99, epsilonPlacement: "outside" },
		keras: { epsilon: 1e-7, decoupled: true },
		tfjs: { epsilon: 1e-7 },
	},
	coefficients(h, learningRate, _t, c) {
		c[3] = learningRate;
		c[4] = h.beta2;
		c[5] = 1 - h.beta2;
		placeEpsilon(h, c, 6);
	},
};
