/** Hints at hyperparameters: what a number comes to in this run. What is not known is left out. */
import { t } from "../../l10n.ts";
import type { BatchSizeFact, Facts, OptimizerFact, Parameter, ScheduleFact } from "../facts.ts";
import { knownRun, stepsOf, trainingRows } from "../rates/index.ts";
import { ofBeta } from "./averages.ts";
import { ofEpsilon } from "./epsilons.ts";
import { type Data, escaped, givenNumber, type Hint, type Text, type Words } from "./hint.ts";
import { amount, counted, rateText, stepsPerEpoch } from "./numbers.ts";
import { ofSchedule } from "./schedules.ts";

export type { Data, Hint };

/**
 * @param data what is known of the dataset
 * @returns hints in the order of the text, at most one at a place
 */
export function hintsOf(facts: Facts, data?: Data): Hint[] {
	const text = { facts, run: knownRun(facts, data?.rows), data };
	const byPlace = new Map<number, Hint>();
	const add = (p: Parameter, words: Words | undefined) => {
		// A pair that two optimizers share is written once.
		if (words && p.at && !byPlace.has(p.at.end)) byPlace.set(p.at.end, { offset: p.at.end, ...words });
	};
	for (const o of facts.optimizers)
		for (const p of [...o.parameters, ...o.groups.flat()]) add(p, wordsOfOptimizer(text, o, p));
	for (const s of facts.schedules) for (const p of s.parameters) add(p, wordsOfSchedule(text, s, p));
	for (const b of facts.batchSizes) add(b.parameter, wordsOfBatchSize(text, b));
	return [...byPlace.values()].sort((a, b) => a.offset - b.offset);
}

/** @returns what an optimizer's hyperparameter comes to */
export function wordsOfOptimizer(text: Text, o: OptimizerFact, p: Parameter): Words | undefined {
	const value = givenNumber(p);
	if (value === undefined) return undefined;
	if (p.name === "epsilon") return ofEpsilon(o, value);
	if (p.name === "epsilonRoot" && value > 0)
		return {
			text: t("inside root"),
			tooltip: t("√(S + {0}): beside the eps that is added outside of the root.", value),
		};
	if (p.name === "learningRateDecay") return ofRateDecay(text, o, value);
	return ofBeta(text, o, p, value);
}

/** @returns what a schedule's hyperparameter comes to */
export function wordsOfSchedule(text: Text, s: ScheduleFact, p: Parameter): Words | undefined {
	return p.at ? ofSchedule(text, s, p) : undefined;
}

/** @returns the steps of an epoch */
export function wordsOfBatchSize({ facts, data }: Text, b: BatchSizeFact): Words | undefined {
	const rows = trainingRows(facts, data?.rows);
	const m = b.rows ?? rows;
	const size = givenNumber(b.parameter);
	const steps = stepsOf(b, rows);
	if (b.role !== "train" || m === undefined || size === undefined || steps === undefined) return undefined;
	const last = m % size;
	const cut = [
		b.rows !== undefined || !data?.name
			? t("{0} rows", amount(m))
			: t("{0} rows of {1}", amount(m), escaped(data.name)),
		amount(size),
		amount(steps),
	];
	const told =
		last === 0
			? t("{0} in mini-batches of {1}: {2}.", ...cut)
			: b.dropsLast
				? t("{0} in mini-batches of {1}: {2}; the last {3} rows are left out.", ...cut, amount(last))
				: t(
						last === 1
							? "{0} in mini-batches of {1}: {2}, the last one of {3} row."
							: "{0} in mini-batches of {1}: {2}, the last one of {3} rows.",
						...cut,
						amount(last),
					);
	const summed = b.accumulation?.value;
	const updates =
		typeof summed === "number" && summed > 1
			? ` ${t("Gradients of {0} of them are summed for an update.", amount(summed))}`
			: "";
	return { text: stepsPerEpoch(steps), tooltip: told + updates };
}

/** PyTorch's Adagrad: lr / (1 + (t - 1) lr_decay). */
function ofRateDecay({ run }: Text, o: OptimizerFact, decay: number): Words | undefined {
	const rate = o.parameters.find((p) => p.name === "learningRate")?.value;
	if (!(decay > 0) || typeof rate !== "number" || !run.epochs || !run.stepsPerEpoch || o.schedule !== undefined)
		return undefined;
	const end = rate / (1 + run.epochs * run.stepsPerEpoch * decay);
	return {
		text: t("{0} after {1}", rateText(end), counted(run.epochs, "epochs")),
		tooltip: t("lr / (1 + (t − 1) · {0}), t the number of the update.", decay),
	};
}
