import * as vscode from "vscode";
import { type Finding, type FixEdit, ignoreHere, type Lens } from "../../analysis/index.ts";
import { COMMANDS } from "../ids.ts";
import { SOURCE, shownFindings } from "./findings.ts";
import { SELECTOR } from "./languages.ts";
import type { LoopReader } from "./loop-reader.ts";
import type { LoopReading } from "./loop-reading.ts";

/** What can be done about a finding: mend it, ignore it here, turn its code off, read about it; and about a mini-batch size. */
export class QuickFixes implements vscode.Disposable, vscode.CodeActionProvider {
	private readonly reader: LoopReader;
	private readonly lensesOf: (reading: LoopReading) => Lens[];
	private readonly registrations: vscode.Disposable[];

	/** @param lensesOf what lenses say of mini-batch sizes */
	constructor(reader: LoopReader, lensesOf: (reading: LoopReading) => Lens[], extensionUri: vscode.Uri) {
		this.reader = reader;
		this.lensesOf = lensesOf;
		this.registrations = [
			vscode.languages.registerCodeActionsProvider(SELECTOR, this, {
				providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
			}),
			vscode.commands.registerCommand(COMMANDS.turnOffFinding, turnOff),
			vscode.commands.registerCommand(COMMANDS.explainFinding, (code: unknown) => explain(extensionUri, code)),
		];
	}

	async provideCodeActions(
		document: vscode.TextDocument,
		range: vscode.Range,
		context: vscode.CodeActionContext,
		token: vscode.CancellationToken,
	): Promise<vscode.CodeAction[]> {
		const reading = await this.reader.read(document);
		if (!reading || token.isCancellationRequested) return [];
		const sizes = this.lensesOf(reading).flatMap(({ fixes }) =>
			fixes.flatMap(({ title, edits }) => {
				const edit =
					edits.some((e) => reading.rangeOf(document, e)?.intersection(range)) && workspaceEdit(reading, edits);
				return edit ? [Object.assign(quickFix(title), { edit })] : [];
			}),
		);
		const findings = shownFindings(reading).flatMap((finding) => {
			const at = reading.rangeOf(document, finding);
			if (!at?.intersection(range)) return [];
			const actions = actionsFor(reading, document, finding);
			const shown = context.diagnostics.filter(
				(d) => d.source === SOURCE && codeOf(d) === finding.code && d.range.isEqual(at),
			);
			for (const action of actions) action.diagnostics = shown;
			return actions;
		});
		return [...findings, ...sizes];
	}

	dispose(): void {
		vscode.Disposable.from(...this.registrations).dispose();
	}
}

/** @returns the edits as VS Code applies them, each in the cell that it is for; undefined when one is for none */
export function workspaceEdit(reading: LoopReading, edits: readonly FixEdit[]): vscode.WorkspaceEdit | undefined {
	const made = new vscode.WorkspaceEdit();
	for (const edit of edits) {
		const document = reading.documents.find((part) => reading.rangeOf(part, edit));
		if (!document) return undefined;
		made.replace(document.uri, reading.rangeOf(document, edit)!, edit.text);
	}
	return made;
}

function actionsFor(reading: LoopReading, document: vscode.TextDocument, finding: Finding): vscode.CodeAction[] {
	const { code, fix } = finding;
	const edit = fix && workspaceEdit(reading, fix.edits);
	const mark = document.languageId === "python" ? "#" : "//";
	const ignored = document.languageId.startsWith("json")
		? undefined
		: workspaceEdit(reading, [ignoreHere(reading.text, finding, code, mark)]);
	return [
		...(fix && edit ? [Object.assign(quickFix(fix.title), { edit, isPreferred: true })] : []),
		...(ignored ? [Object.assign(quickFix(vscode.l10n.t("Ignore {0} here", code)), { edit: ignored })] : []),
		commanded(vscode.l10n.t("Turn off {0}", code), COMMANDS.turnOffFinding, code),
		commanded(vscode.l10n.t("Explain {0}", code), COMMANDS.explainFinding, code),
	];
}

function quickFix(title: string): vscode.CodeAction {
	return new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
}

function commanded(title: string, command: string, code: string): vscode.CodeAction {
	return Object.assign(quickFix(title), { command: { title, command, arguments: [code] } });
}

function codeOf({ code }: vscode.Diagnostic): string | number | undefined {
	return typeof code === "object" ? code.value : code;
}

/** In the workspace's settings where there is a workspace, else in the user's. */
async function turnOff(code: unknown): Promise<void> {
	if (typeof code !== "string") return;
	const settings = vscode.workspace.getConfiguration("descent");
	const said = settings.inspect<Record<string, string>>("findings.severity");
	const own = vscode.workspace.workspaceFolders?.length
		? vscode.ConfigurationTarget.Workspace
		: vscode.ConfigurationTarget.Global;
	const before = own === vscode.ConfigurationTarget.Workspace ? said?.workspaceValue : said?.globalValue;
	await settings.update("findings.severity", { ...before, [code]: "off" }, own);
}

async function explain(extensionUri: vscode.Uri, code: unknown): Promise<void> {
	if (typeof code !== "string" || !/^[\w-]+$/.test(code)) return;
	const page = vscode.Uri.joinPath(extensionUri, "docs", "findings", `${code}.md`);
	await vscode.commands.executeCommand("markdown.showPreviewToSide", page);
}
