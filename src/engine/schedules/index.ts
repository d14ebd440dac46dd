import type { DecayConfig, DecayName } from "../protocol/run.ts";

/** Default parameters of each decay, as the notes give them. */
export const decayDefaults: Record<DecayName, DecayConfig> = {
	constant: { name: "constant" },
	inverseTime: { name: "inverseTime", rate: 1, epochBase: 1 },
	exponential: { name: "exponential", base: 0.95, epochBase: 0 },
};

/**
 * Learning rate of one iteration; pure.
 * - constant: a0
 * - inverseTime: a0 / (1 + rate * epoch) (notes 000 §9, 003 L09; the first epoch counts 1: a0 0.2, rate 1 -> 0.1)
 * - exponential: a0 * base^epoch (the first epoch counts 0)
 * @param decay with its defaults filled in
 * @param initialRate a0
 * @param epoch number of the epoch, from 0
 */
export function learningRate(decay: DecayConfig, initialRate: number, epoch: number): number {
	const filled = { ...decayDefaults[decay.name], ...decay };
	const count = epoch + (filled.epochBase ?? 0);
	switch (filled.name) {
		case "constant":
			return initialRate;
		case "inverseTime":
			return initialRate / (1 + filled.rate! * count);
		case "exponential":
			return initialRate * filled.base! ** count;
	}
}
