import { t } from "../../l10n.ts";
import { compileOption } from "../collect/optimizers.ts";
import type { Finding, ModelFact } from "../facts.ts";
import { argument, type Meaning, nameOf } from "../meaning/meaning.ts";
import type { NamedCall } from "../reading.ts";
import type { Call, Expression } from "../syntax/code.ts";
import { returnsOf } from "../syntax/statements.ts";
import type { Case } from "./finding.ts";
import { type Activated, type Activation, leaveOut } from "./softmax-fix.ts";

/** Costs that take logits, by the activation that is in them. */
const FROM_LOGITS: Record<string, Activation> = {
	"torch.nn.CrossEntropyLoss": "softmax",
	"torch.nn.functional.cross_entropy": "softmax",
	"torch.nn.BCEWithLogitsLoss": "sigmoid",
	"torch.nn.functional.binary_cross_entropy_with_logits": "sigmoid",
	"optax.softmax_cross_entropy": "softmax",
	"optax.softmax_cross_entropy_with_integer_labels": "softmax",
	"optax.sigmoid_binary_cross_entropy": "sigmoid",
	"optax.losses.softmax_cross_entropy": "softmax",
	"optax.losses.softmax_cross_entropy_with_integer_labels": "softmax",
	"tensorflow.nn.softmax_cross_entropy_with_logits": "softmax",
	"tensorflow.nn.sparse_softmax_cross_entropy_with_logits": "softmax",
	"tensorflow.nn.sigmoid_cross_entropy_with_logits": "sigmoid",
	"tfjs.losses.softmaxCrossEntropy": "softmax",
	"tfjs.losses.sigmoidCrossEntropy": "sigmoid",
};

const FUNCTIONS: Record<string, Activation> = {
	"torch.nn.functional.softmax": "softmax",
	"torch.softmax": "softmax",
	"torch.nn.Softmax": "softmax",
	"torch.sigmoid": "sigmoid",
	"torch.nn.functional.sigmoid": "sigmoid",
	"torch.nn.Sigmoid": "sigmoid",
	"jax.nn.softmax": "softmax",
	"flax.nn.softmax": "softmax",
	"jax.nn.sigmoid": "sigmoid",
	"flax.nn.sigmoid": "sigmoid",
	"tensorflow.nn.softmax": "softmax",
	"tensorflow.nn.sigmoid": "sigmoid",
	"tfjs.softmax": "softmax",
	"tfjs.sigmoid": "sigmoid",
};

/** Softmax or sigmoid twice, or not at all. */
export function costs(c: Case): void {
	called(c);
	for (const site of c.reading.calls) {
		if (site.callee.kind === "member" && site.callee.name === "compile") compiled(c, site, site.callee.of);
	}
}

/** What a cost from logits is given: criterion(model(x), y). */
interface Given {
	cost: string;
	activation: Activation;
	outputs: Expression;
	where: NamedCall["where"];
}

function givenTo({ call, where, callee, name }: NamedCall): Given | undefined {
	// A cost that is a module was made first: nn.CrossEntropyLoss()(outputs, labels).
	const activation =
		callee.kind === "symbol"
			? /^torch\.nn\.[A-Z]/.test(name)
				? undefined
				: FROM_LOGITS[name]
			: callee.kind === "made"
				? FROM_LOGITS[name]
				: undefined;
	if (!activation) return undefined;
	const tfjs = name.startsWith("tfjs.");
	const outputs = argument(
		call,
		name.startsWith("torch") ? "input" : "logits",
		tfjs ? 1 : name.startsWith("tensorflow") ? -1 : 0,
	);
	return outputs && { cost: name.split(".").at(-1)!, activation, outputs, where };
}

/** Costs that are called on outputs which have been through their activation. */
function called(c: Case): void {
	const all = c.reading.calls.flatMap((site) => givenTo(site) ?? []);
	for (const { cost, activation, outputs, where } of all) {
		const found = endsIn(c, c.reading.evaluate(outputs, where), activation);
		if (!found) continue;
		const same = all.filter((other) => other.activation === activation).map((other) => other.outputs);
		const fix = leaveOut(c, found, activation, outputs, same);
		c.report(
			{
				code: "softmax-before-cross-entropy",
				message: t(
					"{0} takes raw outputs and applies {1} itself; here they have been through {1} before.",
					cost,
					activation,
				),
				advice: t("Leave out the {0} in training and apply it only where probabilities are read.", activation),
				...(fix && { fix }),
			},
			found.call.at,
		);
	}
}

/** @returns the last thing done to a value, where it is that activation */
function endsIn(c: Case, m: Meaning, activation: string, depth = 0): Activated | undefined {
	if (depth > 6) return undefined;
	if (m.kind === "made") {
		if (FUNCTIONS[m.name] !== activation || /\.nn\.[A-Z]/.test(m.name)) return undefined;
		const [first] = m.call.args;
		const plain = first && !first.spread && (!first.name || /^(input|x|logits)$/.test(first.name));
		return { call: m.call, ...(plain ? { to: first.value } : {}) };
	}
	if (m.kind !== "result") return undefined;
	if (m.name === activation) {
		const { callee } = m.call;
		return { call: m.call, ...(callee.kind === "member" ? { to: callee.object } : {}) };
	}
	if (/^(squeeze|view|reshape|float|flatten|unsqueeze|contiguous)$/.test(m.name))
		return endsIn(c, m.of, activation, depth + 1);
	if (m.name !== "" && m.name !== "forward") return undefined;
	return lastOf(c, m.of, activation, depth + 1);
}

/** @returns a model's last layer, where it is that activation */
function lastOf(c: Case, model: Meaning, activation: string, depth: number): Activated | undefined {
	const { reading } = c;
	if (model.kind === "made") {
		if (FUNCTIONS[model.name] === activation) return { call: model.call, model };
		if (model.name !== "torch.nn.Sequential") return undefined;
		const last = model.call.args.at(-1);
		if (!last || last.spread) return undefined;
		const found = lastOf(c, reading.evaluate(last.value, model.where), activation, depth + 1);
		return found && { ...found, model };
	}
	if (model.kind !== "instance" || depth > 6) return undefined;
	const forward = model.of.body.find((s) => s.kind === "function" && s.name === "forward");
	if (forward?.kind !== "function") return undefined;
	const returns = returnsOf(forward.body);
	const found = returns.map((r) => {
		const where = reading.survey.statementPlaces.get(r);
		return r.value && where ? endsIn(c, reading.evaluate(r.value, where), activation, depth + 1) : undefined;
	});
	const [first] = found;
	if (!first || !found.every((f) => f)) return undefined;
	// of several returns, or a model in it, the text to leave out is elsewhere
	return found.length > 1 || first.model ? { call: first.call, model: first.model ?? model } : { ...first, model };
}

const ACTIVATION_OF_COST: [RegExp, Activation][] = [
	[/^(Sparse)?Categorical_?Crossentropy$/i, "softmax"],
	[/^sparse_categorical_crossentropy$/i, "softmax"],
	[/^Binary_?Crossentropy$/i, "sigmoid"],
];

/** model.compile(loss=...) of a model whose last layer is known. */
function compiled(c: Case, { call, where }: NamedCall, model: Meaning): void {
	const { reading } = c;
	const fact = reading.facts.models.find((f) => model.kind === "made" && f.at.start === model.call.at.start);
	const last = fact?.layers.at(-1);
	if (!fact || !last || last.title === "?") return;
	const e = compileOption(reading, call, where, "loss");
	const loss = e && reading.evaluate(e, where);
	if (!e || !loss) return;
	const text =
		loss.kind === "constant" && typeof loss.value === "string" ? loss.value : nameOf(loss)?.split(".").at(-1);
	const activation = ACTIVATION_OF_COST.find(([pattern]) => pattern.test(text ?? ""))?.[1];
	const fromLogits =
		loss.kind === "made"
			? fromLogitsOf(c, loss.call, loss.where)
			: loss.kind === "constant"
				? false
				: loss.kind === "symbol" && loss.name.startsWith("tfjs.losses.")
					? FROM_LOGITS[loss.name] !== undefined
					: undefined;
	const needs = activation ?? (loss.kind === "symbol" ? FROM_LOGITS[loss.name] : undefined);
	if (!needs || fromLogits === undefined) return;
	if (fromLogits && last.activation === needs) {
		c.report(
			{
				code: "softmax-before-cross-entropy",
				message: t("The cost takes raw outputs and applies {0} itself, and the last layer has {0} already.", needs),
				advice: t("Leave out the {0} of the last layer, or from_logits.", needs),
				...withoutLogits(c, e, loss),
			},
			last.at,
		);
	} else if (!fromLogits && plainOutputs(fact)) {
		c.report(
			{
				code: "missing-softmax",
				message: t("{0} takes probabilities, and the last layer gives raw outputs without an activation.", text!),
				advice:
					reading.language === "python"
						? t("Give the last layer {0}, or the cost from_logits=True.", needs)
						: t("Give the last layer {0}.", needs),
			},
			last.at,
		);
	}
}

/** from_logits=False, in a cost that is made for this model alone. */
function withoutLogits({ text }: Case, given: Expression, loss: Meaning): { fix?: Finding["fix"] } {
	if (loss.kind !== "made" || given !== loss.call) return {};
	const value = argument(loss.call, "from_logits", 0);
	if (value?.kind !== "constant" || text.slice(value.at.start, value.at.end) !== "True") return {};
	const edit = { start: value.at.start, end: value.at.end, text: "False" };
	return { fix: { title: t("Tell the cost that it gets probabilities"), edits: [edit] } };
}

function fromLogitsOf(c: Case, call: Call, where: NamedCall["where"]): boolean | undefined {
	const e = argument(call, "from_logits", 0);
	if (!e) return call.args.some((a) => a.spread) ? undefined : false;
	const value = c.reading.evaluator.constant(e, where);
	return typeof value === "boolean" ? value : undefined;
}

/** A dense last layer whose activation is left out or linear. */
function plainOutputs(fact: ModelFact): boolean {
	const last = fact.layers.at(-1)!;
	return (
		last.kind === "dense" &&
		(last.activation === undefined || last.activation === "linear") &&
		last.knownActivation !== false
	);
}
