import { Edit, type Parser, type Point, type Tree } from "web-tree-sitter";
import type { Statement } from "./code.ts";
import type { LanguageName } from "./grammars.ts";
import { JavaScriptReader } from "./javascript.ts";
import { PythonReader } from "./python.ts";
import { differenceOf, type SyntaxNode, type TextEdit } from "./syntax-node.ts";
import { copyTree } from "./tree-copy.ts";

/**
 * A text and its statements, kept up with edits: the tree is parsed again from the old one, and what was not touched is
 * not read again. While the text is broken, the innermost broken list of statements stays as it last was.
 */
export class SourceFile {
	readonly language: LanguageName;
	text: string;
	private readonly parser: Parser;
	/** The last tree without an error, edited along: of a text that is repaired nearly all of it is still there. */
	private tree: Tree;
	private root: SyntaxNode;
	/** True when the text as it stands does not parse. */
	broken: boolean;
	/** where "name =" lost its value, until it has another */
	private unfinished: number | undefined;
	/** where the text stands in a longer one, such as a cell among the others */
	private base = 0;

	constructor(parser: Parser, language: LanguageName, text: string) {
		this.parser = parser;
		this.language = language;
		this.text = text;
		this.tree = this.parse();
		this.root = copyTree(this.tree);
		this.broken = this.tree.rootNode.hasError;
	}

	/** Takes the text as it is now. */
	update(text: string): void {
		const edit = differenceOf(this.text, text);
		if (!edit) return;
		const { start, oldEnd, newEnd } = edit;
		const before = this.text;
		this.text = text;
		const from = pointOf(text, start, { row: 0, column: 0 });
		this.tree.edit(
			new Edit({
				startIndex: start,
				oldEndIndex: oldEnd,
				newEndIndex: newEnd,
				startPosition: from,
				oldEndPosition: pointOf(before.slice(start, oldEnd), oldEnd - start, from),
				newEndPosition: pointOf(text.slice(start, newEnd), newEnd - start, from),
			}),
		);
		const fresh = this.parse(this.tree);
		this.place(0);
		for (const statement of this.root.children) statement.move(edit);
		this.unfinished = this.language === "python" ? unfinishedAssignment(text, edit, this.unfinished) : undefined;
		if (this.unfinished === undefined) this.root = copyTree(fresh, this.root, edit);
		const kept = fresh.rootNode.hasError && !this.tree.rootNode.hasError;
		this.broken = this.unfinished !== undefined || fresh.rootNode.hasError;
		(kept ? fresh : this.tree).delete();
		if (!kept) this.tree = fresh;
	}

	/** @param base where the offsets of the statements are to begin */
	statements(base = 0): Statement[] {
		this.place(base);
		const padded = { slice: (start: number, end: number) => this.text.slice(start - base, end - base) };
		const reader = this.language === "python" ? new PythonReader(padded) : new JavaScriptReader(padded);
		return reader.block(this.root);
	}

	/** Frees tree-sitter's memory; the file is not to be used after it. */
	delete(): void {
		this.tree.delete();
	}

	private parse(old?: Tree): Tree {
		const { text } = this;
		// Small pieces: tree-sitter copies a whole one for every place that it looks at.
		const tree = this.parser.parse((index) => text.slice(index, index + 512), old);
		if (!tree) throw new Error("tree-sitter gave no tree.");
		return tree;
	}

	private place(base: number): void {
		if (base !== this.base) for (const statement of this.root.children) statement.shift(base - this.base);
		this.base = base;
	}
}

/**
 * tree-sitter takes the next line for the value of "name =" without one. It is looked for where one types only: in a text
 * over several lines such a line is right.
 * @returns where it ends
 */
function unfinishedAssignment(text: string, { start, oldEnd, newEnd }: TextEdit, before = start): number | undefined {
	const moved = before >= oldEnd ? before + newEnd - oldEnd : Math.min(before, newEnd);
	return [start, moved].find((at) => {
		const from = text.lastIndexOf("\n", at - 1) + 1;
		const to = text.indexOf("\n", at);
		return /^\s*[\w.]+[ \t]*=[ \t]*\r?$/.test(text.slice(from, to < 0 ? text.length : to));
	});
}

/** @returns where an offset of a text is, which begins at a point of a longer one */
function pointOf(text: string, at: number, from: Point): Point {
	let { row, column } = from;
	let line = 0;
	for (let end = text.indexOf("\n"); end >= 0 && end < at; end = text.indexOf("\n", line)) {
		row++;
		column = 0;
		line = end + 1;
	}
	return { row, column: column + at - line };
}
