/**
 * Minimum and maximum of every aligned block of 16, 32, 64, ... values of a growing curve, kept up to date as values
 * arrive. A screen's worth of buckets is then read in time that depends on the screen, not on the curve. Values that are
 * not finite are left out; a block without any finite value has min > max.
 */
const baseShift = 4;

interface Level {
	min: Float32Array;
	max: Float32Array;
	length: number;
}

export class MinMaxPyramid {
	private levels: Level[] = [];

	/** Takes in values[from, to), wherever they are: a block has the minimum and maximum of what it was given so far. */
	extend(values: Float32Array, from: number, to: number): void {
		if (to <= from) return;
		const base = this.level(0, ((to - 1) >> baseShift) + 1);
		for (let block = from >> baseShift; block <= (to - 1) >> baseShift; block++) {
			const end = Math.min(to, (block + 1) << baseShift);
			let low = base.min[block];
			let high = base.max[block];
			for (let i = Math.max(from, block << baseShift); i < end; i++) {
				const value = values[i];
				if (value - value !== 0) continue;
				if (value < low) low = value;
				if (value > high) high = value;
			}
			base.min[block] = low;
			base.max[block] = high;
		}
		this.raise(0, from >> baseShift, (to - 1) >> baseShift);
	}

	/**
	 * Takes in the blocks of 2^shift values, at least 16, of a curve's first `length` ones.
	 * @param bounds minimum and maximum of each, in turn
	 */
	cover(length: number, shift: number, bounds: Float32Array): void {
		const depth = shift - baseShift;
		for (let below = 0; below < depth; below++) this.level(below, ((length - 1) >> (below + baseShift)) + 1);
		const blocks = bounds.length / 2;
		const level = this.level(depth, blocks);
		for (let block = 0; block < blocks; block++) {
			level.min[block] = bounds[2 * block];
			level.max[block] = bounds[2 * block + 1];
		}
		this.raise(depth, 0, blocks - 1);
	}

	/** Takes the blocks `first` to `last` of a level into all levels above. */
	private raise(from: number, first: number, last: number): void {
		for (let depth = from + 1; this.levels[depth - 1].length > 1; depth++) {
			const below = this.levels[depth - 1];
			const above = this.level(depth, (below.length + 1) >> 1);
			first >>= 1;
			last >>= 1;
			for (let block = first; block <= last; block++) {
				const left = 2 * block;
				const right = left + 1 < below.length ? left + 1 : left;
				above.min[block] = Math.min(above.min[block], below.min[left], below.min[right]);
				above.max[block] = Math.max(above.max[block], below.max[left], below.max[right]);
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
			level = {
				min: grown(none, length, Number.POSITIVE_INFINITY),
				max: grown(none, length, Number.NEGATIVE_INFINITY),
				length: 0,
			};
			this.levels[depth] = level;
		}
		if (length > level.min.length) {
			level.min = grown(level.min, length, Number.POSITIVE_INFINITY);
			level.max = grown(level.max, length, Number.NEGATIVE_INFINITY);
		}
		level.length = Math.max(level.length, length);
		return level;
	}
}

const none = new Float32Array(0);

function grown(array: Float32Array, length: number, rest: number): Float32Array<ArrayBuffer> {
	const bigger = new Float32Array(Math.max(16, length, 2 * array.length));
	bigger.set(array);
	return bigger.fill(rest, array.length);
}
