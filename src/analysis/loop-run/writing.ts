/** Edits that put a value of a run back where the text says it. */
import type { BatchSizeFact, Facts, FixEdit, Parameter } from "../facts.ts";
import { find } from "../frameworks/signature.ts";
import { chosenOptimizer } from "./optimizer.ts";

/** @returns the place among the facts of the mini-batch size that a run of the text takes; -1 when it names none */
export function chosenBatchSize({ batchSizes }: Facts): number {
	const train = batchSizes.filter(({ role }) => role === "train");
	return batchSizes.indexOf(train.find(({ parameter }) => isCount(parameter.value)) ?? train[0]);
}

export function isCount(value: Parameter["value"]): value is number {
	return typeof value === "number" && Number.isInteger(value) && value >= 1;
}

/**
 * @param index of the mini-batch size among the facts
 * @param size rows of an update: of all the mini-batches together whose gradients are summed for one
 * @param rows training rows of the text, for "full"
 * @returns undefined when the text does not write it out as a number
 */
export function batchSizeEdit(
	{ batchSizes }: Facts,
	text: string,
	index: number,
	size: number | "full",
	rows: number | undefined,
): FixEdit | undefined {
	const fact = batchSizes[index];
	const summed = fact?.accumulation?.value;
	const share = typeof size === "number" && typeof summed === "number" && summed > 1 ? size / summed : size;
	return fact && sizeEdit(text, fact, typeof share === "number" ? Math.max(1, Math.round(share)) : share, rows);
}

/** @returns an edit of the number itself, where it is written out */
export function sizeEdit(
	text: string,
	fact: BatchSizeFact,
	size: number | "full",
	rows: number | undefined,
): FixEdit | undefined {
	const at = fact.parameter.writtenAt;
	if (!at || !/^(\d[\d_]*|"full")$/.test(text.slice(at.start, at.end))) return undefined;
	const put = size === "full" ? fullBatch(text, fact, rows) : String(size);
	return put === undefined ? undefined : { ...at, text: put };
}

function fullBatch(
	text: string,
	{ framework, parameter, at }: BatchSizeFact,
	rows: number | undefined,
): string | undefined {
	if (framework === "runFile") return '"full"';
	const inside = parameter.writtenAt!.start >= at.start && parameter.writtenAt!.end <= at.end;
	const data = /^[\w.]*DataLoader\(\s*([A-Za-z_]\w*)\s*,/.exec(text.slice(at.start, at.end))?.[1];
	if (inside && data) return `len(${data})`;
	return rows === undefined ? undefined : String(rows);
}

/** @returns an edit of the learning rate that a run of the text has; undefined when it is not written out as a number */
export function learningRateEdit(facts: Facts, text: string, rate: number): FixEdit | undefined {
	const at = learningRateOf(facts)?.writtenAt;
	if (!at || !/^[\d.][\d._]*(e[+-]?\d+)?$/i.test(text.slice(at.start, at.end))) return undefined;
	return { ...at, text: String(rate) };
}

/** The first rate of the schedule where there is one, the optimizer's, or that of own formulas. */
function learningRateOf(facts: Facts): Parameter | undefined {
	const fact = facts.optimizers[chosenOptimizer(facts)];
	if (!fact) return facts.rates.find(({ value }) => typeof value === "number" && value > 0);
	const scheduled = fact.schedule === undefined ? undefined : facts.schedules[fact.schedule];
	return find((scheduled ?? fact).parameters, "learningRate");
}
