import type { Call, ClassStatement, Expression, FunctionStatement, Lambda, Span } from "../syntax/code.ts";
import type { Where } from "./survey.ts";

/** How a value got where it is used. */
export type Origin =
	/** written there */
	| "literal"
	/** a variable, an attribute or an entry of a dictionary */
	| "variable"
	/** computed of constants */
	| "computed"
	/** what a command-line option, a field of a configuration or a parameter is when nobody says otherwise */
	| "default"
	/** what the library does when the argument is left out */
	| "library";

export type Constant = number | string | boolean | null;

/** What an expression stands for, as far as the text tells. */
export type Meaning =
	| { kind: "constant"; value: Constant; at: Span; origin: Origin }
	| { kind: "sequence"; items: Expression[]; where: Where; at: Span }
	| { kind: "mapping"; entries: { key?: Expression; name?: string; value: Expression }[]; where: Where; at: Span }
	/** something of a library, by its full name: "torch.optim.Adam" */
	| { kind: "symbol"; name: string }
	/** what calling a symbol gave */
	| { kind: "made"; name: string; call: Call; where: Where }
	/** a member of something that was made, and what calling it gave */
	| { kind: "member"; of: Meaning; name: string }
	| { kind: "result"; of: Meaning; name: string; call: Call; where: Where }
	| { kind: "function"; of: FunctionStatement | Lambda; self?: Meaning }
	| { kind: "class"; of: ClassStatement }
	| { kind: "instance"; of: ClassStatement; call?: Call; where?: Where }
	/** with the index, where it is one that is written */
	| { kind: "element"; of: Meaning; index?: Expression; where?: Where }
	/** `why`: as the end of a sentence, put into words when it is asked for; `of`: what + - * / was computed of */
	| { kind: "unknown"; why: () => string; of?: Meaning[]; operator?: string };

export function unknown(why: () => string): Meaning & { kind: "unknown" } {
	return { kind: "unknown", why };
}

/** True when two meanings are the same value or the same object. */
export function sameMeaning(a: Meaning, b: Meaning): boolean {
	if (a.kind === "constant" && b.kind === "constant") return a.value === b.value;
	if (a.kind === "symbol" && b.kind === "symbol") return a.name === b.name;
	if (a.kind === "made" && b.kind === "made") return a.call === b.call;
	if (a.kind === "result" && b.kind === "result") return a.call === b.call;
	if (a.kind === "member" && b.kind === "member") return a.name === b.name && sameMeaning(a.of, b.of);
	if (a.kind === "element" && b.kind === "element") return a.index === b.index && sameMeaning(a.of, b.of);
	if (a.kind === "instance" && b.kind === "instance") return a.of === b.of && a.call === b.call;
	if (a.kind === "function" && b.kind === "function") return a.of === b.of;
	if (a.kind === "class" && b.kind === "class") return a.of === b.of;
	if (a.kind === "sequence" && b.kind === "sequence") return a.items === b.items;
	if (a.kind === "mapping" && b.kind === "mapping") return a.entries === b.entries;
	return false;
}

/** @returns the full name of what was called, such as "torch.optim.Adam" or "torch.nn.Linear.to" */
export function nameOf(m: Meaning): string | undefined {
	if (m.kind === "symbol" || m.kind === "made") return m.name;
	if (m.kind === "member" || m.kind === "result") {
		const of = nameOf(m.of);
		return of === undefined ? undefined : `${of}.${m.name}`;
	}
	return undefined;
}

/** @returns the argument of a call by its name or its place, undefined when it is absent or `...rest` may hold it */
export function argument(call: Call, name: string, place?: number): Expression | undefined {
	for (const arg of call.args) if (arg.name === name) return arg.value;
	if (place === undefined) return undefined;
	const before = call.args.slice(0, place + 1);
	const arg = before[place];
	return arg && !arg.name && !before.some((a) => a.spread) ? arg.value : undefined;
}
