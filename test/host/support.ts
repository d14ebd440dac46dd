import assert from "node:assert/strict";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as vscode from "vscode";
import type { App } from "../../src/extension/app.ts";
import type { Run } from "../../src/extension/runs/session.ts";
import { until } from "./harness.ts";

export async function app(): Promise<App> {
	const extension = vscode.extensions.getExtension<App>("descent.descent");
	if (!extension) throw new Error("descent.descent is not installed");
	return extension.activate();
}

/** The workspace's folder holds exactly these files afterwards. */
export async function workspace(files: Record<string, string | Uint8Array>): Promise<string> {
	const folder = vscode.workspace.workspaceFolders![0].uri.fsPath;
	// A run that has just ended may still be packed.
	for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, maxRetries: 5 });
	for (const [name, content] of Object.entries(files)) {
		await mkdir(dirname(join(folder, name)), { recursive: true });
		await writeFile(join(folder, name), content);
	}
	return folder;
}

const ENDED = ["finished", "stoppedEarly", "stopped", "diverged", "failed"];

/** Runs a command that starts a run, and waits for the run to end. */
export async function runToEnd(command: () => Thenable<unknown>): Promise<Run> {
	const run = await begin(command);
	await until(`${run.view.id} ends`, () => ENDED.includes(run.view.phase), 30_000);
	return run;
}

/** Runs a command and waits for the run that it begins. */
export async function begin(command: () => Thenable<unknown>): Promise<Run> {
	const { session } = await app();
	const before = session.current;
	void command();
	return until("a run begins", () => (session.current !== before ? session.current : undefined));
}

export const runTraining = () => vscode.commands.executeCommand("descent.run");

/** Replaces the first place of a text in a document, as a person's edit does. */
export async function replaceText(document: vscode.TextDocument, from: string, to: string): Promise<void> {
	const at = document.getText().indexOf(from);
	assert.ok(at >= 0, `"${from}" is not in the document`);
	const range = new vscode.Range(document.positionAt(at), document.positionAt(at + from.length));
	const edit = new vscode.WorkspaceEdit();
	edit.replace(document.uri, range, to);
	assert.ok(await vscode.workspace.applyEdit(edit));
}

/** Waits until a run has taken some steps. */
export async function underWay(run: Run): Promise<void> {
	await until(`${run.view.id} takes steps`, () => run.series.length > 0, 20_000);
}
