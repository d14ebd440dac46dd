import type { Assign, Expression, If, Import, Statement } from "./code.ts";
import { PythonExpressions } from "./python-expressions.ts";
import { child, type SyntaxNode } from "./syntax-node.ts";

const children = (node: SyntaxNode, field: string) => node.children.filter((c) => c.field === field);

/** Reads Python's syntax nodes as statements; what was made of a node is kept with it. */
export class PythonReader extends PythonExpressions {
	block(node: SyntaxNode | undefined): Statement[] {
		return node ? node.children.flatMap((c) => (c.type === "comment" ? [] : this.statement(c))) : [];
	}

	private statement(node: SyntaxNode): Statement[] {
		node.code ??= this.readStatement(node);
		return node.code as Statement[];
	}

	private readStatement(node: SyntaxNode): Statement[] {
		switch (node.type) {
			case "expression_statement":
				return node.children.flatMap((c) => this.simple(c));
			case "import_statement":
			case "import_from_statement":
				return [this.import(node)];
			case "if_statement":
				return [this.if(node)];
			case "for_statement":
				return [
					{
						kind: "for",
						at: node,
						target: this.expression(child(node, "left")),
						iterable: this.expression(child(node, "right")),
						body: this.block(child(node, "body")),
						otherwise: this.otherwise(node),
					},
				];
			case "while_statement":
				return [
					{
						kind: "while",
						at: node,
						test: this.expression(child(node, "condition")),
						body: this.block(child(node, "body")),
					},
				];
			case "with_statement":
				return [this.with(node)];
			case "try_statement":
				return [this.try(node)];
			case "function_definition":
			case "class_definition":
				return [this.definition(node, [])];
			case "decorated_definition": {
				const inner = child(node, "definition");
				const decorators = node.children
					.filter((c) => c.type === "decorator")
					.map((c) => this.expression(c.children[0]));
				return inner ? [this.definition(inner, decorators)] : [];
			}
			case "return_statement":
				return [{ kind: "return", at: node, value: node.children[0] && this.expression(node.children[0]) }];
			case "break_statement":
			case "continue_statement":
			case "raise_statement":
				return [{ kind: "leave", at: node, parts: this.expressions(node) }];
			case "global_statement":
				return [{ kind: "global", at: node, names: node.children.map((c) => this.source(c)) }];
			case "pass_statement":
			case "nonlocal_statement":
				return [];
			default:
				return [{ kind: "others", at: node, parts: this.expressions(node) }];
		}
	}

	private simple(node: SyntaxNode): Statement[] {
		if (node.type !== "assignment" && node.type !== "augmented_assignment") {
			return node.type === "comment" ? [] : [{ kind: "expression", at: node, value: this.expression(node) }];
		}
		const targets = [this.expression(child(node, "left"))];
		let right = child(node, "right");
		while (right?.type === "assignment") {
			targets.push(this.expression(child(right, "left")));
			right = child(right, "right");
		}
		const annotation = child(node, "type");
		const assign: Assign = { kind: "assign", at: node, targets, value: right && this.expression(right) };
		if (annotation) assign.annotation = this.expression(annotation.children[0]);
		if (node.type === "augmented_assignment") assign.operator = child(node, "operator")!.type.slice(0, -1);
		return [assign];
	}

	private import(node: SyntaxNode): Import {
		const from = child(node, "module_name");
		const entries = children(node, "name").map((entry) => {
			const name = entry.type === "aliased_import" ? child(entry, "name")! : entry;
			const alias = entry.type === "aliased_import" ? this.source(child(entry, "alias")!) : undefined;
			const dotted = this.source(name).replace(/\s/g, "");
			if (from) return { module: this.source(from), name: dotted, alias: alias ?? dotted, at: entry };
			// "import a.b" binds a; "import a.b as c" binds a.b.
			const module = alias ? dotted : dotted.split(".")[0];
			return { module, alias: alias ?? module, at: entry };
		});
		if (from && node.children.some((c) => c.type === "wildcard_import")) {
			entries.push({ module: this.source(from), name: "*", alias: "*", at: node });
		}
		return { kind: "import", at: node, entries };
	}

	private if(node: SyntaxNode): If {
		const branch = (n: SyntaxNode) => ({
			test: this.expression(child(n, "condition")),
			body: this.block(child(n, "consequence")),
		});
		const more = children(node, "alternative");
		return {
			kind: "if",
			at: node,
			branches: [node, ...more.filter((c) => c.type === "elif_clause")].map(branch),
			otherwise: more.filter((c) => c.type === "else_clause").flatMap((c) => this.block(child(c, "body"))),
		};
	}

	private otherwise(node: SyntaxNode): Statement[] {
		return children(node, "alternative").flatMap((c) => this.block(child(c, "body")));
	}

	private with(node: SyntaxNode): Statement {
		const items = (node.children.find((c) => c.type === "with_clause")?.children ?? []).map((item) => {
			const value = child(item, "value");
			if (value?.type !== "as_pattern") return { value: this.expression(value) };
			const alias = child(value, "alias")?.children[0];
			return { value: this.expression(value.children[0]), target: alias && this.expression(alias) };
		});
		return { kind: "with", at: node, items, body: this.block(child(node, "body")) };
	}

	private try(node: SyntaxNode): Statement {
		const inner = (n: SyntaxNode) => this.block(n.children.find((c) => c.type === "block"));
		const clauses = (type: string) => node.children.filter((c) => c.type === type);
		return {
			kind: "try",
			at: node,
			body: [
				...this.block(child(node, "body")),
				...clauses("else_clause").flatMap((c) => this.block(child(c, "body"))),
			],
			handlers: clauses("except_clause").map(inner),
			last: clauses("finally_clause").flatMap(inner),
		};
	}

	private definition(node: SyntaxNode, decorators: Expression[]): Statement {
		const nameNode = child(node, "name") ?? node;
		const name = this.source(nameNode);
		const body = this.block(child(node, "body"));
		if (node.type === "class_definition") {
			const bases = child(node, "superclasses");
			return { kind: "class", at: node, name, bases: bases ? this.expressions(bases) : [], body, decorators };
		}
		const parameters = this.parameters(child(node, "parameters"));
		// Its own yield: one in a function inside of it is not looked for, nor needed.
		const generator = /\byield\b/.test(this.source(node));
		return { kind: "function", at: node, name, nameAt: nameNode, parameters, body, decorators, generator };
	}
}
