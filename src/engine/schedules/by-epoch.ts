import type { Decay } from "./schedule.ts";

/** a0 */
export const constant: Decay = { parameters: [], defaults: {}, rate: (_d, a0) => a0 };

/**
 * a0 / (1 + rate * epoch) (notes 000 §9, 003 L09). The notes count the first epoch as 1: a0 0.2, rate 1 gives 0.1,
 * 0.0667, 0.05, 0.04 (004 prints 0.67, 0.5, 0.4: slips). Keras's InverseTimeDecay(decay_steps = steps per epoch,
 * staircase) counts from 0: epochBase 0.
 */
export const inverseTime: Decay = {
	parameters: ["rate", "epochBase"],
	defaults: { rate: 1, epochBase: 1 },
	rate: (d, a0, { epoch }) => a0 / (1 + d.rate! * (epoch + d.epochBase!)),
};

/** a0 * base^epoch (notes: 0.95). PyTorch's ExponentialLR(gamma = base), stepped each epoch. */
export const exponential: Decay = {
	parameters: ["base", "epochBase"],
	defaults: { base: 0.95, epochBase: 0 },
	rate: (d, a0, { epoch }) => a0 * d.base! ** (epoch + d.epochBase!),
};

/** k / sqrt(epoch) * a0, the first epoch 1 (notes 000 §9, 004). With epochBase 0 the first epoch stays at k * a0. */
export const sqrtEpoch: Decay = {
	parameters: ["k", "epochBase"],
	defaults: { k: 1, epochBase: 1 },
	rate: (d, a0, { epoch }) => (d.k! / Math.sqrt(Math.max(1, epoch + d.epochBase!))) * a0,
};

/** a0 * factor^floor(epoch / every): halved by default. PyTorch's StepLR(step_size = every, gamma = factor). */
export const staircase: Decay = {
	parameters: ["factor", "every", "epochBase"],
	defaults: { factor: 0.5, every: 10, epochBase: 0 },
	rate: (d, a0, { epoch }) => a0 * d.factor! ** Math.floor((epoch + d.epochBase!) / d.every!),
};
