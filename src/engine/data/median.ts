/**
 * Median by selection (Hoare's find): linear where a sort is not, with the same result.
 *
 * @param values at least one, none NaN; reordered
 */
export function medianOf(values: Float64Array): number {
	const middle = values.length >> 1;
	const upper = select(values, middle);
	if (values.length % 2 === 1) return upper;
	// select leaves everything before the middle at or below it
	let lower = values[0];
	for (let i = 1; i < middle; i++) if (values[i] > lower) lower = values[i];
	// halves first: the sum of two large numbers may overflow
	return lower / 2 + upper / 2;
}

/** Puts the k-th smallest value (from 0) at k, nothing larger before it and nothing smaller after it. */
function select(values: Float64Array, k: number): number {
	let left = 0;
	let right = values.length - 1;
	while (left < right) {
		const pivot = middleOf(values[left], values[(left + right) >> 1], values[right]);
		let i = left;
		let j = right;
		while (i <= j) {
			while (values[i] < pivot) i++;
			while (values[j] > pivot) j--;
			if (i > j) break;
			const t = values[i];
			values[i++] = values[j];
			values[j--] = t;
		}
		if (k <= j) right = j;
		else if (k >= i) left = i;
		else break;
	}
	return values[k];
}

function middleOf(a: number, b: number, c: number): number {
	return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
