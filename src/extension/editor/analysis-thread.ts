// Entry of the thread that reads the texts of the editor: what takes tree-sitter milliseconds would hold up the extension host.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { Analyzer, type OpenText } from "../../analysis/analyzer.ts";
import type { Analysis, TextKind } from "../../analysis/index.ts";
import { setBundle } from "../../l10n.ts";

/** What the thread begins with. */
export interface ThreadData {
	/** folder of the grammars */
	grammars: string;
	/** as `setBundle` takes them */
	words: string;
}

/** A text as it is now, of a notebook each cell; or one that is to be forgotten. */
export type ToAnalysis = { uri: string; kind: TextKind; texts: readonly string[] } | { uri: string; forget: true };
/** There is one for each text, in the order of the texts. */
export type FromAnalysis = { analysis: Analysis; broken: boolean } | { fault: string };

const { grammars, words } = workerData as ThreadData;
setBundle(words);
const analyzer = new Analyzer((file) => readFile(join(grammars, file)));
const open = new Map<string, OpenText>();

/** @throws Error when the parser cannot be loaded */
async function read(uri: string, kind: TextKind, texts: readonly string[]): Promise<OpenText> {
	const known = open.get(uri);
	known?.update(texts);
	const text = known ?? (await (kind === "notebook" ? analyzer.openCells(texts) : analyzer.open(kind, texts[0])));
	open.set(uri, text);
	return text;
}

function forget(uri: string): void {
	open.get(uri)?.delete();
	open.delete(uri);
}

async function answer(message: ToAnalysis): Promise<FromAnalysis | undefined> {
	const { uri } = message;
	if ("forget" in message) {
		forget(uri);
		return undefined;
	}
	try {
		const text = await read(uri, message.kind, message.texts);
		const { facts, findings } = text.analyze();
		// What loops call is asked for by findings alone, and is a third of what the host would have to take in.
		const loops = facts.loops.map((loop) => ({ ...loop, calls: [] }));
		return { analysis: { facts: { ...facts, loops }, findings }, broken: text.broken };
	} catch (error) {
		// Half updated, perhaps: it is read anew the next time.
		forget(uri);
		return { fault: error instanceof Error ? (error.stack ?? error.message) : String(error) };
	}
}

let queue = Promise.resolve();
parentPort!.on("message", (message: ToAnalysis) => {
	queue = queue.then(async () => {
		const made = await answer(message);
		if (made) parentPort!.postMessage(made);
	});
});
