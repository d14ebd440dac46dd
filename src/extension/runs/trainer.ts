import * as vscode from "vscode";
import type { RunControl } from "../../engine/protocol/engine.ts";
import type { Task } from "../../engine/protocol/run.ts";
import { EngineError, type EngineHost } from "../engine-host/engine-host.ts";
import { COMMANDS } from "../ids.ts";
import { type Dataset, findDatasets, pickDataset } from "./datasets.ts";
import { runFileOf } from "./run-file-of.ts";
import type { Choice, Session } from "./session.ts";

/** What a person asks for: choose a dataset, look at it, run, control. Every refusal is one sentence. */
export class Trainer {
	private readonly session: Session;
	private readonly engine: EngineHost;
	private readonly log: vscode.LogOutputChannel;
	/** the newest inspection; an older one that answers late is dropped */
	private inspection = 0;
	private starting: Promise<void> = Promise.resolve();

	constructor(session: Session, engine: EngineHost, log: vscode.LogOutputChannel) {
		this.session = session;
		this.engine = engine;
		this.log = log;
	}

	/** "Run Training" from the palette: finds the dataset, asks only when there are several, starts the run. */
	async run(): Promise<void> {
		const asked = performance.now();
		if (!this.allowed()) return;
		this.engine.warmUp();
		if (!(await this.refreshDatasets())) return this.complain();
		const { datasets } = this.session;
		const dataset = datasets.length === 1 ? datasets[0] : await pickDataset(datasets, this.session.dataset?.label);
		if (!dataset) return;
		this.session.select(dataset);
		await this.start(dataset, asked);
	}

	/** The panel's Run button: the dataset that the panel shows. */
	async runChosen(): Promise<void> {
		const { dataset } = this.session;
		if (!dataset) return this.run();
		if (this.allowed()) await this.start(dataset, performance.now());
	}

	/** Looks for datasets when the panel opens, and into the only one there is. */
	async lookAround(): Promise<void> {
		if (!vscode.workspace.isTrusted) return this.session.notify();
		if (!(await this.refreshDatasets())) return this.session.notify();
		const { session } = this;
		if (!session.dataset) session.select(session.datasets[0]);
		if (!session.summary && !session.active) await this.inspect();
	}

	async choose(label: string): Promise<void> {
		const dataset = this.session.datasets.find((d) => d.label === label);
		if (!dataset) return;
		this.session.select(dataset);
		await this.inspect();
	}

	async chooseTarget(target: string): Promise<void> {
		await this.inspect({ target });
	}

	async chooseTask(task: Task): Promise<void> {
		await this.inspect({ target: this.session.summary?.target, task });
	}

	control(action: RunControl): void {
		const run = this.session.active;
		if (!run) return;
		this.engine.call("control", { runId: run.view.id, action }).catch((error) => this.report(error));
	}

	/** @param choice kept only when the engine accepts it */
	private async inspect(choice: Choice = this.session.choice): Promise<void> {
		const { session } = this;
		if (!session.dataset || !vscode.workspace.isTrusted) return;
		const turn = ++this.inspection;
		session.inspecting = true;
		session.problem = undefined;
		session.notify();
		try {
			const summary = await this.engine.call("inspect", { path: session.dataset.uri.fsPath, ...choice });
			if (turn === this.inspection) {
				session.summary = summary;
				session.choice = choice;
			}
		} catch (error) {
			if (turn === this.inspection) session.problem = this.sentence(error);
		} finally {
			if (turn === this.inspection) session.inspecting = false;
			session.notify();
		}
	}

	/** One start after the other: the second one stops the run of the first. */
	private start(dataset: Dataset, asked: number): Promise<void> {
		this.starting = this.starting.then(() => this.startNow(dataset, asked));
		return this.starting;
	}

	private async startNow(dataset: Dataset, asked: number): Promise<void> {
		const { session, engine } = this;
		await this.stopActive();
		this.inspection++;
		session.inspecting = false;
		const run = session.begin(dataset, asked);
		const file = runFileOf(session.form, { path: dataset.uri.fsPath, ...session.choice });
		try {
			session.started(run, await engine.call("train", { runId: run.view.id, file }));
			this.log.info(`run ${run.view.name} on ${dataset.label}: ${JSON.stringify(run.view.start?.run)}`);
		} catch (error) {
			if (error instanceof EngineError && error.fault.kind === "stopped") session.stopped(run);
			else session.failed(run, this.sentence(error));
		}
	}

	/** Only one run at a time: the one that goes on is stopped and waited for. */
	private async stopActive(): Promise<void> {
		const { session } = this;
		const active = session.active;
		if (!active) return;
		const ended = new Promise<void>((resolve) => {
			const subscription = session.onDidChange(() => {
				if (session.active === active) return;
				subscription.dispose();
				resolve();
			});
		});
		this.control("stop");
		await ended;
	}

	private async refreshDatasets(): Promise<boolean> {
		const { session } = this;
		if (!vscode.workspace.workspaceFolders?.length) {
			session.problem = "No folder is open; open the folder that holds your dataset and run again.";
			return false;
		}
		session.datasets = await findDatasets();
		if (session.dataset && !session.datasets.some((d) => d.label === session.dataset?.label)) {
			session.select(undefined);
		}
		if (session.datasets.length > 0) {
			session.problem = undefined;
			return true;
		}
		session.problem =
			"No dataset was found in this folder; add a .csv or .tsv file, or say where to look in the setting descent.datasets.include.";
		return false;
	}

	/** @returns false, after saying why, in an untrusted workspace */
	private allowed(): boolean {
		if (vscode.workspace.isTrusted) return true;
		this.session.problem = "This workspace is not trusted; trust it to let Descent read and train on its files.";
		this.complain();
		return false;
	}

	/** Says the problem where a person looks: on the panel and, for a command, in a notification with a way out. */
	private complain(): void {
		const { session } = this;
		session.notify();
		const wayOut = !vscode.workspace.isTrusted
			? { label: "Manage Trust", command: "workbench.trust.manage" }
			: !vscode.workspace.workspaceFolders?.length
				? { label: "Open Folder", command: "vscode.openFolder" }
				: { label: "Show Log", command: COMMANDS.openLog };
		void vscode.window.showErrorMessage(session.problem ?? "", wayOut.label).then((chosen) => {
			if (chosen) void vscode.commands.executeCommand(wayOut.command);
		});
	}

	private sentence(error: unknown): string {
		if (error instanceof EngineError && error.fault.kind === "input") return error.message;
		this.report(error);
		return `Descent met a fault of its own: ${error instanceof Error ? error.message : String(error)}; its log has the details.`;
	}

	private report(error: unknown): void {
		const stack = error instanceof EngineError ? error.fault.stack : undefined;
		this.log.error(stack ?? (error instanceof Error ? (error.stack ?? error.message) : String(error)));
	}
}
