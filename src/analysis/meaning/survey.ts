import {
	type Call,
	type ClassStatement,
	type Expression,
	type FunctionStatement,
	type Lambda,
	type Parameter,
	partsOf,
	type Span,
	type Statement,
} from "../syntax/code.ts";

/** What names mean together: a module, a function, a class body, a comprehension. */
export interface Scope {
	kind: "module" | "function" | "class" | "comprehension";
	parent?: Scope;
	owner?: FunctionStatement | Lambda | ClassStatement;
	definitions: Map<string, Definition[]>;
	/** names that `global` gives to the module */
	globals?: Set<string>;
	/** names that belong to a scope around this one */
	outer?: Map<string, Scope>;
	/** names that `let`, without a value yet, gives to a scope of JavaScript */
	declared?: Set<string>;
}

/** A list of statements that runs as a whole or not at all. */
export interface Place {
	scope: Scope;
	/** undefined for the statements of a module */
	parent?: Place;
	/** whose list it is */
	owner?: Statement | Lambda;
}

/** A moment in the program's text: what comes before it has a lower order. */
export interface Where {
	place: Place;
	order: number;
}

export type How =
	/** `path` leads into the value: a, (b, c) = value; {key: d} = value */
	| { kind: "value"; value: Expression; path: (number | string)[] }
	| { kind: "element"; of: Expression; path: (number | string)[] }
	| { kind: "import"; module: string; name?: string }
	| { kind: "parameter"; of: FunctionStatement | Lambda; parameter: Parameter; key?: string; default?: Expression }
	| { kind: "function"; of: FunctionStatement }
	| { kind: "class"; of: ClassStatement }
	| { kind: "changed"; operator: string; value: Expression };

/** A name, or a path such as "args.lr", given a value. */
export interface Definition {
	name: string;
	how: How;
	at: Span;
	/** where the value is computed */
	where: Where;
	/** from here on it holds */
	order: number;
}

export interface CallSite {
	call: Call;
	where: Where;
	/** statement that it stands in */
	statement: Statement;
}

/** Everything that a program names and calls, found in one walk. */
export class Survey {
	readonly module: Scope = { kind: "module", definitions: new Map() };
	readonly calls: CallSite[] = [];
	readonly callsByName = new Map<string, CallSite[]>();
	readonly functions: { fn: FunctionStatement | Lambda; scope: Scope; place: Place }[] = [];
	readonly classes: { cls: ClassStatement; scope: Scope; place: Place }[] = [];
	readonly scopes = new Map<FunctionStatement | Lambda | ClassStatement, Scope>();
	/** where a function or class stands itself */
	readonly places = new Map<FunctionStatement | Lambda | ClassStatement, Where>();
	/** `self.x = value`, by class and name */
	readonly attributes = new Map<ClassStatement, Map<string, Definition[]>>();
	/** where each loop, condition and the like stands */
	readonly statementPlaces = new Map<Statement, Where>();
	readonly top: Place;
	/** modules of `from module import *` */
	readonly starred: string[] = [];
	private order = 0;
	private statement!: Statement;

	constructor(statements: Statement[]) {
		this.top = { scope: this.module };
		this.block(statements, this.top);
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
		this.statementPlaces.set(s, this.now(place));
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
				if (s.value) this.expression(s.value, place);
				return;
			case "for": {
				this.expression(s.iterable, place);
				const body = { scope: place.scope, parent: place, owner: s };
				this.bind(s.target, (path) => ({ kind: "element", of: s.iterable, path }), this.now(body));
				this.block(s.body, body);
				this.block(s.otherwise, { scope: place.scope, parent: place, owner: s });
				return;
			}
			case "while": {
				if (s.test) this.expression(s.test, place);
				const body = { scope: place.scope, parent: place, owner: s };
				this.block(s.body, body);
				if (s.update) this.expression(s.update, body);
				return;
			}
			case "if":
				for (const { test, body } of s.branches) {
					this.expression(test, place);
					this.block(body, isMain(test) ? place : { scope: place.scope, parent: place, owner: s });
				}
				this.block(s.otherwise, { scope: place.scope, parent: place, owner: s });
				return;
			case "with":
				for (const { value, target } of s.items) {
					this.expression(value, place);
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
				for (const d of s.decorators) this.expression(d, place);
				this.define(s.name, { kind: "function", of: s }, s.at, this.now(place));
				this.function(s, place);
				return;
			case "class": {
				for (const e of [...s.bases, ...s.decorators]) this.expression(e, place);
				this.define(s.name, { kind: "class", of: s }, s.at, this.now(place));
				const scope: Scope = { kind: "class", parent: place.scope, owner: s, definitions: new Map() };
				this.scopes.set(s, scope);
				this.places.set(s, this.now(place));
				this.classes.push({ cls: s, scope, place });
				this.block(s.body, { scope, parent: place, owner: s });
				return;
			}
			case "global":
				place.scope.globals ??= new Set();
				for (const name of s.names) place.scope.globals.add(name);
				return;
			default:
				for (const e of s.parts) this.expression(e, place);
		}
	}

	private assign(s: Statement & { kind: "assign" }, place: Place): void {
		const { value, operator } = s;
		if (s.annotation) this.expression(s.annotation, place);
		const [first] = s.targets;
		if (s.declares && first.kind === "name") {
			place.scope.declared ??= new Set();
			place.scope.declared.add(first.name);
		}
		if (s.declares === false && first.kind === "name") {
			// A name of an outer function is given a value here.
			let home: Scope | undefined = place.scope;
			while (home && !home.declared?.has(first.name)) home = home.parent;
			if (home && home !== place.scope) {
				place.scope.outer ??= new Map();
				place.scope.outer.set(first.name, home);
			}
		}
		if (!value) return;
		const where = this.now(place);
		if (value.kind === "lambda" && s.targets[0].kind === "name") value.name = s.targets[0].name;
		this.expression(value, place);
		for (const target of s.targets) {
			if (target.kind === "index" || target.kind === "member") this.expression(target, place);
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
			if (key !== undefined) this.define(key, how(path), target.at, where);
		}
	}

	private define(name: string, how: How, at: Span, where: Where): void {
		const definition: Definition = { name, how, at, where, order: this.order++ };
		let { scope } = where.place;
		const attribute = /^(self|this)\.(\w+)$/.exec(name)?.[2];
		const cls = attribute && classOf(scope);
		if (cls) {
			const members = this.attributes.get(cls) ?? new Map<string, Definition[]>();
			this.attributes.set(cls, members);
			append(members, attribute, definition);
			return;
		}
		if (scope.globals?.has(name)) scope = this.module;
		append((scope.outer?.get(name) ?? scope).definitions, name, definition);
	}

	private function(fn: FunctionStatement | Lambda, place: Place): void {
		const scope: Scope = { kind: "function", parent: place.scope, owner: fn, definitions: new Map() };
		const inside: Place = { scope, parent: place, owner: fn };
		this.scopes.set(fn, scope);
		this.places.set(fn, this.now(place));
		this.functions.push({ fn, scope, place });
		for (const parameter of fn.parameters) {
			if (parameter.default) this.expression(parameter.default, place);
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
			const site = { call: e, where: this.now(place), statement: this.statement };
			this.calls.push(site);
			const name = e.callee.kind === "member" || e.callee.kind === "name" ? e.callee.name : "";
			append(this.callsByName, name, site);
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

function append<T>(map: Map<string, T[]>, key: string, value: T): void {
	const list = map.get(key);
	if (list) list.push(value);
	else map.set(key, [value]);
}

/** @returns "args.lr" for args.lr and args["lr"], undefined for what has no such path */
export function keyOf(e: Expression): string | undefined {
	if (e.kind === "name") return e.name;
	if (e.kind !== "member" && e.kind !== "index") return undefined;
	const object = keyOf(e.object);
	if (object === undefined) return undefined;
	if (e.kind === "member") return `${object}.${e.name}`;
	return e.index.kind === "text" ? `${object}.${e.index.value}` : undefined;
}

/** @returns the class that a method's scope belongs to */
export function classOf(scope: Scope | undefined): ClassStatement | undefined {
	for (let s = scope; s; s = s.parent) if (s.kind === "class") return s.owner as ClassStatement;
	return undefined;
}

/** `if __name__ == "__main__":` runs in a script, which is what is read. */
function isMain(test: Expression): boolean {
	return test.kind === "binary" && test.left.kind === "name" && test.left.name === "__name__";
}
