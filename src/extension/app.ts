import * as vscode from "vscode";
import { setBundle } from "../l10n.ts";
import { config } from "./config.ts";
import type { Editor } from "./editor/editor.ts";
import { EditorStart } from "./editor/start.ts";
import { EngineHost } from "./engine-host/engine-host.ts";
import { CONTEXT_RUN_FILE, CONTEXT_STATE, CONTEXT_WEIGHTS } from "./ids.ts";
import { LiveRuns } from "./live/live-runs.ts";
import { weightsOf } from "./predictions/checkpoints.ts";
import { Predictor } from "./predictions/predictor.ts";
import { LoopExporter } from "./runs/loop-export.ts";
import { RunShelf } from "./runs/run-shelf.ts";
import { Session } from "./runs/session.ts";
import { Trainer } from "./runs/trainer.ts";
import { Tuner } from "./tuning/tuner.ts";
import { Panel } from "./views/panel.ts";
import { RunList } from "./views/run-list.ts";
import { StatusBar } from "./views/status-bar.ts";

/** A person who types is not followed letter by letter. */
const TYPING_MS = 300;

/** The parts of the running extension; features take it as their only argument. */
export interface App extends vscode.Disposable {
	session: Session;
	engine: EngineHost;
	trainer: Trainer;
	predictor: Predictor;
	tuner: Tuner;
	panel: Panel;
	shelf: RunShelf;
	exporter: LoopExporter;
	runList: RunList;
	live: LiveRuns;
	/** what documents show; loaded with the first one that is read */
	editor: () => Promise<Editor>;
	log: vscode.LogOutputChannel;
}

/** Builds every part; starts no process and reads no file. */
export function createApp(context: vscode.ExtensionContext): App {
	// for what is said by others than the extension: by the analysis, and by the engine in English
	const words = JSON.stringify(vscode.l10n.bundle ?? {});
	setBundle(words);
	const log = vscode.window.createOutputChannel("Descent", { log: true });
	const session = new Session();
	const engine = new EngineHost({
		script: vscode.Uri.joinPath(context.extensionUri, "dist", "engine.cjs").fsPath,
		env: () => ({
			DESCENT_CACHE_FOLDER: vscode.Uri.joinPath(context.globalStorageUri, "tables").fsPath,
			DESCENT_CACHE_BYTES: String(config.cacheBytes()),
		}),
		idleMs: config.idleMs,
		timeoutMs: config.readMs,
		memoryLimit: config.memoryLimit,
		t: vscode.l10n.t,
		log,
		onEvent: (runId, event) => session.receive(runId, event),
	});
	const shelf = new RunShelf(session, engine, log, context);
	const trainer = new Trainer(session, engine, log, shelf);
	const predictor = new Predictor(session, engine, log);
	const exporter = new LoopExporter(session, engine, shelf, trainer, log);
	const panel = new Panel(context.extensionUri, session, trainer);
	const statusBar = new StatusBar(session);
	const runList = new RunList(shelf, session);
	const opened = panel.onDidOpen(() => void shelf.restore());
	const editor = new EditorStart(async () => {
		const { Editor } = await import("./editor/editor.ts");
		const editor = new Editor(context, words, engine, log);
		live.offer(editor);
		return editor;
	}, log);
	const live = new LiveRuns(session, engine, () => editor.start(), context.workspaceState, log);
	const tuner = new Tuner({ session, engine, trainer, editor: () => editor.start(), log });

	const drawn = panel.onDidDrawFirstPoint((runId) => {
		const run = session.runs.find(({ view }) => view.id === runId);
		if (!run) return;
		const { asked, begun, read } = run.times;
		const moments = { "dataset settled": begun, "data read": read, "first point": performance.now() };
		const words = Object.entries(moments).map(([what, at]) => `${what} after ${(at - asked).toFixed(0)} ms`);
		log.info(`${run.view.name}: ${words.join(", ")}`);
	});

	const shown: Record<string, unknown> = {};
	const keys = session.onDidChange(() => {
		const phase = session.active?.view.phase;
		const reading = phase === "preparing" || (phase === undefined && session.inspecting);
		const state = reading ? "reading" : (phase ?? "idle");
		const { shown: run, runFile } = session;
		const values = {
			[CONTEXT_STATE]: state,
			[CONTEXT_RUN_FILE]: runFile !== undefined,
			[CONTEXT_WEIGHTS]: run !== undefined && weightsOf(run.view) !== undefined,
		};
		for (const [key, value] of Object.entries(values)) {
			if (shown[key] === value) continue;
			shown[key] = value;
			void vscode.commands.executeCommand("setContext", key, value);
		}
	});

	let settled: NodeJS.Timeout | undefined;
	const edits = vscode.workspace.onDidChangeTextDocument(({ document }) => {
		if (document.uri.fsPath !== session.runFile?.uri.fsPath) return;
		clearTimeout(settled);
		settled = setTimeout(() => void trainer.runFileChanged(), TYPING_MS);
	});

	const parts = [live, keys, drawn, edits, opened, editor, statusBar, panel, runList, shelf, engine, session, log];
	const dispose = () => vscode.Disposable.from(...parts).dispose();
	const services = { session, engine, trainer, predictor, tuner, panel, live, shelf, exporter, runList, log };
	return { ...services, editor: () => editor.start(), dispose };
}
