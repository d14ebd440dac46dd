/**
 * Minimum and maximum of every aligned block of 32, 64, 128, ... values of a growing curve, kept up to date as values
 * arrive. A screen's worth of buckets is then read in time that depends on the screen, not on the curve. Values that are
 * not finite are left out; a block without any finite value has min > max.
 */
const baseShift = 5;

interface Level {
	min: Float32Array;
	max: Float32Array;
	length: number;
}

export class MinMaxPyramid {
	private levels: Level[] = [];

	/** Takes in values[from, to); blocks before `from` stand. */
	extend(values: Float32Array, from: number, to: number): void {
		if (to <= from) return;
		const base = this.level(0, ((to - 1) >> baseShift) + 1);
		for (let block = from >> baseShift; block <= (to - 1) >> baseShift; block++) {
			const start = Math.max(from, block << baseShift);
			const end = Math.min(to, (block + 1) << baseShift);
			const fresh = start === block << baseShift;
			let low = fresh ? Number.POSITIVE_INFINITY : base.min[block];
			let high = fresh ? Number.NEGATIVE_INFINITY : base.max[block];
			for (let i = start; i < end; i++) {
				const value = values[i];
				if (value - value !== 0) continue;
				if (value < low) low = value;
				if (value > high) high = value;
			}
			base.min[block] = low;
			base.max[block] = high;
		}
		let first = from >> baseShift;
		for (let depth = 1; this.levels[depth - 1].length > 1; depth++) {
			const below = this.levels[depth - 1];
			const above = this.level(depth, (below.length + 1) >> 1);
			first >>= 1;
			for (let block = first; block < above.length; block++) {
				const left = 2 * block;
				const right = left + 1 < below.length ? left + 1 : left;
				above.min[block] = Math.min(below.min[left], below.min[right]);
				above.max[block] = Math.max(below.max[left], below.max[right]);
			}
		}
	}

	/**
	 * Minimum and maximum of the block `index` of 2^shift values, into out[0] and out[1]; false when the curve has no
	 * finite value there. `length` is the number of values of the curve.
	 */
	block(values: Float32Array, length: number, shift: number, index: number, out: Float64Array): boolean {
		let low = Number.POSITIVE_INFINITY;
		let high = Number.NEGATIVE_INFINITY;
		if (shift >= baseShift) {
			const level = this.levels[shift - baseShift];
			if (level === undefined) {
				// the whole curve is smaller than one block
				const top = this.levels[this.levels.length - 1];
				if (top !== undefined && index === 0) {
					low = top.min[0];
					high = top.max[0];
				}
			} else if (index < level.length) {
				low = level.min[index];
				high = level.max[index];
			}
		} else {
			const end = Math.min(length, (index + 1) << shift);
			for (let i = index << shift; i < end; i++) {
				const value = values[i];
				if (value - value !== 0) continue;
				if (value < low) low = value;
				if (value > high) high = value;
			}
		}
		out[0] = low;
		out[1] = high;
		return low <= high;
	}

	clear(): void {
		this.levels = [];
	}

	/** The level with room for `length` blocks. */
	private level(depth: number, length: number): Level {
		let level = this.levels[depth];
		if (level === undefined) {
			level = { min: new Float32Array(Math.max(16, length)), max: new Float32Array(Math.max(16, length)), length: 0 };
			this.levels[depth] = level;
		}
		if (length > level.min.length) {
			level.min = grown(level.min, length);
			level.max = grown(level.max, length);
		}
		level.length = Math.max(level.length, length);
		return level;
	}
}

function grown(array: Float32Array, length: number): Float32Array<ArrayBuffer> {
	const bigger = new Float32Array(Math.max(length, 2 * array.length));
	bigger.set(array);
	return bigger;
}
