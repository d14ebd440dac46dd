import * as vscode from "vscode";
import type { TextKind } from "../../analysis/index.ts";

/** Languages of VS Code in which training loops are read. */
const KINDS: Record<string, TextKind> = {
	python: "python",
	typescript: "typescript",
	typescriptreact: "tsx",
	javascript: "javascript",
	javascriptreact: "javascript",
};

/** Not the other side of a comparison, nor output: what a person edits. */
const SCHEMES = ["file", "untitled", "vscode-notebook-cell"];

/** What the editor's features are registered for. */
export const SELECTOR: vscode.DocumentFilter[] = SCHEMES.flatMap((scheme) => [
	...Object.keys(KINDS).map((language) => ({ scheme, language })),
	{ scheme, pattern: "**/*.train.json" },
]);

/** Longer texts are nobody's writing, and reading them would hold up the extension host. */
const MOST_CHARACTERS = 1_000_000;

/** A text that is read as one: a document, or the Python cells of a notebook. */
export interface LoopSource {
	/** the document's or notebook's own name, as text */
	uri: string;
	kind: TextKind;
	documents: vscode.TextDocument[];
}

/** @returns how a document is read, and with which others; undefined for those that are not */
export function sourceOf(document: vscode.TextDocument): LoopSource | undefined {
	if (document.isClosed || !SCHEMES.includes(document.uri.scheme)) return undefined;
	if (document.uri.scheme === "vscode-notebook-cell") {
		const notebook = vscode.workspace.notebookDocuments.find(
			(book) => book.uri.path === document.uri.path && cellsOf(book).includes(document),
		);
		return notebook && sourceOfNotebook(notebook);
	}
	const kind = document.uri.path.endsWith(".train.json") ? "runFile" : KINDS[document.languageId];
	if (!kind) return undefined;
	return short({ uri: document.uri.toString(), kind, documents: [document] });
}

/** @returns how a notebook is read; undefined for one without Python */
export function sourceOfNotebook(notebook: vscode.NotebookDocument): LoopSource | undefined {
	const documents = cellsOf(notebook);
	return documents.length > 0 ? short({ uri: notebook.uri.toString(), kind: "notebook", documents }) : undefined;
}

function cellsOf(notebook: vscode.NotebookDocument): vscode.TextDocument[] {
	return notebook
		.getCells()
		.map(({ document }) => document)
		.filter(({ languageId }) => languageId === "python");
}

function short(source: LoopSource): LoopSource | undefined {
	let characters = 0;
	for (const document of source.documents) {
		const last = document.lineCount - 1;
		characters += document.offsetAt(document.lineAt(last).range.end);
	}
	return characters <= MOST_CHARACTERS ? source : undefined;
}
