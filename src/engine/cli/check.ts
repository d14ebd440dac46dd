import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Analyzer, kindOf, type OpenText, readNotebook } from "../../analysis/analyzer.ts";
import { type Analysis, type Finding, Lines } from "../../analysis/index.ts";
import { InputError } from "../input-error.ts";
import { parseRunFile } from "../run-file.ts";
import type { Arguments } from "./arguments.ts";
import { filesBelow } from "./check-files.ts";
import { sarifOf } from "./sarif.ts";

/** A finding where a person looks for it: lines and columns from 1, of the cell in a notebook. */
export interface PlacedFinding extends Omit<Finding, "start" | "end" | "fix"> {
	path: string;
	/** code cell of a notebook, from 1 */
	cell?: number;
	line: number;
	column: number;
	endLine: number;
	endColumn: number;
}

/**
 * `descent check`: what the editor would say of training loops, without an editor.
 * @param directory where the build left the grammars
 * @returns 0, 1 when there are errors or warnings, or 2 when a run file is none that can be run
 */
export async function checkCommand({ operands, own, json }: Arguments, directory: string): Promise<number> {
	if (operands.length === 0)
		throw new InputError('"descent check" takes files or folders; "descent check --help" says how.');
	if ([json, own.sarif, own.facts].filter(Boolean).length > 1) {
		throw new InputError("--json, --sarif and --facts are three forms of output: choose one.");
	}
	const analyzer = new Analyzer((file) => readFile(join(directory, "grammars", file)));
	const found: PlacedFinding[] = [];
	let refused = false;
	for (const path of await filesBelow(operands)) {
		const { analysis, place, fault } = await read(analyzer, path);
		if (fault) {
			refused = true;
			console.error(`descent: ${fault.message}`);
		}
		if (own.facts) {
			console.log(JSON.stringify({ path, ...analysis.facts }));
			continue;
		}
		found.push(...analysis.findings.map((finding) => placed(path, finding, place)));
	}
	if (own.facts) return 0;
	if (own.sarif) console.log(JSON.stringify(sarifOf(found), null, "\t"));
	else if (json) process.stdout.write(found.map((f) => `${JSON.stringify({ type: "finding", ...f })}\n`).join(""));
	else process.stdout.write(found.map((f) => `${lineOf(f)}\n`).join(""));
	if (refused) return 2;
	return found.some((f) => f.severity === "error" || f.severity === "warning") ? 1 : 0;
}

type Place = (offset: number) => { cell?: number; line: number; column: number };

async function read(
	analyzer: Analyzer,
	path: string,
): Promise<{ analysis: Analysis; place: Place; fault?: InputError }> {
	const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
		throw new InputError(`${path} cannot be read (${cause.code}); check its permissions.`);
	});
	const kind = kindOf(path)!;
	const fault = kind === "runFile" ? faultOf(path, text) : undefined;
	const open = await analyzer.open(kind, text);
	try {
		const place = placer(open, kind === "notebook" ? readNotebook(text) : [text]);
		return { analysis: open.analyze(), place, ...(fault ? { fault } : {}) };
	} finally {
		open.delete();
	}
}

/** What training would refuse of a run file. */
function faultOf(path: string, text: string): InputError | undefined {
	try {
		parseRunFile(path, text);
		return undefined;
	} catch (fault) {
		if (fault instanceof InputError) return fault;
		throw fault;
	}
}

function placer(open: OpenText, cells: string[]): Place {
	const lines = cells.map((cell) => new Lines(cell));
	return (at) => {
		const { cell, offset } = open.place(at);
		const place = lines[cell].place(offset);
		return open.kind === "notebook" ? { cell: cell + 1, ...place } : place;
	};
}

function placed(path: string, { start, end, fix, ...finding }: Finding, place: Place): PlacedFinding {
	const to = place(end);
	return { path, ...place(start), endLine: to.line, endColumn: to.column, ...finding };
}

/** file:line:column, as editors and terminals make links of it */
function lineOf({ path, cell, line, column, severity, code, message, advice }: PlacedFinding): string {
	const where = cell === undefined ? path : `${path}:cell ${cell}`;
	return `${where}:${line}:${column} ${severity} ${code} ${message} ${advice}`;
}
