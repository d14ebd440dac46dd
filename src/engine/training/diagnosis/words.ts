import type { Finding } from "../../protocol/run.ts";
import type { ResolvedRun } from "../../protocol/run-file.ts";

/** How findings write their numbers. */
export const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** Three digits, without zeros at the end: 0.5, 1.24, 3.2e14. */
export function figure(value: number): string {
	const short = Number(value.toPrecision(3));
	const size = Math.abs(short);
	return size !== 0 && (size >= 1e6 || size < 1e-4) ? short.toExponential().replace("e+", "e") : String(short);
}

export const smallerRate = (run: ResolvedRun): string =>
	`Try a learning rate ten times smaller than ${run.optimizer.learningRate}.`;

/** The run ended worse than it began. @param first cost before the first step */
export function costRose(run: ResolvedRun, first: number, last: number): Finding | undefined {
	if (!(last > first)) return undefined;
	return {
		code: "cost-rose",
		severity: "warning",
		message: `The cost ended at ${figure(last)}, above the ${figure(first)} that it began with: nothing was learned.`,
		advice: smallerRate(run),
	};
}
