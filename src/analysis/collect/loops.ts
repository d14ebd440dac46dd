import { t } from "../../l10n.ts";
import type { LoopFact, Parameter, Source } from "../facts.ts";
import { parameterOf } from "../frameworks/signature.ts";
import type { Where } from "../meaning/survey.ts";
import { plainParameter, type Reading, span } from "../reading.ts";
import { type Expression, pathOf, type Statement } from "../syntax/code.ts";
import { type Actions, callsIn, type Loop, walk } from "./actions.ts";

/** Finds the loops that train, and those that only evaluate beside them. */
export function collectLoops(reading: Reading, actions: Actions): void {
	const [framework] = reading.facts.frameworks;
	if (!framework) return;
	const roots = [actions.of(reading.statements), ...reading.survey.functions.map(({ fn }) => actions.ofFunction(fn))];
	const seen = new Map<Statement, number>();
	for (const root of roots) {
		walk(root, (action, around) => {
			// Within a function that is called, a loop belongs to the function, which is a root of its own.
			if (action.kind === "function") return false;
			if (action.kind !== "loop" || seen.has(action.of)) return;
			const outer = around.findLast((a): a is Loop => a.kind === "loop");
			addLoop(reading, framework, action, outer && seen.get(outer.of), seen);
		});
	}
	for (const fact of reading.facts.epochs.filter((e) => /^(fit|fitDataset|fit_generator)$/.test(e.where))) {
		const site = reading.madeBy.get(fact);
		if (site) addFit(reading, fact.framework, fact.at, site.call.callee.at, fact.parameter);
	}
	reading.facts.loops.sort((a, b) => a.at.start - b.at.start);
}

function addFit(
	reading: Reading,
	framework: Source,
	at: LoopFact["at"],
	callee: LoopFact["at"],
	epochs: Parameter,
): void {
	const loop: LoopFact = {
		framework,
		kind: "fit",
		at: span(at),
		header: span(callee),
		calls: [],
		trains: true,
		epochs,
	};
	reading.facts.loops.push(loop);
}

function addLoop(
	reading: Reading,
	framework: Source,
	action: Loop,
	outer: number | undefined,
	seen: Map<Statement, number>,
): void {
	const { of, where, body } = action;
	const calls = callsIn(body).map(({ action: { step, name, call } }) => ({ kind: step, name, at: span(call.at) }));
	const trains = calls.some((c) => c.kind === "step" || c.kind === "backward" || c.kind === "fit");
	const epochs = epochsOf(reading, of, where);
	const named = epochs !== undefined && isEpochs(of);
	const forward = calls.some((c) => c.kind === "forward");
	if (!trains && !forward && !named) return;
	const inner = callsIn(body).some((p) => p.action.step === "backward" && p.around.some((x) => x.kind === "loop"));
	const within = outer !== undefined && reading.facts.loops[outer].kind === "epochs";
	const isOfEpochs = isEpochs(of) || (epochs !== undefined && inner);
	const kind: LoopFact["kind"] = isOfEpochs ? "epochs" : within || (of.kind === "for" && !epochs) ? "batches" : "steps";
	seen.set(of, reading.facts.loops.length);
	const header = { start: of.at.start, end: of.kind === "for" ? of.iterable.at.end : (of.test?.at.end ?? of.at.start) };
	const fact: LoopFact = { framework, kind, at: span(of.at), header, calls, trains };
	if (outer !== undefined) fact.outer = outer;
	if (epochs) fact.epochs = plainParameter({ ...epochs, name: kind === "epochs" ? "epochs" : "steps" });
	reading.facts.loops.push(fact);
	if (kind === "epochs" && epochs && trains) {
		reading.facts.epochs.push({
			framework,
			parameter: { ...fact.epochs!, name: "epochs" },
			where: "loop",
			at: fact.header,
		});
	}
}

/** for epoch in ..., for (let epoch = 0; ...), while epoch < 10 */
export function isEpochs(of: Statement & { kind: "for" | "while" }): boolean {
	if (of.kind === "while") return of.test !== undefined && /epoch/i.test(namesOf(of.test));
	const range = rangeOf(of.iterable);
	return /epoch/i.test(namesOf(of.target)) || (range !== undefined && /epoch/i.test(namesOf(range)));
}

function namesOf(e: Expression): string {
	const path = pathOf(e);
	if (path !== undefined) return path;
	if (e.kind === "call") return e.args.map((a) => namesOf(a.value)).join(" ");
	if (e.kind === "sequence") return e.items.map(namesOf).join(" ");
	if (e.kind === "binary") return `${namesOf(e.left)} ${namesOf(e.right)}`;
	return "";
}

/** @returns how often a counting loop runs: range(n), range(a, b), tqdm(range(n)), i < n; undefined for other loops */
function epochsOf(reading: Reading, of: Statement & { kind: "for" | "while" }, where: Where): Parameter | undefined {
	if (of.kind === "while") {
		if (of.count) return parameterOf(reading.evaluator, of.count, where, "epochs", pathOf(of.count) ?? "");
		const test = of.test;
		if (test?.kind !== "binary" || !/^<=?$/.test(test.operator) || !/epoch/i.test(namesOf(test.left))) return undefined;
		return parameterOf(reading.evaluator, test.right, where, "epochs", pathOf(test.right) ?? "");
	}
	const range = rangeOf(of.iterable);
	if (!range || range.args.length === 0) return undefined;
	const [first, second, third] = range.args.map((a) => a.value);
	if (!second) return parameterOf(reading.evaluator, first, where, "epochs", pathOf(first) ?? "");
	// range(start, start + n): n
	const past = pathOf(first);
	if (second.kind === "binary" && second.operator === "+" && past !== undefined && pathOf(second.left) === past) {
		return parameterOf(reading.evaluator, second.right, where, "epochs", pathOf(second.right) ?? "");
	}
	const end = parameterOf(reading.evaluator, second, where, "epochs", pathOf(second) ?? "");
	const start = reading.evaluator.constant(first, where);
	// A run that goes on from a checkpoint ends at the same epoch as one from the beginning.
	if (typeof start !== "number" && !third && /start|last|resume|begin|done|_run$/i.test(past ?? "")) return end;
	if (third || typeof start !== "number") {
		const why = t(third ? "it counts in other steps" : "where it starts is not known");
		return { ...end, value: undefined, unknown: why, origin: "unknown" };
	}
	return typeof end.value === "number" ? { ...end, value: end.value - start } : end;
}

function rangeOf(e: Expression): (Expression & { kind: "call" }) | undefined {
	if (e.kind !== "call") return undefined;
	const name = e.callee.kind === "name" || e.callee.kind === "member" ? e.callee.name : "";
	if (/^(range|trange|xrange)$/.test(name)) return { ...e, args: e.args.filter((a) => !a.name) };
	return e.args[0] && /^(tqdm|track|progress_bar|master_bar|enumerate|prange|alive_it|tqdm_notebook)$/.test(name)
		? rangeOf(e.args[0].value)
		: undefined;
}
