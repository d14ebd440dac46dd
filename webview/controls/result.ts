/** How a run ended, in one line. */
import type { RunSummary } from "../../src/engine/protocol/panel.ts";
import { formatCost, formatInteger, formatSeconds, formatShare } from "../format.ts";

/** Undefined while the run has not ended. */
export function describeResult(run: RunSummary): string | undefined {
	if (run.phase === "failed") return run.error ?? "The run failed.";
	if (run.phase === "interrupted") return `Interrupted at step ${formatInteger(run.iteration)}`;
	const done = run.done;
	if (done === undefined) return undefined;
	const figures: string[] = [];
	if (Number.isFinite(done.cost)) figures.push(`cost ${formatCost(done.cost)}`);
	if (done.devAccuracy !== undefined) figures.push(`dev accuracy ${formatShare(done.devAccuracy)}`);
	else if (done.devR2 !== undefined) figures.push(`dev R² ${formatShare(done.devR2)}`);
	else if (done.devCost !== undefined && Number.isFinite(done.devCost)) {
		figures.push(`dev cost ${formatCost(done.devCost)}`);
	}
	if (done.testAccuracy !== undefined) figures.push(`test accuracy ${formatShare(done.testAccuracy)}`);
	else if (done.testR2 !== undefined) figures.push(`test R² ${formatShare(done.testR2)}`);
	if (done.bestEpoch !== undefined) figures.push(`weights of epoch ${formatInteger(done.bestEpoch)}`);
	if (done.stepsPerSecond > 0) figures.push(`${formatInteger(done.stepsPerSecond)} steps/s`);
	figures.push(`${formatSeconds(done.seconds)} s`);
	const step = formatInteger(done.iterations);
	switch (done.outcome) {
		case "finished":
			return `Finished: ${figures.join(", ")}`;
		case "stoppedEarly":
			return `Stopped early at step ${step}: ${figures.join(", ")}`;
		case "stopped":
			return `Stopped at step ${step}: ${figures.join(", ")}`;
		case "outOfTime":
			return `Out of time at step ${step}: ${figures.join(", ")}`;
		case "diverged":
			return `Diverged at step ${step}: the cost is no longer a finite number`;
	}
}
