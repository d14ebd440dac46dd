/** A training loop as a run of Descent's own: what the text says is kept, what it does not say is assumed, and told. */
import type { Facts } from "../facts.ts";
import { knownRun } from "../rates/index.ts";
import { decayOf } from "./decay.ts";
import { modelOf } from "./model.ts";
import { optimizerOf } from "./optimizer.ts";
import { type Assumption, type LoopRun, reason } from "./settled.ts";
import { chosenBatchSize, isCount } from "./writing.ts";

export type { Assumption, LoopRun };

/**
 * @param rows training rows, where they are known
 * @returns undefined for a text that trains nothing
 */
export function loopRun(facts: Facts, rows?: number): LoopRun | undefined {
	const trains = facts.loops.some((loop) => loop.trains) || facts.batchSizes.some(({ role }) => role === "train");
	if (!trains || facts.optimizers.length + facts.rates.length + facts.epochs.length === 0) return undefined;
	const assumed: Assumption[] = [];
	const known = knownRun(facts, rows);
	const { optimizer, clip, index } = optimizerOf(facts, assumed);
	const batch = batchSizeOf(facts, assumed);
	const epochs = epochsOf(facts, assumed);
	const decay = decayOf(facts, index, optimizer, { ...known, epochs }, assumed);
	const model = modelOf(facts, assumed);
	return {
		run: {
			optimizer,
			...(model ? { model } : {}),
			...(decay ? { decay } : {}),
			...(batch !== undefined ? { batchSize: batch } : {}),
			...(epochs !== undefined ? { epochs } : {}),
			...(clip ? { clip } : {}),
		},
		assumed,
	};
}

function batchSizeOf(facts: Facts, assumed: Assumption[]): number | undefined {
	const chosen = facts.batchSizes[chosenBatchSize(facts)];
	if (!chosen) {
		assumed.push({ name: "batch size", value: "by the number of rows", why: "the code names none" });
		return undefined;
	}
	const { parameter, accumulation } = chosen;
	if (!isCount(parameter.value)) {
		assumed.push({ name: "batch size", value: "by the number of rows", why: reason(parameter) });
		return undefined;
	}
	if (!accumulation) return parameter.value;
	if (isCount(accumulation.value)) return parameter.value * accumulation.value;
	assumed.push({ name: "accumulation", value: "none", why: reason(accumulation) });
	return parameter.value;
}

function epochsOf({ epochs }: Facts, assumed: Assumption[]): number | undefined {
	const parameter = epochs.find((fact) => isCount(fact.parameter.value))?.parameter ?? epochs[0]?.parameter;
	if (parameter && isCount(parameter.value)) return parameter.value;
	const why = parameter ? reason(parameter) : "the code names none";
	assumed.push({ name: "epochs", value: "about 2,000 updates", why });
	return undefined;
}
