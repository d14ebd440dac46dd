import { type Optimizer, placeEpsilon } from "./optimizer.ts";

/**
 * S = S + dW^2; W -= a dW / (sqrt(S) + eps) (Duchi, Hazan and Singer 2011).
 * PyTorch: eps 1e-10 outside, S starts at 0. Keras, tfjs and optax: eps 1e-7 inside, S starts at 0.1
 * (`initialAccumulator`), so that the first steps are smaller. a 0.01; Keras 0.001.
 * First two steps on J = w^2 / 2 from w = 1, a 0.1, eps 0: S 1, w 0.9; S 1.81, w 0.9 - 0.09 / 1.34536 = 0.83310.
 */
export const adagrad: Optimizer = {
	name: "adagrad",
	kernel: "scaleByRoot",
	parameters: ["epsilon", "epsilonPlacement", "initialAccumulator"],
	slots: () => ["S"],
	start: (h) => h.initialAccumulator,
	defaults: { learningRate: 0.01, epsilon: 1e-10, epsilonPlacement: "outside" },
	presets: {
		keras: {
			learningRate: 0.001,
			epsilon: 1e-7,
			epsilonPlacement: "inside",
			initialAccumulator: 0.1,
			decoupled: true,
		},
		tfjs: { epsilon: 1e-7, epsilonPlacement: "inside", initialAccumulator: 0.1 },
		optax: { epsilon: 1e-7, epsilonPlacement: "inside", initialAccumulator: 0.1 },
	},
	coefficients(h, learningRate, _t, c) {
		c[3] = learningRate;
		c[4] = 1;
		c[5] = 1;
		placeEpsilon(h, c, 6);
	},
};
