import type { RunSummary } from "../../engine/protocol/panel.ts";
import type { Translate } from "../translate.ts";
import { figure } from "./figure.ts";

/** @returns which of several runs did best on the dev set, and how the next one did; undefined when no two can be compared */
export function compareWords(runs: readonly RunSummary[], t: Translate): string | undefined {
	const ended = runs.flatMap(({ name, done }) =>
		done && done.outcome !== "diverged"
			? [{ name, cost: done.devCost ?? done.cost, ofDev: done.devCost !== undefined }]
			: [],
	);
	const costs = ended.filter(({ cost }) => Number.isFinite(cost)).sort((a, b) => a.cost - b.cost);
	const [best, next] = costs;
	if (!next) return undefined;
	const words = [runs.length, best.name, figure(best.cost), next.name, figure(next.cost)];
	const sentence = best.ofDev
		? t("Of {0} runs, {1} has the lowest dev cost: {2}; then {3} with {4}.", ...words)
		: t("Of {0} runs, {1} has the lowest cost: {2}; then {3} with {4}.", ...words);
	const diverged = runs.filter(({ done }) => done?.outcome === "diverged").map(({ name }) => name);
	return diverged.length === 0 ? sentence : `${sentence} ${t("Diverged: {0}.", diverged.join(", "))}`;
}
