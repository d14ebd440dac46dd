import { basename } from "node:path";
import * as vscode from "vscode";
import { inNames, loopRun, mended, tableFact, tableRun } from "../../analysis/index.ts";
import type { LiveState } from "../../engine/protocol/panel.ts";
import type { RunFile } from "../../engine/protocol/run-file.ts";
import type { EngineHost } from "../engine-host/engine-host.ts";
import { type Dataset, datasetOf, findDatasets } from "../runs/datasets.ts";
import { runFileOf } from "../runs/run-file-of.ts";
import { isRunFile } from "../runs/run-files.ts";
import type { Session } from "../runs/session.ts";
import type { Editor } from "./editor.ts";
import { learnedOf, namedDataset } from "./training-rows.ts";

/** What the text in the editor would train, as it stands. */
export interface TextRun {
	file: RunFile;
	dataset: Dataset;
	/** what is told of a loop in code: what it does not say, how it counts, what is mended in its run */
	told: Pick<LiveState, "read" | "settled" | "assumed" | "counts" | "mended">;
	/** why it cannot be trained as the code means it, a sentence */
	problem?: string;
	/** name of the code's schedule */
	schedule?: string;
}

/**
 * Makes a run of a document's text.
 * @returns undefined when it trains nothing, or is being typed and does not parse; a sentence when it has no dataset
 * @throws EngineError with what is wrong with a run file
 */
export async function textRun(
	document: vscode.TextDocument,
	session: Session,
	engine: EngineHost,
	editor: () => Promise<Editor>,
): Promise<TextRun | string | undefined> {
	return isRunFile(document.uri) ? ofRunFile(document, engine) : ofLoop(document, session, await editor());
}

async function ofRunFile(document: vscode.TextDocument, engine: EngineHost): Promise<TextRun> {
	const file = await engine.call("checkRunFile", { path: document.uri.fsPath, text: document.getText() });
	return { file, dataset: datasetOf(vscode.Uri.file(file.dataset.path)), told: {} };
}

/** What is set in the panel stands for what the code does not say. */
async function ofLoop(
	document: vscode.TextDocument,
	session: Session,
	{ reader, rows }: Editor,
): Promise<TextRun | string | undefined> {
	const reading = await reader.read(document);
	const { t } = vscode.l10n;
	if (!reading) return undefined;
	if (reading.broken) {
		return t("{0} does not parse as it stands; correct it first.", basename(document.uri.path));
	}
	const known = await rows.settled(reading);
	const loop = loopRun(reading.facts, known?.rows);
	if (!loop) return undefined;
	const dataset = known?.uri ? datasetOf(known.uri) : (session.dataset ?? (await onlyDataset()));
	if (!dataset) {
		return vscode.l10n.t(
			"{0} names no table that is there; choose one in the panel to train it on.",
			basename(document.uri.path),
		);
	}
	const assumed = [...loop.assumed];
	if (!known?.uri) {
		const named = namedDataset(reading.facts.datasets)?.name;
		const why =
			known || named ? t("{0} is no file of this workspace", named ?? t("its data")) : t("the code names none");
		assumed.unshift({ name: t("dataset"), value: dataset.label, why });
	}
	const same = session.dataset?.uri.fsPath === dataset.uri.fsPath;
	const own = same && !session.runFile ? session.ownChoice : {};
	const panel = runFileOf(session.form, { path: dataset.uri.fsPath, ...own });
	const fact = tableFact(reading.facts, namedDataset(reading.facts.datasets)?.name);
	// A target that the code does not name is the one that was chosen in the panel.
	const { summary } = session;
	const learned = fact && inNames(fact, known?.table?.columns).target;
	const chosenThere = own.target !== undefined && summary?.target === own.target && learned !== known?.table?.target;
	const there = known?.table && chosenThere ? { ...known.table, ...learnedOf(summary) } : known?.table;
	const table = tableRun(fact, reading.facts.costs, there);
	const { model, ...read } = loop.run;
	const { schedule, heldOut, counts } = loop;
	const problem = loop.problem ?? table.problem;
	const { columns, ...taken } = table.dataset;
	const { split, ...chosen } = panel.dataset;
	return {
		file: {
			...panel,
			...read,
			dataset: {
				...chosen,
				...taken,
				...(columns ? { columns: { ...chosen.columns, ...columns } } : {}),
				...(split || heldOut !== undefined ? { split: { ...split, ...(heldOut ? { dev: heldOut } : {}) } } : {}),
			},
			...(panel.model || model ? { model: { ...panel.model, ...model } } : {}),
		},
		dataset,
		told: {
			read: table.read,
			settled: (["target", "task"] as const).filter((name) => taken[name] !== undefined),
			assumed: [...assumed, ...table.assumed],
			counts,
			mended: problem ? [] : mended(reading.findings),
		},
		...(problem ? { problem } : {}),
		...(schedule ? { schedule } : {}),
	};
}

async function onlyDataset(): Promise<Dataset | undefined> {
	const found = await findDatasets();
	return found.length === 1 ? found[0] : undefined;
}
