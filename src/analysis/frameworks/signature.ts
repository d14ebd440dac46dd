import { t } from "../../l10n.ts";
import type { Parameter } from "../facts.ts";
import type { Evaluator } from "../meaning/evaluator.ts";
import { type Constant, type Meaning, unknown } from "../meaning/meaning.ts";
import type { Where } from "../meaning/survey.ts";
import type { Argument, Call, Expression } from "../syntax/code.ts";

/** A parameter of a library's function. */
interface Slot {
	/** the names that it has or had */
	names: string[];
	/** our names; several when it takes a tuple */
	ours: string[];
	defaults: (Constant | undefined)[];
	keywordOnly: boolean;
}

const parsed = new Map<string, Slot[]>();

/**
 * Parameters in the library's order, "name/older:ours=default, other:a|b=1|2, *, only": what follows the star has no
 * place. A parameter without a name of ours keeps its own.
 */
function slotsOf(signature: string): Slot[] {
	let slots = parsed.get(signature);
	if (slots) return slots;
	slots = [];
	let keywordOnly = false;
	for (const part of signature.split(",")) {
		const text = part.trim();
		if (text === "*") {
			keywordOnly = true;
			continue;
		}
		const [, names, ours, defaults] = /^([\w/]+)(?::([\w|]+))?(?:=(.*))?$/.exec(text)!;
		const all = names.split("/");
		slots.push({
			names: all,
			ours: ours?.split("|") ?? [all[0]],
			defaults: defaults?.split("|").map(readDefault) ?? [],
			keywordOnly,
		});
	}
	parsed.set(signature, slots);
	return slots;
}

function readDefault(text: string): Constant {
	if (text === "true" || text === "false") return text === "true";
	if (text === "none") return null;
	return Number.isNaN(Number(text)) ? text : Number(text);
}

/** @returns the expression given for one of the names, undefined when it is left out */
export function given(
	call: Call,
	evaluator: Evaluator,
	where: Where,
	slot: { names: string[]; place: number },
): Argument | Entry | undefined {
	const keyword = call.args.find((a) => a.name !== undefined && slot.names.includes(a.name));
	if (keyword) return keyword;
	const before = call.args.slice(0, slot.place + 1);
	const positional = before[slot.place];
	if (slot.place >= 0 && positional && !positional.name && !before.some((a) => a.spread)) return positional;
	// **{"lr": 0.1}, or a dictionary that is known
	for (const { spread, value } of call.args) {
		const m = spread ? evaluator.evaluate(value, where) : undefined;
		if (m?.kind !== "mapping") continue;
		const name = slot.names.find((n) => evaluator.entry(m, n));
		const entry = m.entries.find((e) => e.name === name || (e.key && evaluator.constant(e.key, m.where) === name));
		if (name && entry) return { value: entry.value, where: m.where };
	}
	return undefined;
}

interface Entry {
	value: Expression;
	where?: Where;
}

/**
 * Reads a call's arguments by a signature.
 * @returns a parameter for each slot that is given or has a default; a tuple gives several
 */
export function readArguments(evaluator: Evaluator, call: Call, where: Where, signature: string): Parameter[] {
	const open = call.args.some((a) => a.spread && evaluator.evaluate(a.value, where).kind !== "mapping");
	return slotsOf(signature).flatMap((slot, i) => {
		const place = slot.keywordOnly ? -1 : i;
		const arg = given(call, evaluator, where, { names: slot.names, place });
		const [written] = slot.names;
		if (arg) {
			const there = ("where" in arg && arg.where) || where;
			const name = ("name" in arg && arg.name) || written;
			return slot.ours.length > 1
				? tupleParameters(evaluator, arg.value, there, slot.ours, name)
				: [parameterOf(evaluator, arg.value, there, slot.ours[0], name)];
		}
		if (open) {
			return slot.ours.map((name) => ({
				name,
				written,
				unknown: t("it may be among arguments passed by a star"),
				origin: "unknown" as const,
			}));
		}
		return slot.ours.flatMap((name, k): Parameter[] =>
			slot.defaults.length > 0 ? [{ name, written, value: slot.defaults[k], origin: "library" }] : [],
		);
	});
}

/** @returns the parameter that an expression gives */
export function parameterOf(
	evaluator: Evaluator,
	e: Expression,
	where: Where,
	name: string,
	written: string,
): Parameter {
	return fromMeaning(evaluator, evaluator.evaluate(e, where), e, name, written);
}

function fromMeaning(evaluator: Evaluator, m: Meaning, e: Expression, name: string, written: string): Parameter {
	const base = { name, written, at: e.at };
	if (m.kind === "constant") {
		return { ...base, value: m.value, writtenAt: m.at, origin: m.origin };
	}
	if (m.kind === "sequence") {
		const items = m.items.map((item) => evaluator.evaluate(item, m.where));
		const numbers = items.map((item) =>
			item.kind === "constant" && typeof item.value === "number" ? item.value : undefined,
		);
		if (!numbers.includes(undefined)) {
			return {
				...base,
				value: numbers as number[],
				writtenAt: m.at,
				origin: e.kind === "sequence" ? "literal" : "variable",
			};
		}
	}
	return { ...base, unknown: reasonOf(m), origin: "unknown" };
}

function tupleParameters(
	evaluator: Evaluator,
	e: Expression,
	where: Where,
	ours: string[],
	written: string,
): Parameter[] {
	const m = evaluator.evaluate(e, where);
	return ours.map((name, i) => {
		if (m.kind !== "sequence")
			return fromMeaning(evaluator, m.kind === "constant" ? unknown(() => t("it is no pair")) : m, e, name, written);
		const item = m.items[i];
		if (!item) return { name, written, at: e.at, unknown: t("it is not there"), origin: "unknown" };
		return parameterOf(evaluator, item, m.where, name, written);
	});
}

/** @returns why something is no constant, as the end of a sentence */
export function reasonOf(m: Meaning): string {
	switch (m.kind) {
		case "unknown":
			return m.why();
		case "symbol":
			return m.name.startsWith(".")
				? t("nothing in this file gives {0} a value", m.name.slice(1))
				: t("it is {0}", m.name);
		case "made":
			return t("{0} gives it", m.name.startsWith(".") ? `${m.name.slice(1)}()` : m.name);
		case "result":
			return m.name ? t("{0} gives it", `${m.name}()`) : t("a function gives it");
		case "member":
			return t("nothing in this file says what {0} is", m.name);
		case "element":
			return t("it is taken from a list");
		default:
			return t("it is no number");
	}
}

/** @returns the parameter of a name, undefined when it is absent */
export function find(parameters: readonly Parameter[], name: string): Parameter | undefined {
	return parameters.find((p) => p.name === name);
}

/** @returns its value when it is a number */
export function numberOf(parameters: readonly Parameter[], name: string): number | undefined {
	const value = find(parameters, name)?.value;
	return typeof value === "number" ? value : undefined;
}

/** @returns what a library's function takes for parameters that are left out, by our names */
export function defaultsOf(signature: string): Map<string, Constant> {
	return new Map(
		slotsOf(signature).flatMap(({ ours, defaults }) =>
			ours.flatMap((name, i): [string, Constant][] => (i < defaults.length ? [[name, defaults[i]!]] : [])),
		),
	);
}
