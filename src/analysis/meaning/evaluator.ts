import { t } from "../../l10n.ts";
import type { Call, ClassStatement, Expression, FunctionStatement, Lambda } from "../syntax/code.ts";
import { returnsOf } from "../syntax/statements.ts";
import { callOfConstants, compute } from "./arithmetic.ts";
import { classMember, instanceMember } from "./classes.ts";
import { argument, type Constant, type Meaning, nameOf, sameMeaning, unknown } from "./meaning.ts";
import { canonicalName } from "./names.ts";
import { declaredOption, libraryCall, namedField } from "./options.ts";
import { reaching } from "./reaching.ts";
import { type CallSite, classOf, type Definition, keyOf, type Scope, type Survey, type Where } from "./survey.ts";

type Path = readonly (number | string)[];

/** What stands for itself. */
const LITERAL: ReadonlySet<Expression["kind"]> = new Set([
	"number",
	"text",
	"constant",
	"sequence",
	"mapping",
	"lambda",
]);
/** What `return` gives that gives nothing; nobody is told. */
const NOTHING = unknown(() => "nothing");
const UNDER_WAY = unknown(() => t("it depends on itself"));

/**
 * Says what expressions stand for by following names to where they got their value. A name with several values that may
 * hold is unknown unless they are all the same.
 */
export class Evaluator {
	readonly survey: Survey;
	/** names of a library that `from x import *` may have brought */
	private readonly knows: (name: string) => boolean;
	private readonly globals: Record<string, string>;
	private readonly known = new Map<Expression, Meaning>();
	private readonly knownDefinitions = new Map<Definition, Meaning>();
	/** evaluations that are under way, one in another, and how often one was cut short because it asked for itself */
	private depth = 0;
	private cuts = 0;

	/** @param globals names that mean something without being brought in */
	constructor(survey: Survey, knows: (name: string) => boolean, globals: Record<string, string>) {
		this.survey = survey;
		this.knows = knows;
		this.globals = globals;
	}

	/** @param where the place in the program whose names it sees */
	evaluate(e: Expression, where: Where): Meaning {
		return LITERAL.has(e.kind) ? this.read(e, where) : this.once(this.known, e, () => this.read(e, where));
	}

	/** Finds out what something means unless that is known. */
	private once<T>(known: Map<T, Meaning>, of: T, find: () => Meaning): Meaning {
		const before = known.get(of);
		if (before === UNDER_WAY || (!before && this.depth > 200)) this.cuts++;
		if (before) return before;
		if (this.depth > 200) return UNDER_WAY;
		known.set(of, UNDER_WAY);
		this.depth++;
		const { cuts } = this;
		const meaning = find();
		this.depth--;
		// What was cut short in a circle may be known when asked from elsewhere.
		if (this.depth > 0 && meaning.kind === "unknown" && this.cuts > cuts) known.delete(of);
		else known.set(of, meaning);
		return meaning;
	}

	/** @returns the full name of what a call calls, undefined when it is the program's own or unknown */
	calleeName(call: Call, where: Where): string | undefined {
		return nameOf(this.evaluate(call.callee, where));
	}

	constant(e: Expression, where: Where): Constant | undefined {
		const m = this.evaluate(e, where);
		return m.kind === "constant" ? m.value : undefined;
	}

	private read(e: Expression, where: Where): Meaning {
		switch (e.kind) {
			case "number":
			case "text":
			case "constant":
				return { kind: "constant", value: e.value, at: e.at, origin: "literal" };
			case "name":
				return this.name(e.name, where);
			case "member":
				return this.memberExpression(e, e.name, where);
			case "index": {
				const key = this.constant(e.index, where);
				if (typeof key === "string") return this.memberExpression(e, key, where);
				const object = this.evaluate(e.object, where);
				if (typeof key === "number" && Number.isInteger(key)) return this.follow(object, [key]);
				return object.kind === "unknown" ? object : { kind: "element", of: object, index: e.index, where };
			}
			case "sequence":
				return { kind: "sequence", items: e.items, where, at: e.at };
			case "mapping":
				return { kind: "mapping", entries: e.entries, where, at: e.at };
			case "unary":
			case "binary":
				return compute(this, e, where);
			case "conditional": {
				const test = this.evaluate(e.test, where);
				if (test.kind === "constant" && test.origin === "literal") {
					return this.evaluate(test.value ? e.whenTrue : e.otherwise, where);
				}
				const then = this.evaluate(e.whenTrue, where);
				const otherwise = this.evaluate(e.otherwise, where);
				return sameMeaning(then, otherwise) ? then : unknown(() => t("it depends on a condition"));
			}
			case "bind":
				return e.operator ? unknown(() => t("it changes")) : this.evaluate(e.value, where);
			case "lambda":
				return { kind: "function", of: e };
			case "call":
				return this.call(e, where);
			case "other":
				return unknown(e.why);
		}
	}

	private name(name: string, where: Where): Meaning {
		if (name === "this") return this.selfAt(where.place.scope) ?? unknown(() => t("nothing says what this is"));
		const home = this.homeOf(name, where.place.scope);
		if (home)
			return this.defined(home.definitions.get(name)!, home, where) ?? unknown(() => t("{0} has no value yet", name));
		const star = this.survey.starred.find((module) => this.knows(canonicalName(`${module}.${name}`)));
		if (star) return { kind: "symbol", name: canonicalName(`${star}.${name}`) };
		return { kind: "symbol", name: this.globals[name] ?? `.${name}` };
	}

	/** @returns the scope that gives a name its meaning; class bodies are not seen from their methods */
	private homeOf(name: string, scope: Scope): Scope | undefined {
		for (let s: Scope | undefined = scope; s; s = s.parent) {
			if (s.globals?.has(name)) return this.survey.module.definitions.has(name) ? this.survey.module : undefined;
			const outer = s.outer?.get(name);
			if (outer) return outer.definitions.has(name) ? outer : undefined;
			if ((s.kind !== "class" || s === scope) && s.definitions.has(name)) return s;
		}
		return undefined;
	}

	/** @returns undefined when no value has been given at this moment */
	private defined(definitions: Definition[], home: Scope, where: Where, base?: () => Meaning): Meaning | undefined {
		const [only] = definitions;
		if (definitions.length === 1 && !base && (home !== where.place.scope || only.order < where.order)) {
			return this.definition(only);
		}
		// A function runs at some time after the text around it: it may see any of the values, but none if it never runs.
		const use = home === where.place.scope ? reaching(definitions, where) : { found: definitions, certain: true };
		const meanings = use.found.map((d) => this.definition(d));
		if (base && !use.certain) meanings.push(base());
		return agreed(meanings);
	}

	definition(d: Definition): Meaning {
		return this.once(this.knownDefinitions, d, () => this.readDefinition(d));
	}

	private readDefinition({ how, where, name }: Definition): Meaning {
		switch (how.kind) {
			case "import": {
				const full = how.name === undefined ? how.module : `${how.module}.${how.name}`;
				return { kind: "symbol", name: canonicalName(full.replace(/\.default$/, "")) };
			}
			case "value": {
				const m = this.follow(this.evaluate(how.value, where), how.path);
				return byName(m);
			}
			case "element": {
				const items = this.evaluate(how.of, where);
				if (items.kind === "sequence" && how.path.length === 0) {
					const all = items.items.map((item) => this.evaluate(item, items.where));
					const one = agreed(all);
					return one && one.kind !== "unknown" ? one : unknown(() => t("{0} takes several values", name));
				}
				return items.kind === "constant"
					? unknown(() => t("{0} takes several values", name))
					: { kind: "element", of: items };
			}
			case "function":
				return { kind: "function", of: how.of };
			case "class":
				return { kind: "class", of: how.of };
			case "changed":
				return unknown(() => t("{0} is changed by {1}=", name, how.operator));
			case "parameter":
				return this.parameter(how, name, where);
		}
	}

	private parameter(how: Definition["how"] & { kind: "parameter" }, name: string, where: Where): Meaning {
		const { of: fn, parameter } = how;
		const { scope } = where.place;
		const method = scope.parent?.kind === "class" ? (scope.parent.owner as ClassStatement) : undefined;
		if (method && parameter === fn.parameters[0] && name === "self") return { kind: "instance", of: method };
		if (parameter.rest) return unknown(() => t("{0} takes what is left", name));
		const option = fn.kind === "function" ? declaredOption(this, fn, parameter, where) : undefined;
		const sites = this.callSites(fn, method);
		const fallback = how.default ?? parameter.default;
		const preset = (): Meaning => {
			if (option) return option;
			if (fallback) {
				const outside = this.survey.places.get(fn) ?? where;
				return byDefault(this.evaluate(fallback, outside));
			}
			return unknown(() =>
				sites.length > 0 ? t("{0} is left out by a caller", name) : t("{0} is set by whoever calls", name),
			);
		};
		if (sites.length === 0) return preset();
		const place = fn.parameters.indexOf(parameter) - (method && fn.kind === "function" && hasSelf(fn) ? 1 : 0);
		const given = sites.map(({ call, where: there }) => {
			const value = argument(call, parameter.name || name, place);
			if (value && how.key) return this.follow(this.evaluate(value, there), [how.key]);
			if (value) return this.evaluate(value, there);
			return call.args.some((a) => a.spread) ? unknown(() => t("{0} is passed with others by a star", name)) : preset();
		});
		return agreed(given) ?? unknown(() => t("{0} is set by whoever calls", name));
	}

	/** @returns the calls of a function in this program; those of a class for its constructor */
	callSites(fn: FunctionStatement | Lambda, cls?: ClassStatement): CallSite[] {
		const constructs = cls && (fn.name === "__init__" || fn.name === "constructor");
		const name = constructs ? cls.name : fn.name;
		if (!name) return [];
		return (this.survey.callsByName.get(name) ?? []).filter(({ call, where }) => {
			const callee = this.evaluate(call.callee, where);
			if (constructs) return callee.kind === "class" && callee.of === cls;
			return callee.kind === "function" && callee.of === fn;
		});
	}

	private selfAt(scope: Scope): Meaning | undefined {
		const cls = classOf(scope);
		return cls && { kind: "instance", of: cls };
	}

	private memberExpression(e: Expression & { kind: "member" | "index" }, name: string, where: Where): Meaning {
		const base = () => this.member(this.evaluate(e.object, where), name);
		if (!this.survey.pathEnds.has(name)) return base();
		const key = keyOf(e);
		const root = key?.split(".", 1)[0];
		if (key !== undefined && root !== "self" && root !== "this") {
			const home = this.homeOf(root!, where.place.scope);
			const definitions = home?.definitions.get(key) ?? where.place.scope.definitions.get(key);
			if (definitions) return this.defined(definitions, home ?? where.place.scope, where, base) ?? base();
		}
		return base();
	}

	/** @returns the expressions that may have given a name or a path its value at a moment */
	sources(name: string, where: Where): Expression["at"][] {
		const home = this.homeOf(name, where.place.scope);
		const definitions = home?.definitions.get(name);
		if (!home || !definitions) return [];
		const found = home === where.place.scope ? reaching(definitions, where).found : definitions;
		return found.flatMap(({ how }) => (how.kind === "value" ? [how.value.at] : []));
	}

	/** @returns what a name is in an object */
	member(object: Meaning, name: string): Meaning {
		switch (object.kind) {
			case "symbol": {
				const field = namedField(this, object, name);
				return field ?? { kind: "symbol", name: canonicalName(`${object.name}.${name}`) };
			}
			case "instance":
				return instanceMember(this, object, name) ?? { kind: "member", of: object, name };
			case "class":
				return classMember(this, object.of, name) ?? unknown(() => t("{0} has no {1} here", object.of.name, name));
			case "mapping":
				return this.entry(object, name) ?? { kind: "member", of: object, name };
			case "unknown":
				return object === UNDER_WAY ? object : { kind: "member", of: object, name };
			default:
				return namedField(this, object, name) ?? { kind: "member", of: object, name };
		}
	}

	/** @returns the value under a key of a dictionary */
	entry(m: Meaning & { kind: "mapping" }, key: string): Meaning | undefined {
		let spread = false;
		for (const entry of m.entries.toReversed()) {
			const name = entry.name ?? (entry.key && this.constant(entry.key, m.where));
			if (name === key) return byName(this.evaluate(entry.value, m.where));
			if (entry.key === undefined && entry.name === undefined) spread = true;
		}
		return spread ? unknown(() => t("{0} may come from another dictionary", key)) : undefined;
	}

	basesOf(cls: ClassStatement): Meaning[] {
		const where = this.survey.places.get(cls);
		return where ? cls.bases.map((base) => this.evaluate(base, where)) : [];
	}

	/** @returns the full names of the library classes that a class comes from */
	ancestry(cls: ClassStatement): string[] {
		return this.basesOf(cls).flatMap((base) => {
			if (base.kind === "class") return base.of === cls ? [] : this.ancestry(base.of);
			return base.kind === "symbol" ? [base.name] : [];
		});
	}

	/** @returns what stands at a path of keys and places in a value */
	follow(m: Meaning, path: Path): Meaning {
		let found = m;
		for (const step of path) {
			if (found.kind === "sequence" && typeof step === "number") {
				const { items, where }: { items: Expression[]; where: Where } = found;
				const item = items.at(step);
				found = item && step >= 0 ? this.evaluate(item, where) : unknown(() => t("there is nothing at that place"));
			} else if (found.kind === "mapping" && typeof step === "string") {
				found = this.entry(found, step) ?? unknown(() => t("there is no {0}", step));
			} else if (found.kind === "unknown") return found;
			else if (typeof step === "string") found = this.member(found, step);
			else found = { kind: "member", of: found, name: String(step) };
		}
		return found;
	}

	private call(call: Call, where: Where): Meaning {
		const callee = this.evaluate(call.callee, where);
		const plain = callOfConstants(this, callee, call, where) ?? libraryCall(this, callee, call, where);
		if (plain) return plain;
		switch (callee.kind) {
			case "symbol":
				return { kind: "made", name: callee.name, call, where };
			case "class":
				return { kind: "instance", of: callee.of, call, where };
			case "function":
				return this.returned(callee.of) ?? { kind: "result", of: callee, name: "", call, where };
			case "member":
				return { kind: "result", of: callee.of, name: callee.name, call, where };
			case "instance":
				return { kind: "result", of: callee, name: "", call, where };
			case "unknown":
				return callee;
			default:
				return { kind: "result", of: callee, name: "", call, where };
		}
	}

	/** @returns what a function of the program returns, when that is one thing */
	private returned(fn: FunctionStatement | Lambda): Meaning | undefined {
		if (fn.kind === "function" && fn.generator) return undefined;
		const values = returnsOf(fn.body);
		if (values.length === 0) return undefined;
		const meanings = values.map((s) => {
			const where = this.survey.statementPlaces.get(s);
			return s.value && where ? this.evaluate(s.value, { ...where, order: where.order + 0.5 }) : NOTHING;
		});
		const found = agreed(meanings);
		return found && found.kind !== "unknown" ? found : undefined;
	}
}

/** A name keeps where its number is written, and that it came by a name. */
function byName(m: Meaning): Meaning {
	return m.kind === "constant" && m.origin === "literal" ? { ...m, origin: "variable" } : m;
}

/** A default is what holds when nobody says otherwise, wherever it is written. */
export function byDefault(m: Meaning): Meaning {
	return m.kind === "constant" ? { ...m, origin: "default" } : m;
}

/** @returns the one meaning of all; None beside something else is what it was before it got its value */
export function agreed(meanings: Meaning[]): Meaning | undefined {
	const some = meanings.filter((m) => !(m.kind === "constant" && m.value === null));
	const [first, ...others] = some.length > 0 ? some : meanings;
	if (!first) return undefined;
	if (others.every((m) => sameMeaning(first, m))) return first;
	return [first, ...others].find((m) => m.kind === "unknown") ?? unknown(() => t("it has more than one value"));
}

function hasSelf(fn: FunctionStatement): boolean {
	return /^(self|cls)$/.test(fn.parameters[0]?.name ?? "");
}
