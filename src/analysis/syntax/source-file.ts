import { Edit, type Parser, type Point, type Tree } from "web-tree-sitter";
import type { Statement } from "./code.ts";
import type { LanguageName } from "./grammars.ts";
import { JavaScriptReader } from "./javascript.ts";
import { PythonReader } from "./python.ts";
import { copyTree, differenceOf, mend, moveNode, type SyntaxNode, shiftNode, type TextEdit } from "./syntax-node.ts";

/**
 * A text and its statements, kept up with edits: the tree is parsed again from the old one, and what was not touched is
 * not read again. While the text is broken, the innermost broken list of statements stays as it last was.
 */
export class SourceFile {
	readonly language: LanguageName;
	text: string;
	private readonly parser: Parser;
	private tree: Tree;
	private root: SyntaxNode;
	/** where the text stands in a longer one, such as a cell among the others */
	private base = 0;
	/** where "name =" lost its value, until it has another */
	private unfinished: number | undefined;

	constructor(parser: Parser, language: LanguageName, text: string) {
		this.parser = parser;
		this.language = language;
		this.text = text;
		this.tree = this.parse();
		this.root = copyTree(this.tree);
	}

	/** True when the text as it stands does not parse. */
	get broken(): boolean {
		return this.unfinished !== undefined || this.tree.rootNode.hasError;
	}

	/** Takes the text as it is now. */
	update(text: string): void {
		const edit = differenceOf(this.text, text);
		if (!edit) return;
		const { start, oldEnd, newEnd } = edit;
		const before = this.text;
		this.text = text;
		const old = this.tree;
		const points = { start: pointOf(text, start), oldEnd: pointOf(before, oldEnd), newEnd: pointOf(text, newEnd) };
		old.edit(
			new Edit({
				startIndex: start,
				oldEndIndex: oldEnd,
				newEndIndex: newEnd,
				startPosition: points.start,
				oldEndPosition: points.oldEnd,
				newEndPosition: points.newEnd,
			}),
		);
		this.tree = this.parse(old);
		old.delete();
		this.place(0);
		moveNode(this.root, edit);
		this.unfinished = this.language === "python" ? unfinishedAssignment(text, edit, this.unfinished) : undefined;
		if (this.unfinished !== undefined) return;
		const fresh = copyTree(this.tree, this.root, edit);
		this.root = mend(fresh, this.root) ?? this.root;
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
		if (base !== this.base) shiftNode(this.root, base - this.base);
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

function pointOf(text: string, at: number): Point {
	let row = 0;
	let line = 0;
	for (let end = text.indexOf("\n"); end >= 0 && end < at; end = text.indexOf("\n", line)) {
		row++;
		line = end + 1;
	}
	return { row, column: at - line };
}
