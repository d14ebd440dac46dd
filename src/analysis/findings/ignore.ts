import type { Finding, FixEdit, Span } from "../facts.ts";
import { lineOf } from "./finding.ts";

const COMMENT = /(?:#|\/\/)[ \t]*descent:[ \t]*ignore(-file)?(?:\[([^\]\n]*)\])?/g;

/**
 * Leaves out what a comment says to ignore: `# descent: ignore[code, code]` on the line of a finding or alone on the line
 * above, without brackets every code; `# descent: ignore-file[code]` before the first line of code for the whole file.
 */
export function withoutIgnored(findings: Finding[], text: string): Finding[] {
	if (findings.length === 0 || !text.includes("descent:")) return findings;
	const lineAt = (offset: number) => text.lastIndexOf("\n", offset - 1) + 1;
	const ignored: { line?: number; codes?: string[] }[] = [];
	for (const match of text.matchAll(COMMENT)) {
		const codes = match[2] === undefined ? undefined : match[2].split(",").map((code) => code.trim());
		const line = lineAt(match.index);
		if (match[1]) {
			if (/^(\s*(#|\/\/).*(\n|$)|\s*\n)*\s*$/.test(text.slice(0, line))) ignored.push({ codes });
			continue;
		}
		const alone = text.slice(line, match.index).trim() === "";
		const next = text.indexOf("\n", match.index) + 1;
		ignored.push({ line: alone && next > 0 ? next : line, codes });
		if (alone) ignored.push({ line, codes });
	}
	return findings.filter(({ code, start }) => {
		const line = lineAt(start);
		return !ignored.some(
			(i) => (i.line === undefined || i.line === line) && (i.codes === undefined || i.codes.includes(code)),
		);
	});
}

/**
 * @param mark begins a comment in the text's language
 * @returns the edit that writes the comment by which a finding with this code is ignored where it stands
 */
export function ignoreHere(text: string, { start }: Span, code: string, mark: "#" | "//"): FixEdit {
	const at = lineOf(text, { start, end: start });
	const line = text.slice(at.start, at.end).replace(/\r?\n$/, "");
	const end = at.start + line.length;
	const other = [...line.matchAll(COMMENT)].find((match) => !match[1] && match[2] !== undefined);
	if (other) {
		const bracket = at.start + other.index + other[0].length - 1;
		return { start: bracket, end: bracket, text: `${other[2].trim() && ", "}${code}` };
	}
	const comment = `${mark} descent: ignore[${code}]`;
	// After a backslash there is no place for a comment.
	if (line.endsWith("\\")) {
		return { start: at.start, end: at.start, text: `${/^\s*/.exec(line)![0]}${comment}\n` };
	}
	return { start: end, end, text: `  ${comment}` };
}
