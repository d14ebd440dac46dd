/** What a model says of a row, in the target's own words, and how it is written down. */
import type { Preparation } from "../data/index.ts";

type Target = Preparation["target"];

export interface Answer {
	/** a number in the target's units, or the name of a class */
	prediction: number | string;
	/** of each class */
	probabilities?: number[];
}

/** @param logits [rows, outputs] @returns what the model says of one row */
export function answer({ classes, scale, task }: Target, logits: Float32Array, row: number): Answer {
	if (task === "regression") return { prediction: digits(logits[row] * scale!.deviation + scale!.mean) };
	const probabilities =
		task === "binary" ? sigmoid(logits[row]) : softmax(logits, row * classes!.length, classes!.length);
	const most = probabilities.indexOf(Math.max(...probabilities));
	return { prediction: classes![most], probabilities: probabilities.map(digits) };
}

/** @returns the header's cells */
export function columnsOf({ name, classes = [] }: Target): string[] {
	return [`predicted_${name}`, ...classes.map((value) => `probability_${value}`)];
}

/** @param cells undefined: a row of empty cells */
export function csvLine(cells: (string | number)[] | undefined, width: number): string {
	if (!cells) return `${",".repeat(width - 1)}\n`;
	return `${cells.map(cellText).join(",")}\n`;
}

function cellText(cell: string | number): string {
	const text = String(cell);
	return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** All digits of a 32-bit float, which is what the model computes with, and none that it does not have. */
function digits(value: number): number {
	return Number(value.toPrecision(9));
}

/** @returns the chances of both classes; the second is told from a logit above 0 */
function sigmoid(z: number): number[] {
	const e = Math.exp(-Math.abs(z));
	const [more, less] = [1 / (1 + e), e / (1 + e)];
	return z > 0 ? [less, more] : [more, less];
}

function softmax(logits: Float32Array, first: number, count: number): number[] {
	const z = [...logits.subarray(first, first + count)];
	const most = Math.max(...z);
	const e = z.map((value) => Math.exp(value - most));
	const sum = e.reduce((a, b) => a + b);
	return e.map((value) => value / sum);
}
