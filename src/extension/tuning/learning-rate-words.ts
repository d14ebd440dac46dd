import * as vscode from "vscode";
import type { LearningRateSearch } from "../../engine/protocol/searches.ts";
import { refusal } from "../engine-host/engine-host.ts";
import { figure } from "./figure.ts";

export interface RateItem extends vscode.QuickPickItem {
	rate: number;
}

/** @returns what the runs have shown, and whether they agree */
export function rateWords({ rates, costs, median, interval, unclear }: LearningRateSearch): string {
	if (!interval) return "";
	const [least, most] = interval.map((rate) => figure(rate, 2));
	const { t } = vscode.l10n;
	const found =
		least === most
			? t("The cost falls steepest at {0} in {1} runs.", least, costs.length)
			: t("The cost falls steepest between {0} and {1} in {2} runs.", least, most, costs.length);
	const explodes = median.length < rates.length ? [t("It explodes from {0} on.", figure(rates[median.length], 2))] : [];
	return [...(unclear ? [t("No clear answer.")] : []), found, ...explodes].join(" ");
}

/**
 * @returns the suggested rate, a faster one where there is one, and lower ones
 * @throws EngineError where the cost falls at no rate
 */
export function rateItems({ rate, rates, median, unclear }: LearningRateSearch): RateItem[] {
	const { t } = vscode.l10n;
	if (rate === undefined) {
		throw refusal(
			t(
				"No clear answer: the cost falls at no learning rate from {0} to {1}; look at the target and the features.",
				...[figure(rates[0]), figure(rates[rates.length - 1], 1)],
			),
		);
	}
	const below = rates[median.indexOf(Math.min(...median))] / 10;
	const meanings: [number, string][] = [
		[rate, t("where the cost falls steepest")],
		...(below > 1.5 * rate ? [[below, t("faster: a tenth of the rate with the lowest cost")] as [number, string]] : []),
		[rate / 3, t("a third of the steepest, more careful")],
		[rate / 10, t("a tenth of it, for fine steps")],
	];
	return meanings.map(([value, description], i) => {
		const rounded = Number(value.toPrecision(2));
		const star = i === 0 && !unclear ? "star-full" : "blank";
		return { label: `$(${star}) ${figure(rounded)}`, description, rate: rounded };
	});
}
