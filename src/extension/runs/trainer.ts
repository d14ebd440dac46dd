import { basename } from "node:path";
import * as vscode from "vscode";
import type { Task } from "../../engine/protocol/dataset.ts";
import type { RunControl, RunEvent } from "../../engine/protocol/engine.ts";
import type { ColumnChange, FormPatch } from "../../engine/protocol/panel.ts";
import type { RateRequest, RunStart } from "../../engine/protocol/run.ts";
import type { RunFile } from "../../engine/protocol/run-file.ts";
import { EngineError, type EngineHost, refusal } from "../engine-host/engine-host.ts";
import { withColumn, withTarget } from "./choice.ts";
import { DatasetReader } from "./dataset-reader.ts";
import { type Dataset, datasetOf, findDatasets, inEditor, pickDataset } from "./datasets.ts";
import { Problems } from "./problems.ts";
import { RunFileKeeper } from "./run-file-keeper.ts";
import { formOf, runFileOf } from "./run-file-of.ts";
import { activeRunFile, exists, isRunFile } from "./run-files.ts";
import type { RunShelf } from "./run-shelf.ts";
import type { Run, Session } from "./session.ts";

/** Asks the engine for a run; `watch` gets the events of its reading. */
type StartCall = (runId: string, watch: (event: RunEvent) => void) => Promise<RunStart>;

/** What the panel's controls say. */
export interface Described {
	dataset: Dataset;
	file: RunFile;
}

/** What a person asks for: choose a dataset, look at it, run, control. Every refusal is one sentence. */
export class Trainer {
	private readonly session: Session;
	private readonly engine: EngineHost;
	private readonly log: vscode.LogOutputChannel;
	private readonly keeper: RunFileKeeper;
	private readonly shelf: RunShelf;
	private readonly reader: DatasetReader;
	readonly problems: Problems;
	private starting: Promise<void> = Promise.resolve();

	constructor(session: Session, engine: EngineHost, log: vscode.LogOutputChannel, shelf: RunShelf) {
		this.shelf = shelf;
		this.session = session;
		this.engine = engine;
		this.log = log;
		this.problems = new Problems(session, log);
		this.keeper = new RunFileKeeper(session, engine, log);
		this.reader = new DatasetReader(session, engine, this.keeper, this.problems);
	}

	/**
	 * "Run Training" from the palette: the run file in the editor, else the dataset that is found; asks only when there are
	 * several.
	 */
	async run(): Promise<void> {
		const runFile = activeRunFile();
		if (runFile) return this.trainOn(runFile);
		const asked = performance.now();
		if (await this.settleDataset()) await this.start(asked);
	}

	/**
	 * What the panel describes, for what is done with it besides a run; the dataset is found where none is chosen.
	 * @param title of the question for one of several datasets
	 * @returns undefined when there is none, which is said, or none was chosen
	 * @throws EngineError saying what is wrong with the panel's run file
	 */
	async described(title: string): Promise<Described | undefined> {
		if (
			!this.session.dataset &&
			!(await this.settleDataset({ title, placeHolder: vscode.l10n.t("Which dataset to try it on") }))
		) {
			return undefined;
		}
		return this.problems.allowed() ? this.settled() : undefined;
	}

	/** Finds the dataset and asks when there are several. @returns false when there is none, which is said */
	private async settleDataset(words?: { title: string; placeHolder: string }): Promise<boolean> {
		if (!this.problems.allowed()) return false;
		this.engine.warmUp();
		if (!(await this.refreshDatasets())) {
			this.problems.complain();
			return false;
		}
		const { known } = this.session;
		const dataset = known.length === 1 ? known[0] : await pickDataset(known, this.session.dataset?.label, words);
		if (dataset) await this.keeper.openDataset(dataset);
		return dataset !== undefined;
	}

	/** Trains on one file: a table, or a run file with all that it says. The file need not be in the workspace. */
	async trainOn(uri: vscode.Uri): Promise<void> {
		const asked = performance.now();
		if (!this.problems.allowed()) return;
		const { session, keeper } = this;
		if (uri.scheme !== "file") {
			session.problem = vscode.l10n.t(
				"{0} is not on this computer's disk; save a copy there and train on that.",
				basename(uri.path),
			);
			return this.problems.complain();
		}
		this.engine.warmUp();
		try {
			await (isRunFile(uri) ? keeper.openRunFile(uri) : keeper.openDataset(datasetOf(uri)));
		} catch (error) {
			session.problem = this.problems.sentence(error);
			return this.problems.complain();
		}
		await this.start(asked);
		session.datasets = await findDatasets();
		session.notify();
	}

	/** The panel's Run button: the dataset that the panel shows. */
	async runChosen(): Promise<void> {
		if (!this.session.dataset) return this.run();
		if (this.problems.allowed()) await this.start(performance.now());
	}

	/**
	 * Looks for datasets when the panel opens, and into the one that the editor shows, that the panel's run learned from, or
	 * the first one.
	 * @param drawn the panel was there before the window was loaded again: it shows its run's dataset, as before; settles when
	 * its curves are back, which would take longer while tables are looked for and read
	 */
	async lookAround(drawn?: Promise<void>): Promise<void> {
		const { session, keeper } = this;
		if (!vscode.workspace.isTrusted) return session.notify();
		await this.shelf.restore();
		if (session.shown) await drawn;
		const found = await this.refreshDatasets();
		const { shown } = session;
		if (drawn && shown && !session.dataset) await this.lookAtDataOf(shown);
		const runFile = session.dataset ? undefined : activeRunFile();
		if (runFile) await keeper.openRunFile(runFile).catch((error) => this.problems.report(error));
		const shownInEditor = inEditor(session.datasets);
		if (!session.dataset && shown && !shownInEditor) await this.lookAtDataOf(shown);
		if (!session.dataset && !found) return session.notify();
		if (!session.dataset) await keeper.openDataset(shownInEditor ?? session.datasets[0]);
		if (!session.summary && !session.active) await this.reader.inspect();
	}

	/** Turns the panel to a run: what it says is of this run, and its data are those that the run learned from. */
	async show(run: Run): Promise<void> {
		this.session.show(run);
		await this.lookAtDataOf(run);
	}

	/** Shows the table of a run and, where the panel says another target or task, what the run took of it. */
	private async lookAtDataOf(run: Run): Promise<void> {
		const { session, keeper } = this;
		if (!run.view.start || !vscode.workspace.isTrusted || !(await exists(run.dataset.uri))) return;
		const { path, ...choice } = run.view.start.run.dataset;
		const other = session.dataset?.uri.fsPath !== run.dataset.uri.fsPath;
		if (other) await keeper.openDataset(run.dataset);
		if (other || !session.summary) await this.reader.inspect();
		const { shown, dataset, summary } = session;
		const said = summary?.target === choice.target && summary.task === choice.task;
		if (said || shown !== run || dataset?.uri.fsPath !== run.dataset.uri.fsPath) return;
		session.select(dataset);
		await this.reader.inspect(choice);
	}

	async choose(label: string): Promise<void> {
		const dataset = this.session.known.find((d) => d.label === label);
		if (!dataset) return;
		await this.keeper.openDataset(dataset);
		await this.reader.inspect();
	}

	/** @param label of a run file that names the chosen dataset; null: the panel keeps what is chosen from now on */
	async chooseRunFile(label: string | null): Promise<void> {
		const { session } = this;
		const uri = session.runFiles.find((uri) => vscode.workspace.asRelativePath(uri) === label);
		try {
			if (uri) await this.keeper.openRunFile(uri);
			else session.select(session.dataset);
		} catch (error) {
			session.problem = this.problems.sentence(error);
			return session.notify();
		}
		await this.reader.inspect();
	}

	chooseTarget(target: string): Promise<void> {
		return this.reader.change((choice) => withTarget(choice, target));
	}

	chooseTask(task: Task): Promise<void> {
		return this.reader.change((choice) => ({ ...choice, target: choice.target ?? this.session.summary?.target, task }));
	}

	chooseColumn(name: string, change: ColumnChange): Promise<void> {
		return this.reader.change((choice) => withColumn(choice, name, change));
	}

	changeForm(patch: FormPatch): Promise<void> {
		return this.problems.telling(() => this.keeper.changeForm(patch));
	}

	/** The hyperparameters of a run become those of the next one, in the panel or in the run file that it shows. */
	useHyperparameters({ view }: Run): Promise<void> {
		return this.problems.telling(async () => {
			if (!view.start) return;
			const { decay, epochs, earlyStopping } = view.start.run;
			if (decay.name === "piecewise") {
				throw refusal(
					vscode.l10n.t(
						"{0} has a table of learning rates, which has no place in the panel; reproduce the run, or export it as run file.",
						view.name,
					),
				);
			}
			// A length that the engine chose goes with the weights that it chose: of the best epoch.
			const chosenLength = earlyStopping !== undefined && earlyStopping.patience > epochs;
			const form = { ...formOf(view.start.run), ...(chosenLength ? { epochs: null, batchSize: null } : {}) };
			await this.keeper.takeForm(form, view.start);
		});
	}

	/** Keeps what the panel holds in a run file beside the dataset, which it shows and writes to from then on. */
	async saveRunFile(): Promise<void> {
		if (!this.problems.allowed()) return;
		await this.reader.chosen();
		await this.problems.telling(() => this.keeper.save());
	}

	/** Takes in what a person changed in the run file that the panel shows; what is not yet right is passed over. */
	async runFileChanged(): Promise<void> {
		const { session } = this;
		const { choice } = session;
		if (!(await this.keeper.reread().catch(() => false))) return;
		if (!session.summary || session.choice !== choice) await this.reader.inspect();
	}

	/** Controls the run; without one, "stop" ends the reading of a table. */
	control(action: RunControl): void {
		const run = this.session.active;
		if (run) this.send(run.view.id, action);
		else if (action === "stop") this.reader.stop();
	}

	private send(runId: string, action: RunControl): void {
		this.engine.call("control", { runId, action }).catch((error) => this.problems.report(error));
	}

	/** Changes the learning rate of the run's further steps; what makes no learning rate is said in one sentence. */
	async changeRate(runId: string, request: RateRequest): Promise<void> {
		if (this.session.active?.view.id !== runId) return;
		await this.engine.call("changeRate", { runId, request }).catch((error) => {
			void vscode.window.showErrorMessage(this.problems.sentence(error));
		});
	}

	/** One start after the other: the second one stops the run of the first. */
	private start(asked: number): Promise<void> {
		this.starting = this.starting.then(() => this.startNow(asked));
		return this.starting;
	}

	private async startNow(asked: number): Promise<void> {
		const { session, engine } = this;
		await this.reader.chosen();
		await this.stopActive();
		let described: Described | undefined;
		try {
			described = await this.settled();
		} catch (error) {
			session.problem = this.problems.sentence(error);
			return session.notify();
		}
		if (!described) return;
		this.reader.giveWay();
		const { dataset, file } = described;
		const keep = await this.shelf.keepRequest(dataset.uri);
		await this.launch(dataset, asked, (runId, watch) => engine.call("train", { runId, file, keep }, watch), file);
	}

	/** What was chosen is written first. */
	private async settled(): Promise<Described | undefined> {
		await this.reader.chosen();
		await this.keeper.written;
		await this.keeper.reread();
		const { dataset, runFile, choice, form } = this.session;
		return dataset && { dataset, file: runFile?.file ?? runFileOf(form, { path: dataset.uri.fsPath, ...choice }) };
	}

	/**
	 * A run that this window's controls do not describe: one that is kept on disk and goes on, or is made again.
	 * @param file what it is told, where that is known
	 */
	async startOther(dataset: Dataset, call: StartCall, file?: RunFile): Promise<Run | undefined> {
		if (!this.problems.allowed()) return undefined;
		let run: Run | undefined;
		this.starting = this.starting.then(async () => {
			await this.stopActive();
			run = await this.launch(dataset, performance.now(), call, file);
		});
		await this.starting;
		if (run) void this.lookAtDataOf(run);
		return run;
	}

	/**
	 * Trains as one run file says after the other; a run that is stopped or fails is the last one.
	 * @returns the runs that have ended by themselves
	 */
	async runAll(dataset: Dataset, files: readonly RunFile[]): Promise<Run[]> {
		const runs: Run[] = [];
		for (const file of files) {
			const keep = await this.shelf.keepRequest(dataset.uri);
			const run = await this.startOther(
				dataset,
				(runId, watch) => this.engine.call("train", { runId, file, keep }, watch),
				file,
			);
			if (!run) break;
			await this.endOf(run);
			if (run.view.phase === "stopped" || run.view.phase === "failed") break;
			runs.push(run);
		}
		return runs;
	}

	private async launch(dataset: Dataset, asked: number, call: StartCall, file?: RunFile): Promise<Run> {
		const { session } = this;
		const run = session.begin(dataset, asked);
		if (file) run.view.asked = formOf(file);
		try {
			const start = await call(run.view.id, (event) => {
				if (event.type === "reading") session.read(event);
			});
			session.started(run, start);
			this.log.info(`run ${run.view.name} on ${dataset.label}: ${JSON.stringify(run.view.start?.run)}`);
		} catch (error) {
			if (error instanceof EngineError && error.fault.kind === "stopped") session.stopped(run);
			else session.failed(run, this.problems.sentence(error));
		}
		return run;
	}

	/** Only one run at a time: the one that goes on is stopped and waited for. */
	private async stopActive(): Promise<void> {
		const { active } = this.session;
		if (!active) return;
		const ended = this.endOf(active);
		this.control("stop");
		await ended;
	}

	private endOf(run: Run): Promise<void> {
		const { session } = this;
		return new Promise((resolve) => {
			const look = () => {
				if (session.active === run) return;
				subscription.dispose();
				resolve();
			};
			const subscription = session.onDidChange(look);
			look();
		});
	}

	private async refreshDatasets(): Promise<boolean> {
		const { session } = this;
		session.datasets = await findDatasets();
		if (session.dataset && !session.datasets.some((d) => d.label === session.dataset?.label)) {
			if (!(await exists(session.dataset.uri))) session.select(undefined);
		}
		if (session.known.length > 0) {
			session.problem = undefined;
			return true;
		}
		session.problem = vscode.workspace.workspaceFolders?.length
			? vscode.l10n.t(
					"No dataset was found in this folder; add a table (CSV, JSON Lines, Parquet, NPY, NPZ or IDX), or say where to look in the setting descent.datasets.include.",
				)
			: vscode.l10n.t("No folder is open; open the folder that holds your dataset and run again.");
		return false;
	}
}
