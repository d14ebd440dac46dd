import { basename } from "node:path";
import * as vscode from "vscode";
import type { FormPatch } from "../../engine/protocol/panel.ts";
import type { RunStart } from "../../engine/protocol/run.ts";
import type { RunFile } from "../../engine/protocol/run-file.ts";
import { type EngineHost, refusal } from "../engine-host/engine-host.ts";
import { type Dataset, datasetOf } from "./datasets.ts";
import { formOf, leanPatch, runFileOf, wholePatch, withForm } from "./run-file-of.ts";
import { createRunFile, editRunFile, findRunFiles, runFilesFor, textOf } from "./run-files.ts";
import type { Choice, OpenRunFile, Session } from "./session.ts";

/**
 * The run file that the panel shows. Where there is one, it holds what a person chooses in the panel; else the session
 * does, until it is saved as one.
 */
export class RunFileKeeper {
	private readonly session: Session;
	private readonly engine: EngineHost;
	private readonly log: vscode.LogOutputChannel;
	private writing: Promise<void> = Promise.resolve();

	constructor(session: Session, engine: EngineHost, log: vscode.LogOutputChannel) {
		this.session = session;
		this.engine = engine;
		this.log = log;
	}

	/** Settles when every change so far is written. */
	get written(): Promise<void> {
		return this.writing;
	}

	/** Shows a dataset, with the run file that most likely is meant for it; a choice made before stays. */
	async openDataset(dataset: Dataset): Promise<void> {
		const { session } = this;
		const { all, likely } = await runFilesFor(dataset.uri, await findRunFiles());
		const { runFile } = session;
		const same = session.dataset?.uri.fsPath === dataset.uri.fsPath;
		const kept = same && all.some(({ fsPath }) => fsPath === runFile?.uri.fsPath);
		const none = same && !runFile && session.runFiles.length > 0;
		session.runFiles = all;
		if (kept || none || !likely) return session.select(dataset, kept ? runFile : undefined);
		// Nobody asked for this run file by name: what is wrong with it must not keep anybody from the dataset.
		const read = await this.read(likely).catch((error) => this.log.warn(String(error)));
		session.select(dataset, read ?? undefined);
	}

	/** @throws EngineError saying what is wrong with it */
	async openRunFile(uri: vscode.Uri): Promise<void> {
		const read = await this.read(uri);
		const dataset = datasetOf(vscode.Uri.file(read.file.dataset.path));
		this.session.runFiles = (await runFilesFor(dataset.uri, await findRunFiles())).all;
		this.session.select(dataset, read);
	}

	/**
	 * Takes in what the run file says by now.
	 * @returns false when there is none
	 * @throws EngineError saying what is wrong with it
	 */
	async reread(): Promise<boolean> {
		const { session } = this;
		const { runFile } = session;
		if (!runFile) return false;
		const read = await this.read(runFile.uri);
		if (session.runFile?.uri.fsPath !== runFile.uri.fsPath) return false;
		session.select(datasetOf(vscode.Uri.file(read.file.dataset.path)), read);
		return true;
	}

	async changeForm(patch: FormPatch): Promise<void> {
		const { session } = this;
		if (session.runFile) return this.write(session.runFile.uri, (file) => withForm(file, patch));
		const form = Object.entries({ ...session.form, ...patch });
		session.form = Object.fromEntries(form.filter(([, value]) => value !== null && value !== undefined));
	}

	/** Makes what a run was told that of the next one; what are defaults is not written where nothing was. */
	async takeForm(form: FormPatch, start: Omit<RunStart, "summary">): Promise<void> {
		const { runFile } = this.session;
		const file = runFile?.file ?? runFileOf(this.session.form, { path: start.run.dataset.path });
		const said = runFile ? formOf(file) : this.session.form;
		const resolve = (file: RunFile) => this.engine.call("resolve", { file, start });
		await this.changeForm(await leanPatch(file, said, wholePatch(form), resolve));
	}

	async writeChoice(choice: Choice): Promise<void> {
		const { runFile } = this.session;
		if (!runFile) return;
		await this.write(runFile.uri, (file) => ({ ...file, dataset: { path: file.dataset.path, ...choice } }));
	}

	/** Writes what the session holds to a run file beside the dataset, and shows that from then on. */
	async save(): Promise<void> {
		const { dataset, choice, summary, form, runFile } = this.session;
		if (runFile) return;
		if (!dataset) throw refusal(vscode.l10n.t("There is nothing to save yet; choose a dataset first."));
		const target = choice.target ?? summary?.target;
		const file = runFileOf(form, { path: dataset.uri.fsPath, ...choice, ...(target ? { target } : {}) });
		const uri = await createRunFile(file).catch((error) => {
			throw refusal(
				vscode.l10n.t(
					"The run file could not be written beside {0}: {1}.",
					dataset.label,
					String(error.message ?? error),
				),
			);
		});
		await this.openRunFile(uri);
	}

	private write(uri: vscode.Uri, change: (file: RunFile) => RunFile): Promise<void> {
		const written = this.writing.then(async () => {
			await editRunFile(uri, change).catch((error) => {
				if (!(error instanceof SyntaxError)) throw error;
				throw refusal(vscode.l10n.t("{0} is not valid JSON; correct it, then choose again.", basename(uri.fsPath)));
			});
			await this.reread();
		});
		this.writing = written.catch(() => {});
		return written;
	}

	private async read(uri: vscode.Uri): Promise<OpenRunFile> {
		const text = await textOf(uri).catch(() => {
			throw refusal(vscode.l10n.t("{0} cannot be read; check that it is there and may be read.", basename(uri.fsPath)));
		});
		return { uri, file: await this.engine.call("checkRunFile", { path: uri.fsPath, text }) };
	}
}
