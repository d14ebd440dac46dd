import * as vscode from "vscode";
import type { EngineMethod, EngineParams, EngineResult, RunEvent } from "../../engine/protocol/engine.ts";
import type { App } from "../app.ts";
import { cancellable } from "../engine-host/cancellable.ts";
import { EngineError, refusal } from "../engine-host/engine-host.ts";
import { readingWords } from "../runs/reading-words.ts";
import { MOST_RUNS } from "../runs/session.ts";
import { compareWords } from "./compare-words.ts";
import { rateItems, rateWords } from "./learning-rate-words.ts";
import type { Subject } from "./subject.ts";
import { variantsOf } from "./variants.ts";

type Search = Extract<EngineMethod, "findBatchSize" | "findLearningRate">;

/** What a command was called with: a mini-batch size in a text by its lens, or the panel by its button. */
export interface Asked {
	uri?: vscode.Uri;
	batchSize?: number;
	chosen?: boolean;
}

/** Looks for hyperparameters on the data of the file in the editor, or of the panel, and writes the one that is chosen. */
export class Tuner {
	private readonly parts: Pick<App, "session" | "engine" | "trainer" | "editor" | "log">;
	/** all mini-batch sizes together have so long, or a little longer */
	seconds = 10;
	/** Lets a person choose. */
	choose = <T extends vscode.QuickPickItem>(items: T[], options: vscode.QuickPickOptions): Thenable<T | undefined> =>
		vscode.window.showQuickPick(items, { ...options, ignoreFocusOut: true });
	chooseMany = <T extends vscode.QuickPickItem>(
		items: T[],
		options: vscode.QuickPickOptions,
	): Thenable<T[] | undefined> =>
		vscode.window.showQuickPick(items, { ...options, canPickMany: true, ignoreFocusOut: true });
	/** Says what came of it. */
	tell = (sentence: string): void => void vscode.window.showInformationMessage(sentence);
	/** Says why not, where a person looks. */
	refuse = (sentence: string): void => void vscode.window.showErrorMessage(sentence);

	constructor(parts: Tuner["parts"]) {
		this.parts = parts;
	}

	findBatchSize(asked: Asked = {}): Promise<void> {
		return this.telling(async () => {
			const subject = await this.subjectOf(vscode.l10n.t("Find Batch Size"), asked);
			if (!subject) return;
			// The analysis, whose words say bytes, is loaded with what needs it.
			const { batchSizeItems, batchSizeWords, triedWords } = await import("./batch-size-words.ts");
			const params = { file: subject.file, seconds: this.seconds };
			const title = vscode.l10n.t("Trying mini-batch sizes on {0}", subject.dataset.label);
			const found = await this.search("findBatchSize", title, params, (event, count) =>
				event.type === "tried"
					? { words: triedWords(event.trial, count, event.of), share: count / event.of }
					: undefined,
			);
			const words = {
				title: vscode.l10n.t("Mini-Batch Size for {0}", subject.name),
				placeHolder: batchSizeWords(found),
			};
			const picked = await this.choose(batchSizeItems(found, subject.file.earlyStopping !== undefined), words);
			if (picked) await subject.writeBatchSize(picked.size);
		});
	}

	/** @param show opens the panel, where the chart appears */
	findLearningRate(asked: Asked = {}, show = () => {}): Promise<void> {
		return this.telling(async () => {
			const subject = await this.subjectOf(vscode.l10n.t("Find Learning Rate"), asked);
			if (!subject) return;
			const title = vscode.l10n.t("Trying learning rates on {0}", subject.dataset.label);
			const found = await this.search("findLearningRate", title, { file: subject.file }, (event) =>
				event.type === "ranged"
					? { words: vscode.l10n.t("{0} of {1} runs", event.runs, event.of), share: event.runs / event.of }
					: undefined,
			);
			const said = rateWords(found);
			this.parts.session.showRange({ name: subject.name, words: said, search: found });
			show();
			const words = { title: vscode.l10n.t("Learning Rate for {0}", subject.name), placeHolder: said };
			const picked = await this.choose(rateItems(found), words);
			if (picked) await subject.writeLearningRate(picked.rate);
		});
	}

	/**
	 * Trains with several optimizers, schedules or mini-batch sizes in turn, all else the same.
	 * @param show opens the panel, where the curves appear
	 */
	compare(show: () => void): Promise<void> {
		return this.telling(async () => {
			const subject = await this.subjectOf(vscode.l10n.t("Compare Optimizers"), {});
			if (!subject) return;
			const title = vscode.l10n.t("Compare on {0}", subject.dataset.label);
			const placeHolder = vscode.l10n.t("One run each: same rows, weights and order, and all else as it is");
			const chosen = await this.chooseMany(variantsOf(subject.file), { title, placeHolder });
			const files = chosen?.map((variant) => variant.change(subject.file)) ?? [];
			const texts = files.map((file) => JSON.stringify(file));
			const different = files.filter((_, i) => texts.indexOf(texts[i]) === i);
			if (different.length > MOST_RUNS) {
				throw refusal(
					vscode.l10n.t("The panel shows {0} runs at most, not {1}; choose fewer.", MOST_RUNS, different.length),
				);
			}
			if (different.length === 0) return;
			show();
			const runs = await this.parts.trainer.runAll(subject.dataset, different);
			const result = compareWords(
				runs.map(({ view }) => view),
				vscode.l10n.t,
			);
			if (result) this.tell(result);
		});
	}

	/** The text that was asked for, the one in the editor where it trains something, else what the panel shows. */
	private async subjectOf(title: string, { uri, batchSize, chosen }: Asked): Promise<Subject | undefined> {
		const { session, trainer } = this.parts;
		if (!vscode.workspace.isTrusted) {
			throw refusal(
				vscode.l10n.t("This workspace is not trusted; trust it to let Descent read and train on its files."),
			);
		}
		const phase = session.active?.view.phase;
		if (phase === "running" || phase === "preparing") {
			throw refusal(
				vscode.l10n.t("A run goes on, and both would take each other's time; stop it or wait for its end."),
			);
		}
		const document = uri
			? await vscode.workspace.openTextDocument(uri)
			: chosen
				? undefined
				: vscode.window.activeTextEditor?.document;
		if (document) {
			// The analysis is loaded with the first text that is read.
			const { subjectOfText } = await import("./subject.ts");
			const subject = await subjectOfText(document, this.parts, batchSize);
			if (subject) return subject;
			if (uri)
				throw refusal(
					vscode.l10n.t("This text trains nothing that can be followed; open one that does and try again."),
				);
		}
		const described = await trainer.described(title);
		return (
			described && {
				...described,
				name: session.runFile ? vscode.workspace.asRelativePath(session.runFile.uri) : described.dataset.label,
				writeBatchSize: (size) => trainer.changeForm({ batchSize: size }),
				writeLearningRate: (learningRate) => trainer.changeForm({ learningRate }),
			}
		);
	}

	/**
	 * Has the engine search, with a notification that tells how far it is and can cancel.
	 * @param far told the number of this event among those that say how far it is
	 */
	private async search<M extends Search>(
		method: M,
		title: string,
		params: Omit<EngineParams<M>, "runId">,
		far: (event: RunEvent, count: number) => { words: string; share: number } | undefined,
	): Promise<EngineResult<M>> {
		const { engine, log } = this.parts;
		return cancellable(engine, log, title, (runId, progress) => {
			let count = 0;
			let shown = 0;
			return engine.call(method, { ...params, runId } as EngineParams<M>, (event) => {
				if (event.type === "reading") progress.report({ message: readingWords(event) });
				const now = far(event, count + 1);
				if (!now) return;
				count++;
				progress.report({ message: now.words, increment: 100 * (now.share - shown) });
				shown = now.share;
			});
		});
	}

	/** Says what goes wrong; what a person stopped needs no word. */
	private async telling(action: () => Promise<void>): Promise<void> {
		try {
			await action();
		} catch (error) {
			if (error instanceof EngineError && error.fault.kind === "stopped") return;
			this.refuse(this.parts.trainer.problems.sentence(error));
		}
	}
}
