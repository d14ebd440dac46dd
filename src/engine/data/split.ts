/** Which rows train and which test: seeded, and with the classes' shares kept. */
import type { Split } from "../protocol/dataset.ts";
import { Random } from "../training/random.ts";
import { noLabel, part } from "./row-parts.ts";
import type { Turns } from "./turns.ts";

export interface SplitRows {
	/** what each row of the table is for */
	parts: Uint8Array;
	trainRows: number;
	devRows: number;
	testRows: number;
	/** dev rows of each class */
	devClasses: Uint32Array;
}

/**
 * Splits the rows that have a target.
 *
 * Stratified, each class gives its share of the dev and of the test part; one of two rows or more is in the training part
 * and another, one of a single row trains. Which rows are dev rows does not depend on the test share.
 *
 * @param labels class of each row; noLabel: the row is left out
 * @param classes number of classes, 1 for regression
 */
export async function splitRows(labels: Uint16Array, classes: number, split: Split, turns: Turns): Promise<SplitRows> {
	const { stratify } = split;
	const left = new Uint32Array(stratify ? classes : 1);
	await turns.blocks(labels.length, (first, end) => {
		for (let row = first; row < end; row++) {
			if (labels[row] !== noLabel) left[stratify ? labels[row] : 0]++;
		}
	});
	const rows = left.reduce((sum, size) => sum + size, 0);
	const dev = quotas(left, split.dev, left);
	const room = left.map((size, i) => size - dev[i]);
	const test = quotas(left, split.test, room);
	const devRows = dev.reduce((sum, quota) => sum + quota, 0);
	const testRows = test.reduce((sum, quota) => sum + quota, 0);

	// Every set of rows of that size comes equally often (Fan, Muller and Rezucha 1962): a row is taken with the chance of
	// what is still wanted of what is still to come.
	const random = new Random(split.seed);
	const devClasses = new Uint32Array(classes);
	const parts = new Uint8Array(labels.length).fill(part.none);
	await turns.blocks(labels.length, (first, end) => {
		for (let row = first; row < end; row++) {
			if (labels[row] === noLabel) continue;
			const i = stratify ? labels[row] : 0;
			const drawn = random.below(left[i]--);
			if (drawn < dev[i]) {
				dev[i]--;
				parts[row] = part.dev;
				devClasses[labels[row]]++;
			} else if (drawn < dev[i] + test[i]) {
				test[i]--;
				parts[row] = part.test;
			} else parts[row] = part.train;
		}
	});
	return { parts, trainRows: rows - devRows - testRows, devRows, testRows, devClasses };
}

/**
 * @param sizes rows of each class
 * @param room rows of each class that are not spoken for; one of them stays
 * @returns rows of each class that make up a share of all; the largest remainders make up the whole
 */
function quotas(sizes: Uint32Array, share: number, room: Uint32Array): Uint32Array {
	if (share <= 0) return new Uint32Array(sizes.length);
	const quota = sizes.map((size, i) => {
		return Math.min(Math.max(Math.floor(size * share), room[i] > 1 ? 1 : 0), Math.max(0, room[i] - 1));
	});
	const all = Math.round(sizes.reduce((sum, size) => sum + size, 0) * share);
	let left = all - quota.reduce((sum, rows) => sum + rows, 0);
	const remainder = (i: number) => (sizes[i] * share) % 1;
	for (const i of [...sizes.keys()].sort((a, b) => remainder(b) - remainder(a))) {
		if (left <= 0) break;
		if (quota[i] + 1 < room[i] && remainder(i) > 0) {
			quota[i]++;
			left--;
		}
	}
	return quota;
}
