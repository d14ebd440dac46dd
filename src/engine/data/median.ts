const digits = 4;
const radix = 65536;

/**
 * Median by counting: the numbers in an order of 64-bit keys, a digit of 16 bits at a time, so that they need not be in
 * one place. As many passes as digits, and one more where two lie in the middle.
 *
 * @param each gives the numbers part by part, as often as it is called; NaN is passed over
 * @param count numbers in all, NaN not counted, at least one
 */
export async function medianOf(
	each: (work: (values: Float64Array) => void) => Promise<void>,
	count: number,
): Promise<number> {
	const wanted = count >> 1;
	const found = new Uint16Array(digits);
	/** numbers below those that begin like the one that is looked for */
	let below = 0;
	for (let digit = 0; digit < digits; digit++) {
		const counts = new Uint32Array(radix);
		await each((values) => countDigits(values, found, digit, counts));
		let next = 0;
		while (below + counts[next] <= wanted) below += counts[next++];
		found[digit] = next;
	}
	const upper = numberOf(found);
	if (count % 2 === 1) return upper;
	if (below < wanted) return upper;
	let lower = Number.NEGATIVE_INFINITY;
	await each((values) => {
		for (let i = 0; i < values.length; i++) if (values[i] < upper && values[i] > lower) lower = values[i];
	});
	// halves first: the sum of two large numbers may overflow
	return lower / 2 + upper / 2;
}

/** Counts the digit that follows those found, over the numbers that begin with them. */
function countDigits(values: Float64Array, found: Uint16Array, digit: number, counts: Uint32Array): void {
	const words = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
	const [first, second, third] = found;
	for (let i = 0; i < values.length; i++) {
		if (Number.isNaN(values[i])) continue;
		// 0 and -0 are one number
		const high = values[i] === 0 ? 0 : words[i * 2 + 1];
		// negative numbers turned round, and positive ones put after them, come in their order
		const turn = high >> 31;
		const upper = high ^ (turn | 0x80000000);
		if (digit === 0) {
			counts[upper >>> 16]++;
			continue;
		}
		if (upper >>> 16 !== first) continue;
		if (digit === 1) {
			counts[upper & 0xffff]++;
			continue;
		}
		if ((upper & 0xffff) !== second) continue;
		const lower = words[i * 2] ^ turn;
		if (digit === 2) counts[lower >>> 16]++;
		else if (lower >>> 16 === third) counts[lower & 0xffff]++;
	}
}

/** @returns the number whose key has these digits */
function numberOf(found: Uint16Array): number {
	const upper = (found[0] << 16) | found[1];
	const turn = upper < 0 ? 0 : -1;
	const words = Uint32Array.of(((found[2] << 16) | found[3]) ^ turn, upper ^ (turn | 0x80000000));
	return new Float64Array(words.buffer)[0];
}
