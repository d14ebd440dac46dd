import type { Argument, Expression, Import, Mapping, Parameter, Sliced, Statement } from "./code.ts";
import { unescapeText } from "./literals.ts";
import type { SyntaxNode } from "./syntax-node.ts";

const child = (node: SyntaxNode, field: string) => node.children.find((c) => c.field === field);

/** Reads JavaScript's and TypeScript's syntax nodes as statements; what was made of a node is kept with it. */
export class JavaScriptReader {
	private readonly text: Sliced;

	constructor(text: Sliced) {
		this.text = text;
	}

	block(node: SyntaxNode | undefined): Statement[] {
		if (!node) return [];
		if (node.type !== "program" && node.type !== "statement_block") return this.statement(node);
		return node.children.flatMap((c) => (c.type === "comment" ? [] : this.statement(c)));
	}

	private source(node: SyntaxNode): string {
		return this.text.slice(node.start, node.end);
	}

	private statement(node: SyntaxNode): Statement[] {
		node.code ??= this.readStatement(node);
		return node.code as Statement[];
	}

	private readStatement(node: SyntaxNode): Statement[] {
		const at = node;
		switch (node.type) {
			case "comment":
			case "empty_statement":
				return [];
			case "statement_block":
				return this.block(node);
			case "expression_statement":
				return node.children.flatMap((c) => (c.type === "comment" ? [] : this.simple(c)));
			case "lexical_declaration":
			case "variable_declaration":
				return node.children.flatMap((c) => (c.type === "variable_declarator" ? this.declarator(c) : []));
			case "export_statement": {
				const declaration = child(node, "declaration");
				if (declaration) return this.statement(declaration);
				return [{ kind: "others", at, parts: this.expressions(node) }];
			}
			case "import_statement":
				return [this.import(node)];
			case "if_statement": {
				const alternative = child(node, "alternative");
				const branch = {
					test: this.expression(child(node, "condition")),
					body: this.block(child(node, "consequence")),
				};
				const otherwise = alternative ? alternative.children.flatMap((c) => this.block(c)) : [];
				return [{ kind: "if", at, branches: [branch], otherwise }];
			}
			case "for_in_statement":
				return [
					{
						kind: "for",
						at,
						target: this.expression(child(node, "left")),
						iterable: this.expression(child(node, "right")),
						body: this.block(child(node, "body")),
						otherwise: [],
					},
				];
			case "for_statement":
				return this.counted(node);
			case "while_statement":
			case "do_statement":
				return [
					{ kind: "while", at, test: this.expression(child(node, "condition")), body: this.block(child(node, "body")) },
				];
			case "try_statement": {
				const handler = child(node, "handler");
				const last = child(node, "finalizer");
				return [
					{
						kind: "try",
						at,
						body: this.block(child(node, "body")),
						handlers: handler ? [this.block(child(handler, "body"))] : [],
						last: last ? this.block(child(last, "body")) : [],
					},
				];
			}
			case "function_declaration":
			case "generator_function_declaration": {
				const name = child(node, "name") ?? node;
				return [
					{
						kind: "function",
						at,
						name: this.source(name),
						nameAt: name,
						parameters: this.parameters(node),
						body: this.block(child(node, "body")),
						decorators: [],
						generator: node.type.startsWith("generator"),
					},
				];
			}
			case "class_declaration":
			case "abstract_class_declaration":
				return [this.class(node)];
			case "return_statement": {
				const value = node.children.find((c) => c.type !== "comment");
				return [{ kind: "return", at, value: value && this.expression(value) }];
			}
			case "break_statement":
			case "continue_statement":
			case "throw_statement":
				return [{ kind: "leave", at, parts: node.type === "throw_statement" ? this.expressions(node) : [] }];
			case "interface_declaration":
			case "type_alias_declaration":
				return [];
			case "switch_statement": {
				const cases = child(node, "body")?.children ?? [];
				const branches = cases.map((c) => ({
					test: this.expression(child(c, "value") ?? c),
					body: c.children.filter((s) => s.field === "body").flatMap((s) => this.statement(s)),
				}));
				return branches.length > 0 ? [{ kind: "if", at, branches, otherwise: [] }] : [];
			}
			default:
				return [{ kind: "others", at, parts: this.expressions(node) }];
		}
	}

	private simple(node: SyntaxNode): Statement[] {
		const e = this.expression(node);
		if (e.kind !== "bind") return [{ kind: "expression", at: node, value: e }];
		const { target, value, operator } = e;
		return [{ kind: "assign", at: node, targets: [target], value, operator, declares: false }];
	}

	private declarator(node: SyntaxNode): Statement[] {
		const name = child(node, "name");
		const value = child(node, "value");
		if (!name) return [];
		const required = value && this.required(value);
		if (required !== undefined) {
			const entries = this.bound(name).map(([alias, key]) => ({ module: required, name: key, alias, at: node }));
			return [{ kind: "import", at: node, entries }];
		}
		return [
			{
				kind: "assign",
				at: node,
				targets: [this.expression(name)],
				value: value && this.expression(value),
				declares: true,
			},
		];
	}

	/** @returns the module of `require("module")` */
	private required(node: SyntaxNode): string | undefined {
		if (node.type === "await_expression") return this.required(node.children[0]);
		if (node.type !== "call_expression") return undefined;
		const callee = child(node, "function");
		const first = child(node, "arguments")?.children[0];
		if (!callee || first?.type !== "string" || !/^(require|import)$/.test(this.source(callee))) return undefined;
		return this.source(first).slice(1, -1);
	}

	/** @returns [name, key] of what a pattern binds; without a key the whole */
	private bound(pattern: SyntaxNode): [string, string | undefined][] {
		if (pattern.type === "identifier") return [[this.source(pattern), undefined]];
		return pattern.children.flatMap((c): [string, string | undefined][] => {
			if (c.type === "shorthand_property_identifier_pattern") return [[this.source(c), this.source(c)]];
			const key = child(c, "key");
			const value = child(c, "value");
			return key && value?.type === "identifier" ? [[this.source(value), this.source(key)]] : [];
		});
	}

	private import(node: SyntaxNode): Import {
		const source = child(node, "source");
		const module = source ? this.source(source).slice(1, -1) : "";
		const clause = node.children.find((c) => c.type === "import_clause");
		const entries = (clause?.children ?? []).flatMap((c): Import["entries"] => {
			if (c.type === "identifier") return [{ module, alias: this.source(c), at: c }];
			if (c.type === "namespace_import") return [{ module, alias: this.source(c.children[0]), at: c }];
			return c.children.flatMap((s) => {
				const name = child(s, "name");
				const alias = child(s, "alias") ?? name;
				return name && alias ? [{ module, name: this.source(name), alias: this.source(alias), at: s }] : [];
			});
		});
		return { kind: "import", at: node, entries };
	}

	private counted(node: SyntaxNode): Statement[] {
		const initializer = child(node, "initializer");
		const test = child(node, "condition");
		const update = child(node, "increment");
		const before = initializer ? this.statement(initializer) : [];
		const e = test && this.expression(test);
		// for (let i = 0; i < n; i++): n rounds
		const start = before.length === 1 && before[0].kind === "assign" ? before[0].value : undefined;
		const plain = start?.kind === "number" && e?.kind === "binary" && update?.type === "update_expression";
		const fits = plain && ((start.value === 0 && e.operator === "<") || (start.value === 1 && e.operator === "<="));
		return [
			...before,
			{
				kind: "while",
				at: node,
				test: e,
				update: update && this.expression(update),
				body: this.block(child(node, "body")),
				count: fits ? e.right : undefined,
			},
		];
	}

	private class(node: SyntaxNode): Statement {
		const name = child(node, "name");
		const heritage = node.children.find((c) => c.type === "class_heritage");
		const bases = heritage ? heritage.children.flatMap((c) => (c.type === "extends_clause" ? c.children[0] : c)) : [];
		const body = (child(node, "body")?.children ?? []).flatMap((m): Statement[] => {
			const memberName = child(m, "name") ?? child(m, "property");
			if (!memberName) return [];
			if (m.type === "method_definition") {
				return [
					{
						kind: "function",
						at: m,
						name: this.source(memberName),
						nameAt: memberName,
						parameters: this.parameters(m),
						body: this.block(child(m, "body")),
						decorators: [],
						generator: false,
					},
				];
			}
			const value = child(m, "value");
			const target: Expression = { kind: "name", at: memberName, name: this.source(memberName) };
			return value ? [{ kind: "assign", at: m, targets: [target], value: this.expression(value) }] : [];
		});
		return {
			kind: "class",
			at: node,
			name: name ? this.source(name) : "",
			bases: bases.map((c) => this.expression(c)),
			body,
			decorators: [],
		};
	}

	private parameters(node: SyntaxNode): Parameter[] {
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

	private patternParts(pattern: SyntaxNode): [string, string, Expression | undefined][] {
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

	private expressions(node: SyntaxNode): Expression[] {
		return node.children.flatMap((c) => (c.type === "comment" ? [] : [this.expression(c)]));
	}

	private expression(node: SyntaxNode | undefined): Expression {
		if (!node) return { kind: "other", at: { start: 0, end: 0 }, what: "missing", parts: [] };
		node.code ??= this.readExpression(node);
		return node.code as Expression;
	}

	private readExpression(node: SyntaxNode): Expression {
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
				return Number.isNaN(value) ? this.other(node, "a number of another kind") : { kind: "number", at, value };
			}
			case "string":
				return { kind: "text", at, value: unescapeText(this.source(node).slice(1, -1)) };
			case "template_string":
				if (node.children.some((c) => c.type === "template_substitution")) return this.other(node, "a template");
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
				return this.other(node, `a ${node.type.replaceAll("_", " ")}`);
		}
	}

	private mapping(node: SyntaxNode): Mapping {
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

	private argument(node: SyntaxNode): Argument {
		if (node.type === "spread_element") return { at: node, value: this.expression(node.children[0]), spread: true };
		return { at: node, value: this.expression(node) };
	}

	private other(node: SyntaxNode, what: string): Expression & { kind: "other" } {
		return { kind: "other", at: node, what, parts: this.expressions(node) };
	}
}
