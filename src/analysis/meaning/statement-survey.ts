import {
	type ClassStatement,
	type Expression,
	type FunctionStatement,
	type Lambda,
	partsOf,
	pathOf,
	type Span,
	type Statement,
} from "../syntax/code.ts";
import {
	type CallSite,
	classOf,
	type Definition,
	type How,
	keyOf,
	type Place,
	type Scope,
	type Where,
} from "./scopes.ts";
import type { Places } from "./survey.ts";

/** What one statement of a module names and calls, functions and classes with all that is in them. */
export class StatementSurvey {
	readonly calls: CallSite[] = [];
	readonly functions: { fn: FunctionStatement | Lambda; scope: Scope; place: Place }[] = [];
	readonly classes: { cls: ClassStatement; scope: Scope; place: Place }[] = [];
	/** scopes of functions and classes */
	readonly scopes: Scope[] = [];
	/** what it gives a value of the module's names */
	readonly definitions = new Map<string, Definition[]>();
	readonly declared: string[] = [];
	readonly imports: Definition[] = [];
	/** fields of each class */
	readonly fields: Map<string, Definition[]>[] = [];
	/** modules of `from module import *` */
	readonly starred: string[] = [];
	readonly pathEnds: string[] = [];
	readonly keyed: { object: Expression; name: string; where: Where }[] = [];
	/** false when other statements of the module say what a name in it belongs to */
	alone = true;
	/** orders of its first and its last moment */
	readonly first: number;
	readonly last: number;
	private readonly found: Places;
	private readonly module: Scope;
	private order: number;
	private statement: Statement;
	/** calls of the expression that is being walked */
	private made: CallSite[] = [];

	/** @param first the order of its first moment, above those of all that comes before it */
	constructor(statement: Statement, top: Place, found: Places, first: number) {
		this.found = found;
		this.module = top.scope;
		this.statement = statement;
		this.first = first;
		this.order = first;
		this.visit(statement, top);
		this.last = this.order;
	}

	private now(place: Place): Where {
		return { place, order: this.order++ };
	}

	private block(statements: Statement[], place: Place): void {
		for (const s of statements) {
			this.statement = s;
			this.visit(s, place);
		}
	}

	private visit(s: Statement, place: Place): void {
		this.found.statementPlaces.set(s, this.now(place));
		switch (s.kind) {
			case "import":
				for (const { module, name, alias, at } of s.entries) {
					if (name === "*") this.starred.push(module);
					else this.define(alias, { kind: "import", module, name }, at, this.now(place));
				}
				return;
			case "assign":
				this.assign(s, place);
				return;
			case "expression":
			case "return":
				if (s.value) this.whole(s.value, place);
				return;
			case "for": {
				this.whole(s.iterable, place);
				const body = { scope: place.scope, parent: place, owner: s };
				this.bind(s.target, (path) => ({ kind: "element", of: s.iterable, path }), this.now(body));
				this.block(s.body, body);
				this.block(s.otherwise, { scope: place.scope, parent: place, owner: s });
				return;
			}
			case "while": {
				if (s.test) this.whole(s.test, place);
				const body = { scope: place.scope, parent: place, owner: s };
				this.block(s.body, body);
				if (s.update) this.whole(s.update, body);
				return;
			}
			case "if":
				for (const { test, body } of s.branches) {
					this.whole(test, place);
					this.block(body, isMain(test) ? place : { scope: place.scope, parent: place, owner: s });
				}
				this.block(s.otherwise, { scope: place.scope, parent: place, owner: s });
				return;
			case "with":
				for (const { value, target } of s.items) {
					this.whole(value, place);
					const where = this.now(place);
					if (target) this.bind(target, (path) => ({ kind: "value", value, path }), where);
				}
				this.block(s.body, place);
				return;
			case "try":
				this.block(s.body, place);
				for (const handler of s.handlers) this.block(handler, { scope: place.scope, parent: place, owner: s });
				this.block(s.last, place);
				return;
			case "function":
				for (const d of s.decorators) this.whole(d, place);
				this.define(s.name, { kind: "function", of: s }, s.at, this.now(place));
				this.function(s, place);
				return;
			case "class": {
				for (const e of [...s.bases, ...s.decorators]) this.whole(e, place);
				this.define(s.name, { kind: "class", of: s }, s.at, this.now(place));
				const scope: Scope = { kind: "class", parent: place.scope, owner: s, definitions: new Map() };
				this.found.scopes.set(s, scope);
				this.scopes.push(scope);
				this.found.places.set(s, this.now(place));
				this.classes.push({ cls: s, scope, place });
				const fields = new Map<string, Definition[]>();
				this.found.attributes.set(s, fields);
				this.fields.push(fields);
				this.block(s.body, { scope, parent: place, owner: s });
				return;
			}
			case "global":
				place.scope.globals ??= new Set();
				for (const name of s.names) place.scope.globals.add(name);
				return;
			default:
				for (const e of s.parts) this.whole(e, place);
		}
	}

	private assign(s: Statement & { kind: "assign" }, place: Place): void {
		const { value, operator } = s;
		if (s.annotation) this.whole(s.annotation, place);
		const [first] = s.targets;
		if (s.declares && first.kind === "name") {
			place.scope.declared ??= new Set();
			place.scope.declared.add(first.name);
			if (place.scope === this.module) this.declared.push(first.name);
		}
		if (s.declares === false && first.kind === "name") {
			// A name of an outer function is given a value here.
			let home: Scope | undefined = place.scope;
			while (home && !home.declared?.has(first.name)) home = home.parent;
			if (place.scope !== this.module && (!home || home === this.module)) this.alone = false;
			if (home && home !== place.scope) {
				place.scope.outer ??= new Map();
				place.scope.outer.set(first.name, home);
			}
		}
		if (!value) return;
		const where = this.now(place);
		if (value.kind === "lambda" && s.targets[0].kind === "name") value.name = s.targets[0].name;
		this.whole(value, place);
		for (const target of s.targets) {
			if (target.kind === "index" || target.kind === "member") this.whole(target, place);
			this.bind(
				target,
				(path) => (operator ? { kind: "changed", operator, value } : { kind: "value", value, path }),
				where,
			);
		}
	}

	private bind(
		target: Expression,
		how: (path: (number | string)[]) => How,
		where: Where,
		path: (number | string)[] = [],
	): void {
		if (target.kind === "sequence") {
			const starred = target.items.findIndex((item) => item.kind === "other");
			for (const [i, item] of target.items.entries()) {
				// What follows "*rest" has no place that is known.
				const step = starred >= 0 && i > starred ? -1 : i;
				this.bind(item.kind === "other" ? (item.parts[0] ?? item) : item, how, where, [...path, step]);
			}
		} else if (target.kind === "mapping") {
			for (const { name, value } of target.entries) if (name) this.bind(value, how, where, [...path, name]);
		} else {
			const key = keyOf(target);
			if (key === undefined) return;
			if (target.kind === "member") this.pathEnds.push(target.name);
			else if (target.kind === "index" && target.index.kind === "text") {
				this.pathEnds.push(target.index.value);
				this.keyed.push({ object: target.object, name: target.index.value, where });
			}
			this.define(key, how(path), target.at, where);
		}
	}

	private define(name: string, how: How, at: Span, where: Where): void {
		const definition: Definition = { name, how, at, where, order: this.order++ };
		let { scope } = where.place;
		const attribute = /^(self|this)\.(\w+)$/.exec(name)?.[2];
		const cls = attribute && classOf(scope);
		if (cls) {
			append(this.found.attributes.get(cls)!, attribute, definition);
			return;
		}
		if (how.kind === "import" && scope.kind !== "class") this.imports.push(definition);
		if (scope.globals?.has(name)) scope = this.module;
		scope = scope.outer?.get(name) ?? scope;
		append(scope === this.module ? this.definitions : scope.definitions, name, definition);
	}

	private function(fn: FunctionStatement | Lambda, place: Place): void {
		const scope: Scope = { kind: "function", parent: place.scope, owner: fn, definitions: new Map() };
		const inside: Place = { scope, parent: place, owner: fn };
		this.found.scopes.set(fn, scope);
		this.scopes.push(scope);
		this.found.places.set(fn, this.now(place));
		this.functions.push({ fn, scope, place });
		for (const parameter of fn.parameters) {
			if (parameter.default) this.whole(parameter.default, place);
			const where = this.now(inside);
			const base = { kind: "parameter", of: fn, parameter } as const;
			if (parameter.parts) {
				for (const [name, key, value] of parameter.parts) {
					this.define(name, { ...base, key, default: value }, parameter.at, where);
				}
			} else this.define(parameter.name, base, parameter.at, where);
		}
		const outer = this.statement;
		this.block(fn.body, inside);
		this.statement = outer;
	}

	/** Walks an expression that is no part of another. */
	private whole(e: Expression, place: Place): void {
		const outer = this.made;
		this.made = [];
		this.expression(e, place);
		if (this.made.length > 0) this.found.sitesIn.set(e, this.made);
		this.made = outer;
	}

	private expression(e: Expression, place: Place): void {
		if (e.kind === "lambda") {
			this.function(e, place);
			return;
		}
		if (e.kind === "other" && e.targets) {
			const scope: Scope = { kind: "comprehension", parent: place.scope, definitions: new Map() };
			const inside = { scope, parent: place };
			for (const target of e.targets) this.bind(target, (path) => ({ kind: "element", of: e, path }), this.now(inside));
			for (const part of e.parts) this.expression(part, inside);
			return;
		}
		if (e.kind === "call") {
			const name = e.callee.kind === "member" || e.callee.kind === "name" ? e.callee.name : "";
			const path = pathOf(e.callee) ?? "";
			const site: CallSite = { call: e, where: this.now(place), statement: this.statement, name, path };
			this.calls.push(site);
			for (const part of partsOf(e)) this.expression(part, place);
			this.made.push(site);
			return;
		}
		for (const part of partsOf(e)) this.expression(part, place);
		if (e.kind === "bind") {
			const { value, operator } = e;
			const where = this.now(place);
			this.bind(
				e.target,
				(path) => (operator ? { kind: "changed", operator, value } : { kind: "value", value, path }),
				where,
			);
		}
	}
}

/** Adds to the list under a key. */
export function append<K, T>(map: Map<K, T[]>, key: K, value: T): void {
	const list = map.get(key);
	if (list) list.push(value);
	else map.set(key, [value]);
}

/** `if __name__ == "__main__":` runs in a script, which is what is read. */
function isMain(test: Expression): boolean {
	return test.kind === "binary" && test.left.kind === "name" && test.left.name === "__name__";
}
