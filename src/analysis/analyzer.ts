/**
 * Reads training loops: text in, facts and findings out. Knows nothing of VS Code, keeps up with edits, and guesses
 * nothing: what the text does not say is unknown, with why.
 */
import { collect } from "./collect/collect.ts";
import type { Analysis } from "./facts.ts";
import { withoutIgnored } from "./findings/ignore.ts";
import { findingsOf } from "./findings/index.ts";
import { Survey } from "./meaning/survey.ts";
import { joinCells, readNotebook } from "./notebook.ts";
import { readRunFileFacts } from "./run-file-facts.ts";
import type { Statement } from "./syntax/code.ts";
import { Grammars, type LanguageName } from "./syntax/grammars.ts";
import { SourceFile } from "./syntax/source-file.ts";

export { readNotebook };

/** How a text is read; "notebook" is a list of cells, "runFile" a `*.train.json`. */
export type TextKind = LanguageName | "notebook" | "runFile";

const KINDS: [RegExp, TextKind][] = [
	[/\.train\.json$/, "runFile"],
	[/\.py$/, "python"],
	[/\.[cm]?ts$/, "typescript"],
	[/\.tsx$/, "tsx"],
	[/\.([cm]?js|jsx)$/, "javascript"],
	[/\.ipynb$/, "notebook"],
];

/** @returns how a file is read by its name, undefined for files that are not */
export function kindOf(path: string): TextKind | undefined {
	return KINDS.find(([pattern]) => pattern.test(path))?.[1];
}

/** Opens texts to be read. Parsers are loaded with the first text of their language. */
export class Analyzer {
	private readonly grammars: Grammars;

	/** @param read gives the bytes of a .wasm file that the build left in dist/grammars */
	constructor(read: (file: string) => Promise<Uint8Array>) {
		this.grammars = new Grammars(read);
	}

	/** @param text of a file; of a notebook its JSON */
	async open(kind: TextKind, text: string): Promise<OpenText> {
		if (kind === "notebook") return this.openCells(readNotebook(text));
		const language = kind === "runFile" ? "javascript" : kind;
		const parser = await this.grammars.parser(language);
		return new OpenText(kind, [text], (cell) => new SourceFile(parser, language, cell));
	}

	/** Opens a notebook by the text of its Python cells. */
	async openCells(cells: readonly string[]): Promise<OpenText> {
		const parser = await this.grammars.parser("python");
		return new OpenText("notebook", cells, (cell) => new SourceFile(parser, "python", cell));
	}
}

/** A text that is kept up with its edits. It holds memory of tree-sitter's: `delete` it when it is closed. */
export class OpenText {
	readonly kind: TextKind;
	private readonly make: (cell: string) => SourceFile;
	private files: SourceFile[] = [];
	private readonly survey = new Survey();
	/** as it stands, cells joined by line breaks */
	private text = "";
	/** where each cell begins in it */
	private bases: number[] = [];

	constructor(kind: TextKind, cells: readonly string[], make: (cell: string) => SourceFile) {
		this.kind = kind;
		this.make = make;
		this.update(cells);
	}

	/** Takes the text as it is now; a notebook gives the text of each cell. */
	update(text: string | readonly string[]): void {
		const given = typeof text === "string" ? [text] : text;
		const cells = this.kind === "notebook" ? joinCells(given) : given;
		for (const gone of this.files.splice(cells.length)) gone.delete();
		for (const [i, cell] of cells.entries()) {
			// The parenthesis makes an expression of the object.
			const source = this.kind === "runFile" ? `(${cell}\n)` : cell;
			if (this.files[i]) this.files[i].update(source);
			else this.files[i] = this.make(source);
		}
		this.text = cells.join("\n");
		this.bases = [];
		let base = 0;
		for (const cell of cells) {
			this.bases.push(base);
			base += cell.length + 1;
		}
	}

	/** True when the text as it stands does not parse: the facts are then the last good ones, moved along. */
	get broken(): boolean {
		return this.files.some((file) => file.broken);
	}

	/** @returns facts and findings; offsets count from the first cell on, see `place` */
	analyze(): Analysis {
		if (this.kind === "runFile") return readRunFileFacts(this.files[0].statements(-1), this.text);
		const statements: Statement[] = this.files.flatMap((file, i) => file.statements(this.bases[i]));
		const language = this.kind === "notebook" ? "python" : this.kind;
		const { reading, actions } = collect(statements, language, this.survey);
		return { facts: reading.facts, findings: withoutIgnored(findingsOf(reading, actions, this.text), this.text) };
	}

	/** @returns the cell that an offset lies in, and the offset in that cell; cell 0 for a text that is no notebook */
	place(offset: number): { cell: number; offset: number } {
		const cell = Math.max(
			0,
			this.bases.findLastIndex((base) => base <= offset),
		);
		return { cell, offset: offset - this.bases[cell] };
	}

	/** Frees tree-sitter's memory. */
	delete(): void {
		for (const file of this.files) file.delete();
		this.files = [];
	}
}
