import { biasCorrection } from "../averages.ts";
import { type Hyperparameters, type Optimizer, placeEpsilon } from "./optimizer.ts";

const slots = (h: Hyperparameters) => (h.amsgrad ? ["V", "S", "M"] : ["V", "S"]);

/**
 * What Adam, AdamW and NAdam share: both averages, the second one's correction and epsilon.
 * Keras adds epsilon to the uncorrected root, sqrt(S) + eps ("epsilon hat" of the paper): the same as
 * eps / sqrt(1 - b2^t) beside the corrected one.
 */
export function adamCoefficients(h: Hyperparameters, t: number, c: Float32Array): void {
	const correct = 1 / biasCorrection(h.beta2, t);
	c[5] = h.beta1;
	c[6] = 1 - h.beta1;
	c[7] = h.beta2;
	c[8] = 1 - h.beta2;
	c[9] = correct;
	placeEpsilon(h, c, 10, h.epsilonUncorrected ? Math.sqrt(correct) : 1);
}

/**
 * V = b1 V + (1 - b1) dW; S = b2 S + (1 - b2) dW^2; Vc = V / (1 - b1^t); Sc = S / (1 - b2^t);
 * W -= a Vc / (sqrt(Sc) + eps) (Kingma and Ba 2015; notes 002, 003). b1 0.9, b2 0.999, eps 1e-8, a 0.001.
 * epsilonPlacement "inside": sqrt(Sc + eps), as 000 and a slide of 004 have it.
 * amsgrad: the largest S so far stands for S (Reddi, Kale and Kumar 2018), corrected afterwards as PyTorch and Keras do;
 * optax takes the largest of the corrected ones.
 * PyTorch and optax as above; tfjs eps 1e-7; Keras eps 1e-7 on the uncorrected root.
 * First two steps on J = w^2 / 2 from w = 1, a 0.1, eps 0: Vc = Sc = 1, w 0.9;
 * V 0.18, Vc 0.947368, S 0.001809, Sc 0.904952, w 0.9 - 0.1 * 0.947368 / 0.951290 = 0.800412.
 */
export const adam: Optimizer = {
	name: "adam",
	kernel: "adam",
	parameters: ["beta1", "beta2", "epsilon", "epsilonPlacement", "epsilonUncorrected", "amsgrad"],
	slots,
	defaults: { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, epsilonPlacement: "outside" },
	presets: { keras: { epsilon: 1e-7, epsilonUncorrected: true, decoupled: true }, tfjs: { epsilon: 1e-7 } },
	coefficients(h, learningRate, t, c) {
		adamCoefficients(h, t, c);
		c[3] = learningRate / biasCorrection(h.beta1, t);
		c[4] = 0;
	},
};

/**
 * Adam whose weight decay does not pass through the averages: W -= a (Vc / (sqrt(Sc) + eps) + weightDecay W)
 * (Loshchilov and Hutter 2019). weightDecay 0.01 as PyTorch has it; Keras 0.004, optax 0.0001. tfjs has no AdamW.
 */
export const adamw: Optimizer = {
	...adam,
	name: "adamw",
	defaults: { ...adam.defaults, weightDecay: 0.01, decoupled: true },
	presets: { ...adam.presets, keras: { ...adam.presets.keras, weightDecay: 0.004 }, optax: { weightDecay: 0.0001 } },
};
