/** Where a statement of the module begins; all nodes in it stand relative to that, and move with it. */
export interface Home {
	offset: number;
	/** true when all nodes in it are known to have it as their home */
	settled: boolean;
}

/**
 * A node of the source, copied out of tree-sitter's memory: named nodes, and operators, which have a field. Copies of
 * what an edit did not touch live on, with what was understood of them; only their places move.
 */
export class SyntaxNode {
	readonly type: string;
	/** what it is to its parent, such as "left" */
	readonly field: string | null;
	readonly children: SyntaxNode[] = [];
	/** holds an error, something that is missing, or text that was edited since */
	stale = false;
	/** the statement or expression that was made of it */
	code?: unknown;
	private home: Home;
	private from: number;
	private to: number;

	constructor({ type, field, start, end }: Pick<SyntaxNode, "type" | "field" | "start" | "end">, home: Home) {
		this.type = type;
		this.field = field;
		this.home = home;
		this.from = start - home.offset;
		this.to = end - home.offset;
	}

	/** UTF-16 offset in the text */
	get start(): number {
		return this.home.offset + this.from;
	}

	get end(): number {
		return this.home.offset + this.to;
	}

	/** Moves a statement of the module along with an edit; what lay inside the replaced text ends at its new end. */
	move(edit: TextEdit): void {
		if (this.start > edit.oldEnd) this.shift(edit.newEnd - edit.oldEnd);
		else this.stretch(edit, this.home);
	}

	/** Moves a statement of the module by a distance, or the module without its statements. */
	shift(distance: number): void {
		this.home.offset += distance;
	}

	/** Makes a statement of the module the home of all nodes in it. */
	settle(): void {
		if (!this.home.settled) this.moveIn(this.home);
		this.home.settled = true;
	}

	private stretch(edit: TextEdit, home: Home): void {
		const { start, oldEnd, newEnd } = edit;
		if (this.end < start || this.home !== home) return;
		if (this.start <= oldEnd) this.stale = true;
		const move = (at: number) => (at >= oldEnd ? at + newEnd - oldEnd : Math.min(at, newEnd));
		const { end } = this;
		if (this.start > start || (this.start === start && start === oldEnd)) this.from = move(this.start) - home.offset;
		if (end > start) this.to = move(end) - home.offset;
		for (const child of this.children) child.stretch(edit, home);
	}

	private moveIn(home: Home): void {
		this.from += this.home.offset - home.offset;
		this.to += this.home.offset - home.offset;
		this.home = home;
		for (const child of this.children) child.moveIn(home);
	}
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
