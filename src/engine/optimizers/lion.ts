import type { Optimizer } from "./optimizer.ts";

/**
 * u = sign(b1 V + (1 - b1) dW); W -= a (u + weightDecay W); V = b2 V + (1 - b2) dW (Chen et al. 2023).
 * Every step has the same length a in each coordinate, hence a rate some ten times below Adam's: a 0.0001.
 * b1 0.9, b2 0.99. Keras 0.001 without decay; optax weightDecay 0.001. PyTorch and tfjs have no Lion.
 * First two steps on J = w^2 / 2 from w = 1, a 0.1: 1 -> 0.9 -> 0.8.
 */
export const lion: Optimizer = {
	name: "lion",
	kernel: "lion",
	parameters: ["beta1", "beta2"],
	slots: () => ["V"],
	defaults: { learningRate: 0.0001, beta1: 0.9, beta2: 0.99, decoupled: true },
	presets: { keras: { learningRate: 0.001 }, optax: { weightDecay: 0.001 } },
	coefficients(h, learningRate, _t, c) {
		c[3] = learningRate;
		c[4] = h.beta1;
		c[5] = 1 - h.beta1;
		c[6] = h.beta2;
		c[7] = 1 - h.beta2;
	},
};
