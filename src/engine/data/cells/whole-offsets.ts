/** Whole numbers in 32 bits that floats of as many would round: how far each is from one number, in steps. */
import type { NumberFacts } from "./number-facts.ts";

export interface Offsets {
	base: number;
	step: number;
}

/** the second one is for moments in milliseconds, of which most are whole seconds */
const steps = [1, 1000];
/** stands for no value */
const none = -(2 ** 31);

/** @returns how these numbers go into 32 bits without rounding any, among a column's others; undefined when they do not */
export function offsetsOf(values: Float64Array, { min, max }: NumberFacts): Offsets | undefined {
	const first = values.find((value) => !Number.isNaN(value)) ?? 0;
	for (const step of steps) {
		const toMiddle = Math.round((min / 2 + max / 2 - first) / step);
		const offsets = { base: first + toMiddle * step, step };
		if (fits(values, offsets)) return offsets;
	}
	return undefined;
}

/** @returns whether each comes back as it was: a difference that is a whole number of steps, and so small, is exact */
export function fits(values: Float64Array, { base, step }: Offsets): boolean {
	for (let i = 0; i < values.length; i++) {
		const value = values[i];
		const offset = (value - base) / step;
		if (Number.isNaN(value)) continue;
		if ((offset | 0) !== offset || offset === none) return false;
	}
	return true;
}

/** @param values that fit, NaN where there is no value @param at their place among the cells */
export function toOffsets(values: Float64Array, { base, step }: Offsets, cells: Int32Array, at: number): void {
	for (let i = 0; i < values.length; i++) {
		cells[at + i] = Number.isNaN(values[i]) ? none : (values[i] - base) / step;
	}
}

/** @param values gets as many numbers as there are cells */
export function fromOffsets(cells: Int32Array, { base, step }: Offsets, values: Float64Array): void {
	for (let i = 0; i < cells.length; i++) values[i] = cells[i] === none ? Number.NaN : base + cells[i] * step;
}
