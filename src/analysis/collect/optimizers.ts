import { t } from "../../l10n.ts";
import type { OptimizerFact, Parameter, ScheduleFact } from "../facts.ts";
import { BY_TEXT, OPTIMIZERS, type OptimizerSpec } from "../frameworks/optimizers.ts";
import { SCHEDULES, type ScheduleSpec } from "../frameworks/schedules.ts";
import { numberOf, parameterOf, readArguments } from "../frameworks/signature.ts";
import { argument, type Meaning } from "../meaning/meaning.ts";
import { type NamedCall, plainParameter, type Reading, span } from "../reading.ts";
import type { Call, Expression, Span } from "../syntax/code.ts";

/** Finds the optimizers and the schedules, and which drives which. */
export function collectOptimizers(reading: Reading): void {
	for (const site of reading.calls) {
		const schedule = SCHEDULES.get(site.name);
		if (schedule && site.callee.kind === "symbol") addSchedule(reading, site, schedule);
	}
	for (const site of reading.calls) {
		const spec = OPTIMIZERS.get(site.name);
		if (spec && site.callee.kind === "symbol") addOptimizer(reading, site, spec);
		else addByText(reading, site);
	}
	for (const site of reading.calls) {
		const index = reading.scheduleOf.get(site.call);
		if (index === undefined) continue;
		linkSchedule(reading, site, reading.facts.schedules[index]);
		linkParts(reading, site, reading.facts.schedules[index]);
	}
}

/** The last part of a dotted name: what a lens or a hover stands on. */
export function calleeSpan(call: Call): Span {
	return span(call.callee.kind === "member" ? call.callee.nameAt : call.callee.at);
}

export function titleOf(library: string): string {
	return library.slice(library.lastIndexOf(".") + 1);
}

function addSchedule(reading: Reading, { call, where, name }: NamedCall, spec: ScheduleSpec): void {
	const parameters = readArguments(reading.evaluator, call, where, spec.signature);
	const named = spec.decay === "named" ? parameters.find((p) => p.name === "name")?.value : undefined;
	const decays: Record<string, string> = {
		linear: "linear",
		cosine: "cosine",
		constant: "constant",
		constant_with_warmup: "constant",
		polynomial: "polynomial",
	};
	const fact: ScheduleFact = {
		framework: spec.framework,
		library: name,
		title: titleOf(name),
		decay: named === undefined ? spec.decay : (decays[String(named)] ?? "named"),
		parameters: parameters.map(plainParameter).filter((p) => p.name !== "optimizer"),
		counts: spec.counts,
		at: span(call.at),
		nameAt: calleeSpan(call),
	};
	if (spec.counts !== "calls") fact.moves = spec.counts;
	reading.scheduleOf.set(call, reading.facts.schedules.length);
	reading.facts.schedules.push(fact);
}

function addOptimizer(reading: Reading, { call, where, name }: NamedCall, spec: OptimizerSpec): void {
	const parameters = readArguments(reading.evaluator, call, where, spec.signature).filter((p) => p.name !== "params");
	const rate = parameters.find((p) => p.name === "learningRate");
	const fact: OptimizerFact = {
		framework: spec.framework,
		optimizer: spec.optimizer === "sgd" ? momentumOrNot(parameters) : spec.optimizer,
		library: name,
		title: titleOf(name),
		parameters: parameters.map(plainParameter),
		groups: spec.framework === "pytorch" ? groupsOf(reading, call, where) : [],
		at: span(call.at),
		nameAt: calleeSpan(call),
	};
	const followed = call.args.map((a) => a.value).find((e) => rate?.at === e.at);
	const schedule = followed && scheduleIn(reading, reading.evaluate(followed, where));
	if (schedule !== undefined) {
		fact.schedule = schedule;
		const own = fact.parameters.find((p) => p.name === "learningRate")!;
		own.follows = reading.facts.schedules[schedule].title;
		own.unknown = t("it follows {0}", own.follows);
		reading.facts.schedules[schedule].optimizer = reading.facts.optimizers.length;
	}
	reading.optimizerOf.set(call, reading.facts.optimizers.length);
	reading.facts.optimizers.push(fact);
}

function scheduleIn(reading: Reading, m: Meaning): number | undefined {
	return m.kind === "made" ? reading.scheduleOf.get(m.call) : undefined;
}

function momentumOrNot(parameters: Parameter[]): OptimizerFact["optimizer"] {
	const beta = parameters.find((p) => p.name === "beta");
	if (beta?.unknown) return undefined;
	return numberOf(parameters, "beta") ? "momentum" : "gradientDescent";
}

/** PyTorch's [{"params": ..., "lr": 1e-4}, ...]. */
function groupsOf(reading: Reading, call: Call, where: NamedCall["where"]): Parameter[][] {
	const first = argument(call, "params", 0);
	const list = first && reading.evaluate(first, where);
	if (list?.kind !== "sequence") return [];
	const ours: Record<string, string> = {
		lr: "learningRate",
		weight_decay: "weightDecay",
		momentum: "beta",
		eps: "epsilon",
	};
	return list.items.flatMap((item) => {
		const m = reading.evaluate(item, list.where);
		if (m.kind !== "mapping") return [];
		const found = m.entries.flatMap(({ key, name, value }) => {
			const written = name ?? (key && reading.evaluator.constant(key, m.where));
			const own = typeof written === "string" ? ours[written] : undefined;
			return own ? [plainParameter(parameterOf(reading.evaluator, value, m.where, own, written as string))] : [];
		});
		return found.length > 0 ? [found] : [];
	});
}

/** compile(optimizer="adam"): an optimizer with the library's defaults */
function addByText(reading: Reading, { call, where, callee }: NamedCall): void {
	if (callee.kind !== "member" || callee.name !== "compile") return;
	const framework = reading.has("tfjs") ? "tfjs" : reading.has("keras") ? "keras" : undefined;
	const e = framework && compileOption(reading, call, where, "optimizer");
	const text = e && reading.evaluator.constant(e, where);
	const library = typeof text === "string" ? BY_TEXT[framework!][text.toLowerCase()] : undefined;
	const spec = library ? OPTIMIZERS.get(library) : undefined;
	if (!e || !library || !spec) return;
	const nothing: Call = { kind: "call", at: e.at, callee: e, args: [], argsAt: e.at, made: false };
	const parameters = readArguments(reading.evaluator, nothing, where, spec.signature);
	reading.optimizerOf.set(call, reading.facts.optimizers.length);
	reading.facts.optimizers.push({
		framework: spec.framework,
		optimizer: spec.optimizer === "sgd" ? "gradientDescent" : spec.optimizer,
		library,
		title: titleOf(library),
		parameters,
		groups: [],
		at: span(e.at),
		nameAt: span(e.at),
	});
}

/** @returns what compile is given under a name: a keyword in Python, an entry of its object in JavaScript */
export function compileOption(
	reading: Reading,
	call: Call,
	where: NamedCall["where"],
	name: string,
): Expression | undefined {
	if (reading.language === "python")
		return argument(call, name, ["optimizer", "loss", "loss_weights", "metrics"].indexOf(name));
	const options = call.args[0] && reading.evaluate(call.args[0].value, where);
	if (options?.kind !== "mapping") return undefined;
	return options.entries.find((entry) => entry.name === name)?.value;
}

function linkSchedule(reading: Reading, { call, where }: NamedCall, fact: ScheduleFact): void {
	const e = argument(call, "optimizer", fact.title === "get_scheduler" ? 1 : 0);
	const m = e && reading.evaluate(e, where);
	if (m?.kind === "made") fact.optimizer ??= reading.optimizerOf.get(m.call);
}

/** SequentialLR(optimizer, [warmup, cosine], [5]), optax.join_schedules([warmup, cosine], [500]) */
function linkParts(reading: Reading, { call, where }: NamedCall, fact: ScheduleFact): void {
	const place = { SequentialLR: 1, join_schedules: 0 }[fact.title];
	if (place === undefined) return;
	const e = argument(call, place === 1 ? "schedulers" : "schedules", place);
	const list = e && reading.evaluate(e, where);
	if (list?.kind !== "sequence") return;
	const parts = list.items.map((item) => scheduleIn(reading, reading.evaluate(item, list.where)));
	if (parts.every((part) => part !== undefined)) fact.parts = parts;
}
