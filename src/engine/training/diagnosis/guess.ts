import type { PreparedTable } from "../../data/index.ts";
import type { Task } from "../../protocol/dataset.ts";

/** Rows are in a seeded order, so that the first ones stand for all. */
const MOST_ROWS = 65536;

/** @returns the targets of the first training rows, as many as are looked at */
export function firstTargets({ stored, y }: PreparedTable, trainRows: number): Float32Array {
	const rows = Math.min(MOST_ROWS, trainRows);
	return stored?.targetsOf(0, rows).next().value ?? y.subarray(0, rows);
}

/** @returns the cost of the best constant answer: the target's variance, or the entropy of the classes' shares in nats */
export function guessCost(y: Float32Array, task: Task): number {
	const rows = y.subarray(0, MOST_ROWS);
	if (task === "regression") {
		const mean = rows.reduce((sum, v) => sum + v, 0) / rows.length;
		return rows.reduce((sum, v) => sum + (v - mean) ** 2, 0) / rows.length;
	}
	const counts = new Map<number, number>();
	for (const label of rows) counts.set(label, (counts.get(label) ?? 0) + 1);
	let entropy = 0;
	for (const count of counts.values()) entropy -= (count / rows.length) * Math.log(count / rows.length);
	return entropy;
}
