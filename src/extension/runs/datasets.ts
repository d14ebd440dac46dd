import * as vscode from "vscode";
import { config } from "../config.ts";

/** A table in the workspace. */
export interface Dataset {
	/** path relative to the workspace, with the folder's name when there are several folders */
	label: string;
	uri: vscode.Uri;
}

const MOST_DATASETS = 200;

export function datasetOf(uri: vscode.Uri): Dataset {
	return { label: vscode.workspace.asRelativePath(uri), uri };
}

/** @returns the workspace's tables by path, at most 200; no run files and no predictions */
export async function findDatasets(token?: vscode.CancellationToken): Promise<Dataset[]> {
	const found = await vscode.workspace.findFiles(config.include(), config.exclude(), MOST_DATASETS, token);
	// What Descent keeps of runs is no dataset, whatever the settings say.
	const isDataset = ({ scheme, path }: vscode.Uri) =>
		scheme === "file" && !/\.(train\.json|predicted\.csv)$/i.test(path) && !path.includes("/.descent/");
	return found
		.filter(isDataset)
		.map(datasetOf)
		.sort((a, b) => a.label.localeCompare(b.label));
}

/** @returns the one of the datasets that the active editor shows */
export function inEditor(datasets: Dataset[]): Dataset | undefined {
	const active = vscode.window.activeTextEditor?.document.uri.toString();
	return datasets.find(({ uri }) => uri.toString() === active);
}

/** Asks which of several tables; the one in the active editor and the last one used come first. */
export async function pickDataset(
	datasets: Dataset[],
	last: string | undefined,
	words = { title: vscode.l10n.t("Run Training"), placeHolder: vscode.l10n.t("Which dataset to train on") },
): Promise<Dataset | undefined> {
	const shown = inEditor(datasets);
	const rank = (d: Dataset) => (d === shown ? 0 : d.label === last ? 1 : 2);
	const items = [...datasets]
		.sort((a, b) => rank(a) - rank(b))
		.map((dataset) => ({
			label: dataset.label,
			description: [vscode.l10n.t("in the editor"), vscode.l10n.t("last used"), undefined][rank(dataset)],
			dataset,
		}));
	const picked = await vscode.window.showQuickPick(items, words);
	return picked?.dataset;
}
