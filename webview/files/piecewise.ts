/** A run's learning rates as the piecewise schedule of a run file that gives the same ones. */
import { formatSingle } from "../format.ts";

/** A rate that moves with every step would be a table as long as the run. */
const mostPoints = 2000;

/**
 * @param rates the learning rate of every iteration, `length` of them
 * @returns the member of a run file, as text; undefined when the rate changes too often for a table
 */
export function piecewiseText(rates: Float32Array, length: number): string | undefined {
	const points: string[] = [];
	for (let i = 0; i < length; i++) {
		if (i > 0 && rates[i] === rates[i - 1]) continue;
		if (points.length === mostPoints) return undefined;
		points.push(`\t{ "step": ${i + 1}, "rate": ${formatSingle(rates[i])} }`);
	}
	return points.length === 0 ? undefined : `"decay": { "name": "piecewise", "points": [\n${points.join(",\n")}\n] }`;
}
