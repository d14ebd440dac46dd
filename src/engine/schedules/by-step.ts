import { type Decay, progress } from "./schedule.ts";

/** k / sqrt(t) * a0, t the number of the mini-batch from 1 (notes 003 L09, 004). */
export const sqrtStep: Decay = {
	parameters: ["k"],
	defaults: { k: 1 },
	rate: (d, a0, { step }) => (d.k! / Math.sqrt(step)) * a0,
};

/** The rate of the last point that has come; a0 before the first. Keras's PiecewiseConstantDecay. */
export const piecewise: Decay = {
	parameters: ["points"],
	defaults: { points: [] },
	rate(d, a0, { step, epoch }) {
		let rate = a0;
		for (const point of d.points!) if ("step" in point ? step >= point.step : epoch >= point.epoch) rate = point.rate;
		return rate;
	},
};

/**
 * end + (a0 - end) (1 + cos(pi p)) / 2, p the share of the run that is over (Loshchilov and Hutter 2017). per "epoch" is
 * PyTorch's CosineAnnealingLR(T_max = epochs, eta_min = end), per "step" Keras's CosineDecay(decay_steps = all steps).
 */
export const cosine: Decay = {
	parameters: ["end", "per"],
	defaults: { end: 0, per: "step" },
	rate: (d, a0, at) => d.end! + ((a0 - d.end!) * (1 + Math.cos(Math.PI * progress(d, at)))) / 2,
};

/** a0 + (end - a0) p. Keras's PolynomialDecay(power 1, end_learning_rate = end) and PyTorch's LinearLR. */
export const linear: Decay = {
	parameters: ["end", "per"],
	defaults: { end: 0, per: "step" },
	rate: (d, a0, at) => a0 + (d.end! - a0) * progress(d, at),
};

/**
 * Up from a0 / startDivisor to a0 and down to a0 / (startDivisor * endDivisor), both by half a cosine (Smith and Topin
 * 2018). PyTorch's OneCycleLR(max_lr = a0, pct_start = rise, div_factor, final_div_factor), stepped each mini-batch.
 */
export const oneCycle: Decay = {
	parameters: ["rise", "startDivisor", "endDivisor"],
	defaults: { rise: 0.3, startDivisor: 25, endDivisor: 10_000 },
	rate(d, a0, { step, steps }) {
		const first = a0 / d.startDivisor!;
		const turn = d.rise! * steps - 1;
		const s = step - 1;
		if (s <= turn) return turn > 0 ? between(first, a0, s / turn) : a0;
		return between(a0, first / d.endDivisor!, (s - turn) / (steps - 1 - turn));
	},
};

/** Half a cosine from one rate to the other, p from 0 to 1. */
function between(from: number, to: number, p: number): number {
	return to + ((from - to) * (1 + Math.cos(Math.PI * p))) / 2;
}
