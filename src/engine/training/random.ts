/**
 * Seeded random numbers: xoshiro128** (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2018),
 * seeded through splitmix32. Same seed, same sequence, on every machine; the state is four integers.
 */
export class Random {
	/** four 32-bit words; serialisable as they are */
	readonly state: Uint32Array;

	/** @param seed any finite number; its fraction is dropped */
	constructor(seed: number) {
		this.state = new Uint32Array(4);
		let s = Math.trunc(seed) >>> 0;
		for (let i = 0; i < 4; i++) {
			s = (s + 0x9e3779b9) >>> 0;
			let z = s;
			z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
			z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
			this.state[i] = z ^ (z >>> 16);
		}
	}

	/** @returns an integer in [0, 2^32) */
	uint32(): number {
		const s = this.state;
		const m = Math.imul(s[1], 5);
		const result = Math.imul((m << 7) | (m >>> 25), 9) >>> 0;
		const t = s[1] << 9;
		s[2] ^= s[0];
		s[3] ^= s[1];
		s[1] ^= s[2];
		s[0] ^= s[3];
		s[2] ^= t;
		s[3] = (s[3] << 11) | (s[3] >>> 21);
		return result;
	}

	/** @returns a number in [0, 1) with 32 random bits */
	uniform(): number {
		return this.uint32() / 0x1_0000_0000;
	}

	/** @returns an integer in [0, n), without modulo bias to within 2^-32 */
	below(n: number): number {
		return Math.floor(this.uniform() * n);
	}

	/** @returns a sample of the standard normal distribution (Box-Muller, one of the pair) */
	normal(): number {
		const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
		return radius * Math.cos(2 * Math.PI * this.uniform());
	}

	/** Shuffles in place (Fisher-Yates). */
	shuffle(values: Uint32Array): void {
		for (let i = values.length - 1; i > 0; i--) {
			const j = this.below(i + 1);
			const t = values[i];
			values[i] = values[j];
			values[j] = t;
		}
	}
}
