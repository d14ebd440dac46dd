import type * as vscode from "vscode";
import type { LearningRateSearch } from "../../engine/protocol/run.ts";
import { refusal } from "../engine-host/engine-host.ts";
import { figure } from "./figure.ts";

export interface RateItem extends vscode.QuickPickItem {
	rate: number;
}

const MEANINGS: [number, string][] = [
	[1, "where the cost falls steepest"],
	[1 / 3, "a third of it, more careful"],
	[1 / 10, "a tenth of it, for fine steps"],
];

/** @returns what the runs have shown, and whether they agree */
export function rateWords({ rates, costs, median, interval, unclear }: LearningRateSearch): string {
	if (!interval) return "";
	const [least, most] = interval.map((rate) => figure(rate, 2));
	const range = least === most ? `at ${least}` : `between ${least} and ${most}`;
	const explodes = median.length < rates.length ? `; it explodes from ${figure(rates[median.length], 2)} on` : "";
	const found = `the cost falls steepest ${range} in ${costs.length} runs${explodes}`;
	return unclear ? `No clear answer: ${found}` : `${found[0].toUpperCase()}${found.slice(1)}`;
}

/**
 * @returns the suggested rate and lower ones
 * @throws EngineError where the cost falls at no rate
 */
export function rateItems({ rate, rates, unclear }: LearningRateSearch): RateItem[] {
	if (rate === undefined) {
		const range = `${figure(rates[0])} to ${figure(rates[rates.length - 1], 1)}`;
		throw refusal(
			`No clear answer: the cost falls at no learning rate from ${range}; look at the target and the features.`,
		);
	}
	return MEANINGS.map(([factor, description]) => {
		const rounded = Number((rate * factor).toPrecision(2));
		const star = factor === 1 && !unclear ? "star-full" : "blank";
		return { label: `$(${star}) ${figure(rounded)}`, description, rate: rounded };
	});
}
