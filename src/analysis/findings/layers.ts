import { t } from "../../l10n.ts";
import { layerOf } from "../collect/models.ts";
import type { Finding, LayerFact } from "../facts.ts";
import { argument, type Meaning } from "../meaning/meaning.ts";
import { remembered } from "../meaning/names.ts";
import type { Where } from "../meaning/survey.ts";
import type { Reading } from "../reading.ts";
import type { Call } from "../syntax/code.ts";
import type { Case } from "./finding.ts";

/** Functions that leave as many numbers a row as they get. */
const isElementwise = remembered((name) =>
	/^torch(\.nn\.functional)?\.(relu6?|leaky_relu|elu|selu|celu|gelu|silu|mish|tanh|sigmoid|softplus|softmax|log_softmax|dropout)$/.test(
		name,
	),
);
const METHODS = /^(relu_?|tanh_?|sigmoid_?|softmax|log_softmax|float|double|contiguous|clone|detach)$/;

/** PyTorch's layers that follow each other: what one gives is what the next one takes. */
export function layers(c: Case): void {
	for (const { call, callee, name, where } of c.reading.calls) {
		if (callee.kind === "symbol" && name === "torch.nn.Sequential") through(c, call, where, undefined);
		// self.layer2(self.layer1(x))
		if (callee.kind !== "made" || !/^torch\.nn\.(Linear|Sequential)$/.test(callee.name)) continue;
		const given = call.args[0] && !call.args[0].spread ? c.reading.evaluate(call.args[0].value, where) : undefined;
		const width = given && widthOf(c, given);
		if (width !== undefined) after(c, callee, width);
	}
}

/**
 * Goes through the layers of nn.Sequential(...).
 * @param width numbers a row that it gets, where they are known
 * @returns those that it gives
 */
function through(c: Case, { args }: Call, where: Where, width: number | undefined): number | undefined {
	let now = width;
	for (const { value, spread } of args) now = spread ? undefined : after(c, c.reading.evaluate(value, where), now);
	return now;
}

/** @returns the numbers a row that a layer gives which gets so many, and says when it takes others */
function after(c: Case, m: Meaning, width: number | undefined): number | undefined {
	if (m.kind !== "made") return undefined;
	if (m.name === "torch.nn.Sequential") return through(c, m.call, m.where, width);
	const layer = layerIn(c.reading, m);
	if (!layer) return undefined;
	const { kind, title, inputs, outputs } = layer;
	// What a normalization counts need not be the numbers of a row.
	if (kind !== "dense") return keeps(kind) ? width : undefined;
	if (inputs !== undefined && width !== undefined && inputs !== width) mismatch(c, m.call, title, width, inputs);
	return outputs;
}

function keeps(kind: LayerFact["kind"]): boolean {
	return kind === "activation" || kind === "dropout" || kind === "normalization";
}

/** A lazy layer takes what it gets. */
function layerIn(reading: Reading, m: Meaning & { kind: "made" }): LayerFact | undefined {
	return /\.Lazy\w+$/.test(m.name) || !m.name.startsWith("torch.nn.")
		? undefined
		: layerOf(reading, m.call, m.where, m.name);
}

/** @returns the numbers a row of what a layer has given */
function widthOf(c: Case, m: Meaning, depth = 0): number | undefined {
	if (depth > 20) return undefined;
	const of = (e: Call["args"][number] | undefined, where: Where) =>
		e && !e.spread ? widthOf(c, c.reading.evaluate(e.value, where), depth + 1) : undefined;
	if (m.kind === "made") return isElementwise(m.name) ? of(m.call.args[0], m.where) : undefined;
	if (m.kind !== "result") return undefined;
	if (METHODS.test(m.name)) return widthOf(c, m.of, depth + 1);
	if (m.name !== "" || m.of.kind !== "made") return undefined;
	const quiet = { ...c, report: () => {} };
	return after(quiet, m.of, of(m.call.args[0], m.where));
}

function mismatch(c: Case, call: Call, title: string, given: number, taken: number): void {
	const number = argument(call, "in_features", 0);
	const fix: Finding["fix"] | undefined =
		number?.kind === "number"
			? {
					title: t("Take {0} numbers", given),
					edits: [{ start: number.at.start, end: number.at.end, text: String(given) }],
				}
			: undefined;
	c.report(
		{
			code: "layer-sizes",
			message: t(
				"The layer before gives {0} numbers a row, and {1} takes {2}: the first row fails.",
				given,
				title,
				taken,
			),
			advice: t("Let both be the same number."),
			...(fix ? { fix } : {}),
		},
		call.at,
	);
}
