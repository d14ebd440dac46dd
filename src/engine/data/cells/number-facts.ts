import type { Histogram } from "../../protocol/dataset.ts";
import { shortestDecimal } from "../number-text.ts";
import { BinCounts } from "./bin-counts.ts";
import { NumberCounts } from "./number-counts.ts";

/** different values are told and counted up to here */
const mostCounted = 1000;
/** so many are looked at to tell that no two whole numbers are alike */
const mostCompared = 20_000;

/** Figures over all cells of a numeric column, found while they are read. */
export class NumberFacts {
	/** cells seen */
	rows = 0;
	/** cells with no value */
	missing = 0;
	/** data row, from 1, of the first cell with no value; 0 when there is none */
	firstMissing = 0;
	/** every value is a whole number */
	whole = true;
	/** data row, from 1, of the first value that is infinite; 0 when there is none */
	infiniteRow = 0;
	/** no value came twice, as far as they were compared */
	allDifferent = true;
	private readonly single: boolean;
	private lowest = Number.POSITIVE_INFINITY;
	private highest = Number.NEGATIVE_INFINITY;
	private sum = 0;
	/** undefined once there are too many different values */
	private counts: NumberCounts | undefined = new NumberCounts();
	/** from there on; undefined before, and once a value is infinite */
	private bins: BinCounts | undefined;

	/** @param single the values are 32-bit floats, told as the decimals that they stand for */
	constructor(single: boolean) {
		this.single = single;
	}

	get min(): number {
		return this.told(this.lowest);
	}

	get max(): number {
		return this.told(this.highest);
	}

	/** of the cells that have a value */
	get mean(): number {
		return this.sum / (this.rows - this.missing);
	}

	/** number of different values, or undefined above 1000 */
	get distinct(): number | undefined {
		return this.counts && this.counts.size <= mostCounted ? this.counts.size : undefined;
	}

	/** @returns every different value with its rows, the smallest first; empty above 1000 */
	counted(): { value: number; count: number }[] {
		if (!this.counts || this.distinct === undefined) return [];
		return this.counts.entries().map(({ value, count }) => ({ value: this.told(value), count }));
	}

	/** @returns undefined where there are no two different values or one is infinite */
	histogram(): Histogram | undefined {
		if (!(this.lowest < this.highest) || this.infiniteRow > 0) return undefined;
		return (this.counts ? new BinCounts(this.counts.entries(), this.whole) : this.bins)?.histogram();
	}

	/** @param values the next cells, NaN where there is no value */
	add(values: Float64Array): void {
		let { lowest: min, highest: max } = this;
		let sum = 0;
		for (let i = 0; i < values.length; i++) {
			const value = values[i];
			if (value < min) min = value;
			if (value > max) max = value;
			sum += value;
		}
		let missing = 0;
		if (Number.isNaN(sum)) {
			sum = 0;
			for (let i = 0; i < values.length; i++) {
				if (Number.isNaN(values[i])) missing++;
				else sum += values[i];
			}
		}
		if (missing > 0 && this.firstMissing === 0) this.firstMissing = this.rows + 1 + values.findIndex(Number.isNaN);
		if (this.infiniteRow === 0 && (max === Number.POSITIVE_INFINITY || min === Number.NEGATIVE_INFINITY)) {
			this.infiniteRow = this.rows + 1 + values.findIndex((value) => Math.abs(value) === Number.POSITIVE_INFINITY);
		}
		if (this.whole) this.whole = values.every((value) => Math.floor(value) === value || Number.isNaN(value));
		if (this.infiniteRow > 0) this.bins = undefined;
		if (this.counts) this.count(values, this.counts);
		else this.bins?.add(values, min, max);
		this.lowest = min;
		this.highest = max;
		this.sum += sum;
		this.missing += missing;
		this.rows += values.length;
	}

	private told(value: number): number {
		return this.single ? shortestDecimal(value) : value;
	}

	private count(values: Float64Array, counts: NumberCounts): void {
		counts.add(values);
		if (counts.repeated) this.allDifferent = false;
		if (counts.size <= (this.whole && this.allDifferent ? mostCompared : mostCounted)) return;
		if (this.infiniteRow === 0) this.bins = new BinCounts(counts.entries(), this.whole);
		this.counts = undefined;
	}
}
