import type { Activation } from "../../engine/protocol/hyperparameters.ts";
import type { RunFile } from "../../engine/protocol/run-file.ts";
import { t } from "../../l10n.ts";
import type { Facts, LayerFact, ModelFact } from "../facts.ts";
import type { Assumption } from "./settled.ts";

const ACTIVATIONS: Record<string, Activation> = {
	relu: "relu",
	relu6: "relu",
	leakyrelu: "leakyRelu",
	leaky_relu: "leakyRelu",
	tanh: "tanh",
	sigmoid: "sigmoid",
	gelu: "gelu",
};
/** Of the last layer's logits: part of the cost here. */
const OF_THE_COST = new Set(["softmax", "logsoftmax", "sigmoid", "linear"]);

/**
 * Takes the hidden layers: all dense ones but the last, whose width follows from the target.
 * @returns undefined when they cannot be read, which is told
 */
export function modelOf({ models }: Facts, assumed: Assumption[]): RunFile["model"] | undefined {
	const found = models.filter(({ layers }) => layers.some(({ kind }) => kind === "dense"));
	const model = found.find(isPlain) ?? found[0];
	if (!model) {
		const why = t(models.length > 0 ? "its layers are not dense ones" : "no model can be read");
		assumed.push({ name: t("layers"), value: t("64 and 32"), why });
		return undefined;
	}
	const dense = model.layers.filter(({ kind }) => kind === "dense");
	const hidden = dense.slice(0, -1).map(({ outputs }) => outputs);
	if (hidden.some((width) => width === undefined)) {
		assumed.push({ name: t("layers"), value: t("64 and 32"), why: t("a width of the model cannot be read") });
		return undefined;
	}
	const left = new Set(model.layers.filter((layer) => !isDense(layer)).map(({ title }) => title));
	if (left.size > 0) {
		assumed.push({ name: [...left].join(", "), value: t("left out"), why: t("Descent's nets have dense layers only") });
	}
	const layers = hidden as number[];
	return { layers, ...(layers.length > 0 ? activationOf(model, assumed) : {}) };
}

function activationOf({ layers }: ModelFact, assumed: Assumption[]): { activation?: Activation } {
	const last = layers.findLastIndex(({ kind }) => kind === "dense");
	const names = new Set(
		layers.slice(0, last).flatMap(({ activation }) => (activation ? [activation.toLowerCase()] : [])),
	);
	const known = [...names].flatMap((name) => (Object.hasOwn(ACTIVATIONS, name) ? [ACTIVATIONS[name]] : []));
	if (known.length === 1 && names.size === 1) return { activation: known[0] };
	const value = known[0] ?? "relu";
	const why =
		names.size > 1
			? t("a net has one activation here")
			: names.size === 1
				? t("Descent has no {0}", [...names][0])
				: t("none can be read");
	assumed.push({ name: t("activation"), value, why });
	return { activation: value };
}

function isPlain({ layers }: ModelFact): boolean {
	return layers.every(isDense);
}

function isDense({ kind, activation }: LayerFact): boolean {
	if (kind === "activation") {
		return activation !== undefined && (Object.hasOwn(ACTIVATIONS, activation) || OF_THE_COST.has(activation));
	}
	return kind === "dense" || kind === "input";
}
