import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Analyzer } from "../../src/analysis/analyzer.ts";
import type { Analysis, Finding, Parameter, TextKind } from "../../src/analysis/index.ts";
import { DIST } from "./kernels.ts";

/** With the grammars that the build left; `npm test` builds first. */
export const analyzer = new Analyzer((file) => readFile(join(DIST, "grammars", file)));

export async function analyze(text: string, kind: TextKind = "python"): Promise<Analysis> {
	const open = await analyzer.open(kind, text);
	try {
		return open.analyze();
	} finally {
		open.delete();
	}
}

/** Codes of the findings, hints left out: nearly every short program lacks a seed. */
export async function codesIn(text: string, kind: TextKind = "python"): Promise<string[]> {
	const { findings } = await analyze(text, kind);
	return findings.filter((f) => f.severity !== "hint").map((f) => f.code);
}

/** The text with the fix of the one finding of a code. */
export function fixed(text: string, findings: Finding[], code: string): string {
	const found = findings.find((f) => f.code === code);
	if (!found?.fix) throw new Error(`${code} has no fix`);
	const edits = found.fix.edits.toSorted((a, b) => b.start - a.start || b.end - a.end);
	return edits.reduce((t, { start, end, text: put }) => t.slice(0, start) + put + t.slice(end), text);
}

/** Values of parameters by name; what is unknown is its reason. */
export function valuesOf(parameters: readonly Parameter[]): Record<string, unknown> {
	return Object.fromEntries(parameters.map((p) => [p.name, p.unknown ? `unknown: ${p.unknown}` : p.value]));
}
