/** A run's schedule in as few words as a chart's key has room for. */
import type { DecayConfig } from "../../src/engine/protocol/hyperparameters.ts";
import type { RateChange } from "../../src/engine/protocol/run.ts";
import { t } from "../../src/l10n.ts";
import { decayNames } from "../decay-names.ts";
import { formatRate } from "../format.ts";

/** One after the other; what is raised is an exponent. */
export interface RateWord {
	text: string;
	raised?: boolean;
}

/**
 * @param named what a schedule is called in the code that it was read from
 * @returns the schedule as a formula of the epoch, or by its name, and what all changes by hand have made of it
 */
export function rateWords(
	decay: DecayConfig,
	learningRate: number,
	changes: readonly RateChange[],
	named?: string,
): RateWord[] {
	const words = scheduleWords(decay, formatRate(learningRate), changes.length > 0, named);
	if (changes.length === 0) return words;
	const factor = formatRate(changes.reduce((product, change) => product * change.factor, 1));
	return [...words, { text: t(", × {0} by hand", factor) }];
}

function scheduleWords(decay: DecayConfig, rate: string, changed: boolean, named?: string): RateWord[] {
	switch (decay.name) {
		case "constant":
			return [{ text: changed ? rate : t("constant {0}", rate) }];
		case "exponential": {
			const base = decay.base === undefined ? t("base") : formatRate(decay.base);
			return [{ text: `${rate} × ${base}` }, { text: t("epoch"), raised: true }];
		}
		case "inverseTime": {
			const factor = decay.rate === undefined ? t("rate") : formatRate(decay.rate);
			return [{ text: `${rate} / (1 + ${factor === "1" ? "" : `${factor} × `}${t("epoch")})` }];
		}
		default:
			return [{ text: named ?? decayNames[decay.name] }];
	}
}
