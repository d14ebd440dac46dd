/** Which of the runs did best: what stays of a comparison when its notification is gone. */
import { t } from "../../src/l10n.ts";
import { formatCost } from "../format.ts";
import { kindsOf } from "../run-kinds.ts";
import type { RunView } from "../run-view.ts";

export interface BestRun {
	run: RunView;
	/** the sentence that names it, with the next one */
	words: string;
}

/**
 * @param current only runs whose costs can be compared with its cost count; undefined: the newest one's
 * @returns the run that ended with the lowest dev cost, or the lowest cost where no run has a dev set; undefined when no two
 *   can be compared
 */
export function bestRun(runs: readonly RunView[], current: RunView | undefined): BestRun | undefined {
	const kinds = kindsOf(runs);
	const kind = kinds.get((current ?? runs.at(-1))?.id ?? "");
	const ended = runs.filter(({ id, done }) => kinds.get(id) === kind && done && done.outcome !== "diverged");
	const ofDev = ended.some(({ done }) => done?.devCost !== undefined);
	const costs = ended
		.map((run) => ({ run, cost: (ofDev ? run.done?.devCost : run.done?.cost) ?? Number.NaN }))
		.filter(({ cost }) => Number.isFinite(cost))
		.sort((a, b) => a.cost - b.cost);
	const [best, next] = costs;
	if (next === undefined) return undefined;
	const figures = [costs.length, best.run.name, formatCost(best.cost), next.run.name, formatCost(next.cost)];
	const words = ofDev
		? t("Of {0} runs, {1} has the lowest dev cost: {2}; then {3} with {4}.", ...figures)
		: t("Of {0} runs, {1} has the lowest cost: {2}; then {3} with {4}.", ...figures);
	return { run: best.run, words };
}
