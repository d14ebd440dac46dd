import { t } from "../../l10n.ts";
import { type Action, callsIn, type Loop, loopsIn } from "../collect/actions.ts";
import { rootsOf } from "../collect/schedule-moves.ts";
import { type Meaning, sameMeaning } from "../meaning/meaning.ts";
import { type Case, lineOf, wrapLines } from "./finding.ts";

const trains = (body: readonly Action[]) =>
	callsIn(body).some(({ action }) => action.step === "backward" || action.step === "step" || action.step === "fit");

/** Evaluation with gradients, evaluation in training mode, training in evaluation mode. */
export function evaluation(c: Case): void {
	const { reading } = c;
	if (!reading.has("pytorch")) return;
	const reported = new Set<unknown>();
	for (const root of rootsOf(reading, c.actions)) {
		for (const { action, around } of loopsIn(root)) {
			if (reported.has(action)) continue;
			if (trains(action.body)) neverUndone(c, action, around, reported);
			else if (!around.some((a) => a.kind === "loop" && !trains(a.body))) {
				evaluates(c, root, action, around, reported);
			}
		}
	}
}

function evaluates(c: Case, root: Action[], loop: Loop, around: readonly Action[], reported: Set<unknown>): void {
	if (loop.of.kind !== "for") return;
	const forward = callsIn(loop.body).find(({ action }) => action.step === "forward");
	if (!forward) return;
	const off = [...around, ...forward.around].some((a) => (a.kind === "context" || a.kind === "function") && a.grad);
	const holder = around.findLast((a): a is Action & { kind: "function" } => a.kind === "function");
	const body = holder?.body ?? root;
	const calls = callsIn(body);
	const before = calls.slice(
		0,
		calls.findIndex((p) => p.action === forward.action),
	);
	const mode = before.findLast(({ action }) => action.step === "eval" || action.step === "train")?.action.step;
	const region = holder ? holder.of.at : loop.of.at;
	const { subject } = forward.action;
	if (!off) {
		// What asks for gradients on purpose, and older ways to do without them.
		const purpose = /requires_grad|set_grad_enabled|autograd|no_grad|inference_mode|retain_grad/;
		if (mode !== "eval" || purpose.test(c.text.slice(region.start, region.end))) return;
		// PyTorch before 0.4 had no other way.
		if (/volatile\s*=/.test(c.text)) return;
		reported.add(loop);
		const edits = /^import torch *(#|;|,|$)/m.test(c.text) && wrapLines(c.text, loop.of.at, "with torch.no_grad():");
		c.report(
			{
				code: "eval-without-no-grad",
				message: t(
					"This loop evaluates {0} and records gradients for nothing: activations stay in memory and it runs slower.",
					subject.name || t("the model"),
				),
				advice: t("Put it into a {0} block.", "with torch.no_grad():"),
				...(edits && { fix: { title: t("Put it under {0}", "torch.no_grad()"), edits } }),
			},
			{ start: loop.of.at.start, end: loop.of.iterable.at.end },
		);
		return;
	}
	if (mode === "eval" || /\.eval\(\)|\.train\(False\)|\.train\(mode/.test(c.text)) return;
	const moody = moodyLayer(c, subject.meaning);
	if (!moody || !/\.backward\(/.test(c.text)) return;
	reported.add(loop);
	c.report(
		{
			code: "eval-without-eval",
			message: t(
				"{0} has {1} and is evaluated in training mode: nothing here calls {2}.",
				...[subject.name, moody, `${subject.name}.eval()`],
			),
			advice: t(
				"Call {0} before this loop and {1} before the next epoch.",
				...[`${subject.name}.eval()`, `${subject.name}.train()`],
			),
		},
		{ start: loop.of.at.start, end: loop.of.iterable.at.end },
	);
}

/** @returns the first layer of a model that does another thing in training mode */
function moodyLayer({ reading }: Case, m: Meaning): string | undefined {
	const fact = reading.facts.models.find((f) =>
		m.kind === "instance" ? f.at.start === m.of.at.start : m.kind === "made" && f.at.start === m.call.at.start,
	);
	return fact?.layers.find((l) => l.kind === "dropout" || /^(Sync)?BatchNorm/.test(l.title))?.title;
}

/** model.eval() in the loop over epochs, and no model.train() anywhere in it. */
function neverUndone(c: Case, loop: Loop, around: readonly Action[], reported: Set<unknown>): void {
	const calls = callsIn(loop.body);
	const off = calls.find(
		({ action, around: inner }) => action.step === "eval" && !inner.some((a) => a.kind === "branch"),
	);
	if (
		!off ||
		around.some((a) => a.kind === "loop") ||
		reported.has(off.action) ||
		calls.some(({ action }) => action.step === "train")
	)
		return;
	const backward = calls.find(({ action }) => action.step === "backward");
	if (!backward || !optimized(c, off.action.subject.meaning, off.action.subject.name)) return;
	if (/\.train\(/.test(c.text.slice(loop.of.at.start, loop.of.at.end))) return;
	// One loop that does both in every round begins with its mode set before it; what follows eval() is what counts.
	reported.add(off.action);
	const first = loop.of.body[0];
	const line = first && lineOf(c.text, { start: first.at.start, end: first.at.start });
	const indent = line && c.text.slice(line.start, first.at.start);
	const name = off.action.subject.name;
	c.report(
		{
			code: "eval-never-undone",
			message: t(
				"{0} is never undone: from the second round of this loop on, {1} trains in evaluation mode.",
				...[`${name}.eval()`, name],
			),
			advice: t("Call {0} before the training part of the loop.", `${name}.train()`),
			...(line &&
				indent?.trim() === "" &&
				off.around.every((a) => a.kind !== "function") && {
					fix: {
						title: t("Call {0} first in the loop", `${name}.train()`),
						edits: [{ start: line.start, end: line.start, text: `${indent}${name}.train()\n` }],
					},
				}),
		},
		off.action.call.at,
	);
}

/** True when an optimizer gets the parameters of this model. */
function optimized({ reading }: Case, model: Meaning, name: string): boolean {
	for (const site of reading.calls) {
		if (site.call.callee.kind !== "member" || site.call.callee.name !== "parameters") continue;
		const inOptimizer = reading.facts.optimizers.some(
			(o) => o.at.start <= site.call.at.start && o.at.end >= site.call.at.end,
		);
		if (!inOptimizer) continue;
		const of = reading.evaluate(site.call.callee.object, site.where);
		if (sameMeaning(of, model)) return true;
		const path = site.call.callee.object.kind === "name" ? site.call.callee.object.name : undefined;
		if (path === name && (of.kind === "member" || of.kind === "unknown" || of.kind === "result")) return true;
	}
	return false;
}
