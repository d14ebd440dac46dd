import type { Statement } from "./code.ts";

/** @returns the return statements of a body, not of functions inside of it */
export function returnsOf(body: Statement[]): (Statement & { kind: "return" })[] {
	return body.flatMap((s) => {
		if (s.kind === "return") return [s];
		return s.kind === "function" || s.kind === "class" ? [] : blocksOf(s).flatMap(returnsOf);
	});
}

/** @returns the lists of statements in a statement */
export function blocksOf(s: Statement): Statement[][] {
	switch (s.kind) {
		case "for":
			return [s.body, s.otherwise];
		case "while":
		case "with":
		case "function":
		case "class":
			return [s.body];
		case "if":
			return [...s.branches.map((b) => b.body), s.otherwise];
		case "try":
			return [s.body, ...s.handlers, s.last];
		default:
			return [];
	}
}
