// What the engine refuses and finds has words in Korean: each sentence that its sources can make, found by their syntax.
import assert from "node:assert/strict";
import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Node } from "web-tree-sitter";
import { Grammars } from "../../src/analysis/syntax/grammars.ts";
import { setBundle } from "../../src/l10n.ts";
import { engineWords } from "../../src/words/engine-words.ts";
import { DIST } from "../support/kernels.ts";
import { repository } from "../support/vscode/paths.ts";

before(async () => setBundle(await readFile(join(repository, "l10n", "bundle.l10n.ko.json"), "utf8")));
after(() => setBundle("{}"));

/** stands for what cannot be told from the source alone */
const SOME = "7";

/** @returns the texts that an expression can be, with SOME for values */
function textsOf(node: Node): string[] {
	switch (node.type) {
		case "string":
			return [
				JSON.parse(
					`"${node.text
						.slice(1, -1)
						.replaceAll("\\'", "'")
						.replace(/(?<!\\)"/g, '\\"')}"`,
				),
			];
		case "parenthesized_expression":
			return textsOf(node.namedChildren[0]!);
		case "ternary_expression":
			return ["consequence", "alternative"].flatMap((field) => textsOf(node.childForFieldName(field)!));
		case "binary_expression": {
			if (node.childForFieldName("operator")!.text !== "+") return [SOME];
			const [left, right] = ["left", "right"].map((field) => textsOf(node.childForFieldName(field)!));
			return left.flatMap((begin) => right.map((end) => begin + end));
		}
		case "template_string":
			return node.namedChildren.reduce<string[]>(
				(texts, part) => {
					const isValue = part!.type === "template_substitution";
					const said = isValue ? textsOf(part!.namedChildren[0]!) : [part!.text.replace(/\\(.)/g, "$1")];
					return texts.flatMap((text) => said.map((more) => text + more));
				},
				[""],
			);
		case "identifier":
			return constantOf(node) ?? [SOME];
		default:
			return [SOME];
	}
}

/** @returns the texts of a constant that is declared around its use, undefined where it is made by more than texts */
function constantOf(use: Node): string[] | undefined {
	for (let scope = use.parent; scope; scope = scope.parent) {
		for (const declared of scope.namedChildren) {
			if (declared?.type !== "lexical_declaration") continue;
			const constant = declared.namedChildren.find((child) => child?.childForFieldName("name")?.text === use.text);
			const value = constant?.childForFieldName("value");
			if (value) return textsOf(value);
		}
	}
	return undefined;
}

/** @returns the sentences that a person is told of by what happens here */
function saidBy(node: Node): string[] {
	if (node.type === "pair" && /^(message|advice)$/.test(node.childForFieldName("key")!.text)) {
		return textsOf(node.childForFieldName("value")!);
	}
	// what a file is instead of a table
	if (node.type === "array" && /^['"]is /.test(node.namedChildren[1]?.text ?? "")) {
		return textsOf(node.namedChildren[1]!).map((text) => `${SOME} ${text}.`);
	}
	const [first, second] = node.childForFieldName("arguments")?.namedChildren ?? [];
	if (!first) return [];
	if (node.type === "new_expression") {
		return /^(InputError|MemoryFault)$/.test(node.childForFieldName("constructor")!.text) ? textsOf(first) : [];
	}
	const called = node.childForFieldName("function")?.text ?? "";
	if (called === "fail") return textsOf(second!).map((text) => `${SOME} ${text}`);
	if (called === "super") return textsOf(first).filter((text) => text.endsWith("."));
	if (called === "fault") return textsOf(first);
	return called === "this.fault" ? textsOf(second!) : [];
}

test("every sentence that the engine refuses or advises with has a Korean one", async () => {
	const grammars = new Grammars((file) => readFile(join(DIST, "grammars", file)));
	const parser = await grammars.parser("typescript");
	let count = 0;
	const english: string[] = [];
	for await (const file of glob("src/engine/**/*.ts", { cwd: repository })) {
		if (file.includes("cli")) continue;
		const look = (node: Node): void => {
			for (const said of new Set(saidBy(node))) {
				// made elsewhere, and found there
				if (!/[a-z]/.test(said) || / stopped being a finite number/.test(said)) continue;
				count++;
				// names of files, formats and packages stay, and so does what is quoted
				const names =
					/"[^"]*"|\(pandas[^)]*\)|\{[^}]*\}|--threads|@\S+-node|descent|gzip|zstd|bzip2|zip|wasm|tensorflow|parquet|fortran|excel|sqlite|arrow|python|leakyRelu|relu|adam|true|false|full|null/gi;
				const words = engineWords(said);
				if (!/[가-힣]/.test(words) || /[a-z]{3,}/.test(words.replace(names, "")))
					english.push(`${file}: ${said} -> ${words}`);
			}
			for (const child of node.namedChildren) if (child) look(child);
		};
		look(parser.parse(await readFile(join(repository, file), "utf8"))!.rootNode);
	}
	assert.ok(count > 150, `${count} sentences are found`);
	assert.deepEqual(english, []);
});
