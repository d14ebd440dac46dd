import { biasCorrection } from "../averages.ts";
import { adam, adamCoefficients } from "./adam.ts";
import type { Hyperparameters, Optimizer } from "./optimizer.ts";

/** u_t = b1 (1 - 0.5 * 0.96^(momentumDecay t)) */
function momentumAt(h: Hyperparameters, t: number): number {
	return h.beta1 * (1 - 0.5 * 0.96 ** (h.momentumDecay * t));
}

/** u_1 u_2 ... u_t. Every factor is below b1 < 1, so that what follows on a product this small changes nothing. */
function productUpTo(h: Hyperparameters, t: number): number {
	let product = 1;
	for (let i = 1; i <= t && product > 1e-20; i++) product *= momentumAt(h, i);
	return product;
}

/**
 * Adam with Nesterov's look ahead (Dozat 2016): with u_t = b1 (1 - 0.5 * 0.96^(momentumDecay t)),
 * W -= a (u_{t+1} V / (1 - u_1 ... u_{t+1}) + (1 - u_t) dW / (1 - u_1 ... u_t)) / (sqrt(Sc) + eps).
 * momentumDecay 0.004 (paper, PyTorch from 2.0 on: before, it multiplied u_t twice into the product for t + 1); Keras has 0.96^t, momentumDecay 1. optax has no schedule (`constantMomentum`):
 * W -= a (b1 V / (1 - b1^{t+1}) + (1 - b1) dW / (1 - b1^t)) / (sqrt(Sc) + eps).
 * a 0.002 as PyTorch has it; Keras 0.001.
 */
export const nadam: Optimizer = {
	...adam,
	name: "nadam",
	parameters: ["beta1", "beta2", "epsilon", "epsilonPlacement", "momentumDecay", "constantMomentum"],
	slots: () => ["V", "S"],
	defaults: { ...adam.defaults, learningRate: 0.002, momentumDecay: 0.004 },
	presets: {
		keras: { learningRate: 0.001, epsilon: 1e-7, momentumDecay: 1, decoupled: true },
		optax: { learningRate: 0.001, constantMomentum: true },
	},
	coefficients(h, learningRate, t, c) {
		adamCoefficients(h, t, c);
		if (h.constantMomentum) {
			c[3] = (learningRate * h.beta1) / biasCorrection(h.beta1, t + 1);
			c[4] = (learningRate * (1 - h.beta1)) / biasCorrection(h.beta1, t);
			return;
		}
		const product = productUpTo(h, t);
		const next = momentumAt(h, t + 1);
		c[3] = (learningRate * next) / (1 - product * next);
		c[4] = (learningRate * (1 - momentumAt(h, t))) / (1 - product);
	},
};
