import * as vscode from "vscode";
import type { Editor } from "./editor.ts";
import { SELECTOR } from "./languages.ts";

/** Loads the editor's features with the first document that they read: the analysis is no part of the activation. */
export class EditorStart implements vscode.Disposable {
	private readonly load: () => Promise<Editor>;
	private readonly log: vscode.LogOutputChannel;
	private readonly opened: vscode.Disposable;
	private editor: Promise<Editor> | undefined;
	private disposed = false;

	constructor(load: () => Promise<Editor>, log: vscode.LogOutputChannel) {
		this.load = load;
		this.log = log;
		const look = (document: vscode.TextDocument) => {
			if (vscode.languages.match(SELECTOR, document) > 0) void this.start();
		};
		this.opened = vscode.workspace.onDidOpenTextDocument(look);
		// After activate() has returned.
		setImmediate(() => {
			if (!this.disposed) vscode.workspace.textDocuments.forEach(look);
		});
	}

	start(): Promise<Editor> {
		this.opened.dispose();
		if (!this.editor) {
			this.editor = this.load();
			this.editor.then(
				(editor) => this.disposed && editor.dispose(),
				(error) => this.log.error(`the editor's features could not be loaded: ${error?.stack ?? error}`),
			);
		}
		return this.editor;
	}

	dispose(): void {
		this.disposed = true;
		this.opened.dispose();
		this.editor?.then(
			(editor) => editor.dispose(),
			() => {},
		);
	}
}
