import { basename } from "node:path";
import * as vscode from "vscode";
import type { RunFileText } from "../../engine/protocol/engine.ts";
import type { LiveState } from "../../engine/protocol/panel.ts";
import type { RatePreview } from "../../engine/protocol/run.ts";
import type { RunFile } from "../../engine/protocol/run-file.ts";
import { engineWords } from "../../words/engine-words.ts";
import { config } from "../config.ts";
import type { Editor } from "../editor/editor.ts";
import { sourceOf } from "../editor/languages.ts";
import type { LoopReading } from "../editor/loop-reading.ts";
import type { TextRun } from "../editor/text-run.ts";
import { EngineError, type EngineHost } from "../engine-host/engine-host.ts";
import { CONTEXT_CAN_FOLLOW, CONTEXT_LIVE } from "../ids.ts";
import { isRunFile } from "../runs/run-files.ts";
import type { Run, Session } from "../runs/session.ts";
import { difference } from "./difference.ts";
import { PanelTable } from "./panel-table.ts";
import { onDisk, TableWatch } from "./table-watch.ts";

/** Letters of a person who types fast follow each other sooner than that: the run waits for the last one. */
const TYPING_MS = 90;
/** A run takes all processors: the rates are drawn by then. */
const DRAWING_MS = 40;
/** More rates than the chart is wide show nothing more. */
const MOST_RATES = 2000;
const ON = "descent.live";

type Followed = Pick<TextRun, "file" | "dataset" | "schedule">;

/**
 * Charts that follow the edits of the file in the editor: each edit that changes what is trained makes a short run, from
 * the same weights and in the same order, which is drawn over the one before it.
 */
export class LiveRuns implements vscode.Disposable {
	private readonly session: Session;
	private readonly engine: EngineHost;
	private readonly editor: () => Promise<Editor>;
	private readonly memento: vscode.Memento;
	private readonly log: vscode.LogOutputChannel;
	private readonly subscriptions: vscode.Disposable[];
	/** the file that is followed; it stays while another document is in the editor that cannot be */
	private document: vscode.TextDocument | undefined;
	/** counts edits: what was begun for an older one is dropped */
	private edit = 0;
	/** when the last one came, as performance.now() tells */
	private editedAt = Number.NEGATIVE_INFINITY;
	/** what was asked of the engine last */
	private asked: string | undefined;
	/** why it was refused: a sentence */
	private refused: string | undefined;
	/** the file of the newest run's table, as it was on the disk */
	private table: string | undefined;
	/** rows that change while a text is followed are an edit, too */
	private readonly watch = new TableWatch(() => this.document && this.edited());
	private readonly panelTable: PanelTable;
	private offered = false;
	/** of the panel, when it was looked at last */
	private settings = "";
	private timer: NodeJS.Timeout | undefined;
	/** the newest run and the one before it */
	private pair: Run[] = [];
	private starting: Promise<void> = Promise.resolve();

	constructor(
		session: Session,
		engine: EngineHost,
		editor: () => Promise<Editor>,
		memento: vscode.Memento,
		log: vscode.LogOutputChannel,
	) {
		this.session = session;
		this.engine = engine;
		this.editor = editor;
		this.memento = memento;
		this.log = log;
		this.panelTable = new PanelTable(session, engine);
		const { window, workspace } = vscode;
		this.subscriptions = [
			window.onDidChangeActiveTextEditor((active) => {
				this.follow(active?.document);
				if (!active || !canBeFollowed(active.document)) this.setOffered(false);
				else if (isRunFile(active.document.uri)) this.setOffered(true);
			}),
			workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
				if (document === this.document && contentChanges.length > 0) this.edited();
			}),
			workspace.onDidCloseTextDocument((document) => {
				if (document === this.document) this.forget();
			}),
			session.onDidChange(() => {
				this.compare();
				this.lookAtPanel();
			}),
		];
		if (memento.get<boolean>(ON)) this.turnOn();
		else this.show({ on: false });
	}

	get on(): boolean {
		return this.session.live.on;
	}

	turnOn(): void {
		void this.memento.update(ON, true);
		this.show({ on: true });
		this.follow(vscode.window.activeTextEditor?.document);
	}

	turnOff(): void {
		void this.memento.update(ON, undefined);
		this.forget();
		this.show({ on: false });
		void this.panelTable.giveBack();
	}

	/** Shows the switch beside texts that train something. */
	offer({ reader, rows }: Editor): void {
		const look = ({ documents, facts }: LoopReading) => {
			const active = vscode.window.activeTextEditor?.document;
			if (!active || !documents.includes(active)) return;
			const trains = isRunFile(active.uri) || facts.loops.some((loop) => loop.trains);
			this.setOffered(trains && canBeFollowed(active));
		};
		// Other rows than before: a decay that counts epochs makes other steps of them.
		this.subscriptions.push(
			reader.onDidRead(look),
			rows.onDidLearn(() => this.document && this.edited()),
		);
		const active = vscode.window.activeTextEditor?.document;
		if (active) void reader.read(active).then((reading) => reading && look(reading));
	}

	dispose(): void {
		clearTimeout(this.timer);
		vscode.Disposable.from(this.watch, ...this.subscriptions).dispose();
	}

	private setOffered(offered: boolean): void {
		if (offered === this.offered) return;
		this.offered = offered;
		void vscode.commands.executeCommand("setContext", CONTEXT_CAN_FOLLOW, offered);
	}

	private follow(document: vscode.TextDocument | undefined): void {
		if (!this.on || !document || document === this.document || !canBeFollowed(document)) return;
		// Curves of another text are nothing to compare with.
		for (const run of this.pair) this.session.remove(run);
		this.forget();
		this.document = document;
		this.edited();
	}

	private forget(): void {
		clearTimeout(this.timer);
		this.edit++;
		this.document = undefined;
		this.asked = this.refused = undefined;
		this.watch.follow(undefined);
		this.pair = [];
		this.show({ on: this.on });
	}

	private edited(): void {
		const now = performance.now();
		const wait = now - this.editedAt < TYPING_MS ? TYPING_MS : DRAWING_MS;
		this.editedAt = now;
		clearTimeout(this.timer);
		void this.look(++this.edit, wait).catch((error) => this.log.error(String(error?.stack ?? error)));
	}

	/**
	 * Draws the rates at once, then trains.
	 * @param wait milliseconds without another edit
	 */
	private async look(edit: number, wait: number): Promise<void> {
		const { document } = this;
		if (!document || !vscode.workspace.isTrusted) return;
		let source: TextRun | string | undefined;
		// The rates of a run file need not wait for its check.
		let rates = isRunFile(document.uri)
			? this.ratesOf({ path: document.uri.fsPath, text: document.getText() })
			: undefined;
		try {
			// The analysis is loaded with the first text that is followed.
			const { textRun } = await import("../editor/text-run.ts");
			source = await textRun(document, this.session, this.engine, this.editor);
		} catch (error) {
			if (edit === this.edit) this.refuse(error);
			return;
		}
		if (edit !== this.edit || !source) return;
		if (typeof source === "string") return this.say(source);
		const name = basename(document.uri.path);
		const { file, dataset, told, schedule, problem } = source;
		this.watch.follow(dataset.uri);
		if (problem) {
			await this.lookInto(source);
			if (edit === this.edit) this.show({ on: true, file: name, ...told, problem });
			return;
		}
		const table = await onDisk(dataset.uri);
		if (edit !== this.edit) return;
		const asked = JSON.stringify([file, table]);
		if (asked === this.asked) {
			// It may yet be refused.
			this.starting = this.starting.then(() => {
				const { difference } = this.session.live;
				const problem = this.refused;
				if (edit === this.edit) this.show({ on: true, file: name, ...told, difference, problem });
			});
			return;
		}
		rates ??= this.ratesOf(file);
		const preview = await rates;
		if (edit !== this.edit) return;
		if (preview) this.session.previewRates(preview);
		const left = Math.max(0, this.editedAt + wait - performance.now());
		// All else that the panel shows of the edit waits, too: it takes longer to draw.
		this.timer = setTimeout(() => {
			this.launch(edit, { file, dataset, schedule }, asked, table);
			this.show({ on: true, file: name, ...told });
		}, left);
	}

	/** What is wrong with a file is said by its check, or by its run. */
	private ratesOf(file: RunFile | RunFileText): Promise<RatePreview | null> {
		return this.engine.call("rates", { file, most: MOST_RATES }).catch(() => null);
	}

	private launch(edit: number, source: Followed, asked: string, table: string | undefined): void {
		this.starting = this.starting
			.then(() => this.train(edit, source, asked, table))
			.catch((error) => this.log.error(String(error?.stack ?? error)));
	}

	private async train(
		edit: number,
		{ file, dataset, schedule }: Followed,
		asked: string,
		table: string | undefined,
	): Promise<void> {
		const { session, engine } = this;
		const going = session.active;
		// A run that a person started goes first: it is not stopped by an edit.
		if (edit !== this.edit || (going && !this.pair.includes(going))) return;
		if (going) await engine.call("control", { runId: going.view.id, action: "stop" }).catch(() => {});
		await this.panelTable.turnTo(this.document, { dataset, file });
		// They may have started one while the table was looked for.
		if (session.active && session.active !== going) return;
		this.asked = asked;
		this.refused = undefined;
		const run = session.begin(session.dataset ?? dataset, performance.now(), { live: "now", schedule });
		const bounds = { seconds: config.liveSeconds(), rows: config.liveRows() };
		try {
			const call = { runId: run.view.id, file, bounds };
			const start = await engine.call("train", call, (event) => {
				// A large table is read for long, once.
				if (event.type === "reading") session.read(event);
			});
			session.started(run, start);
		} catch (error) {
			session.remove(run);
			this.refused = isStop(error) ? undefined : sentenceOf(error);
			if (edit === this.edit) this.refuse(error);
			return this.lookInto({ file, dataset });
		}
		// Costs of other rows are nothing to compare with.
		if (table !== this.table) for (const other of this.pair.splice(0)) session.remove(other);
		this.table = table;
		// A curve that this edit has cut short is nothing to compare with, as long as there is another.
		const [gone] = this.pair.length > 1 ? this.pair.splice(going ? 1 : 0, 1) : [];
		if (gone) session.remove(gone);
		for (const { view } of this.pair) view.live = "before";
		this.pair.push(run);
		this.show({ ...session.live, difference: undefined });
	}

	/** Shows the table of a text that cannot be trained, so that its target can be chosen; not in place of what is drawn. */
	private async lookInto(source: Pick<Followed, "dataset" | "file">): Promise<void> {
		if (this.pair.length === 0 && !this.session.active) await this.panelTable.lookInto(this.document, source);
	}

	/** What is set in the panel stands for what the text does not say. */
	private lookAtPanel(): void {
		// A person who turned to another run is looking at that one's table.
		const { shown } = this.session;
		if (!this.document || (this.pair.length > 0 && shown && !this.pair.includes(shown))) return;
		const { form, choice, dataset } = this.session;
		const settings = JSON.stringify([form, choice, dataset?.uri.fsPath]);
		if (settings === this.settings) return;
		this.settings = settings;
		this.edited();
	}

	/** When the newest run has ended, says how it did beside the one before it. */
	private compare(): void {
		const [before, now] = this.pair;
		if (!now || !this.on || now.view.done === undefined || this.session.live.difference !== undefined) return;
		if (this.session.live.file)
			this.show({ ...this.session.live, difference: difference(before.view, now.view, vscode.l10n.t) });
	}

	private refuse(error: unknown): void {
		if (isStop(error)) return;
		const expected = error instanceof EngineError && error.fault.kind !== "internal";
		if (!expected) this.log.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
		this.say(sentenceOf(error));
	}

	private say(problem: string): void {
		const { document, session } = this;
		if (document) this.show({ ...session.live, on: true, file: basename(document.uri.path), problem });
	}

	private show(live: LiveState): void {
		const { session } = this;
		if (live.on !== session.live.on) void vscode.commands.executeCommand("setContext", CONTEXT_LIVE, live.on);
		if (JSON.stringify(live) === JSON.stringify(session.live)) return;
		session.live = live;
		session.notify();
	}
}

function isStop(error: unknown): boolean {
	return error instanceof EngineError && error.fault.kind === "stopped";
}

function sentenceOf(error: unknown): string {
	return engineWords(error instanceof Error ? error.message : String(error));
}

/** @returns whether a document's text can be one that trains */
function canBeFollowed(document: vscode.TextDocument): boolean {
	return document.uri.scheme === "file" && sourceOf(document) !== undefined;
}
