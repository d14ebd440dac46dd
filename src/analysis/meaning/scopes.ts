import type {
	Call,
	ClassStatement,
	Expression,
	FunctionStatement,
	Lambda,
	Parameter,
	Span,
	Statement,
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
	/** what is called as it is written: "self.model.fit", "" for what is no path of names */
	path: string;
	/** last name of what is called: "fit" */
	name: string;
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
