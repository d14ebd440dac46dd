/**
 * The exponentially weighted average of a curve, bias-corrected: v_t = beta v_{t-1} + (1 - beta) x_t, shown as
 * v_t / (1 - beta^t). It sees every raw point in order, before anything is thinned for the screen, so a smoothed point
 * never moves once it is there. A value that is not finite is a gap: it shows as NaN and leaves the average alone.
 */
export class Smoother {
	readonly beta: number;
	private average = 0;
	/** beta^t over the finite values so far */
	private remaining = 1;

	constructor(beta: number) {
		this.beta = beta;
	}

	/** Smooths source[from, to) into target at the same places. */
	extend(source: Float32Array, from: number, to: number, target: Float32Array): void {
		const beta = this.beta;
		let average = this.average;
		let remaining = this.remaining;
		for (let i = from; i < to; i++) {
			const value = source[i];
			if (value - value !== 0) {
				target[i] = Number.NaN;
				continue;
			}
			average = beta * average + (1 - beta) * value;
			remaining *= beta;
			target[i] = average / (1 - remaining);
		}
		this.average = average;
		this.remaining = remaining;
	}
}
