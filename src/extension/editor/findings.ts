import * as vscode from "vscode";
import type { Finding, Severity } from "../../analysis/index.ts";
import { config } from "../config.ts";
import { COMMANDS } from "../ids.ts";
import type { LoopReader } from "./loop-reader.ts";
import type { LoopReading } from "./loop-reading.ts";

export const SOURCE = "Descent";

const SEVERITIES: Record<Severity, vscode.DiagnosticSeverity> = {
	error: vscode.DiagnosticSeverity.Error,
	warning: vscode.DiagnosticSeverity.Warning,
	info: vscode.DiagnosticSeverity.Information,
	hint: vscode.DiagnosticSeverity.Hint,
};

/** Calls that do nothing where they stand; they are shown faded. */
const WITHOUT_EFFECT = new Set(["clip-after-step"]);

/** What is wrong with the loops of a document, in the Problems view, until the document is closed. */
export class Findings implements vscode.Disposable {
	private readonly diagnostics = vscode.languages.createDiagnosticCollection("descent");
	/** by document or notebook: what was read of it last, and its documents */
	private readonly shown = new Map<string, LoopReading>();
	private readonly subscriptions: vscode.Disposable[];

	constructor(reader: LoopReader) {
		this.subscriptions = [
			this.diagnostics,
			reader.onDidRead((reading) => {
				this.shown.set(reading.uri.toString(), reading);
				this.show(reading);
			}),
			vscode.workspace.onDidCloseTextDocument(({ uri }) => {
				this.shown.delete(uri.toString());
				this.diagnostics.delete(uri);
			}),
			vscode.workspace.onDidCloseNotebookDocument(({ uri }) => this.shown.delete(uri.toString())),
			vscode.workspace.onDidChangeConfiguration((change) => {
				if (!change.affectsConfiguration("descent.findings")) return;
				for (const reading of this.shown.values()) this.show(reading);
			}),
		];
	}

	dispose(): void {
		vscode.Disposable.from(...this.subscriptions).dispose();
	}

	private show(reading: LoopReading): void {
		const found = shownFindings(reading);
		for (const document of reading.documents) {
			const diagnostics = found.flatMap((finding) => {
				const range = reading.rangeOf(document, finding);
				return range ? [diagnosticOf(finding, range)] : [];
			});
			this.diagnostics.set(document.uri, diagnostics);
		}
	}
}

/** @returns the findings that the settings let through, with the severity that they give them */
export function shownFindings({ uri, findings, documents }: LoopReading): Finding[] {
	if (findings.length === 0 || !config.findings(uri) || isExcluded(documents[0])) return [];
	const severities = config.findingSeverities(uri);
	return findings.flatMap((finding) => {
		const severity = severities[finding.code] ?? finding.severity;
		return severity === "off" ? [] : [{ ...finding, severity }];
	});
}

/** The page that explains a code, opened by `COMMANDS.explainFinding`. */
export function explanationOf(code: string): vscode.Uri {
	return vscode.Uri.from({
		scheme: "command",
		path: COMMANDS.explainFinding,
		query: encodeURIComponent(JSON.stringify([code])),
	});
}

function diagnosticOf({ code, severity, message, advice }: Finding, range: vscode.Range): vscode.Diagnostic {
	const diagnostic = new vscode.Diagnostic(range, `${message} ${advice}`, SEVERITIES[severity]);
	diagnostic.source = SOURCE;
	diagnostic.code = { value: code, target: explanationOf(code) };
	if (WITHOUT_EFFECT.has(code)) diagnostic.tags = [vscode.DiagnosticTag.Unnecessary];
	return diagnostic;
}

function isExcluded(document: vscode.TextDocument): boolean {
	const folder = vscode.workspace.getWorkspaceFolder(document.uri);
	return config
		.findingsExclude(document.uri)
		.some((glob) =>
			vscode.languages.match({ pattern: folder ? new vscode.RelativePattern(folder, glob) : glob }, document),
		);
}
