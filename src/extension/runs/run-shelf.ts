import { readFile, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import * as vscode from "vscode";
import { readPacked, writePacked } from "../../engine/kept-runs/packed-run.ts";
import type { KeepRequest } from "../../engine/protocol/engine.ts";
import { KEPT } from "../../engine/protocol/kept-run.ts";
import type { RunFile } from "../../engine/protocol/run-file.ts";
import { config } from "../config.ts";
import { type EngineHost, refusal } from "../engine-host/engine-host.ts";
import { datasetOf } from "./datasets.ts";
import { bytesOf, nameProblem, type StoredRun, storedRun, storedRuns, tooMany, writeLabel } from "./kept-runs.ts";
import { exists } from "./run-files.ts";
import { MOST_RUNS, type Run, type Session } from "./session.ts";

/**
 * In the workspace's state: names of the runs that a person has hidden, and of the one that was turned to; colours of all
 * by name; the form.
 */
const HIDDEN = "descent.hiddenRuns";
const COLOURS = "descent.runColours";
const SHOWN = "descent.shownRun";
const FORM = "descent.form";

/** The runs that are kept on disk, in `.descent/runs` of each of the workspace's folders. */
export class RunShelf {
	/** pinned ones first, then newest first */
	stored: StoredRun[] = [];
	private readonly session: Session;
	private readonly engine: EngineHost;
	private readonly log: vscode.LogOutputChannel;
	private readonly memory: vscode.Memento;
	private readonly versions: Record<string, string>;
	private restoring: Promise<void> | undefined;
	private reading: Promise<void> = Promise.resolve();
	/** the files that are being made for the next window */
	private packing: Promise<void> = Promise.resolve();
	private seen = "";
	private readonly changed = new vscode.EventEmitter<void>();
	readonly onDidChange = this.changed.event;
	private readonly subscription: vscode.Disposable;

	constructor(session: Session, engine: EngineHost, log: vscode.LogOutputChannel, context: vscode.ExtensionContext) {
		this.session = session;
		this.engine = engine;
		this.log = log;
		this.memory = context.workspaceState;
		this.versions = { descent: context.extension.packageJSON.version, vscode: vscode.version };
		this.subscription = session.onDidChange(() => this.follow());
	}

	dispose(): void {
		this.subscription.dispose();
		this.changed.dispose();
	}

	/** @returns where a run on the dataset is kept: in the folder that holds it, else in the first one; nowhere without one */
	async keepRequest(dataset: vscode.Uri): Promise<KeepRequest | undefined> {
		await this.restoring;
		const holding = vscode.workspace.getWorkspaceFolder(dataset)?.uri;
		const runs = holding?.scheme === "file" ? runsOf(holding) : places()[0];
		if (!runs || config.mostKeptBytes() === 0) return undefined;
		// The name of a renamed run is not given to another one, which would be taken for it.
		const taken = [...this.session.names, ...this.stored.flatMap(({ was }) => was ?? [])];
		return { runs, taken, versions: this.versions };
	}

	/** Looks at the disk again. */
	refresh(): Promise<void> {
		this.reading = this.reading.then(async () => {
			this.stored = vscode.workspace.isTrusted ? (await Promise.all(places().map(storedRuns))).flat() : [];
			this.stored.sort((a, b) => Number(b.pinned) - Number(a.pinned) || (a.about.begun < b.about.begun ? 1 : -1));
			this.changed.fire();
		});
		return this.reading;
	}

	/** The run of the panel that is kept there. */
	shown({ folder }: StoredRun): Run | undefined {
		return this.session.runs.find(({ view }) => view.start?.kept === folder);
	}

	/** Whether this window's run goes on there, or another window's. */
	goesOn(stored: StoredRun): boolean {
		return (
			stored.phase === "running" || (this.shown(stored) !== undefined && this.shown(stored) === this.session.active)
		);
	}

	/** Once, when the panel is opened first: the newest runs are in it again, as they were. */
	restore(): Promise<void> {
		if (!vscode.workspace.isTrusted) return Promise.resolve();
		this.restoring ??= this.restoreNow().catch((error) => this.log.error(error));
		return this.restoring;
	}

	private async restoreNow(): Promise<void> {
		// Before anything of this window is remembered.
		const hidden = this.memory.get<string[]>(HIDDEN, []);
		const chosen = this.memory.get<string>(SHOWN);
		const colours = new Map(this.memory.get<[string, number][]>(COLOURS, []));
		const { session } = this;
		if (Object.keys(session.form).length === 0) session.form = this.memory.get(FORM, {});
		await this.refresh();
		const byAge = this.stored
			.filter(({ phase }) => phase !== "running")
			.sort((a, b) => (a.about.begun < b.about.begun ? -1 : 1));
		const kept = byAge.slice(-MOST_RUNS);
		// The one that was turned to may be older than those that find room.
		const older = byAge.slice(0, -MOST_RUNS).find(({ name }) => name === chosen);
		if (older) kept[0] = older;
		const restored = kept.map((stored) => {
			const drawn = hidden.includes(stored.name) ? false : undefined;
			return this.put(stored, { drawn, colour: colours.get(stored.name) });
		});
		const shown = restored.find(({ view }) => view.name === chosen);
		if (shown) session.show(shown);
		// The curves follow, those that are looked at first.
		void this.replayAll(restored.reverse().sort((a, b) => Number(b.view.visible) - Number(a.view.visible)));
	}

	private async replayAll(runs: Run[]): Promise<void> {
		for (const run of runs) await this.replay(run).catch((error) => this.log.error(error));
	}

	private put(stored: StoredRun, before: { drawn?: boolean; colour?: number } = {}): Run {
		const { about, folder, name, phase, done } = stored;
		const dataset = datasetOf(vscode.Uri.file(about.start.run.dataset.path));
		const start = { ...about.start, kept: folder };
		const iteration = done?.iterations ?? stored.last?.iteration ?? 0;
		const { stepsPerSecond } = done ?? {};
		const view = { name, dataset: dataset.label, phase, iteration, start, done, stepsPerSecond };
		return this.session.restore(view, dataset, Date.parse(about.begun), before);
	}

	private async replay(run: Run): Promise<void> {
		const { id, start } = run.view;
		const folder = start!.kept!;
		try {
			const packed = await readPacked(folder);
			if (packed) this.session.replay(run, packed);
			else {
				await this.engine.call("replayRun", { runId: id, folder });
				// What came for a run that has left the panel meanwhile is lost.
				if (this.session.runs.includes(run)) this.pack(run, folder);
			}
		} finally {
			this.session.arrive(run);
		}
	}

	/** So that the next window has the run's figures at once. A folder that cannot be written stays without. */
	private pack({ series, epochs, view: { findings, rateChanges } }: Run, folder: string): void {
		const packed = { steps: series.held, epochs: epochs.held, findings, rateChanges };
		this.packing = this.packing.then(() => writePacked(folder, packed)).catch((error) => this.log.warn(String(error)));
	}

	/** Has a run among those of the panel. @throws EngineError when it cannot be read */
	async open(stored: StoredRun): Promise<Run> {
		await this.restore();
		const shown = this.shown(stored);
		if (shown) return shown;
		const run = this.put(stored);
		try {
			await this.replay(run);
		} catch (error) {
			this.session.remove(run);
			throw error;
		}
		return run;
	}

	/** @param name valid (nameProblem) @returns its folder @throws EngineError saying why it cannot be */
	async rename(stored: StoredRun, name: string): Promise<string> {
		const { t } = vscode.l10n;
		const folder = join(dirname(stored.folder), name);
		const problem =
			nameProblem(name, t) ?? (this.goesOn(stored) ? t("A run can be renamed when it has ended.") : undefined);
		if (problem) throw refusal(problem);
		if (await exists(vscode.Uri.file(folder))) throw refusal(t("There is a run named {0} already.", name));
		const { pinned, was = stored.name } = stored;
		await this.packing;
		await writeLabel(stored.folder, { pinned, was });
		await rename(stored.folder, folder);
		const run = this.shown(stored);
		if (run?.view.start) {
			run.view.name = name;
			run.view.start.kept = folder;
			this.session.notify();
		}
		await this.refresh();
		return folder;
	}

	async pin(stored: StoredRun, pinned: boolean): Promise<void> {
		await writeLabel(stored.folder, { pinned, was: stored.was });
		await this.refresh();
	}

	/** @param useTrash else it is gone for good @throws when that cannot be done */
	async remove(stored: StoredRun, useTrash: boolean): Promise<void> {
		await this.packing;
		await vscode.workspace.fs.delete(vscode.Uri.file(stored.folder), { recursive: true, useTrash });
		const run = this.shown(stored);
		if (run) this.session.remove(run);
		await this.refresh();
	}

	/**
	 * @returns the run file that gives the run's steps again, and why it may not: one sentence, when the dataset has changed
	 * @throws EngineError saying what is wrong with the run file or the dataset
	 */
	async runFileOf(stored: StoredRun): Promise<{ file: RunFile; changed?: string }> {
		const path = join(stored.folder, KEPT.runFile);
		const file = await this.engine.call("checkRunFile", { path, text: await readFile(path, "utf8") });
		const { rateChanges } = (await this.open(stored)).view;
		const now = await this.engine.call("fingerprint", { path: file.dataset.path });
		const then = stored.about.dataset;
		const same = now.size === then.size && now.sha256 === then.sha256 && (now.whole || now.mtimeMs === then.mtimeMs);
		const changed = same
			? undefined
			: vscode.l10n.t(
					"{0} has changed since {1} read it: the figures will be others.",
					...[basename(now.path), stored.name],
				);
		const { start } = stored.about;
		const run = { ...start.run, ...file, dataset: { ...start.run.dataset, ...file.dataset } } as typeof start.run;
		return {
			file:
				rateChanges.length > 0 ? await this.engine.call("runFileOf", { start: { ...start, run }, rateChanges }) : file,
			changed,
		};
	}

	/** When a run has begun or ended: room is made for it, and the list is another one. */
	private follow(): void {
		if (this.restoring) this.remember();
		const { current } = this.session;
		const seen = `${current?.view.id} ${current?.view.phase} ${current?.view.start?.kept}`;
		if (seen === this.seen) return;
		this.seen = seen;
		const kept = current?.view.start?.kept;
		if (!current || !kept) return;
		if (current.view.done?.iterations === current.series.length) this.pack(current, kept);
		void this.refresh().then(() => this.makeRoom().catch((error) => this.log.error(error)));
	}

	private remember(): void {
		const { runs, shown, current, form } = this.session;
		const known: Record<string, unknown> = {
			[HIDDEN]: runs.filter(({ drawn }) => drawn === false).map(({ view }) => view.name),
			[COLOURS]: runs.map(({ view }) => [view.name, view.colour]),
			[SHOWN]: shown === current ? undefined : shown?.view.name,
			[FORM]: form,
		};
		for (const [key, value] of Object.entries(known)) {
			if (JSON.stringify(value) !== JSON.stringify(this.memory.get(key))) void this.memory.update(key, value);
		}
	}

	private async makeRoom(): Promise<void> {
		// What is being packed takes room, too.
		await this.packing;
		const { current, shown } = this.session;
		const sized = this.stored.map(async (stored) => ({
			stored,
			bytes: await bytesOf(stored.folder),
			begun: stored.about.begun,
			held: stored.pinned || this.goesOn(stored) || [current, shown].includes(this.shown(stored)),
		}));
		const going = tooMany(await Promise.all(sized), config.mostKeptBytes());
		for (const { stored, bytes } of going) {
			// The list may be some moments old.
			if ((await storedRun(stored.folder, stored.name))?.phase === "running") continue;
			await rm(stored.folder, { recursive: true, force: true });
			this.log.info(
				`removed the kept run ${stored.name} (${(bytes / 1e6).toFixed(1)} MB) to make room: descent.runs.maxSizeMB`,
			);
		}
		if (going.length > 0) await this.refresh();
	}
}

function runsOf(folder: vscode.Uri): string {
	return join(folder.fsPath, ".descent", "runs");
}

/** Where runs are kept: workspace folders that are on this computer's disk. */
function places(): string[] {
	return (vscode.workspace.workspaceFolders ?? [])
		.filter(({ uri }) => uri.scheme === "file")
		.map(({ uri }) => runsOf(uri));
}
