import { Average } from "../../src/engine/averages.ts";

/**
 * The bias-corrected average of a curve. It sees every raw point in order, before anything is thinned for the screen, so
 * a smoothed point never moves once it is there. A value that is not finite is a gap: it shows as NaN and leaves the
 * average alone.
 */
export class Smoother {
	private readonly average: Average;

	/** @param state of the average to go on with */
	constructor(beta: number, state?: [number, number]) {
		this.average = new Average(beta, state);
	}

	/** Smooths source[from, to) into target at the same places. */
	extend(source: Float32Array, from: number, to: number, target: Float32Array): void {
		for (let i = from; i < to; i++) {
			const value = source[i];
			target[i] = value - value === 0 ? this.average.add(value) : Number.NaN;
		}
	}
}
