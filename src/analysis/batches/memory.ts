import { type StepMemory, stepMemory } from "../../engine/model/step-memory.ts";
import { optimizers } from "../../engine/optimizers/hyperparameters.ts";
import type { Hyperparameters } from "../../engine/optimizers/optimizer.ts";
import type { Facts, ModelFact, OptimizerFact } from "../facts.ts";

/**
 * @param run of a run file, what its dataset adds to the hidden layers that it names
 * @returns memory of a step by the mini-batch size; undefined when the one model or the one optimizer of the text cannot
 *   be read as dense layers
 */
export function memoryBySize(
	facts: Facts,
	run?: { features: number; outputs: number },
): ((batchSize: number) => StepMemory) | undefined {
	const slots = slotsOf(facts.optimizers);
	const sizes = run ? [run.features, ...hiddenLayers(facts), run.outputs] : sizesOf(facts.models);
	return slots !== undefined && sizes ? (batchSize) => stepMemory(sizes, batchSize, slots) : undefined;
}

/** What a run file leaves out is the engine's default. */
function hiddenLayers({ models }: Facts): number[] {
	return models[0]?.layers.map(({ outputs }) => outputs ?? 0) ?? [64, 32];
}

function sizesOf(models: readonly ModelFact[]): number[] | undefined {
	// One that stands in another is a part of it.
	const outer = models.filter(
		(m) => !models.some((other) => other !== m && other.at.start <= m.at.start && other.at.end >= m.at.end),
	);
	if (outer.length !== 1 || outer[0].parameters === undefined) return undefined;
	const dense = outer[0].layers.filter(({ kind }) => kind === "dense");
	return [dense[0].inputs!, ...dense.map(({ outputs }) => outputs!)];
}

function slotsOf(facts: readonly OptimizerFact[]): number | undefined {
	if (facts.length === 0) return optimizers.adam.slots({} as Hyperparameters).length;
	if (facts.length > 1) return undefined;
	const [{ optimizer, parameters }] = facts;
	if (!optimizer) return undefined;
	const value = (name: string) => parameters.find((p) => p.name === name)?.value;
	const slots = optimizers[optimizer].slots({ amsgrad: value("amsgrad") === true } as Hyperparameters).length;
	if (optimizer === "momentum") return value("momentum") === 0 || value("beta") === 0 ? 0 : slots;
	// RMSprop with a velocity, and with the mean of the gradients.
	const velocity = value("momentum");
	const more =
		optimizer === "rmsprop" ? [typeof velocity === "number" && velocity > 0, value("centered") === true] : [];
	return slots + more.filter(Boolean).length;
}
