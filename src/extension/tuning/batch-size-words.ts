import * as vscode from "vscode";
import { byteText } from "../../analysis/index.ts";
import type { BatchSizeSearch, BatchSizeTrial } from "../../engine/protocol/searches.ts";
import { figure } from "./figure.ts";

export interface SizeItem extends vscode.QuickPickItem {
	size: number | "full";
}

const whole = (n: number) => Math.round(n).toLocaleString("en-US");

/** @returns the last size tried, in words: "64: 1,234,000 samples/s, cost 0.0312 (4 of 9)" */
export function triedWords(trial: BatchSizeTrial, count: number, of: number): string {
	const { t } = vscode.l10n;
	const size = whole(trial.batchSize);
	return trial.failed
		? t("{0}: {1} ({2} of {3})", size, failure(trial), count, of)
		: t("{0}: {1}, cost {2} ({3} of {4})", size, pace(trial), figure(trial.cost!), count, of);
}

/** @returns what the figures of the sizes mean, and whether they tell anything, on one short line */
export function batchSizeWords({ clear, ofDev, seconds, rows }: BatchSizeSearch): string {
	const { t } = vscode.l10n;
	const values = [seconds.toFixed(seconds < 1 ? 2 : 1), whole(rows)];
	const figures = ofDev
		? t("lowest dev cost within {0} s each, m {1}", ...values)
		: t("cost after {0} s each, m {1}", ...values);
	return clear ? t("By the {0}", figures) : t("No clear answer: {0}", figures);
}

/**
 * @param keepsBest whether a run with the size that is chosen ends with the weights of its lowest dev cost
 * @returns the best size, then all others by their size, those that failed with why
 */
export function batchSizeItems(search: BatchSizeSearch, keepsBest: boolean): SizeItem[] {
	const { t } = vscode.l10n;
	const itemOf = (trial: BatchSizeTrial): SizeItem => {
		const full = trial.batchSize === search.rows;
		const best = trial.batchSize === search.best;
		const size = full ? "full" : trial.batchSize;
		const name = full ? t("{0}, full batch", whole(trial.batchSize)) : whole(trial.batchSize);
		return {
			size,
			label: `$(${best ? "star-full" : trial.failed ? "circle-slash" : "blank"}) ${name}`,
			description: trial.failed
				? failure(trial)
				: t(
						"{0} · {1} · {2} updates · {3}",
						...[search.ofDev ? t("dev cost {0}", figure(trial.cost!)) : t("cost {0}", figure(trial.cost!))],
						...[pace(trial), whole(trial.iterations!), byteText(trial.memory!)],
					),
			...(best && search.ofDev && !keepsBest
				? { detail: t("A run ends with its last weights; early stopping keeps those of the lowest dev cost.") }
				: {}),
		};
	};
	const separator = (label: string): SizeItem => ({ size: 0, label, kind: vscode.QuickPickItemKind.Separator });
	const others = search.trials.filter(({ batchSize }) => batchSize !== search.best);
	const best = search.trials.filter(({ batchSize }) => batchSize === search.best);
	return [
		separator(search.clear ? t("best") : t("fastest of those that do as well")),
		...best.map(itemOf),
		...(others.length > 0 ? [separator(t("other sizes"))] : []),
		...others.map(itemOf),
	];
}

function pace({ samplesPerSecond }: BatchSizeTrial): string {
	return vscode.l10n.t("{0} samples/s", Number(samplesPerSecond!.toPrecision(3)).toLocaleString("en-US"));
}

function failure({ failed }: BatchSizeTrial): string {
	return failed === "diverged"
		? vscode.l10n.t("diverges at this learning rate")
		: vscode.l10n.t("does not fit in memory");
}
