import type { SyntaxNode } from "./syntax-node.ts";

/** @returns undefined for a complex number */
export function pythonNumber(source: string): number | undefined {
	const plain = source.replaceAll("_", "").toLowerCase();
	if (plain.endsWith("j")) return undefined;
	// Python 2's octal and long numbers are none of today's.
	const value = Number(plain);
	return Number.isNaN(value) ? undefined : value;
}

/** @returns the text of a string and of strings that stand side by side, undefined for an f-string or bytes */
export function pythonText(node: SyntaxNode, source: (node: SyntaxNode) => string): string | undefined {
	if (node.type === "concatenated_string") {
		const parts = node.children.filter((c) => c.type !== "comment").map((c) => pythonText(c, source));
		return parts.includes(undefined) ? undefined : parts.join("");
	}
	const prefix = /^[a-z]*/i.exec(source(node))![0].toLowerCase();
	if (/[fb]/.test(prefix) || node.children.some((c) => c.type === "interpolation")) return undefined;
	const content = node.children.filter((c) => c.type === "string_content").map(source);
	return prefix.includes("r") ? content.join("") : content.map(unescapeText).join("");
}

const ESCAPES: Record<string, string> = {
	n: "\n",
	t: "\t",
	r: "\r",
	"\\": "\\",
	"'": "'",
	'"': '"',
	"\n": "",
	"`": "`",
};

/** The escapes that occur in paths and names; others stay as they are written. */
export function unescapeText(raw: string): string {
	return raw.includes("\\") ? raw.replace(/\\([\s\S])/g, (all, c: string) => ESCAPES[c] ?? all) : raw;
}
