/** no code is known */
export const unknown = -2;

/**
 * Codes of strings of at most 12 bytes, which DuckDB keeps within string_t: a hash table over its four words, so that
 * a cell whose text was seen before makes no string.
 */
export class ShortStrings {
	codes = new Int32Array(256).fill(unknown);
	private keys = new Uint32Array(256 * 4);
	private used = 0;

	/** @returns the slot that holds this string, or the free one where it belongs */
	slot(words: Uint32Array, at: number): number {
		const { codes, keys } = this;
		const mask = codes.length - 1;
		let slot = hash(words, at) & mask;
		while (codes[slot] !== unknown) {
			const k = slot * 4;
			if (
				keys[k] === words[at] &&
				keys[k + 1] === words[at + 1] &&
				keys[k + 2] === words[at + 2] &&
				keys[k + 3] === words[at + 3]
			) {
				return slot;
			}
			slot = (slot + 1) & mask;
		}
		return slot;
	}

	put(slot: number, words: Uint32Array, at: number, code: number): void {
		this.codes[slot] = code;
		this.keys.set(words.subarray(at, at + 4), slot * 4);
		if (++this.used * 2 > this.codes.length) this.grow();
	}

	private grow(): void {
		const { codes, keys } = this;
		this.codes = new Int32Array(codes.length * 4).fill(unknown);
		this.keys = new Uint32Array(this.codes.length * 4);
		for (let i = 0; i < codes.length; i++) {
			if (codes[i] === unknown) continue;
			const slot = this.slot(keys, i * 4);
			this.codes[slot] = codes[i];
			this.keys.set(keys.subarray(i * 4, i * 4 + 4), slot * 4);
		}
	}
}

function hash(words: Uint32Array, at: number): number {
	let h = Math.imul(words[at] ^ words[at + 1], 0x9e3779b1);
	h = Math.imul(h ^ (h >>> 15) ^ words[at + 2], 0x85ebca77);
	h = Math.imul(h ^ (h >>> 13) ^ words[at + 3], 0xc2b2ae3d);
	return h ^ (h >>> 16);
}
