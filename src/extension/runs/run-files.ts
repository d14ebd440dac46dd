/** Run files of the workspace: which name a dataset, what they say, and changes to them as a person's own edits. */
import { basename, dirname, parse, resolve } from "node:path";
import * as vscode from "vscode";
import type { RunFile } from "../../engine/protocol/run-file.ts";
import { config } from "../config.ts";
import { jsonEdits } from "./json-edits.ts";

const MOST_RUN_FILES = 200;

export function isRunFile(uri: vscode.Uri): boolean {
	return /\.train\.json$/i.test(uri.path);
}

/** The run file in the active editor. */
export function activeRunFile(): vscode.Uri | undefined {
	const uri = vscode.window.activeTextEditor?.document.uri;
	return uri && uri.scheme === "file" && isRunFile(uri) ? uri : undefined;
}

/** @returns the workspace's run files, at most 200, and those that are open, by path */
export async function findRunFiles(): Promise<vscode.Uri[]> {
	const found = await vscode.workspace.findFiles("**/*.train.json", config.exclude(), MOST_RUN_FILES);
	const all = new Map(found.filter(({ scheme }) => scheme === "file").map((uri) => [uri.fsPath, uri]));
	for (const { uri } of vscode.workspace.textDocuments) {
		if (uri.scheme !== "file" || !isRunFile(uri) || all.has(uri.fsPath)) continue;
		// A file that was deleted stays a document for a while.
		if (await exists(uri)) all.set(uri.fsPath, uri);
	}
	return [...all.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * @returns the run files that name the dataset; likely: the one that a person means by it, if that can be told: the one
 *   in the editor, another one that is open, the one of the dataset's name beside it, or the only one
 */
export async function runFilesFor(
	dataset: vscode.Uri,
	runFiles: vscode.Uri[],
): Promise<{ all: vscode.Uri[]; likely: vscode.Uri | undefined }> {
	const naming = await Promise.all(
		runFiles.map(async (uri) => {
			const path = datasetPath(await textOf(uri).catch(() => ""));
			return path !== undefined && resolve(dirname(uri.fsPath), path) === dataset.fsPath;
		}),
	);
	const all = runFiles.filter((_, i) => naming[i]);
	// A document may outlive its editor.
	const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
	const open = new Set(tabs.flatMap(({ input }) => (input instanceof vscode.TabInputText ? [input.uri.fsPath] : [])));
	const signs: ((path: string) => boolean)[] = [
		(path) => path === activeRunFile()?.fsPath,
		(path) => open.has(path),
		(path) => path === runFileBeside(dataset).fsPath,
		() => all.length === 1,
	];
	for (const sign of signs) {
		const likely = all.find(({ fsPath }) => sign(fsPath));
		if (likely) return { all, likely };
	}
	return { all, likely: undefined };
}

/** @returns what the file says now, with what is not yet saved in an editor */
export async function textOf(uri: vscode.Uri): Promise<string> {
	const open = vscode.workspace.textDocuments.find((document) => document.uri.fsPath === uri.fsPath);
	// What is saved is told by the disk: an open document may lag behind it.
	return open?.isDirty ? open.getText() : new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
}

/**
 * Edits a run file where something changes, so that the rest stays as it was written and Undo takes it back. It is saved
 * unless there was something unsaved in it before.
 * @throws SyntaxError when it is not JSON
 */
export async function editRunFile(uri: vscode.Uri, change: (file: RunFile) => RunFile): Promise<void> {
	const document = await vscode.workspace.openTextDocument(uri);
	const text = document.getText();
	const edits = jsonEdits(text, change(JSON.parse(text)));
	if (edits.length === 0) return;
	const saved = !document.isDirty;
	const edit = new vscode.WorkspaceEdit();
	for (const { offset, length, text: put } of edits) {
		const range = new vscode.Range(document.positionAt(offset), document.positionAt(offset + length));
		edit.replace(uri, range, put);
	}
	if (!(await vscode.workspace.applyEdit(edit)))
		throw new Error(vscode.l10n.t("{0} could not be edited", basename(uri.fsPath)));
	if (saved) await document.save();
}

/** Writes a new run file beside the dataset that it names, under the first name that is free. */
export async function createRunFile(file: RunFile): Promise<vscode.Uri> {
	const dataset = vscode.Uri.file(file.dataset.path);
	const named = { ...file, dataset: { ...file.dataset, path: basename(file.dataset.path) } };
	const content = Buffer.from(`${JSON.stringify(named, null, "\t")}\n`);
	for (let number = 1; ; number++) {
		const uri = runFileBeside(dataset, number);
		if (await exists(uri)) continue;
		await vscode.workspace.fs.writeFile(uri, content);
		return uri;
	}
}

export async function exists(uri: vscode.Uri): Promise<boolean> {
	return vscode.workspace.fs.stat(uri).then(
		() => true,
		() => false,
	);
}

/** penguins.csv.gz -> penguins.train.json, penguins-2.train.json */
function runFileBeside(dataset: vscode.Uri, number = 1): vscode.Uri {
	const { dir, name } = parse(dataset.fsPath.replace(/\.gz$/i, ""));
	return vscode.Uri.file(resolve(dir, `${name}${number === 1 ? "" : `-${number}`}.train.json`));
}

function datasetPath(text: string): string | undefined {
	try {
		const path: unknown = JSON.parse(text).dataset.path;
		return typeof path === "string" ? path : undefined;
	} catch {
		return undefined;
	}
}
