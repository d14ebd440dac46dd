/** Finds what is said to people in the sources, and the marks in it that values take the place of. */
import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { allSentences } from "../../src/words/engine-words.ts";
import { repository } from "./vscode/paths.ts";

/** Where texts are translated: by the `t` of `src/l10n.ts` in panel and analysis, the extension host by `vscode.l10n.t`. */
const SOURCES = "{webview,src/analysis,src/extension}/**/*.ts";

export interface Message {
	text: string;
	/** file and line */
	at: string;
}

const literal = String.raw`"(?:[^"\\]|\\.)*"`;
/** A call with a literal, or with a choice of two: `t(n === 1 ? "{0} row" : "{0} rows", n)`. */
const call = new RegExp(
	String.raw`(?<![\w$]|function )t\(\s*(?:(${literal})|[^?;]{1,80}?\?\s*(${literal})\s*:\s*(${literal}))?`,
	"g",
);

/**
 * @returns what every `t(...)` and `vscode.l10n.t(...)` may be given, and the sentences of the engine that are known
 * @throws Error naming a call whose text cannot be told
 */
export async function messages(): Promise<Message[]> {
	const found: Message[] = [];
	for await (const file of glob(SOURCES, { cwd: repository })) {
		const source = await readFile(join(repository, file), "utf8");
		for (const match of source.matchAll(call)) {
			const at = `${file}:${source.slice(0, match.index).split("\n").length}`;
			const texts = match.slice(1).filter((text) => text !== undefined);
			if (texts.length === 0) throw new Error(`${at}: a text that is translated must be a literal, or a choice of two`);
			for (const text of texts) found.push({ text: JSON.parse(text), at });
		}
	}
	return [...found, ...allSentences.map((text) => ({ text, at: "src/words" }))];
}

/** @returns the {0}, {1} of a text, in order, each once */
export function marks(text: string): string[] {
	return [...new Set(text.match(/\{\d+\}/g))].sort();
}

/** Every `%key%` of a manifest. */
export function keysOf(manifest: unknown): string[] {
	if (typeof manifest === "string") return /^%(.+)%$/.exec(manifest)?.slice(1) ?? [];
	if (typeof manifest !== "object" || manifest === null) return [];
	return Object.values(manifest).flatMap(keysOf);
}
