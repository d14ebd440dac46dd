import * as vscode from "vscode";
import type { TextKind } from "../../analysis/index.ts";
import { AnalysisClient } from "./analysis-client.ts";
import { type LoopSource, sourceOf, sourceOfNotebook } from "./languages.ts";
import { LoopReading } from "./loop-reading.ts";

/** Texts that are kept up with their edits; the one that was not asked for longest goes first, and is read anew. */
const MOST_KEPT = 24;

/** Findings follow typing at this distance; lenses and hints ask by themselves, when VS Code wants them. */
const READ_AFTER_MS = 150;

interface Kept {
	kind: TextKind;
	/** what was read last */
	last?: Read;
	/** what is being read; undefined when that fails */
	going?: Promise<Read | undefined>;
}

interface Read {
	/** of the documents, as they were read */
	versions: string;
	reading: LoopReading;
}

/**
 * Reads the documents that training loops are written in: each version once, when the first feature asks, for all of
 * them. What is on the screen is read without being asked, so that findings keep up.
 */
export class LoopReader implements vscode.Disposable {
	private readonly analysis: AnalysisClient;
	private readonly log: vscode.LogOutputChannel;
	private readonly kept = new Map<string, Kept>();
	private readonly didRead = new vscode.EventEmitter<LoopReading>();
	private readonly subscriptions: vscode.Disposable[];
	private readonly said = new Set<string>();
	private soon: NodeJS.Timeout | undefined;
	/** A version was read that had not been read before; of a notebook, all of its cells. */
	readonly onDidRead = this.didRead.event;

	/**
	 * @param extensionUri where dist is
	 * @param words the bundle of the window's language, as JSON
	 */
	constructor(extensionUri: vscode.Uri, words: string, log: vscode.LogOutputChannel) {
		this.analysis = new AnalysisClient(vscode.Uri.joinPath(extensionUri, "dist").fsPath, words);
		this.log = log;
		const { workspace, window } = vscode;
		this.subscriptions = [
			this.didRead,
			workspace.onDidChangeTextDocument(({ document }) => {
				if (sourceOf(document)) this.readSoon();
			}),
			workspace.onDidChangeNotebookDocument(() => this.readSoon()),
			workspace.onDidCloseTextDocument(({ uri }) => this.forget(uri)),
			workspace.onDidCloseNotebookDocument(({ uri }) => this.forget(uri)),
			window.onDidChangeVisibleTextEditors(() => this.readSoon()),
			window.onDidChangeVisibleNotebookEditors(() => this.readSoon()),
		];
		this.readSoon();
	}

	/** How many texts are held. */
	get size(): number {
		return this.kept.size;
	}

	/**
	 * @returns what a document (with the other cells of its notebook) says as it stands now; undefined when it is none
	 *   that is read, was closed meanwhile, or reading it failed, which the log tells
	 */
	read(document: vscode.TextDocument): Promise<LoopReading | undefined> {
		return this.readLatest(() => sourceOf(document));
	}

	dispose(): void {
		clearTimeout(this.soon);
		this.kept.clear();
		this.analysis.dispose();
		vscode.Disposable.from(...this.subscriptions).dispose();
	}

	/** A text is read by one at a time: all versions that were typed meanwhile are then read as the newest of them. */
	private async readLatest(sourceNow: () => LoopSource | undefined): Promise<LoopReading | undefined> {
		let read: Read | undefined;
		for (let source = sourceNow(); source; source = sourceNow()) {
			const versions = versionsOf(source);
			if (read?.versions === versions) return read.reading;
			const kept = this.keep(source);
			if (kept.last?.versions === versions) return kept.last.reading;
			kept.going ??= this.readNow(source, kept, versions);
			read = await kept.going;
			if (!read) return undefined;
		}
		return undefined;
	}

	private async readNow({ uri, kind, documents }: LoopSource, kept: Kept, versions: string): Promise<Read | undefined> {
		const texts = documents.map((document) => document.getText());
		try {
			const { analysis, broken } = await this.analysis.read(uri, kind, texts);
			const reading = new LoopReading(vscode.Uri.parse(uri), documents, texts, analysis, broken);
			kept.last = { versions, reading };
			// What was typed or closed meanwhile is nothing to show.
			const current = this.kept.get(uri) === kept && versionsOf({ documents }) === versions;
			if (current) this.didRead.fire(reading);
			return kept.last;
		} catch (error) {
			if (this.kept.get(uri) === kept) this.drop(uri);
			this.say(error);
			return undefined;
		} finally {
			kept.going = undefined;
		}
	}

	private keep({ uri, kind }: LoopSource): Kept {
		const old = this.kept.get(uri);
		if (old?.kind !== kind) this.drop(uri);
		const kept = old?.kind === kind ? old : { kind };
		// The order of the map is that of the last use.
		this.kept.delete(uri);
		this.kept.set(uri, kept);
		const [first] = this.kept.keys();
		if (this.kept.size > MOST_KEPT) this.drop(first);
		return kept;
	}

	private forget(uri: vscode.Uri): void {
		this.drop(uri.toString());
	}

	private drop(uri: string): void {
		if (this.kept.delete(uri)) this.analysis.forget(uri);
	}

	private readSoon(): void {
		clearTimeout(this.soon);
		this.soon = setTimeout(() => void this.readVisible(), READ_AFTER_MS);
	}

	private async readVisible(): Promise<void> {
		const { visibleTextEditors, visibleNotebookEditors } = vscode.window;
		for (const { document } of visibleTextEditors) await this.read(document);
		for (const { notebook } of visibleNotebookEditors) await this.readLatest(() => sourceOfNotebook(notebook));
	}

	/** A fault is said once, not at every letter that is typed. */
	private say(error: unknown): void {
		const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
		if (this.said.has(text)) return;
		this.said.add(text);
		this.log.error(`a document could not be read: ${text}`);
	}
}

function versionsOf({ documents }: Pick<LoopSource, "documents">): string {
	return documents.map(({ uri, version }) => `${uri.fragment} ${version}`).join();
}
