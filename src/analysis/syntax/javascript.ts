import type { Expression, Import, Statement } from "./code.ts";
import { JavaScriptExpressions } from "./javascript-expressions.ts";
import { child, type SyntaxNode } from "./syntax-node.ts";

/** Reads JavaScript's and TypeScript's syntax nodes as statements; what was made of a node is kept with it. */
export class JavaScriptReader extends JavaScriptExpressions {
	block(node: SyntaxNode | undefined): Statement[] {
		if (!node) return [];
		if (node.type !== "program" && node.type !== "statement_block") return this.statement(node);
		return node.children.flatMap((c) => (c.type === "comment" ? [] : this.statement(c)));
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
}
