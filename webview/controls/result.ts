/** How a run ended, in one line. */
import type { RunSummary } from "../../src/engine/protocol/panel.ts";
import { t } from "../../src/l10n.ts";
import { engineWords } from "../../src/words/engine-words.ts";
import { formatCost, formatInteger, formatSeconds, formatShare } from "../format.ts";

/** Undefined while the run has not ended. */
export function describeResult(run: RunSummary): string | undefined {
	if (run.phase === "failed") return run.error ? engineWords(run.error) : t("The run failed.");
	if (run.phase === "interrupted") return t("Interrupted at step {0}", formatInteger(run.iteration));
	const done = run.done;
	if (done === undefined) return undefined;
	const figures: string[] = [];
	if (Number.isFinite(done.cost)) figures.push(t("cost {0}", formatCost(done.cost)));
	if (done.devAccuracy !== undefined) figures.push(t("dev accuracy {0}", formatShare(done.devAccuracy)));
	else if (done.devR2 !== undefined) figures.push(t("dev R² {0}", formatShare(done.devR2)));
	else if (done.devCost !== undefined && Number.isFinite(done.devCost)) {
		figures.push(t("dev cost {0}", formatCost(done.devCost)));
	}
	if (done.testAccuracy !== undefined) figures.push(t("test accuracy {0}", formatShare(done.testAccuracy)));
	else if (done.testR2 !== undefined) figures.push(t("test R² {0}", formatShare(done.testR2)));
	if (done.bestEpoch !== undefined) figures.push(t("weights of epoch {0}", formatInteger(done.bestEpoch)));
	if (done.stepsPerSecond > 0) figures.push(t("{0} steps/s", formatInteger(done.stepsPerSecond)));
	figures.push(t("{0} s", formatSeconds(done.seconds)));
	const step = formatInteger(done.iterations);
	switch (done.outcome) {
		case "finished":
			return t("Finished: {0}", figures.join(", "));
		case "stoppedEarly":
			return t("Stopped early at step {0}: {1}", step, figures.join(", "));
		case "stopped":
			return t("Stopped at step {0}: {1}", step, figures.join(", "));
		case "outOfTime":
			return t("Out of time at step {0}: {1}", step, figures.join(", "));
		case "diverged":
			return t("Diverged at step {0}: the cost is no longer a finite number", step);
	}
}
