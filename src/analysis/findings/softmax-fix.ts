import { t } from "../../l10n.ts";
import type { Finding, FixEdit } from "../facts.ts";
import type { Meaning } from "../meaning/meaning.ts";
import type { Call, Expression, Span, Statement } from "../syntax/code.ts";
import type { Case } from "./finding.ts";

export type Activation = "softmax" | "sigmoid";

/** An activation whose result a cost is given. */
export interface Activated {
	/** what applies it, F.softmax(x) or x.softmax(1), or makes the layer that does */
	call: Call;
	/** what it is applied to; absent of a layer */
	to?: Expression;
	/** the model whose last thing it is; absent outside of any */
	model?: Meaning;
}

/** what does not ask for a model's answers */
const ASIDE =
	/^\.(parameters|named_parameters|train|eval|to|cuda|cpu|zero_grad|state_dict|load_state_dict|requires_grad_)\b/;
/** the same of outputs, whether they have been through an activation or not; where the largest is, of softmax alone */
const FORM = /^\.(shape\b|size\()/;
const LARGEST = /^\.(argmax\(|max\(-?1\)(\[1\]|\.indices))/;
const BEFORE_LARGEST = /torch\.argmax\($/;

/**
 * Takes an activation out that a cost applies itself, where nothing can see the difference but the cost: no other line
 * reads the value or the model's answers, unless for the place of the largest.
 *
 * @param outputs what the cost is given
 * @param costs everything that costs are given that apply this activation, `outputs` among it
 * @returns undefined where that is not certain
 */
export function leaveOut(
	c: Case,
	{ call, to, model }: Activated,
	activation: Activation,
	outputs: Expression,
	costs: readonly Expression[],
): Finding["fix"] {
	const edits = editsOf();
	return edits && { title: t("Leave the {0} out", activation), edits };

	function editsOf(): FixEdit[] | undefined {
		if (to && within(call.at, outputs.at)) return unwrap(c.text, call, to, outputs.at);
		if (c.reading.language !== "python") return undefined;
		const reads = new Reads(c.text, activation, costs);
		const statement = statementOf(c, call);
		if (!model) {
			if (!to || statement?.kind !== "assign" || !isWhole(statement.value, call)) return undefined;
			const name = soleName(statement);
			return name && reads.only(name) ? unwrap(c.text, call, to, call.at) : undefined;
		}
		if (!hasOneReader(c, model, reads)) return undefined;
		if (model.kind === "made" && !to) return withoutLast(model.call, call);
		if (!to || statement?.kind !== "return" || !isWhole(statement.value, call)) return undefined;
		return unwrap(c.text, call, to, call.at);
	}
}

const within = (inner: Span, outer: Span) => outer.start <= inner.start && inner.end <= outer.end;

function isWhole(e: Expression | undefined, { at }: Call): boolean {
	return e?.at.start === at.start && e.at.end === at.end;
}

function statementOf(c: Case, call: Call): Statement | undefined {
	return c.reading.calls.find((site) => site.call === call)?.statement;
}

/** @returns the one name that a statement assigns to */
function soleName(statement: Statement | undefined): string | undefined {
	if (statement?.kind !== "assign" || statement.operator || statement.targets.length !== 1) return undefined;
	const [target] = statement.targets;
	return target.kind === "name" ? target.name : undefined;
}

/** @param whole which the call is, or is a part of */
function unwrap(text: string, call: Call, to: Expression, whole: Span): FixEdit[] {
	const words = text.slice(to.at.start, to.at.end);
	const plain = /^(name|call|member|index)$/.test(to.kind) || within(whole, call.at);
	return [{ start: call.at.start, end: call.at.end, text: plain ? words : `(${words})` }];
}

/** nn.Sequential(..., nn.Softmax(dim=1)) with something before it */
function withoutLast({ args }: Call, layer: Call): FixEdit[] | undefined {
	const [before, last] = args.slice(-2);
	if (args.length < 2 || !isWhole(last.value, layer)) return undefined;
	return [{ start: before.at.end, end: last.at.end, text: "" }];
}

/** Whether a model has one name, and all that is read of its answers are costs and places of the largest. */
function hasOneReader(c: Case, model: Meaning, reads: Reads): boolean {
	const made = model.kind === "made" || model.kind === "instance" ? model.call : undefined;
	const statement = made && statementOf(c, made);
	const name = soleName(statement);
	if (!made || !name || statement?.kind !== "assign" || !statement.value) return false;
	// nn.Sequential(...).to(device) and the like end in what was made
	if (statement.value.at.start !== made.at.start) return false;
	if (model.kind === "instance" && !isMadeOnce(c, model.of.name)) return false;
	return reads.only(name, (after, at) => ASIDE.test(after) || answers(after, at));

	/** model(x), given to a cost or to a name that only costs read */
	function answers(after: string, at: number): boolean {
		if (!after.startsWith("(")) return false;
		const site = c.reading.calls.find(({ call }) => call.at.start === at && call.callee.at.end === at + name!.length);
		if (!site) return false;
		if (reads.isHarmless(site.call.at)) return true;
		const output = isWhole(site.statement.kind === "assign" ? site.statement.value : undefined, site.call)
			? soleName(site.statement)
			: undefined;
		return output !== undefined && reads.only(output);
	}
}

/** class Net, Net() and super(Net, self), and no other word of it */
function isMadeOnce({ text }: Case, name: string): boolean {
	const words = text
		.replaceAll(new RegExp(`\\bsuper\\(${name}\\b`, "g"), "super(")
		.match(new RegExp(`\\b${name}\\b`, "g"));
	return words?.length === 2;
}

/** Looks through a program for all that reads a value. */
class Reads {
	private readonly text: string;
	private readonly ordered: boolean;
	private readonly costs: readonly Expression[];

	constructor(text: string, activation: Activation, costs: readonly Expression[]) {
		this.text = text;
		this.ordered = activation === "softmax";
		this.costs = costs;
	}

	/**
	 * Whether every word that is this name binds it, goes into a cost, or does not care for the activation.
	 * @param may what else is allowed, by the text after the word and the word's place
	 */
	only(name: string, may: (after: string, at: number) => boolean = () => false): boolean {
		for (const { index } of this.text.matchAll(new RegExp(`(?<![\\w.])${name}\\b`, "g"))) {
			const at = { start: index, end: index + name.length };
			const line = this.text.slice(this.text.lastIndexOf("\n", index) + 1, index);
			const after = this.text.slice(at.end, at.end + 40);
			if (line.includes("#") || /^\s*=(?!=)/.test(after) || this.isHarmless(at) || may(after, index)) continue;
			return false;
		}
		return true;
	}

	/** Whether what stands there goes into a cost, or only its form or the place of its largest is asked for. */
	isHarmless(at: Span): boolean {
		const before = this.text.slice(Math.max(0, at.start - 20), at.start);
		const after = this.text.slice(at.end, at.end + 40);
		if (this.costs.some((cost) => within(at, cost.at)) || FORM.test(after)) return true;
		return this.ordered && (LARGEST.test(after) || BEFORE_LARGEST.test(before));
	}
}
