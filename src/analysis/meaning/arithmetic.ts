import { t } from "../../l10n.ts";
import type { Call, Expression } from "../syntax/code.ts";
import type { Evaluator } from "./evaluator.ts";
import { type Constant, type Meaning, unknown } from "./meaning.ts";
import type { Where } from "./survey.ts";

type Operation = Expression & { kind: "unary" | "binary" };

/** Arithmetic on constants, texts put together and paths; what a comparison gives is not followed. */
export function compute(evaluator: Evaluator, e: Operation, where: Where): Meaning {
	const operands = e.kind === "unary" ? [e.operand] : [e.left, e.right];
	const meanings = operands.map((o) => evaluator.evaluate(o, where));
	const [left, right] = meanings;
	if (e.kind === "binary" && (e.operator === "or" || e.operator === "||" || e.operator === "??")) {
		// x or default: x when it is known to be there
		if (left.kind === "constant" && (left.value || e.operator === "??") && left.value !== null) return left;
		return left.kind === "constant" && left.origin !== "default"
			? right
			: unknown(() => t("it depends on a condition"));
	}
	const values: Constant[] = [];
	for (const m of meanings) {
		if (m.kind === "constant") {
			values.push(m.value);
			continue;
		}
		const why = m.kind === "unknown" ? m.why : () => t("it is computed of what is not a number here");
		const { operator } = e;
		return {
			...unknown(why),
			...(e.kind === "binary" && /^([-+*/]|\/\/)$/.test(operator) ? { of: meanings, operator } : {}),
		};
	}
	const value = e.kind === "unary" ? unary(e.operator, values[0]) : binary(e.operator, values[0], values[1]);
	if (value === undefined) return unknown(() => t("the outcome of {0} is not followed", e.operator));
	const written = meanings.every((m) => m.kind === "constant" && m.origin === "literal");
	// -1 and 1e-3 * 2 are written where they are used; anything with a name in it is computed.
	const origin = e.kind === "unary" && left.kind === "constant" ? left.origin : written ? "literal" : "computed";
	const preset = meanings.some((m) => m.kind === "constant" && m.origin === "default");
	return { kind: "constant", value, at: e.at, origin: preset ? "default" : origin };
}

function unary(operator: string, value: Constant): Constant | undefined {
	if (operator === "not" || operator === "!") return !value;
	if (typeof value !== "number") return undefined;
	return operator === "-" ? -value : operator === "+" ? value : undefined;
}

function binary(operator: string, a: Constant, b: Constant): Constant | undefined {
	if (operator === "+" && typeof a === "string" && typeof b === "string") return a + b;
	if (operator === "/" && typeof a === "string" && typeof b === "string") return `${a.replace(/\/$/, "")}/${b}`;
	if (typeof a !== "number" || typeof b !== "number") return undefined;
	switch (operator) {
		case "+":
			return a + b;
		case "-":
			return a - b;
		case "*":
			return a * b;
		case "/":
			return b === 0 ? undefined : a / b;
		case "//":
			return b === 0 ? undefined : Math.floor(a / b);
		case "%":
			return b === 0 ? undefined : a - b * Math.floor(a / b);
		case "**":
			return a ** b;
		case "<<":
			return a * 2 ** b;
		default:
			return undefined;
	}
}

const FUNCTIONS: Record<string, (...values: number[]) => number> = {
	".int": Math.trunc,
	".float": (x) => x,
	".Number": (x) => x,
	".parseInt": Math.trunc,
	".parseFloat": (x) => x,
	".abs": Math.abs,
	".max": Math.max,
	".min": Math.min,
	".round": (x, digits = 0) => Number(x.toFixed(digits)),
	".pow": (a, b) => a ** b,
	"math.sqrt": Math.sqrt,
	"math.ceil": Math.ceil,
	"math.floor": Math.floor,
	"math.pow": (a, b) => a ** b,
	"math.log": (x) => Math.log(x),
	"numpy.sqrt": Math.sqrt,
	".Math.sqrt": Math.sqrt,
	".Math.ceil": Math.ceil,
	".Math.floor": Math.floor,
	".Math.round": Math.round,
	".Math.pow": (a, b) => a ** b,
	".Math.max": Math.max,
	".Math.min": Math.min,
};

const JOINS = new Set([
	"os.path.join",
	"path.join",
	"node:path.join",
	"pathlib.Path",
	"pathlib.PurePath",
	"path.resolve",
]);
const SAME_PATH = new Set([".str", "os.path.abspath", "os.path.expanduser", "os.fspath"]);

/** @returns what a known function of constants gives, undefined for other calls */
export function callOfConstants(evaluator: Evaluator, callee: Meaning, call: Call, where: Where): Meaning | undefined {
	if (callee.kind !== "symbol" || call.args.some((a) => a.name || a.spread)) return undefined;
	const compute = FUNCTIONS[callee.name];
	const joins = JOINS.has(callee.name) || SAME_PATH.has(callee.name);
	if (!compute && !joins) return undefined;
	const meanings = call.args.map((a) => evaluator.evaluate(a.value, where));
	const stranger = meanings.find((m) => m.kind !== "constant");
	if (stranger)
		return stranger.kind === "unknown"
			? stranger
			: joins
				? undefined
				: unknown(() => t("it is computed of what is not a number here"));
	const values = meanings.map((m) => (m.kind === "constant" ? m.value : null));
	const preset = meanings.some((m) => m.kind === "constant" && m.origin === "default");
	const origin = preset ? "default" : "computed";
	if (joins) {
		if (values.length === 0 || values.some((v) => typeof v !== "string")) return undefined;
		const value = values.map((v) => String(v).replace(/\/$/, "")).join("/");
		return { kind: "constant", value, at: call.at, origin };
	}
	// int("64")
	const numbers = values.map((v) => (typeof v === "string" && v.trim() !== "" ? Number(v) : v));
	if (numbers.length === 0 || numbers.some((v) => typeof v !== "number")) return undefined;
	const value = compute(...(numbers as number[]));
	return Number.isFinite(value) ? { kind: "constant", value, at: call.at, origin } : undefined;
}
