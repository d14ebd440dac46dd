import { dirname } from "node:path";
import * as vscode from "vscode";

/** Tells when the file of a table changes, appears or goes. */
export class TableWatch implements vscode.Disposable {
	private readonly changed: () => void;
	private path: string | undefined;
	private watcher: vscode.Disposable | undefined;

	constructor(changed: () => void) {
		this.changed = changed;
	}

	/** @param uri of the one table that is watched; undefined for none */
	follow(uri: vscode.Uri | undefined): void {
		if (uri?.fsPath === this.path) return;
		this.dispose();
		if (!uri) return;
		this.path = uri.fsPath;
		// A file's name may have brackets, which mean others in a pattern.
		const folder = new vscode.RelativePattern(vscode.Uri.file(dirname(uri.fsPath)), "*");
		const watcher = vscode.workspace.createFileSystemWatcher(folder);
		const look = ({ fsPath }: vscode.Uri) => {
			if (fsPath === uri.fsPath) this.changed();
		};
		watcher.onDidChange(look);
		watcher.onDidCreate(look);
		watcher.onDidDelete(look);
		this.watcher = watcher;
	}

	dispose(): void {
		this.path = undefined;
		this.watcher?.dispose();
	}
}

/** @returns what tells one state of a file from another; undefined when there is none */
export async function onDisk(uri: vscode.Uri): Promise<string | undefined> {
	try {
		const { size, mtime } = await vscode.workspace.fs.stat(uri);
		return `${uri} ${size} ${mtime}`;
	} catch {
		return undefined;
	}
}
