import { basename, dirname, join } from "node:path";
import * as vscode from "vscode";
import { linesOfRows } from "./table-lines.ts";

/**
 * Asks where a file goes and writes it.
 * @param name what it is called unless a person says otherwise
 * @param beside a file whose folder is offered
 */
export async function saveFile(name: string, content: string | Uint8Array, beside?: vscode.Uri): Promise<void> {
	const folder = beside ? dirname(beside.fsPath) : vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
	const kinds: Record<string, string> = {
		csv: vscode.l10n.t("Comma-separated values"),
		svg: vscode.l10n.t("SVG picture"),
		png: vscode.l10n.t("PNG picture"),
	};
	const extension = name.slice(name.lastIndexOf(".") + 1);
	const uri = await vscode.window.showSaveDialog({
		defaultUri: folder === undefined ? undefined : vscode.Uri.file(join(folder, name)),
		filters: { [kinds[extension]]: [extension] },
	});
	if (!uri) return;
	try {
		await vscode.workspace.fs.writeFile(uri, typeof content === "string" ? new TextEncoder().encode(content) : content);
	} catch (error) {
		const why = error instanceof Error ? error.message : String(error);
		void vscode.window.showErrorMessage(vscode.l10n.t("{0} could not be written: {1}", basename(uri.fsPath), why));
	}
}

/**
 * Opens a table in the editor with the lines of these rows selected.
 * @param header whether its first row names the columns
 */
export async function openRows(table: vscode.Uri, rows: readonly number[], header: boolean): Promise<void> {
	try {
		const document = await vscode.workspace.openTextDocument(table);
		const line = (index: number) => document.lineAt(index).text;
		const named = header && !/\.(jsonl|ndjson)$/i.test(table.path);
		const lines = linesOfRows(line, document.lineCount, named, rows);
		const selections = lines.map(([from, to]) => new vscode.Selection(from, 0, to, document.lineAt(to).text.length));
		if (selections.length === 0) throw new Error(vscode.l10n.t("it has fewer rows by now"));
		const editor = await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.One });
		editor.selections = selections;
		editor.revealRange(selections[0], vscode.TextEditorRevealType.InCenter);
	} catch (error) {
		const why = error instanceof Error ? error.message : String(error);
		void vscode.window.showErrorMessage(
			vscode.l10n.t("The rows of {0} cannot be shown: {1}", basename(table.fsPath), why),
		);
	}
}
