/**
 * Exponentially weighted averages: v_t = beta v_{t-1} + (1 - beta) theta_t with v_0 = 0 (notes 000 §3-5, 003 L03-L05).
 * The engine, the optimizers' coefficients and the panel's curves take them from here; this file imports nothing.
 */

/** @returns v_t from v_{t-1} and theta_t */
export function nextAverage(average: number, beta: number, theta: number): number {
	return beta * average + (1 - beta) * theta;
}

/** @returns 1 - beta^t, the weights' sum after t values: dividing v_t by it takes off the bias towards v_0 = 0 */
export function biasCorrection(beta: number, t: number): number {
	return 1 - beta ** t;
}

/** @returns 1 / (1 - beta): about how many values the average spans */
export function windowOf(beta: number): number {
	return 1 / (1 - beta);
}

/** @returns the beta whose average spans about `window` values, at least 1 */
export function betaFor(window: number): number {
	return 1 - 1 / window;
}

/** @returns (1 - beta) beta^k for k from 0 to count - 1: what the value k steps ago weighs in v_t */
export function weightsOf(beta: number, count: number): Float64Array {
	return Float64Array.from({ length: count }, (_, k) => (1 - beta) * beta ** k);
}

/** An average that takes one value at a time and keeps two numbers, however many values it has seen. */
export class Average {
	readonly beta: number;
	private average: number;
	/** beta^t */
	private remaining: number;

	/** @param state of the average to go on with: v_t and beta^t */
	constructor(beta: number, [average, remaining]: readonly [number, number] = [0, 1]) {
		this.beta = beta;
		this.average = average;
		this.remaining = remaining;
	}

	/** v_t, not corrected, and beta^t: what another one needs to go on */
	get state(): [number, number] {
		return [this.average, this.remaining];
	}

	/** v_t, not corrected */
	get raw(): number {
		return this.average;
	}

	/** v_t / (1 - beta^t); NaN before the first value */
	get value(): number {
		return this.average / (1 - this.remaining);
	}

	/** @returns the corrected average with theta taken in */
	add(theta: number): number {
		this.average = nextAverage(this.average, this.beta, theta);
		this.remaining *= this.beta;
		return this.value;
	}

	/** Smooths source[from, to) into target at the same places: what is not finite is a gap, NaN, and leaves the average alone. */
	smooth(source: Float32Array, from: number, to: number, target: Float32Array): void {
		for (let i = from; i < to; i++) {
			const value = source[i];
			target[i] = value - value === 0 ? this.add(value) : Number.NaN;
		}
	}
}
