// VS Code itself takes every snippet that we ship, and makes of each body what the other tests of snippets run.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as vscode from "vscode";
import { expansions } from "../support/snippet-body.ts";
import { test, until } from "./harness.ts";
import { workspace } from "./support.ts";

interface Snippet {
	name: string;
	/** the last one of its scope */
	language: string;
	body: string;
}

/** What package.json contributes. */
async function contributed(): Promise<Snippet[]> {
	const { extensionPath, packageJSON } = vscode.extensions.getExtension("descent.descent")!;
	const files: { path: string }[] = packageJSON.contributes.snippets;
	const found = files.map(async ({ path }) => {
		const entries = JSON.parse(await readFile(join(extensionPath, path), "utf8"));
		return Object.entries(entries as Record<string, { scope: string; body: string | string[] }>).map(
			([name, { scope, body }]) => ({
				name,
				language: scope.split(",").at(-1)!,
				body: [body].flat().join("\n"),
			}),
		);
	});
	return (await Promise.all(found)).flat();
}

test(
	"VS Code inserts every snippet as it was tried",
	async () => {
		// The language is said to the command, so that no language's own extension has to start; run files go by their name.
		const folder = await workspace({ "a.txt": "", "a.train.json": "" });
		const snippets = await contributed();
		assert.ok(snippets.length > 100);
		for (const name of ["a.txt", "a.train.json"]) {
			const document = await vscode.workspace.openTextDocument(join(folder, name));
			const editor = await vscode.window.showTextDocument(document);
			editor.options = { insertSpaces: false, tabSize: 4 };
			for (const { name: snippet, language: langId, body } of snippets) {
				if (name.endsWith(".json") !== langId.startsWith("json")) continue;
				await vscode.commands.executeCommand("editor.action.insertSnippet", { langId, name: snippet });
				await until(`${snippet} is inserted`, () => document.getText() !== "");
				assert.equal(document.getText(), expansions(body)[0].text, snippet);
				const all = new vscode.Range(0, 0, document.lineCount, 0);
				assert.ok(await editor.edit((edit) => edit.delete(all)));
			}
			await document.save();
		}
	},
	{ timeoutMs: 120_000 },
);

test("run files' snippets are offered in run files alone, Python's in Python", async () => {
	const files = { "a.train.json": "{\n\tdescent-ad\n}\n", "tsconfig.json": "", "a.py": "torch-ad\n" };
	const folder = await workspace(files);
	const offered = async (name: string, line: number, column: number) => {
		const document = await vscode.workspace.openTextDocument(join(folder, name));
		const list = await vscode.commands.executeCommand<vscode.CompletionList>(
			"vscode.executeCompletionItemProvider",
			document.uri,
			new vscode.Position(line, column),
		);
		const labels = list.items.map(({ label }) => (typeof label === "string" ? label : label.label));
		return labels.filter((label) => /^(np|torch|keras|optax|tf|descent)-/.test(label));
	};
	await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(join(folder, "a.py")));
	const runFile = await until("run files' snippets", async () => {
		const labels = await offered("a.train.json", 1, 11);
		return labels.length > 0 ? labels : undefined;
	});
	assert.ok(runFile.includes("descent-adam") && runFile.every((label) => label.startsWith("descent-")), `${runFile}`);
	assert.deepEqual(await offered("tsconfig.json", 0, 0), []);
	const python = await offered("a.py", 0, 8);
	assert.ok(python.includes("torch-adam") && python.includes("torch-adamw"), `${python}`);
});
