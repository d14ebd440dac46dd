import { t } from "../../l10n.ts";
import type { Argument, Expression, Mapping, Parameter } from "./code.ts";
import { ExpressionReader } from "./expression-reader.ts";
import { unescapeText } from "./literals.ts";
import { child, type SyntaxNode } from "./syntax-node.ts";

/** Reads JavaScript's expressions. */
export abstract class JavaScriptExpressions extends ExpressionReader {
	protected parameters(node: SyntaxNode): Parameter[] {
		const single = child(node, "parameter");
		const list = single ? [single] : (child(node, "parameters")?.children ?? []);
		return list.flatMap((p): Parameter[] => {
			if (p.type === "comment") return [];
			const pattern = child(p, "pattern") ?? child(p, "left") ?? p;
			const value = child(p, "value") ?? child(p, "right");
			const found = { at: p, default: value && this.expression(value) };
			if (pattern.type === "object_pattern") return [{ ...found, name: "", parts: this.patternParts(pattern) }];
			return [
				{
					...found,
					name: this.source(pattern).replace(/^\.+/, ""),
					rest: pattern.type === "rest_pattern" || undefined,
				},
			];
		});
	}

	protected patternParts(pattern: SyntaxNode): [string, string, Expression | undefined][] {
		return pattern.children.flatMap((c): [string, string, Expression | undefined][] => {
			const left = child(c, "left");
			const right = child(c, "right");
			if (c.type === "object_assignment_pattern" && left && right) {
				return [[this.source(left), this.source(left), this.expression(right)]];
			}
			const key = child(c, "key");
			const value = child(c, "value");
			if (!key || !value) return c.children.length === 0 ? [[this.source(c), this.source(c), undefined]] : [];
			const name = child(value, "left") ?? value;
			const fallback = child(value, "right");
			return [[this.source(name), this.source(key), fallback && this.expression(fallback)]];
		});
	}

	protected readExpression(node: SyntaxNode): Expression {
		const at = node;
		switch (node.type) {
			case "identifier":
			case "this":
			case "super":
			case "property_identifier":
			case "private_property_identifier":
			case "shorthand_property_identifier":
			case "shorthand_property_identifier_pattern":
			case "type_identifier":
				return { kind: "name", at, name: this.source(node) };
			case "number": {
				const value = Number(this.source(node).replaceAll("_", ""));
				return Number.isNaN(value)
					? this.other(node, () => t("it is a number of another kind"))
					: { kind: "number", at, value };
			}
			case "string":
				return { kind: "text", at, value: unescapeText(this.source(node).slice(1, -1)) };
			case "template_string":
				if (node.children.some((c) => c.type === "template_substitution"))
					return this.other(node, () => t("it is a template"));
				return { kind: "text", at, value: unescapeText(this.source(node).slice(1, -1)) };
			case "true":
			case "false":
				return { kind: "constant", at, value: node.type === "true" };
			case "null":
			case "undefined":
				return { kind: "constant", at, value: null };
			case "member_expression": {
				const name = child(node, "property")!;
				return {
					kind: "member",
					at,
					object: this.expression(child(node, "object")),
					name: this.source(name),
					nameAt: name,
				};
			}
			case "subscript_expression":
				return {
					kind: "index",
					at,
					object: this.expression(child(node, "object")),
					index: this.expression(child(node, "index")),
				};
			case "call_expression":
			case "new_expression": {
				const args = child(node, "arguments");
				const callee = child(node, "function") ?? child(node, "constructor");
				return {
					kind: "call",
					at,
					callee: this.expression(callee),
					args: (args?.children ?? []).flatMap((c) => (c.type === "comment" ? [] : [this.argument(c)])),
					argsAt: args ?? { start: node.end, end: node.end },
					made: node.type === "new_expression",
				};
			}
			case "array":
			case "array_pattern":
				return { kind: "sequence", at, items: this.expressions(node) };
			case "object":
			case "object_pattern":
				return this.mapping(node);
			case "unary_expression":
				return {
					kind: "unary",
					at,
					operator: child(node, "operator")!.type,
					operand: this.expression(child(node, "argument")),
				};
			case "binary_expression":
				return {
					kind: "binary",
					at,
					operator: child(node, "operator")!.type,
					left: this.expression(child(node, "left")),
					right: this.expression(child(node, "right")),
				};
			case "ternary_expression":
				return {
					kind: "conditional",
					at,
					test: this.expression(child(node, "condition")),
					whenTrue: this.expression(child(node, "consequence")),
					otherwise: this.expression(child(node, "alternative")),
				};
			case "assignment_expression":
			case "augmented_assignment_expression":
				return {
					kind: "bind",
					at,
					target: this.expression(child(node, "left")),
					value: this.expression(child(node, "right")),
					operator: child(node, "operator")?.type.slice(0, -1) || undefined,
				};
			case "update_expression": {
				const target = this.expression(child(node, "argument"));
				return { kind: "bind", at, target, value: { kind: "number", at, value: 1 }, operator: "+" };
			}
			case "arrow_function":
			case "function_expression": {
				const body = child(node, "body");
				const result = body && body.type !== "statement_block" ? this.expression(body) : undefined;
				return {
					kind: "lambda",
					at,
					parameters: this.parameters(node),
					body: result ? [{ kind: "return", at: result.at, value: result }] : this.block(body),
				};
			}
			case "parenthesized_expression":
			case "await_expression":
			case "as_expression":
			case "satisfies_expression":
			case "non_null_expression":
			case "type_assertion":
				return this.expression(node.children.find((c) => c.type !== "comment"));
			default:
				return this.stranger(node);
		}
	}

	protected mapping(node: SyntaxNode): Mapping {
		const entries = node.children.flatMap((c): Mapping["entries"] => {
			if (c.type === "comment") return [];
			const key = child(c, "key");
			const value = child(c, "value");
			if (key && value) {
				const name = /identifier$/.test(key.type) ? this.source(key) : undefined;
				return [
					name === undefined
						? { key: this.expression(key), value: this.expression(value) }
						: { name, value: this.expression(value) },
				];
			}
			if (/^shorthand/.test(c.type)) return [{ name: this.source(c), value: this.expression(c) }];
			if (c.type === "method_definition") {
				const body = this.block(child(c, "body"));
				const method: Expression = { kind: "lambda", at: c, parameters: this.parameters(c), body };
				return [{ name: this.source(child(c, "name")!), value: method }];
			}
			return [{ value: this.expression(c.children[0] ?? c) }];
		});
		return { kind: "mapping", at: node, entries };
	}

	protected argument(node: SyntaxNode): Argument {
		if (node.type === "spread_element") return { at: node, value: this.expression(node.children[0]), spread: true };
		return { at: node, value: this.expression(node) };
	}
}
