import type { ClassStatement, Expression, FunctionStatement, Lambda, Statement } from "../syntax/code.ts";
import type { CallSite, Definition, Place, Scope, Where } from "./scopes.ts";
import { append, StatementSurvey } from "./statement-survey.ts";

export type * from "./scopes.ts";
export { classOf, keyOf } from "./scopes.ts";

/** Where functions, classes, statements and calls stand. */
export class Places {
	readonly scopes = new WeakMap<FunctionStatement | Lambda | ClassStatement, Scope>();
	/** where a function or class stands itself */
	readonly places = new WeakMap<FunctionStatement | Lambda | ClassStatement, Where>();
	/** where each loop, condition and the like stands */
	readonly statementPlaces = new WeakMap<Statement, Where>();
	/** calls in an expression that a statement holds, in the order that they are made in; none of functions inside of it */
	readonly sitesIn = new WeakMap<Expression, CallSite[]>();
	/** fields of each class by name, as `self.x = value` sets them */
	readonly attributes = new WeakMap<ClassStatement, Map<string, Definition[]>>();
}

/** Orders left free between two statements of a module, for what is typed between them later. */
const ROOM = 2 ** 32;

/**
 * Everything that a program names and calls. What was found in a statement of the module stays for as long as the
 * statement does.
 */
export class Survey extends Places {
	readonly module: Scope = { kind: "module", definitions: new Map(), declared: new Set() };
	readonly top: Place = { scope: this.module };
	calls: CallSite[] = [];
	readonly callsByName = new Map<string, CallSite[]>();
	functions: StatementSurvey["functions"] = [];
	classes: StatementSurvey["classes"] = [];
	/** of functions and classes */
	innerScopes: Scope[] = [];
	/** `self.x = value`, the fields of each class */
	fields: Map<string, Definition[]>[] = [];
	imports: Definition[] = [];
	/** last names of paths that are given a value: "lr" of `args.lr = 0.1` */
	readonly pathEnds = new Set<string>();
	/** what is given a value under a text: `table["a"] = 0` */
	keyed: StatementSurvey["keyed"] = [];
	/** modules of `from module import *` */
	starred: string[] = [];
	private parts = new Map<Statement, StatementSurvey>();

	/** Takes the statements of the module as they are now. */
	update(statements: readonly Statement[]): void {
		if (!this.take(statements, this.parts)) this.take(statements, new Map());
		const parts = [...this.parts.values()];
		this.calls = parts.flatMap((p) => p.calls);
		this.functions = parts.flatMap((p) => p.functions);
		this.classes = parts.flatMap((p) => p.classes);
		this.innerScopes = parts.flatMap((p) => p.scopes);
		this.fields = parts.flatMap((p) => p.fields);
		this.imports = parts.flatMap((p) => p.imports);
		this.keyed = parts.flatMap((p) => p.keyed);
		this.starred = parts.flatMap((p) => p.starred);
		this.pathEnds.clear();
		for (const part of parts) for (const name of part.pathEnds) this.pathEnds.add(name);
		this.callsByName.clear();
		for (const site of this.calls) append(this.callsByName, site.name, site);
	}

	/** @returns false when no orders are left between statements that were surveyed before */
	private take(statements: readonly Statement[], before: ReadonlyMap<Statement, StatementSurvey>): boolean {
		const { definitions, declared } = this.module;
		definitions.clear();
		declared!.clear();
		this.parts = new Map();
		let last = 0;
		for (const [i, statement] of statements.entries()) {
			let part = before.get(statement);
			if (part?.alone && part.first <= last) return false;
			if (!part?.alone) {
				const next = before.size > 0 ? statements.slice(i + 1).find((s) => before.get(s)?.alone) : undefined;
				const end = next ? before.get(next)!.first : Number.POSITIVE_INFINITY;
				part = new StatementSurvey(statement, this.top, this, next ? Math.ceil((last + end) / 2) : last + ROOM);
				if (part.last >= end) return false;
			}
			last = part.last;
			this.parts.set(statement, part);
			for (const name of part.declared) declared!.add(name);
			for (const [name, given] of part.definitions) {
				const known = definitions.get(name);
				if (known) known.push(...given);
				else definitions.set(name, [...given]);
			}
		}
		return true;
	}
}
