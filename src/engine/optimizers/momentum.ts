import { biasCorrection } from "../averages.ts";
import type { Optimizer } from "./optimizer.ts";

/**
 * V = b V + (1 - b) dW; W -= a V (notes 000 §6, 003 L06; b 0.9, no bias correction).
 * form "classical": V = b V + dW, so that a acts up to 1 / (1 - b) times larger after some steps (002, 003 §6): PyTorch's
 * SGD with momentum, tfjs's momentum, optax's trace. Keras has the rate inside, V = b V + a dW and W -= V: the same as
 * long as the rate stays, another path when it decays (`rateInVelocity`).
 * nesterov: W -= a (b V + (1 - b) dW), classical W -= a (b V + dW), after V is updated (Sutskever et al. 2013).
 * biasCorrection: V / (1 - b^t); off by default, as in 003 L06.
 * a 0.1: in the notes' form a is an ordinary rate that is averaged, ten times PyTorch's usual 0.01.
 * First two steps on J = w^2 / 2 from w = 1, a 0.1, b 0.9: V 0.1, w 0.99; V 0.189, w 0.9711.
 */
export const momentum: Optimizer = {
	name: "momentum",
	kernel: "momentum",
	parameters: ["beta", "form", "nesterov", "biasCorrection", "rateInVelocity"],
	slots: () => ["V"],
	defaults: { learningRate: 0.1, beta: 0.9, form: "ewa" },
	presets: {
		pytorch: { learningRate: 0.001, form: "classical" },
		keras: { learningRate: 0.01, form: "classical", rateInVelocity: true, decoupled: true },
		tfjs: { learningRate: 0.01, form: "classical" },
		optax: { learningRate: 0.01, form: "classical" },
	},
	coefficients(h, learningRate, t, c) {
		const gain = (h.form === "classical" ? 1 : 1 - h.beta) * (h.rateInVelocity ? learningRate : 1);
		const rate = (h.rateInVelocity ? 1 : learningRate) / (h.biasCorrection ? biasCorrection(h.beta, t) : 1);
		c[3] = h.nesterov ? rate * h.beta : rate;
		c[4] = h.nesterov ? rate * gain : 0;
		c[5] = h.beta;
		c[6] = gain;
	},
};
