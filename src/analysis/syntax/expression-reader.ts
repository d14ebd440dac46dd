import { t } from "../../l10n.ts";
import type { Expression, Sliced, Statement } from "./code.ts";
import type { SyntaxNode } from "./syntax-node.ts";

/** What readers of expressions have in common, whatever the language; what was made of a node is kept with it. */
export abstract class ExpressionReader {
	private readonly text: Sliced;

	constructor(text: Sliced) {
		this.text = text;
	}

	/** The statements of a function's body. */
	abstract block(node: SyntaxNode | undefined): Statement[];

	protected abstract readExpression(node: SyntaxNode): Expression;

	protected source(node: SyntaxNode): string {
		return this.text.slice(node.start, node.end);
	}

	protected expressions(node: SyntaxNode): Expression[] {
		return node.children.flatMap((c) => (c.type === "comment" ? [] : [this.expression(c)]));
	}

	protected expression(node: SyntaxNode | undefined): Expression {
		if (!node) return { kind: "other", at: { start: 0, end: 0 }, why: () => t("it is missing"), parts: [] };
		node.code ??= this.readExpression(node);
		return node.code as Expression;
	}

	protected other(node: SyntaxNode, why: () => string): Expression & { kind: "other" } {
		return { kind: "other", at: node, why, parts: this.expressions(node) };
	}

	/** What no reader knows, as its grammar calls it. */
	protected stranger(node: SyntaxNode): Expression {
		return this.other(node, () => t("it is a {0}", node.type.replaceAll("_", " ")));
	}
}
