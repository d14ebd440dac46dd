/** A training loop as a run of Descent's own: what the text says is kept, what it does not say is assumed, and told. */
import { t } from "../../l10n.ts";
import type { Facts, Finding, Parameter } from "../facts.ts";
import { counted } from "../hints/numbers.ts";
import { knownRun, trainingRows } from "../rates/index.ts";
import { decayOf } from "./decay.ts";
import { modelOf } from "./model.ts";
import { optimizerOf } from "./optimizer.ts";
import { type Assumption, type LoopRun, reason } from "./settled.ts";
import { chosenBatchSize, isCount } from "./writing.ts";

export type { Assumption, LoopRun };

/** A dev set has such a share of the rows. */
const [LEAST_SHARE, MOST_SHARE] = [0.01, 0.9];

/**
 * @param rows rows of the table that the text trains on, where they are known
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
	const scheduled = decayOf(facts, index, optimizer, { ...known, epochs }, assumed);
	const model = modelOf(facts, assumed);
	const { rows: m, stepsPerEpoch } = known;
	const left = trainingRows(facts, rows);
	const problem = wrongCount(facts);
	const heldOut = rows === undefined || left === undefined ? 0 : (rows - left) / rows;
	return {
		run: {
			optimizer,
			...(model ? { model } : {}),
			...(scheduled ? { decay: scheduled.decay } : {}),
			...(batch !== undefined ? { batchSize: batch } : {}),
			...(epochs !== undefined ? { epochs } : {}),
			...(clip ? { clip } : {}),
		},
		...(scheduled ? { schedule: scheduled.title } : {}),
		...(heldOut >= LEAST_SHARE && heldOut <= MOST_SHARE ? { heldOut } : {}),
		counts: { rows: m, stepsPerEpoch },
		assumed,
		...(problem ? { problem } : {}),
	};
}

/** Sizes and epochs that are numbers, but none to train with. */
function wrongCount({ batchSizes, epochs }: Facts): string | undefined {
	const wrong = (value: Parameter["value"]): value is number => typeof value === "number" && !isCount(value);
	const size = batchSizes.find(({ role, parameter }) => role === "train" && wrong(parameter.value))?.parameter.value;
	if (wrong(size)) return t("The mini-batch size is {0}; it must be a whole number of at least 1.", size);
	const values = epochs.map(({ parameter }) => parameter.value);
	const epoch = values.some((value) => isCount(value)) ? undefined : values[0];
	return wrong(epoch) ? t("The number of epochs is {0}; it must be a whole number of at least 1.", epoch) : undefined;
}

/** What a run of Descent's has as a loop means it: its values alone are those of the text. */
const OF_VALUES = new Set([
	...["batch-size-range", "learning-rate-range", "beta-range", "adam-weight-decay", "decay-units"],
	...["scheduler-per-batch", "scheduler-per-epoch", "last-batch-of-one", "no-seed"],
]);

/** @returns codes of the findings that say of a text what its run has not, each once */
export function mended(findings: readonly Finding[]): string[] {
	return [...new Set(findings.map(({ code }) => code))].filter((code) => !OF_VALUES.has(code));
}

function batchSizeOf(facts: Facts, assumed: Assumption[]): number | undefined {
	const chosen = facts.batchSizes[chosenBatchSize(facts)];
	if (!chosen) {
		assumed.push({ name: t("batch size"), value: t("by the number of rows"), why: t("the code names none") });
		return undefined;
	}
	const { parameter, accumulation } = chosen;
	// A number that is no count is told as what is wrong.
	if (!isCount(parameter.value)) {
		if (typeof parameter.value === "number") return undefined;
		assumed.push({ name: t("batch size"), value: t("by the number of rows"), why: reason(parameter) });
		return undefined;
	}
	if (!accumulation) return parameter.value;
	if (isCount(accumulation.value)) return parameter.value * accumulation.value;
	assumed.push({ name: t("accumulation"), value: t("none"), why: reason(accumulation) });
	return parameter.value;
}

function epochsOf({ epochs }: Facts, assumed: Assumption[]): number | undefined {
	const parameter = epochs.find((fact) => isCount(fact.parameter.value))?.parameter ?? epochs[0]?.parameter;
	if (parameter && isCount(parameter.value)) return parameter.value;
	if (typeof parameter?.value === "number") return undefined;
	const why = parameter ? reason(parameter) : t("the code names none");
	assumed.push({ name: t("epochs"), value: t("about {0}", counted(2000, "updates")), why });
	return undefined;
}
