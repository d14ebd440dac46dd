import { t } from "../../l10n.ts";
import type { Argument, Expression, Parameter, Slice } from "./code.ts";
import { ExpressionReader } from "./expression-reader.ts";
import { pythonNumber, pythonText } from "./literals.ts";
import { child, type SyntaxNode } from "./syntax-node.ts";

/** Reads Python's expressions. */
export abstract class PythonExpressions extends ExpressionReader {
	protected parameters(node: SyntaxNode | undefined): Parameter[] {
		return (node?.children ?? []).flatMap((p): Parameter[] => {
			if (p.type === "comment" || p.type === "keyword_separator" || p.type === "positional_separator") return [];
			const name = p.type === "identifier" ? p : (child(p, "name") ?? p.children[0]);
			if (!name) return [];
			const value = child(p, "value");
			const annotation = child(p, "type")?.children[0];
			return [
				{
					name: this.source(name).replace(/^\*+/, ""),
					at: p,
					default: value && this.expression(value),
					annotation: annotation && this.expression(annotation),
					rest: /splat/.test(p.type) || /splat/.test(name.type) || undefined,
				},
			];
		});
	}

	protected readExpression(node: SyntaxNode): Expression {
		const at = node;
		switch (node.type) {
			case "identifier":
				return { kind: "name", at, name: this.source(node) };
			case "integer":
			case "float": {
				const value = pythonNumber(this.source(node));
				return value === undefined
					? this.other(node, () => t("it is a complex number"))
					: { kind: "number", at, value };
			}
			case "string":
			case "concatenated_string": {
				const value = pythonText(node, (n) => this.source(n));
				return value === undefined ? this.other(node, () => t("it is an f-string")) : { kind: "text", at, value };
			}
			case "true":
			case "false":
				return { kind: "constant", at, value: node.type === "true" };
			case "none":
				return { kind: "constant", at, value: null };
			case "attribute": {
				const name = child(node, "attribute")!;
				return {
					kind: "member",
					at,
					object: this.expression(child(node, "object")),
					name: this.source(name),
					nameAt: name,
				};
			}
			case "subscript": {
				const subscripts = node.children.filter((c) => c.field === "subscript");
				const indices = subscripts.map((c) => this.expression(c));
				const index: Expression = indices.length === 1 ? indices[0] : { kind: "sequence", at, items: indices };
				return { kind: "index", at, object: this.expression(child(node, "value")), index };
			}
			case "call": {
				const args = child(node, "arguments")!;
				const list = args.type === "argument_list" ? args.children : [args];
				return {
					kind: "call",
					at,
					callee: this.expression(child(node, "function")),
					args: list.filter((c) => c.type !== "comment").map((c) => this.argument(c)),
					argsAt: args,
					made: false,
				};
			}
			case "list":
			case "tuple":
			case "set":
			case "pattern_list":
			case "tuple_pattern":
			case "list_pattern":
			case "expression_list":
				return { kind: "sequence", at, items: this.expressions(node) };
			case "dictionary": {
				const pairs = node.children.filter((c) => c.type !== "comment");
				const entries = pairs.map((pair) =>
					pair.type === "pair"
						? { key: this.expression(child(pair, "key")), value: this.expression(child(pair, "value")) }
						: { value: this.expression(pair.children[0]) },
				);
				return { kind: "mapping", at, entries };
			}
			case "unary_operator":
				return {
					kind: "unary",
					at,
					operator: child(node, "operator")?.type ?? "-",
					operand: this.expression(child(node, "argument")),
				};
			case "not_operator":
				return { kind: "unary", at, operator: "not", operand: this.expression(child(node, "argument")) };
			case "binary_operator":
			case "boolean_operator":
				return {
					kind: "binary",
					at,
					operator: child(node, "operator")!.type,
					left: this.expression(child(node, "left")),
					right: this.expression(child(node, "right")),
				};
			case "comparison_operator": {
				const operands = node.children.filter((c) => c.field !== "operators");
				if (operands.length !== 2) return this.other(node, () => t("it is a comparison"));
				const [left, right] = operands.map((c) => this.expression(c));
				return { kind: "binary", at, operator: child(node, "operators")!.type, left, right };
			}
			case "conditional_expression": {
				const [whenTrue, test, otherwise] = this.expressions(node);
				return { kind: "conditional", at, test, whenTrue, otherwise };
			}
			case "lambda": {
				const body = this.expression(child(node, "body"));
				const parameters = this.parameters(child(node, "parameters"));
				return { kind: "lambda", at, parameters, body: [{ kind: "return", at: body.at, value: body }] };
			}
			case "named_expression":
				return {
					kind: "bind",
					at,
					target: this.expression(child(node, "name")),
					value: this.expression(child(node, "value")),
				};
			case "parenthesized_expression":
			case "await":
			case "type":
				return this.expression(node.children.find((c) => c.type !== "comment"));
			case "list_comprehension":
			case "generator_expression":
			case "set_comprehension":
			case "dictionary_comprehension": {
				const clauses = node.children.filter((c) => c.type === "for_in_clause");
				const targets = clauses.map((c) => this.expression(child(c, "left")));
				return { ...this.other(node, () => t("it is a comprehension")), targets };
			}
			case "slice":
				return { ...this.other(node, () => t("it is a {0}", "slice")), slice: this.slice(node) };
			default:
				return this.stranger(node);
		}
	}

	private slice(node: SyntaxNode): Slice {
		const text = this.source(node);
		const slice: Slice = [undefined, undefined, undefined];
		let [place, end] = [0, node.start];
		for (const part of node.children) {
			place += text.slice(end - node.start, part.start - node.start).split(":").length - 1;
			end = part.end;
			if (part.type !== "comment") slice[place] = this.expression(part);
		}
		return slice;
	}

	protected argument(node: SyntaxNode): Argument {
		if (node.type === "keyword_argument") {
			return { at: node, name: this.source(child(node, "name")!), value: this.expression(child(node, "value")) };
		}
		if (node.type === "list_splat" || node.type === "dictionary_splat") {
			return { at: node, value: this.expression(node.children[0]), spread: true };
		}
		return { at: node, value: this.expression(node) };
	}
}
