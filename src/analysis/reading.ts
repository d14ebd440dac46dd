import { t } from "../l10n.ts";
import type { BatchSizeFact, EpochsFact, Facts, Framework, Parameter, Span } from "./facts.ts";
import { isKnownName } from "./frameworks/known-names.ts";
import { OPTIMIZERS } from "./frameworks/optimizers.ts";
import { SCHEDULES } from "./frameworks/schedules.ts";
import { Evaluator } from "./meaning/evaluator.ts";
import { type Meaning, nameOf, unknown } from "./meaning/meaning.ts";
import { frameworkOf } from "./meaning/names.ts";
import type { CallSite, Definition, Survey, Where } from "./meaning/survey.ts";
import type { Call, Expression, Statement } from "./syntax/code.ts";
import type { LanguageName } from "./syntax/grammars.ts";

/** A call whose callee has a full name, such as "torch.optim.Adam" or "keras.models.Sequential.fit". */
export interface NamedCall extends Omit<CallSite, "name"> {
	/** "" for what is not of a library that is known */
	name: string;
	callee: Meaning;
}

/** A program that is being read: what it names, what that stands for, and the facts found so far. */
export class Reading {
	readonly statements: Statement[];
	readonly language: LanguageName;
	readonly survey: Survey;
	readonly evaluator: Evaluator;
	/** those that a table or a rule may ask for */
	readonly calls: NamedCall[];
	private readonly sites = new Map<CallSite, NamedCall>();
	readonly facts: Facts;
	/** the call that a batch size or a number of epochs was read of */
	readonly madeBy = new Map<BatchSizeFact | EpochsFact, NamedCall>();
	private inOrder: NamedCall[] | undefined;
	/** which optimizer or schedule a call made */
	readonly optimizerOf = new Map<Call, number>();
	readonly scheduleOf = new Map<Call, number>();

	/** @param survey of the same program before its last edit, or an empty one */
	constructor(statements: Statement[], language: LanguageName, survey: Survey) {
		this.statements = statements;
		this.language = language;
		this.survey = survey;
		survey.update(statements);
		const knows = (name: string) =>
			OPTIMIZERS.has(name) || SCHEDULES.has(name) || /^(keras\.(layers|models)|torch\.nn)\.[A-Z]/.test(name);
		// A page that loads TensorFlow.js by a script tag has it as the global tf.
		const globals: Record<string, string> = language === "python" ? {} : { tf: "tfjs" };
		this.evaluator = new Evaluator(this.survey, knows, globals);
		const methods = new Set(this.survey.functions.map(({ fn }) => fn.name));
		for (const site of survey.calls) {
			const e = site.call.callee;
			const asked = e.kind !== "member" || isKnownName(e.name) || methods.has(e.name) || isAttribute(e);
			if (asked) this.sites.set(site, this.named(site));
		}
		this.calls = [...this.sites.values()];
		this.facts = { ...noFacts(), frameworks: this.frameworks() };
	}

	private named(site: CallSite): NamedCall {
		const { call, where, statement } = site;
		const e = call.callee;
		const callee = this.evaluator.evaluate(e, where);
		const name = nameOf(callee) ?? "";
		// What a module of the user's gives may be anything: model.fit is then a method of something unknown.
		if (e.kind === "member" && callee.kind === "symbol" && METHODS_OF_ANY.test(e.name) && !frameworkOf(name)) {
			const of = this.evaluator.evaluate(e.object, where);
			return { call, where, statement, path: site.path, callee: { kind: "member", of, name: e.name }, name };
		}
		return { call, where, statement, path: site.path, callee, name };
	}

	private frameworks(): Framework[] {
		const found = new Set<Framework>();
		const { imports } = this.survey;
		const ofModule = (d: Definition) => d.where.place.scope === this.survey.module;
		for (const { how } of [...imports.filter(ofModule), ...imports.filter((d) => !ofModule(d))]) {
			if (how.kind !== "import") continue;
			const framework = frameworkOf(how.name ? `${how.module}.${how.name}` : how.module);
			if (framework) found.add(framework);
		}
		for (const module of this.survey.starred) {
			const framework = frameworkOf(module);
			if (framework) found.add(framework);
		}
		if (this.language !== "python" && this.calls.some((c) => c.name.startsWith("tfjs."))) found.add("tfjs");
		return [...found];
	}

	/** @returns what a call calls; unknown where no table and no rule asks for it */
	calleeOf(site: CallSite): Meaning {
		return this.sites.get(site)?.callee ?? UNKNOWN_METHOD;
	}

	/** @returns the calls between two places, in the order of the text */
	callsWithin({ start, end }: Span): NamedCall[] {
		this.inOrder ??= this.calls.toSorted((a, b) => a.call.at.start - b.call.at.start);
		const calls = this.inOrder;
		let low = 0;
		for (let high = calls.length; low < high; ) {
			const middle = (low + high) >> 1;
			if (calls[middle].call.at.start < start) low = middle + 1;
			else high = middle;
		}
		const found: NamedCall[] = [];
		for (let i = low; i < calls.length && calls[i].call.at.start < end; i++) {
			if (calls[i].call.at.end <= end) found.push(calls[i]);
		}
		return found;
	}

	has(framework: Framework): boolean {
		return this.facts.frameworks.includes(framework);
	}

	evaluate(e: Expression, where: Where): Meaning {
		return this.evaluator.evaluate(e, where);
	}

	/** @returns the number that an expression is, undefined when it is none or unknown */
	number(e: Expression | undefined, where: Where): number | undefined {
		const value = e && this.evaluator.constant(e, where);
		return typeof value === "number" ? value : undefined;
	}

	/** @returns the full library names of what something is an instance of */
	kinds(m: Meaning): string[] {
		if (m.kind === "instance") return this.evaluator.ancestry(m.of);
		const name = nameOf(m);
		return name ? [name] : [];
	}
}

const METHODS_OF_ANY = /^(fit\w*|batch|padded_batch|compile|evaluate|predict|flow\w*)$/;
const UNKNOWN_METHOD: Meaning = unknown(() => t("it is no name that is known"));

/** self.encoder(x) may call a model. */
function isAttribute(e: Expression & { kind: "member" }): boolean {
	return e.object.kind === "name" && (e.object.name === "self" || e.object.name === "this");
}

/** Facts of a text that says nothing. */
export function noFacts(): Facts {
	return {
		frameworks: [],
		optimizers: [],
		schedules: [],
		batchSizes: [],
		epochs: [],
		datasets: [],
		tables: [],
		costs: [],
		clips: [],
		models: [],
		loops: [],
		heldOut: [],
		rates: [],
		seeded: false,
	};
}

/** Plain offsets: a node of the tree has much more to it. */
export function span(at: Span): Span {
	return { start: at.start, end: at.end };
}

/** Facts are plain data. */
export function plainParameter(p: Parameter): Parameter {
	return { ...p, ...(p.at && { at: span(p.at) }), ...(p.writtenAt && { writtenAt: span(p.writtenAt) }) };
}
