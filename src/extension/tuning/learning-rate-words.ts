import type * as vscode from "vscode";
import type { LearningRateSearch } from "../../engine/protocol/run.ts";
import { refusal } from "../engine-host/engine-host.ts";
import { figure } from "./figure.ts";

export interface RateItem extends vscode.QuickPickItem {
	rate: number;
}

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
 * @returns the suggested rate, a faster one where there is one, and lower ones
 * @throws EngineError where the cost falls at no rate
 */
export function rateItems({ rate, rates, median, unclear }: LearningRateSearch): RateItem[] {
	if (rate === undefined) {
		const range = `${figure(rates[0])} to ${figure(rates[rates.length - 1], 1)}`;
		throw refusal(
			`No clear answer: the cost falls at no learning rate from ${range}; look at the target and the features.`,
		);
	}
	const below = rates[median.indexOf(Math.min(...median))] / 10;
	const meanings: [number, string][] = [
		[rate, "where the cost falls steepest"],
		...(below > 1.5 * rate ? [[below, "faster: a tenth of the rate with the lowest cost"] as [number, string]] : []),
		[rate / 3, "a third of the steepest, more careful"],
		[rate / 10, "a tenth of it, for fine steps"],
	];
	return meanings.map(([value, description], i) => {
		const rounded = Number(value.toPrecision(2));
		const star = i === 0 && !unclear ? "star-full" : "blank";
		return { label: `$(${star}) ${figure(rounded)}`, description, rate: rounded };
	});
}
