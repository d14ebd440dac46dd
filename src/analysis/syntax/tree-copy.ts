import type { Tree, TreeCursor } from "web-tree-sitter";
import { type Home, SyntaxNode, type TextEdit } from "./syntax-node.ts";

/** Nodes that hold a list of statements. */
const BLOCKS = new Set(["module", "program", "block", "statement_block", "class_body"]);

/**
 * Copies a tree. While it is broken, the innermost broken list of statements stays as it last was.
 * @param old the copy of the text before the edit, already moved; its untouched nodes are taken over
 */
export function copyTree(tree: Tree, old?: SyntaxNode, edit?: TextEdit): SyntaxNode {
	const copy = new TreeCopy(tree, edit);
	try {
		const root = old && copy.broken ? (copy.mend(old) ?? old) : copy.whole(old);
		for (const statement of root.children) statement.settle();
		return root;
	} finally {
		copy.delete();
	}
}

/** Copies the node that its cursor stands on. Every question to the cursor is a call into WebAssembly. */
class TreeCopy {
	/** holds an error somewhere */
	readonly broken: boolean;
	private readonly cursor: TreeCursor;
	private readonly types: readonly string[];
	private readonly fields: readonly (string | null)[];
	private readonly named: readonly boolean[];
	private readonly edit: TextEdit | undefined;

	constructor(tree: Tree, edit: TextEdit | undefined) {
		const { language } = tree;
		this.broken = tree.rootNode.hasError;
		this.cursor = tree.walk();
		this.types = language.types;
		this.fields = language.fields;
		this.named = language.types.map((_, id) => language.nodeTypeIsNamed(id));
		this.edit = edit;
	}

	delete(): void {
		this.cursor.delete();
	}

	/**
	 * @param old what stood here before
	 * @param home undefined for the module; each statement in it has one of its own
	 */
	whole(old: SyntaxNode | undefined, home?: Home): SyntaxNode {
		const { cursor } = this;
		const found = this.found();
		const { type, field, start, end } = found;
		if (old && home && this.edit && !old.stale && old.type === type && old.field === field) {
			const untouched = end < this.edit.start || start > this.edit.newEnd;
			if (untouched && old.start === start && old.end === end) return old;
		}
		const node = new SyntaxNode(found, home ?? { offset: 0, settled: true });
		node.stale = type === "ERROR" || (this.broken && cursor.nodeIsMissing);
		if (!cursor.gotoFirstChild()) return node;
		const olds = new Counterparts(old);
		do {
			if (this.copies()) {
				const from = cursor.startIndex;
				const child = this.whole(olds.at(from), home ?? { offset: from, settled: !old });
				if (child.stale) node.stale = true;
				node.children.push(child);
			} else if (this.broken && cursor.nodeIsMissing) node.stale = true;
		} while (cursor.gotoNextSibling());
		cursor.gotoParent();
		return node;
	}

	/**
	 * What to understand of a node that is broken: the last good statements of the innermost blocks that are.
	 * @returns undefined when what is broken is no list of statements, nor in one
	 */
	mend(old: SyntaxNode, home?: Home): SyntaxNode | undefined {
		const { cursor } = this;
		const node = new SyntaxNode(this.found(), home ?? { offset: 0, settled: true });
		const isBlock = BLOCKS.has(node.type);
		let holdsBlock = isBlock;
		if (!cursor.gotoFirstChild()) return isBlock ? node : undefined;
		const olds = new Counterparts(old);
		do {
			if (!this.copies()) continue;
			const from = cursor.startIndex;
			const inner = home ?? { offset: from, settled: false };
			let child: SyntaxNode | undefined;
			if (!cursor.currentNode.hasError) child = this.whole(olds.at(from), inner);
			else {
				const { type } = this.found();
				const before = old.children.find((c) => c.type === type && c.start === from);
				child = before && this.mend(before, inner);
			}
			if (!child) {
				// A header or a statement that is broken, or swallowed what follows: the whole list stays as it was.
				cursor.gotoParent();
				return isBlock ? old : undefined;
			}
			holdsBlock ||= BLOCKS.has(child.type) || child.field === "definition";
			node.children.push(child);
		} while (cursor.gotoNextSibling());
		cursor.gotoParent();
		return holdsBlock ? node : undefined;
	}

	/** True for named nodes, and for operators, which have a field. */
	private copies(): boolean {
		return (this.named[this.cursor.nodeTypeId] ?? true) || this.cursor.currentFieldId !== 0;
	}

	private found(): Pick<SyntaxNode, "type" | "field" | "start" | "end"> {
		const { cursor } = this;
		return {
			type: this.types[cursor.nodeTypeId] ?? "ERROR",
			field: this.fields[cursor.currentFieldId] ?? null,
			start: cursor.startIndex,
			end: cursor.endIndex,
		};
	}
}

/** The children that a node had before, asked for in the order of the text. */
class Counterparts {
	private readonly nodes: readonly SyntaxNode[];
	private next = 0;

	constructor(node: SyntaxNode | undefined) {
		this.nodes = node?.children ?? [];
	}

	/** @returns the first that ends after an offset */
	at(from: number): SyntaxNode | undefined {
		while (this.next < this.nodes.length && this.nodes[this.next].end <= from) this.next++;
		return this.nodes[this.next];
	}
}
