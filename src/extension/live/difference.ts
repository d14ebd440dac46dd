import type { RunSummary } from "../../engine/protocol/panel.ts";
import type { Translate } from "../translate.ts";
import { figure } from "../tuning/figure.ts";

/** A change that is too small to speak of. */
const ALIKE = 0.005;

/**
 * @returns how a run ended beside the one before it, in words: "dev cost 0.0312, 12 % lower than before (0.0355)"; undefined
 *   when one of them was cut short
 */
export function difference(before: RunSummary, now: RunSummary, t: Translate): string | undefined {
	if (!before.done || !now.done) return undefined;
	if ([before, now].some(({ done }) => done?.outcome === "stopped")) return undefined;
	const diverged = (run: RunSummary) => run.done?.outcome === "diverged";
	if (diverged(now)) return diverged(before) ? t("It diverges, as before.") : t("It diverges since this edit.");
	if (diverged(before)) return t("It no longer diverges.");
	const measure = now.done.devCost !== undefined && before.done.devCost !== undefined ? "devCost" : "cost";
	const [was, is] = [before.done[measure]!, now.done[measure]!];
	if (!Number.isFinite(was) || !Number.isFinite(is)) return undefined;
	const word = measure === "devCost" ? t("dev cost") : t("cost");
	return changeWords(word, was, is, t);
}

/** One rule: percent up to twice and down to a tenth, times beyond. Nothing is said beside a cost of 0. */
function changeWords(word: string, was: number, is: number, t: Translate): string | undefined {
	const ratio = was === is ? 1 : is / was;
	if (Math.abs(ratio - 1) < ALIKE) return t("{0} {1}, about the same as before ({2}).", word, figure(is), figure(was));
	if (was === 0 || is === 0) return undefined;
	const percent = [word, figure(is), Math.round(Math.abs(ratio - 1) * 100), figure(was)];
	if (ratio >= 2) return t("{0} {1}, {2} times that of before ({3}).", word, figure(is), figure(ratio), figure(was));
	if (ratio > 1) return t("{0} {1}, {2} % higher than before ({3}).", ...percent);
	if (ratio > 0.1) return t("{0} {1}, {2} % lower than before ({3}).", ...percent);
	return t("{0} {1}, 1/{2} of before ({3}).", word, figure(is), figure(1 / ratio), figure(was));
}
