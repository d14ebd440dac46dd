/**
 * What the analysis reads: Python and JavaScript brought to one form. Only what training loops need keeps its meaning;
 * everything else is "other", whose parts are still looked at.
 */

/** Where something stands: UTF-16 offsets, kept right while the text is edited. */
export interface Span {
	readonly start: number;
	readonly end: number;
}

export interface Argument {
	/** of a keyword argument */
	name?: string;
	value: Expression;
	/** the whole argument, name and all */
	at: Span;
	/** `*args`, `**kwargs`, `...rest` */
	spread?: boolean;
}

export interface Parameter {
	name: string;
	default?: Expression;
	annotation?: Expression;
	/** `*args` and `**kwargs` */
	rest?: boolean;
	/** names that a destructured parameter binds: [name, key, default] */
	parts?: [string, string, Expression | undefined][];
	at: Span;
}

interface Part<K extends string> {
	kind: K;
	at: Span;
}

export type Name = Part<"name"> & { name: string };
export type Member = Part<"member"> & { object: Expression; name: string; nameAt: Span };
export type Call = Part<"call"> & { callee: Expression; args: Argument[]; argsAt: Span; made: boolean };
export type Lambda = Part<"lambda"> & { parameters: Parameter[]; body: Statement[]; name?: string };
export type Mapping = Part<"mapping"> & { entries: { key?: Expression; name?: string; value: Expression }[] };
export type Sequence = Part<"sequence"> & { items: Expression[] };

export type Expression =
	| Name
	| Member
	| Call
	| Lambda
	| Mapping
	| Sequence
	| (Part<"index"> & { object: Expression; index: Expression })
	| (Part<"number"> & { value: number })
	| (Part<"text"> & { value: string })
	| (Part<"constant"> & { value: boolean | null })
	| (Part<"unary"> & { operator: string; operand: Expression })
	| (Part<"binary"> & { operator: string; left: Expression; right: Expression })
	| (Part<"conditional"> & { test: Expression; whenTrue: Expression; otherwise: Expression })
	/** an assignment inside an expression */
	| (Part<"bind"> & { target: Expression; value: Expression; operator?: string })
	/**
	 * why its value is not followed, in words when asked for, and what is in it; `targets` are names that it binds for itself,
	 * `slice` is that of an index: from, to, step
	 */
	| (Part<"other"> & { why: () => string; parts: Expression[]; targets?: Expression[]; slice?: Slice });

export type Slice = [Expression | undefined, Expression | undefined, Expression | undefined];

export type Import = Part<"import"> & {
	/** `name` of `module` as `alias`; without a name the module itself; name "*" everything */
	entries: { module: string; name?: string; alias: string; at: Span }[];
};
export type FunctionStatement = Part<"function"> & {
	name: string;
	nameAt: Span;
	parameters: Parameter[];
	body: Statement[];
	decorators: Expression[];
	generator: boolean;
};
export type ClassStatement = Part<"class"> & {
	name: string;
	bases: Expression[];
	body: Statement[];
	decorators: Expression[];
};
export type Assign = Part<"assign"> & {
	targets: Expression[];
	value?: Expression;
	/** of "+=" and the like: "+" */
	operator?: string;
	annotation?: Expression;
	/** JavaScript: false when the name is declared elsewhere, maybe outside of the function */
	declares?: boolean;
};
export type For = Part<"for"> & { target: Expression; iterable: Expression; body: Statement[]; otherwise: Statement[] };
/** `while`, and JavaScript's `for (;;)`, whose initial statement stands before it */
export type While = Part<"while"> & { test?: Expression; update?: Expression; body: Statement[]; count?: Expression };
export type If = Part<"if"> & { branches: { test: Expression; body: Statement[] }[]; otherwise: Statement[] };
export type With = Part<"with"> & { items: { value: Expression; target?: Expression }[]; body: Statement[] };

export type Statement =
	| Import
	| FunctionStatement
	| ClassStatement
	| Assign
	| For
	| While
	| If
	| With
	| (Part<"try"> & { body: Statement[]; handlers: Statement[][]; last: Statement[] })
	| (Part<"expression"> & { value: Expression })
	| (Part<"return"> & { value?: Expression })
	/** break, continue, raise: what follows it in its block does not run */
	| (Part<"leave"> & { parts: Expression[] })
	| (Part<"global"> & { names: string[] })
	| (Part<"others"> & { parts: Expression[] });

/** @returns the expressions directly in an expression */
export function partsOf(e: Expression): Expression[] {
	switch (e.kind) {
		case "member":
			return [e.object];
		case "index":
			return [e.object, e.index];
		case "call":
			return [e.callee, ...e.args.map((a) => a.value)];
		case "mapping":
			return e.entries.flatMap((entry) => (entry.key ? [entry.key, entry.value] : [entry.value]));
		case "sequence":
			return e.items;
		case "unary":
			return [e.operand];
		case "binary":
			return [e.left, e.right];
		case "conditional":
			return [e.test, e.whenTrue, e.otherwise];
		case "bind":
			return [e.value];
		case "other":
			return e.parts;
		default:
			return [];
	}
}

/** @returns a dotted path such as "optimizer.param_groups", undefined when it is not only names */
export function pathOf(e: Expression): string | undefined {
	if (e.kind === "name") return e.name;
	if (e.kind !== "member") return undefined;
	const object = pathOf(e.object);
	return object === undefined ? undefined : `${object}.${e.name}`;
}

/** A text that begins at an offset other than 0. */
export interface Sliced {
	slice(start: number, end: number): string;
}
