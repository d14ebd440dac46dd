import { pathToFileURL } from "node:url";
import { SEVERITIES } from "../../analysis/index.ts";
import type { PlacedFinding } from "./check.ts";

const LEVELS = { error: "error", warning: "warning", info: "note", hint: "note" } as const;

/** @returns a log of SARIF 2.1.0 (OASIS); columns count UTF-16 units, as its default has it */
export function sarifOf(findings: readonly PlacedFinding[]): object {
	const codes = Object.keys(SEVERITIES);
	return {
		$schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
		version: "2.1.0",
		runs: [
			{
				tool: {
					driver: {
						name: "descent",
						rules: codes.map((id) => ({ id, defaultConfiguration: { level: LEVELS[SEVERITIES[id]] } })),
					},
				},
				columnKind: "utf16CodeUnits",
				results: findings.map((f) => ({
					ruleId: f.code,
					ruleIndex: codes.indexOf(f.code),
					level: LEVELS[f.severity],
					message: { text: `${f.message} ${f.advice}` },
					locations: [
						{
							physicalLocation: {
								artifactLocation: { uri: uriOf(f.path) },
								region: { startLine: f.line, startColumn: f.column, endLine: f.endLine, endColumn: f.endColumn },
							},
							...(f.cell === undefined ? {} : { logicalLocations: [{ name: `cell ${f.cell}`, kind: "module" }] }),
						},
					],
				})),
			},
		],
	};
}

/** A path relative to the current folder stays so. */
function uriOf(path: string): string {
	if (/^([/\\]|[a-zA-Z]:)/.test(path)) return pathToFileURL(path).href;
	return path.split(/[/\\]/).map(encodeURIComponent).join("/");
}
