import * as vscode from "vscode";
import { type Analysis, type Facts, type Finding, Lines, type Span } from "../../analysis/index.ts";

/** A document's part of the text that was read: all of it, or a cell among the others. */
interface Part {
	document: vscode.TextDocument;
	lines: Lines;
	start: number;
	end: number;
}

/** What a text says about training, as it stood at one moment. */
export class LoopReading {
	/** of the document or, for cells, of the notebook */
	readonly uri: vscode.Uri;
	readonly facts: Facts;
	readonly findings: Finding[];
	/** true while the text does not parse: facts are then the last good ones, moved along with the edits */
	readonly broken: boolean;
	/** that were read together, in their order: one, or the Python cells of a notebook */
	readonly documents: readonly vscode.TextDocument[];
	/** as the offsets of facts and findings count: cells are joined by line breaks */
	readonly text: string;
	private readonly parts: Part[] = [];

	/** @param texts of the documents, as they were read */
	constructor(
		uri: vscode.Uri,
		documents: readonly vscode.TextDocument[],
		texts: readonly string[],
		{ facts, findings }: Analysis,
		broken: boolean,
	) {
		this.uri = uri;
		this.documents = documents;
		this.text = texts.join("\n");
		this.facts = facts;
		this.findings = findings;
		this.broken = broken;
		let start = 0;
		for (const [i, text] of texts.entries()) {
			this.parts.push({ document: documents[i], lines: new Lines(text), start, end: start + text.length });
			start += text.length + 1;
		}
	}

	/** @returns where a span stands in a document; undefined when it lies in another cell */
	rangeOf(document: vscode.TextDocument, { start, end }: Span): vscode.Range | undefined {
		const part = this.partOf(document);
		if (!part || start < part.start || start > part.end) return undefined;
		return new vscode.Range(placeIn(part, start), placeIn(part, Math.min(end, part.end)));
	}

	/** @returns where a position of a document stands in facts and findings; undefined for a document of no part in them */
	offsetOf(document: vscode.TextDocument, position: vscode.Position): number | undefined {
		const part = this.partOf(document);
		return part && Math.min(part.end, part.start + part.lines.offset(position.line + 1, position.character + 1));
	}

	private partOf(document: vscode.TextDocument): Part | undefined {
		return this.parts.find((part) => part.document === document);
	}
}

function placeIn({ lines, start }: Part, offset: number): vscode.Position {
	const { line, column } = lines.place(offset - start);
	return new vscode.Position(line - 1, column - 1);
}
