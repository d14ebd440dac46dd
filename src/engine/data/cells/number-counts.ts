/** How often each of a column's numbers comes: a hash table over their bits, without an object for any. */
export class NumberCounts {
	/** different numbers */
	size = 0;
	/** some number came twice */
	repeated = false;
	private keys = new Float64Array(64);
	/** 0 in a free slot */
	private counts = new Int32Array(64);

	/** @param values the next numbers; NaN is passed over */
	add(values: Float64Array): void {
		const words = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
		let { keys, counts } = this;
		for (let i = 0; i < values.length; i++) {
			const value = values[i];
			if (Number.isNaN(value)) continue;
			const slot = slotOf(value, words, i * 2, keys, counts);
			if (counts[slot]++ > 0) {
				this.repeated = true;
				continue;
			}
			keys[slot] = value;
			if (++this.size * 2 <= keys.length) continue;
			this.grow();
			({ keys, counts } = this);
		}
	}

	/** @returns every different number with its count, the smallest first */
	entries(): { value: number; count: number }[] {
		const found: { value: number; count: number }[] = [];
		for (const [slot, count] of this.counts.entries()) if (count > 0) found.push({ value: this.keys[slot], count });
		return found.sort((a, b) => a.value - b.value);
	}

	private grow(): void {
		const { keys, counts } = this;
		const words = new Uint32Array(keys.buffer);
		this.keys = new Float64Array(keys.length * 4);
		this.counts = new Int32Array(keys.length * 4);
		for (let i = 0; i < keys.length; i++) {
			if (counts[i] === 0) continue;
			const slot = slotOf(keys[i], words, i * 2, this.keys, this.counts);
			this.keys[slot] = keys[i];
			this.counts[slot] = counts[i];
		}
	}
}

/** @returns the slot that holds this number, or the free one where it belongs */
function slotOf(value: number, words: Uint32Array, at: number, keys: Float64Array, counts: Int32Array): number {
	// 0 and -0 are one number
	const high = value === 0 ? 0 : words[at + 1];
	let h = Math.imul(words[at] ^ Math.imul(high, 0x9e3779b1), 0x85ebca77);
	h = Math.imul(h ^ (h >>> 15), 0xc2b2ae3d);
	const mask = keys.length - 1;
	let slot = (h ^ (h >>> 16)) & mask;
	while (counts[slot] !== 0 && keys[slot] !== value) slot = (slot + 1) & mask;
	return slot;
}
