import type * as vscode from "vscode";
import type { RunFile } from "../../engine/protocol/run-file.ts";
import type { EngineHost } from "../engine-host/engine-host.ts";
import { type Dataset, findDatasets } from "../runs/datasets.ts";
import { findRunFiles, isRunFile, runFilesFor } from "../runs/run-files.ts";
import type { Session } from "../runs/session.ts";

/** A table, and what a text takes of it. */
interface Taken {
	dataset: Dataset;
	file: RunFile;
}

/** What the panel shows of the table of the text that live charts follow. */
export class PanelTable {
	private readonly session: Session;
	private readonly engine: EngineHost;

	constructor(session: Session, engine: EngineHost) {
		this.session = session;
		this.engine = engine;
	}

	/** Shows the table, and a run file that is followed: not the one of another run. */
	async turnTo(document: vscode.TextDocument | undefined, { dataset, file }: Taken): Promise<void> {
		const { session } = this;
		const shown = session.dataset?.uri.fsPath === dataset.uri.fsPath;
		const uri = document && isRunFile(document.uri) ? document.uri : undefined;
		if (shown && session.runFile?.uri.fsPath === uri?.fsPath) return;
		session.datasets = await findDatasets();
		session.runFiles = (await runFilesFor(dataset.uri, await findRunFiles())).all;
		session.select(dataset, uri && { uri, file });
	}

	/** Shows the table of a text that cannot be trained. */
	async lookInto(document: vscode.TextDocument | undefined, { dataset, file }: Taken): Promise<void> {
		const { session, engine } = this;
		await this.turnTo(document, { dataset, file });
		// By itself the target says what is wrong with the task.
		const { path, task: _, ...choice } = file.dataset;
		if (session.summary?.path === path && JSON.stringify(choice) === JSON.stringify(session.choice)) return;
		const summary = await engine.call("inspect", { path, ...choice }).catch(() => undefined);
		if (session.dataset?.uri.fsPath !== path || !summary) return;
		session.summary = summary;
		session.lend(choice);
		session.notify();
	}

	/** What a text took of its table is nobody's choice for the runs that a person starts. */
	async giveBack(): Promise<void> {
		const { session, engine } = this;
		const { dataset } = session;
		if (!session.takeBack() || !dataset) return;
		const { choice } = session;
		const path = dataset.uri.fsPath;
		const summary = await engine.call("inspect", { path, ...choice }).catch(() => undefined);
		if (session.dataset !== dataset || session.choice !== choice) return;
		session.summary = summary;
		session.notify();
	}
}
