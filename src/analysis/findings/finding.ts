import type { Actions } from "../collect/actions.ts";
import type { Finding, FixEdit, Severity, Span } from "../facts.ts";
import type { Reading } from "../reading.ts";
import type { Call } from "../syntax/code.ts";

/** What the rules look at. */
export interface Case {
	reading: Reading;
	actions: Actions;
	/** offsets of the text begin at 0 */
	text: string;
	report(found: Omit<Finding, "start" | "end" | "severity">, at: Span, severity?: Severity): void;
}

export type Rule = (c: Case) => void;

/** Each code with how serious it is unless a setting says otherwise. docs/findings has a page for each. */
export const SEVERITIES: Record<string, Severity> = {
	"missing-zero-grad": "error",
	"zero-grad-between": "error",
	"clip-after-step": "warning",
	"accumulation-not-divided": "warning",
	"loss-keeps-graph": "warning",
	"eval-without-no-grad": "warning",
	"eval-without-eval": "warning",
	"eval-never-undone": "warning",
	"softmax-before-cross-entropy": "warning",
	"missing-softmax": "warning",
	"train-data-not-shuffled": "warning",
	"fit-batch-size": "error",
	"last-batch-of-one": "warning",
	"split-leaks": "warning",
	"batch-size-range": "error",
	"layer-sizes": "error",
	"learning-rate-range": "warning",
	"beta-range": "error",
	"adam-weight-decay": "info",
	"scheduler-before-optimizer": "warning",
	"scheduler-per-batch": "warning",
	"scheduler-per-epoch": "warning",
	"decay-units": "warning",
	"no-seed": "hint",
};

/** Moves the lines of a statement before the line that another begins on, in the same indentation. */
export function moveLine(text: string, what: Span, before: Span): FixEdit[] | undefined {
	const line = lineOf(text, what);
	const target = lineOf(text, before);
	const indentOf = (l: Span) => /^[\t ]*/.exec(text.slice(l.start, l.end))![0];
	if (indentOf(line) !== indentOf(target)) return undefined;
	if (text.slice(line.start, what.start).trim() !== "") return undefined;
	return [
		{ start: line.start, end: line.end, text: "" },
		{ start: target.start, end: target.start, text: text.slice(line.start, line.end) },
	];
}

/** @returns the lines that a span touches, with the line break after them */
export function lineOf(text: string, { start, end }: Span): Span {
	const stop = text.indexOf("\n", end);
	return { start: text.lastIndexOf("\n", start - 1) + 1, end: stop < 0 ? text.length : stop + 1 };
}

/**
 * Puts the lines of a statement with a body under another header, such as "with torch.no_grad():".
 * @returns undefined where the lines are not the statement's alone, or a text in them would change with their indentation
 */
export function wrapLines(text: string, { start, end }: Span, header: string): FixEdit[] | undefined {
	const lines = lineOf(text, { start, end });
	const indent = text.slice(lines.start, start);
	const block = text.slice(lines.start, end);
	if (indent.trim() !== "" || /"""|'''|\\\r?\n/.test(block)) return undefined;
	const inner = /\n([ \t]+)\S/.exec(block.slice(block.indexOf(":")))?.[1] ?? "";
	if (!inner.startsWith(indent) || inner === indent) return undefined;
	const unit = inner.slice(indent.length);
	const moved = block.replace(/^(?=.*\S)/gm, unit);
	return [{ start: lines.start, end, text: `${indent}${header}\n${moved}` }];
}

/** Passes one more argument by name, after the last one. */
export function addArgument({ args, argsAt }: Call, argument: string): FixEdit[] {
	const at = args.at(-1)?.at.end ?? argsAt.start + 1;
	return [{ start: at, end: at, text: args.length > 0 ? `, ${argument}` : argument }];
}
