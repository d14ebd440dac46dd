import type { Histogram } from "../../protocol/dataset.ts";

const mostBins = 32;
/** below, one over it is no number */
const leastWidth = 2 ** -1000;

/**
 * How many of a column's numbers lie in each of some equal bins. Their width is a power of two and every bin begins at a
 * multiple of it, so that two bins become one, and nothing is counted wrongly, when the numbers turn out to reach further.
 */
export class BinCounts {
	private width: number;
	private first = 0;
	private counts = new Float64Array(mostBins);

	/**
	 * @param values what was counted so far, the smallest first, two at least and all finite
	 * @param whole they are whole numbers, and so will be the next, until there are many of them
	 */
	constructor(values: { value: number; count: number }[], whole: boolean) {
		const min = values[0].value;
		const max = values[values.length - 1].value;
		// halves first: the range of two large numbers may overflow
		const share = max / mostBins - min / mostBins;
		this.width = Math.max(whole ? 1 : leastWidth, 2 ** Math.floor(Math.log2(share)));
		this.reach(min, max);
		for (const { value, count } of values) this.counts[Math.floor(value / this.width) - this.first] += count;
	}

	/**
	 * @param values the next numbers; NaN is passed over
	 * @param min of all numbers up to these
	 * @param max likewise, finite
	 */
	add(values: Float64Array, min: number, max: number): void {
		this.reach(min, max);
		const { counts, first } = this;
		const scale = 1 / this.width;
		for (let i = 0; i < values.length; i++) {
			const bin = Math.floor(values[i] * scale) - first;
			// false for NaN
			if (bin >= 0) counts[bin]++;
		}
	}

	histogram(): Histogram {
		const { width, first, counts } = this;
		return { from: first * width, width, counts: [...counts.subarray(0, counts.findLastIndex((n) => n > 0) + 1)] };
	}

	/** Makes the bins so wide that they hold all from min to max. */
	private reach(min: number, max: number): void {
		let { width } = this;
		while (Math.floor(max / width) - Math.floor(min / width) >= mostBins) width *= 2;
		const first = Math.floor(min / width);
		if (width === this.width && first === this.first) return;
		const counts = new Float64Array(mostBins);
		for (let bin = 0; bin < mostBins; bin++) {
			if (this.counts[bin] > 0) {
				counts[Math.floor((this.first + bin) * (this.width / width)) - first] += this.counts[bin];
			}
		}
		this.width = width;
		this.first = first;
		this.counts = counts;
	}
}
