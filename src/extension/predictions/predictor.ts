import { basename, parse } from "node:path";
import * as vscode from "vscode";
import type { RunEvent } from "../../engine/protocol/engine.ts";
import type { PredictionSummary } from "../../engine/protocol/prediction.ts";
import { engineWords } from "../../words/engine-words.ts";
import { cancellable } from "../engine-host/cancellable.ts";
import { EngineError, type EngineHost } from "../engine-host/engine-host.ts";
import { COMMANDS } from "../ids.ts";
import { datasetOf, findDatasets, pickDataset } from "../runs/datasets.ts";
import { readingWords } from "../runs/reading-words.ts";
import type { Session } from "../runs/session.ts";
import { askForCheckpoint, pickWeights, type Weights, weightsIn, weightsOf } from "./checkpoints.ts";

/** What a person can act on: one sentence. */
class Refusal extends Error {}

/** Asks for weights, a table and a place, and has the engine answer the table's rows. */
export class Predictor {
	private readonly session: Session;
	private readonly engine: EngineHost;
	private readonly log: vscode.LogOutputChannel;
	/** Lets a person say where the answers go. */
	place = (options: vscode.SaveDialogOptions): Thenable<vscode.Uri | undefined> =>
		vscode.window.showSaveDialog(options);
	/** Says why not, where a person looks. */
	refuse = (sentence: string): void => void vscode.window.showErrorMessage(sentence);

	constructor(session: Session, engine: EngineHost, log: vscode.LogOutputChannel) {
		this.session = session;
		this.engine = engine;
		this.log = log;
	}

	/** @param checkpoint asked for when absent */
	predict(checkpoint?: vscode.Uri): Promise<void> {
		return this.telling(async () => {
			const picked = checkpoint ?? (await pickWeights(this.engine, this.session.shown?.view));
			if (!picked) return;
			if (!(picked instanceof vscode.Uri)) return this.predictWith(picked);
			const weights = picked.scheme === "file" && (await weightsIn(this.engine, picked));
			if (!weights) {
				const name = basename(picked.path);
				throw new Refusal(
					vscode.l10n.t("{0} is no checkpoint of Descent, or it was cut off; choose another file.", name),
				);
			}
			return this.predictWith(weights);
		});
	}

	/** With the weights of the run in the panel. */
	predictRun(): Promise<void> {
		return this.telling(() => this.predictWith(this.weights()));
	}

	/** Writes the weights of the run in the panel where the user says. */
	saveCheckpoint(): Promise<void> {
		return this.telling(async () => {
			const { name, checkpoint } = this.weights();
			const { view, dataset } = this.session.shown!;
			const uri = await askForCheckpoint(dataset.uri, `${nameOf(dataset.uri)}-${name}`);
			if (!uri) return;
			if (typeof checkpoint === "string") {
				await vscode.workspace.fs.copy(vscode.Uri.file(checkpoint), uri, { overwrite: true });
			} else await this.engine.call("saveCheckpoint", { runId: view.id, path: uri.fsPath });
			const saved = vscode.l10n.t("The weights of {0} are in {1}.", name, vscode.workspace.asRelativePath(uri));
			void vscode.window
				.showInformationMessage(saved, vscode.l10n.t("Predict…"))
				.then((chosen) => (chosen ? this.predict(uri) : undefined));
		});
	}

	private weights(): Weights {
		const { shown } = this.session;
		const weights = shown && weightsOf(shown.view);
		if (!weights) throw new Refusal(vscode.l10n.t("There is no run whose weights could be used; run training first."));
		return weights;
	}

	private async predictWith(weights: Weights): Promise<void> {
		const table = await this.askForTable(weights);
		if (!table) return;
		const name = basename(table.fsPath);
		const { checkpoint, target } = weights;
		// Nobody is asked for a place for what cannot be.
		const { engine, log } = this;
		await cancellable(engine, log, vscode.l10n.t("Looking at the columns of {0}", name), (runId) =>
			engine.call("checkColumns", { runId, checkpoint, dataset: table.fsPath }),
		);
		const output = await this.place({
			title: vscode.l10n.t("Save the Predictions of {0}", target),
			defaultUri: vscode.Uri.joinPath(table, "..", `${nameOf(table)}.predicted.csv`),
			filters: { CSV: ["csv"] },
		});
		if (!output) return;
		const title = vscode.l10n.t("Predicting {0} of {1}", target, name);
		const summary = await cancellable(engine, log, title, (runId, progress) => {
			const asked = { runId, checkpoint, dataset: table.fsPath, output: output.fsPath };
			let shown = 0;
			return engine.call("predict", asked, (event) => {
				const far = farOf(event);
				if (!far) return;
				progress.report({ message: far.words, increment: Math.max(0, far.share - shown) });
				shown = Math.max(shown, far.share);
			});
		});
		// Not over the panel, which is beside.
		await vscode.commands.executeCommand("vscode.open", output, { viewColumn: vscode.ViewColumn.One });
		void vscode.window.showInformationMessage(resultWords(summary, name, basename(output.fsPath)));
	}

	/** The dataset picker, with files from elsewhere at its end. */
	private async askForTable({ target, name }: Weights): Promise<vscode.Uri | undefined> {
		const datasets = await findDatasets();
		if (datasets.length > 0) {
			const other = { label: `$(folder-opened) ${vscode.l10n.t("Another file…")}`, uri: vscode.Uri.file("/") };
			const words = {
				title: vscode.l10n.t("Predict"),
				placeHolder: vscode.l10n.t("Which table's {0} to predict with {1}", target, name),
			};
			const picked = await pickDataset([...datasets, other], this.session.dataset?.label, words);
			if (picked !== other) return picked?.uri;
		}
		const [chosen] =
			(await vscode.window.showOpenDialog({ title: vscode.l10n.t("Table Whose {0} to Predict", target) })) ?? [];
		return chosen && datasetOf(chosen).uri;
	}

	/** Says what goes wrong; what a person stopped needs no word. */
	private async telling(action: () => Promise<void>): Promise<void> {
		if (!vscode.workspace.isTrusted) {
			return this.refuse(
				vscode.l10n.t("This workspace is not trusted; trust it to let Descent read its files and predict."),
			);
		}
		try {
			await action();
		} catch (error) {
			if (error instanceof EngineError && error.fault.kind === "stopped") return;
			if (error instanceof Refusal || (error instanceof EngineError && error.fault.kind === "input")) {
				return this.refuse(engineWords(error.message));
			}
			const { message, stack = message } = error as Error;
			this.log.error(error instanceof EngineError ? (error.fault.stack ?? message) : stack);
			const sentence = vscode.l10n.t("Descent met a fault of its own: {0}; its log has the details.", message);
			const chosen = await vscode.window.showErrorMessage(sentence, vscode.l10n.t("Show Log"));
			if (chosen) await vscode.commands.executeCommand(COMMANDS.openLog);
		}
	}
}

/** penguins.csv.gz -> penguins */
function nameOf({ fsPath }: vscode.Uri): string {
	return parse(fsPath.replace(/\.gz$/i, "")).name;
}

const whole = (n: number) => n.toLocaleString("en-US");

/** @returns how far a prediction is: reading is the first half of it */
function farOf(event: RunEvent): { words: string; share: number } | undefined {
	if (event.type === "reading") return { words: readingWords(event), share: (event.rows / event.about) * 50 };
	if (event.type !== "predicted") return undefined;
	const { rows, of } = event;
	return { words: vscode.l10n.t("{0} of {1} rows", whole(rows), whole(of)), share: 50 + (rows / Math.max(1, of)) * 50 };
}

function resultWords({ rows, target, skipped, ignored }: PredictionSummary, table: string, output: string): string {
	const { t } = vscode.l10n;
	const parts = [t("{0} of {1} rows of {2} predicted into {3}", target, whole(rows), table, output)];
	if (skipped > 0) parts.push(t("{0} lack a value and have no prediction", whole(skipped)));
	const others = ignored.filter((name) => name !== target);
	if (others.length > 0) {
		const names = others.slice(0, 3).join(", ") + (others.length > 3 ? ", …" : "");
		parts.push(t("the model does not use {0}", names));
	}
	return `${parts.join("; ")}.`;
}
