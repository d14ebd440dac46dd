/** Which rows train and which test: seeded, and with the classes' shares kept. */
import { Random } from "../training/random.ts";

export interface Split {
	/** rows of the table, from 0: the training part, then the dev part, each in a seeded order */
	order: Uint32Array;
	trainRows: number;
}

/**
 * Shuffles and splits the rows that have a target.
 *
 * With classes, each gives its share of the dev part; one of two rows or more is in both parts, one of a single row
 * trains.
 *
 * @param values target of each row, NaN for none; with classes the index of its class
 * @param classes number of classes, or 0 for regression
 * @param devShare 0 to below 1; 0 leaves the dev part empty
 */
export function splitRows(values: Float64Array, classes: number, devShare: number, seed: number): Split {
	const usable = new Uint32Array(values.length);
	let count = 0;
	for (let row = 0; row < values.length; row++) if (!Number.isNaN(values[row])) usable[count++] = row;
	const shuffled = usable.subarray(0, count);
	const random = new Random(seed);
	random.shuffle(shuffled);

	const wanted = devRows(values, shuffled, classes, devShare);
	const trainRows = count - wanted.reduce((sum, rows) => sum + rows, 0);
	const order = new Uint32Array(count);
	let train = 0;
	let dev = trainRows;
	for (const row of shuffled) {
		const group = classes === 0 ? 0 : values[row];
		if (wanted[group] > 0) {
			wanted[group]--;
			order[dev++] = row;
		} else order[train++] = row;
	}
	// dev rows were taken from the front, a class at a time as it ran out: what is left there is out of proportion
	random.shuffle(order.subarray(0, trainRows));
	random.shuffle(order.subarray(trainRows));
	return { order, trainRows };
}

/** @returns dev rows of each class; largest remainders make up the whole share */
function devRows(values: Float64Array, rows: Uint32Array, classes: number, devShare: number): Uint32Array {
	const sizes = new Float64Array(Math.max(1, classes));
	for (const row of rows) sizes[classes === 0 ? 0 : values[row]]++;
	const wanted = new Uint32Array(sizes.length);
	if (devShare <= 0) return wanted;
	let left = Math.round(rows.length * devShare);
	sizes.forEach((size, i) => {
		wanted[i] = Math.min(Math.max(Math.floor(size * devShare), size > 1 ? 1 : 0), Math.max(0, size - 1));
		left -= wanted[i];
	});
	const remainders = [...sizes.keys()].sort((a, b) => ((sizes[b] * devShare) % 1) - ((sizes[a] * devShare) % 1));
	for (const i of remainders) {
		if (left <= 0) break;
		if (wanted[i] + 1 < sizes[i] && (sizes[i] * devShare) % 1 > 0) {
			wanted[i]++;
			left--;
		}
	}
	return wanted;
}
