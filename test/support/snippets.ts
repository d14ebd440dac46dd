/** The snippets that package.json contributes. */
import { readFileSync } from "node:fs";

export interface Snippet {
	/** the file's name without folder and ending */
	file: string;
	name: string;
	/** language ids */
	scope: string[];
	prefixes: string[];
	description: string;
	body: string;
	include?: string;
}

interface Entry {
	scope: string;
	prefix: string | string[];
	description: string;
	body: string | string[];
	include?: string;
}

const repository = new URL("../../", import.meta.url);

/** Paths of the snippet files, as package.json has them. */
export function snippetFiles(): string[] {
	const manifest = JSON.parse(readFileSync(new URL("package.json", repository), "utf8"));
	return manifest.contributes.snippets.map(({ path }: { path: string }) => path);
}

/** @param wanted the name of one file, without folder and ending; every file when absent */
export function readSnippets(wanted?: string): Snippet[] {
	return snippetFiles().flatMap((path) => {
		const file = path.replace(/^.*\/|\.code-snippets$/g, "");
		if (wanted !== undefined && file !== wanted) return [];
		const entries: Record<string, Entry> = JSON.parse(readFileSync(new URL(path, repository), "utf8"));
		return Object.entries(entries).map(([name, { scope, prefix, description, body, include }]) => ({
			file,
			name,
			scope: scope.split(","),
			prefixes: [prefix].flat(),
			description,
			body: [body].flat().join("\n"),
			include,
		}));
	});
}
