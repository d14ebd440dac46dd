import * as vscode from "vscode";
import { Analyzer, type OpenText } from "../../analysis/index.ts";
import { type LoopSource, sourceOf, sourceOfNotebook } from "./languages.ts";
import { LoopReading } from "./loop-reading.ts";

/** Texts that are kept up with their edits; the one that was not asked for longest goes first, and is read anew. */
const MOST_KEPT = 24;

/** Findings follow typing at this distance; lenses and hints ask by themselves, when VS Code wants them. */
const READ_AFTER_MS = 150;

interface Kept {
	open: Promise<OpenText>;
	/** undefined until the parser is loaded */
	text?: OpenText;
	/** the versions of the documents that were read */
	versions?: string;
	reading?: LoopReading;
}

/**
 * Reads the documents that training loops are written in: each version once, when the first feature asks, for all of
 * them. What is on the screen is read without being asked, so that findings keep up.
 */
export class LoopReader implements vscode.Disposable {
	private readonly analyzer: Analyzer;
	private readonly log: vscode.LogOutputChannel;
	private readonly kept = new Map<string, Kept>();
	private readonly didRead = new vscode.EventEmitter<LoopReading>();
	private readonly subscriptions: vscode.Disposable[];
	private readonly said = new Set<string>();
	private soon: NodeJS.Timeout | undefined;
	/** A version was read that had not been read before; of a notebook, all of its cells. */
	readonly onDidRead = this.didRead.event;

	/** @param extensionUri where dist/grammars is */
	constructor(extensionUri: vscode.Uri, log: vscode.LogOutputChannel) {
		const grammars = vscode.Uri.joinPath(extensionUri, "dist", "grammars");
		this.analyzer = new Analyzer(async (file) => vscode.workspace.fs.readFile(vscode.Uri.joinPath(grammars, file)));
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
	async read(document: vscode.TextDocument): Promise<LoopReading | undefined> {
		const source = sourceOf(document);
		return source && this.readSource(source);
	}

	dispose(): void {
		clearTimeout(this.soon);
		for (const uri of [...this.kept.keys()]) this.drop(uri);
		vscode.Disposable.from(...this.subscriptions).dispose();
	}

	private async readSource(source: LoopSource): Promise<LoopReading | undefined> {
		const { uri } = source;
		try {
			const kept = this.keep(source);
			const text = kept.text ?? (await kept.open);
			// Closed, or opened in another language, while the parser was loaded.
			if (this.kept.get(uri) !== kept) return undefined;
			return this.readNow(source, kept, text);
		} catch (error) {
			this.drop(uri);
			this.say(error);
			return undefined;
		}
	}

	private readNow(source: LoopSource, kept: Kept, text: OpenText): LoopReading {
		const { uri, documents } = source;
		const versions = documents.map((document) => `${document.uri.fragment} ${document.version}`).join();
		if (kept.reading && kept.versions === versions) return kept.reading;
		const texts = documents.map((document) => document.getText());
		text.update(texts);
		const reading = new LoopReading(vscode.Uri.parse(uri), documents, texts, text.analyze(), text.broken);
		kept.reading = reading;
		kept.versions = versions;
		this.didRead.fire(reading);
		return reading;
	}

	private keep(source: LoopSource): Kept {
		const { uri, kind, documents } = source;
		const old = this.kept.get(uri);
		if (old && (old.text?.kind ?? kind) === kind) {
			// The order of the map is that of the last use.
			this.kept.delete(uri);
			this.kept.set(uri, old);
			return old;
		}
		this.drop(uri);
		const open =
			kind === "notebook"
				? this.analyzer.openCells(documents.map((document) => document.getText()))
				: this.analyzer.open(kind, documents[0].getText());
		const kept: Kept = { open };
		this.kept.set(uri, kept);
		open.then(
			(text) => {
				kept.text = text;
				if (this.kept.get(uri) !== kept) text.delete();
			},
			// Said by those who wait for it.
			() => {},
		);
		const [first] = this.kept.keys();
		if (this.kept.size > MOST_KEPT) this.drop(first);
		return kept;
	}

	private forget(uri: vscode.Uri): void {
		this.drop(uri.toString());
	}

	private drop(uri: string): void {
		this.kept.get(uri)?.text?.delete();
		this.kept.delete(uri);
	}

	private readSoon(): void {
		clearTimeout(this.soon);
		this.soon = setTimeout(() => void this.readVisible(), READ_AFTER_MS);
	}

	private async readVisible(): Promise<void> {
		const { visibleTextEditors, visibleNotebookEditors } = vscode.window;
		const sources = [
			...visibleTextEditors.map(({ document }) => sourceOf(document)),
			...visibleNotebookEditors.map(({ notebook }) => sourceOfNotebook(notebook)),
		];
		const each = new Map(sources.flatMap((source) => (source ? [[source.uri, source]] : [])));
		for (const source of each.values()) await this.readSource(source);
	}

	/** A fault is said once, not at every letter that is typed. */
	private say(error: unknown): void {
		const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
		if (this.said.has(text)) return;
		this.said.add(text);
		this.log.error(`a document could not be read: ${text}`);
	}
}
