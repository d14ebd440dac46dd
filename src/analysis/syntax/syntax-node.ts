import type { Tree, TreeCursor } from "web-tree-sitter";

/**
 * A node of the source, copied out of tree-sitter's memory: named nodes, and operators, which have a field. Copies of
 * what an edit did not touch live on, with what was understood of them; only their places move.
 */
export interface SyntaxNode {
	type: string;
	/** UTF-16 offsets in the text */
	start: number;
	end: number;
	/** what it is to its parent, such as "left" */
	field: string | null;
	children: SyntaxNode[];
	/** holds an error, or something that is missing */
	broken: boolean;
	/** the statement or expression that was made of it */
	code?: unknown;
}

/** @returns the child that is this to its parent, such as "left" */
export function child(node: SyntaxNode, field: string): SyntaxNode | undefined {
	return node.children.find((c) => c.field === field);
}

/** A replacement in the text. Offsets are UTF-16. */
export interface TextEdit {
	start: number;
	oldEnd: number;
	newEnd: number;
}

/** @returns the one replacement that makes the new text of the old one, undefined when they are equal */
export function differenceOf(before: string, after: string): TextEdit | undefined {
	const most = Math.min(before.length, after.length);
	let start = 0;
	while (start < most && before.charCodeAt(start) === after.charCodeAt(start)) start++;
	if (start === before.length && start === after.length) return undefined;
	let same = 0;
	while (
		same < most - start &&
		before.charCodeAt(before.length - 1 - same) === after.charCodeAt(after.length - 1 - same)
	) {
		same++;
	}
	return { start, oldEnd: before.length - same, newEnd: after.length - same };
}

/** Moves a node and everything in it along with an edit; what lay inside the replaced text ends at its new end. */
export function moveNode(node: SyntaxNode, { start, oldEnd, newEnd }: TextEdit): void {
	const moved = newEnd - oldEnd;
	const move = (at: number) => (at >= oldEnd ? at + moved : Math.min(at, newEnd));
	const visit = (n: SyntaxNode) => {
		if (n.end <= start) return;
		// While the text is broken it may be kept through more edits: it is then no copy of what is there.
		if (n.start < oldEnd) n.broken = true;
		if (n.start > start || (n.start === start && start === oldEnd)) n.start = move(n.start);
		n.end = move(n.end);
		for (const child of n.children) visit(child);
	};
	visit(node);
}

/** Moves a node by a distance. */
export function shiftNode(node: SyntaxNode, distance: number): void {
	node.start += distance;
	node.end += distance;
	for (const child of node.children) shiftNode(child, distance);
}

/**
 * Copies a tree.
 * @param old the copy of the text before the edit, already moved; its untouched nodes are taken over
 */
export function copyTree(tree: Tree, old?: SyntaxNode, edit?: TextEdit): SyntaxNode {
	const cursor = tree.walk();
	try {
		return copy(cursor, tree.language.types, tree.language.fields, old, edit);
	} finally {
		cursor.delete();
	}
}

function copy(
	cursor: TreeCursor,
	types: readonly string[],
	fields: readonly (string | null)[],
	old: SyntaxNode | undefined,
	edit: TextEdit | undefined,
): SyntaxNode {
	const type = types[cursor.nodeTypeId] ?? "ERROR";
	const start = cursor.startIndex;
	const end = cursor.endIndex;
	const field = fields[cursor.currentFieldId] ?? null;
	if (
		old &&
		edit &&
		!old.broken &&
		old.type === type &&
		old.start === start &&
		old.end === end &&
		old.field === field
	) {
		if (end < edit.start || start > edit.newEnd) return old;
	}
	const node: SyntaxNode = { type, start, end, field, children: [], broken: type === "ERROR" || cursor.nodeIsMissing };
	if (!cursor.gotoFirstChild()) return node;
	const olds = old?.children ?? [];
	let next = 0;
	do {
		const named = cursor.nodeIsNamed;
		if (!named && cursor.currentFieldId === 0) {
			if (cursor.nodeIsMissing) node.broken = true;
			continue;
		}
		const from = cursor.startIndex;
		while (next < olds.length && olds[next].end <= from) next++;
		const child = copy(cursor, types, fields, olds[next], edit);
		if (child.broken) node.broken = true;
		node.children.push(child);
	} while (cursor.gotoNextSibling());
	cursor.gotoParent();
	return node;
}

/** Nodes that hold a list of statements. */
const BLOCKS = new Set(["module", "program", "block", "statement_block", "class_body"]);

/**
 * What to understand while the text is broken: the last good statements of the innermost blocks that are broken.
 * @param old what was understood before, moved along with the edits
 * @returns undefined when what is broken is no list of statements, nor in one
 */
export function mend(fresh: SyntaxNode, old: SyntaxNode): SyntaxNode | undefined {
	if (!fresh.broken) return fresh;
	const children: SyntaxNode[] = [];
	for (const child of fresh.children) {
		const before = child.broken && old.children.find((c) => c.type === child.type && c.start === child.start);
		const mended = child.broken ? before && holdsBlock(child) && mend(child, before) : child;
		// A header or a statement that is broken, or swallowed what follows: the whole list stays as it was.
		if (!mended) return BLOCKS.has(fresh.type) ? old : undefined;
		children.push(mended);
	}
	return { ...fresh, children, broken: false };
}

function holdsBlock(node: SyntaxNode): boolean {
	return BLOCKS.has(node.type) || node.children.some((child) => BLOCKS.has(child.type) || child.field === "definition");
}
