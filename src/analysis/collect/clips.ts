import { t } from "../../l10n.ts";
import type { ClipFact, Parameter } from "../facts.ts";
import { parameterOf } from "../frameworks/signature.ts";
import { argument } from "../meaning/meaning.ts";
import { remembered } from "../meaning/names.ts";
import { type NamedCall, plainParameter, type Reading } from "../reading.ts";
import type { Expression } from "../syntax/code.ts";

/** Functions of PyTorch, and the methods of that name that others give their own objects. */
const isClip = remembered((name) =>
	/^(torch\.nn\.utils\.(clip_grad\.)?)?clip_grad_(norm_?|value_)$|^lightning\.Trainer$/.test(name),
);

/** Finds calls that clip gradients; what an optimizer is told of clipping is among its parameters. */
export function collectClips(reading: Reading): void {
	for (const site of reading.calls) {
		const { callee, name } = site;
		const title = callee.kind === "member" ? callee.name : name;
		const fact = isClip(title) ? (name === "lightning.Trainer" ? ofTrainer : ofCall)(reading, site, title) : undefined;
		if (fact) reading.facts.clips.push({ ...fact, limit: plainParameter(fact.limit) });
	}
}

/** clip_grad_norm_(parameters, 1.0), clip_grad_value_(parameters, 0.5) */
function ofCall(reading: Reading, { call, where }: NamedCall, title: string): ClipFact | undefined {
	if (/value_$/.test(title)) {
		const limit = argument(call, "clip_value", 1);
		return limit && { by: "value", limit: said(reading, limit, where, "clip_value") };
	}
	const limit = argument(call, "max_norm", 1);
	const type = argument(call, "norm_type", 2);
	if (!limit || isInfinite(reading, limit, where)) return undefined;
	if (!type || reading.evaluator.constant(type, where) === 2) {
		return { by: "norm", limit: said(reading, limit, where, "max_norm") };
	}
	const why = t("it is not the Euclidean norm");
	return { by: "norm", limit: { name: "clip", written: "max_norm", unknown: why, origin: "unknown" } };
}

/** Trainer(gradient_clip_val=0.5, gradient_clip_algorithm="value") */
function ofTrainer(reading: Reading, { call, where }: NamedCall): ClipFact | undefined {
	const limit = argument(call, "gradient_clip_val");
	const algorithm = argument(call, "gradient_clip_algorithm");
	if (!limit) return undefined;
	const by = algorithm && reading.evaluator.constant(algorithm, where) === "value" ? "value" : "norm";
	return { by, limit: said(reading, limit, where, "gradient_clip_val") };
}

/** float("inf"), math.inf: the call but tells the norm. */
function isInfinite(reading: Reading, e: Expression, where: NamedCall["where"]): boolean {
	const m = reading.evaluate(e, where);
	if (m.kind === "symbol") return /\.inf$/i.test(m.name);
	const text = m.kind === "made" && m.name === ".float" ? m.call.args[0]?.value : undefined;
	return text?.kind === "text" && /^\+?inf/i.test(text.value);
}

function said(reading: Reading, e: Expression, where: NamedCall["where"], written: string): Parameter {
	return parameterOf(reading.evaluator, e, where, "clip", written);
}
