import * as vscode from "vscode";
import type { RunSummary } from "../../engine/protocol/panel.ts";

/** A change that is too small to speak of. */
const ALIKE = 0.005;

/**
 * @returns how a run ended beside the one before it, in words: "dev cost 0.0312, 12 % lower than before (0.0355)"; undefined
 *   when one of them was cut short
 */
export function difference(before: RunSummary, now: RunSummary): string | undefined {
	const { t } = vscode.l10n;
	if (!before.done || !now.done) return undefined;
	if ([before, now].some(({ done }) => done?.outcome === "stopped")) return undefined;
	const diverged = (run: RunSummary) => run.done?.outcome === "diverged";
	if (diverged(now)) return diverged(before) ? t("It diverges, as before.") : t("It diverges since this edit.");
	if (diverged(before)) return t("It no longer diverges.");
	const measure = now.done.devCost !== undefined && before.done.devCost !== undefined ? "devCost" : "cost";
	const [was, is] = [before.done[measure]!, now.done[measure]!];
	if (!Number.isFinite(was) || !Number.isFinite(is)) return undefined;
	const word = measure === "devCost" ? t("dev cost") : t("cost");
	const change = was === 0 ? 0 : (is - was) / was;
	if (Math.abs(change) < ALIKE) return t("{0} {1}, about the same as before ({2}).", word, figure(is), figure(was));
	if (Math.abs(change) >= 10) {
		return t("{0} {1}, {2} times that of before ({3}).", word, figure(is), figure(is / was), figure(was));
	}
	const figures = [word, figure(is), Math.round(Math.abs(change) * 100), figure(was)];
	return change < 0
		? t("{0} {1}, {2} % lower than before ({3}).", ...figures)
		: t("{0} {1}, {2} % higher than before ({3}).", ...figures);
}

function figure(value: number): string {
	return String(Number(value.toPrecision(3)));
}
