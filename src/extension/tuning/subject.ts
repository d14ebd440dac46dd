import { basename } from "node:path";
import * as vscode from "vscode";
import { batchSizeEdit, chosenBatchSize, type FixEdit, learningRateEdit, trainingRows } from "../../analysis/index.ts";
import type { RunFile } from "../../engine/protocol/run-file.ts";
import type { App } from "../app.ts";
import type { LoopReading } from "../editor/loop-reading.ts";
import { workspaceEdit } from "../editor/quick-fixes.ts";
import { textRun } from "../editor/text-run.ts";
import { refusal } from "../engine-host/engine-host.ts";
import type { Dataset } from "../runs/datasets.ts";
import { editRunFile, isRunFile } from "../runs/run-files.ts";

/** A run whose values are looked for, and where they are written. */
export interface Subject {
	/** "train.py", "the panel" */
	name: string;
	file: RunFile;
	dataset: Dataset;
	writeBatchSize(size: number | "full"): Promise<void>;
	writeLearningRate(rate: number): Promise<void>;
}

/**
 * @param index of the mini-batch size among the text's facts; the one that a run takes when absent
 * @returns undefined for a text that trains nothing
 * @throws EngineError for what keeps the text from being trained
 */
export async function subjectOfText(
	document: vscode.TextDocument,
	{ session, engine, editor }: Pick<App, "session" | "engine" | "editor">,
	index?: number,
): Promise<Subject | undefined> {
	const run = await textRun(document, session, engine, editor);
	if (typeof run === "string") throw refusal(run);
	if (!run) return undefined;
	if (run.problem) throw refusal(run.problem);
	const { uri } = document;
	const name = basename(uri.path);
	const subject = { name, file: run.file, dataset: run.dataset };
	if (isRunFile(uri)) {
		return {
			...subject,
			writeBatchSize: (batchSize) => editRunFile(uri, (file) => ({ ...file, batchSize })),
			writeLearningRate: (learningRate) =>
				editRunFile(uri, (file) => ({ ...file, optimizer: { name: "adam", ...file.optimizer, learningRate } })),
		};
	}
	const { reader, rows } = await editor();
	const sizeIn = ({ facts }: LoopReading) => facts.batchSizes[index ?? chosenBatchSize(facts)]?.parameter;
	const before = await reader.read(document);
	const size = before && sizeIn(before)?.value;

	const { t } = vscode.l10n;
	/** A text that was edited meanwhile is read again. */
	async function write(refused: string, make: (now: LoopReading) => FixEdit | undefined) {
		const now = await reader.read(await vscode.workspace.openTextDocument(uri));
		const edit = now && make(now);
		const edits = now && edit && workspaceEdit(now, [edit]);
		if (!edits || !(await vscode.workspace.applyEdit(edits))) {
			throw refusal(refused);
		}
	}

	return {
		...subject,
		writeBatchSize: (chosen) =>
			write(
				t("{0} has no mini-batch size that can be replaced; write {1} where it comes from.", name, chosen),
				(now) => {
					const { facts, text } = now;
					if (sizeIn(now)?.value !== size) return undefined;
					const m = trainingRows(facts, rows.of(now)?.rows);
					return batchSizeEdit(facts, text, index ?? chosenBatchSize(facts), chosen, m);
				},
			),
		writeLearningRate: (rate) =>
			write(
				t("{0} has no learning rate that can be replaced; write {1} where it comes from.", name, rate),
				({ facts, text }) => learningRateEdit(facts, text, rate),
			),
	};
}
