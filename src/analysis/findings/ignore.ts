import type { Finding } from "../facts.ts";

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
