/** One growing curve: a value an iteration, the first at index 0, with what is needed to draw any part of it fast. */
import { MinMaxPyramid } from "./pyramid.ts";

export class Curve {
	/** only the first `length` values count */
	values = new Float32Array(1024);
	length = 0;
	readonly pyramid = new MinMaxPyramid();

	append(source: Float32Array): void {
		const from = this.length;
		this.reserve(from + source.length);
		this.values.set(source, from);
		this.commit(from + source.length);
	}

	/** Makes room so that `values` can be written up to `length`; commit() then takes them in. */
	reserve(length: number): void {
		if (length <= this.values.length) return;
		const bigger = new Float32Array(Math.max(length, 2 * this.values.length));
		bigger.set(this.values.subarray(0, this.length));
		this.values = bigger;
	}

	commit(length: number): void {
		this.pyramid.extend(this.values, this.length, length);
		this.length = length;
	}

	/** Lowest and highest finite value from index `from` up to, but not with, `to`, into out; false when there is none. */
	range(from: number, to: number, out: Float64Array): boolean {
		const { values, length, pyramid } = this;
		const end = Math.min(to, length);
		let low = Number.POSITIVE_INFINITY;
		let high = Number.NEGATIVE_INFINITY;
		for (let i = from; i < end; ) {
			// the largest block of the pyramid that begins here and ends within
			let shift = 0;
			while (shift < 30 && i % 2 ** (shift + 1) === 0 && i + 2 ** (shift + 1) <= end) shift++;
			pyramid.block(values, length, shift, i / 2 ** shift, out);
			if (out[0] < low) low = out[0];
			if (out[1] > high) high = out[1];
			i += 2 ** shift;
		}
		out[0] = low;
		out[1] = high;
		return low <= high;
	}

	clear(): void {
		this.length = 0;
		this.pyramid.clear();
	}
}
