import { basename, join } from "node:path";
import * as vscode from "vscode";
import { KEPT } from "../../engine/protocol/kept-run.ts";
import type { RunSummary } from "../../engine/protocol/panel.ts";
import type { CheckpointSummary } from "../../engine/protocol/prediction.ts";
import { fileName } from "../../file-name.ts";
import type { EngineHost } from "../engine-host/engine-host.ts";
import { scoreWords } from "../runs/score-words.ts";

/** Weights that answer rows: a file's, or those that the engine holds of a run. */
export interface Weights {
	checkpoint: string | { runId: string };
	target: string;
	/** as messages name it */
	name: string;
}

interface WeightsItem extends vscode.QuickPickItem {
	/** absent: another file is to be chosen */
	weights?: Weights;
}

const MOST_CHECKPOINTS = 200;
/** Nobody's own checkpoints lie there; unlike datasets, those that Descent keeps in hidden folders count. */
const NOT_IN = "**/{node_modules,.git,.venv,venv}/**";
const filters = () => ({ [vscode.l10n.t("Checkpoints of Descent")]: ["safetensors"] });

/** @returns the weights of a run that the engine can give, if it has any */
export function weightsOf({ id, name, start, phase }: RunSummary): Weights | undefined {
	if (!start || phase === "failed" || phase === "diverged") return undefined;
	// A run that is kept on disk has its weights there when the engine holds them no longer.
	const ended = phase !== "preparing" && phase !== "running" && phase !== "paused";
	const checkpoint = ended && start.kept ? join(start.kept, KEPT.checkpoint) : { runId: id };
	return { checkpoint, target: start.run.dataset.target, name };
}

/** @returns what is in a file, null when it is no checkpoint of Descent */
export async function weightsIn(engine: EngineHost, uri: vscode.Uri): Promise<Weights | null> {
	const [summary] = await engine.call("checkpoints", { paths: [uri.fsPath] });
	return summary && fileWeights(uri, summary);
}

/**
 * Asks which weights: the run's in the panel, then the workspace's checkpoints, the most recent one first.
 * @returns a file that is not looked into yet where another one was chosen; undefined when nothing was
 */
export async function pickWeights(
	engine: EngineHost,
	run: RunSummary | undefined,
): Promise<Weights | vscode.Uri | undefined> {
	const held = run && weightsOf(run);
	const other: WeightsItem = { label: `$(folder-opened) ${vscode.l10n.t("Another file…")}`, alwaysShow: true };
	const items = findCheckpoints(engine).then((found): WeightsItem[] => [
		...(held
			? [{ label: `$(graph-line) ${held.name}`, description: vscode.l10n.t("the run in the panel"), weights: held }]
			: []),
		...found,
		other,
	]);
	const picked = await vscode.window.showQuickPick(items, {
		title: vscode.l10n.t("Predict"),
		placeHolder: vscode.l10n.t("Which checkpoint's weights answer the rows"),
		matchOnDescription: true,
		matchOnDetail: true,
	});
	if (!picked) return undefined;
	if (picked.weights) return picked.weights;
	return (await vscode.window.showOpenDialog({ title: vscode.l10n.t("Checkpoint"), filters: filters() }))?.[0];
}

/** Asks where a run's checkpoint is to be written. */
export function askForCheckpoint(beside: vscode.Uri, name: string): Thenable<vscode.Uri | undefined> {
	const defaultUri = vscode.Uri.joinPath(beside, "..", `${fileName(name)}.safetensors`);
	return vscode.window.showSaveDialog({ title: vscode.l10n.t("Save Checkpoint"), defaultUri, filters: filters() });
}

/** @returns the workspace's checkpoints, at most 200, the most recent one first */
export async function findCheckpoints(engine: EngineHost): Promise<WeightsItem[]> {
	const uris = await vscode.workspace.findFiles("**/*.safetensors", NOT_IN, MOST_CHECKPOINTS);
	const times = await Promise.all(
		uris.map(async (uri) => {
			const written = await vscode.workspace.fs.stat(uri).then(
				({ mtime }) => mtime,
				() => undefined,
			);
			return { uri, written };
		}),
	);
	const files = times
		.filter(({ uri, written }) => uri.scheme === "file" && written !== undefined)
		.sort((a, b) => b.written! - a.written!);
	const summaries = await engine.call("checkpoints", { paths: files.map(({ uri }) => uri.fsPath) });
	return files.flatMap(({ uri, written }, i) => {
		const summary = summaries[i];
		if (!summary) return [];
		return [
			{
				label: vscode.workspace.asRelativePath(uri),
				description: vscode.l10n.t("predicts {0}", summary.target),
				detail: `${detailOf(summary)}, ${new Date(written!).toLocaleString()}`,
				weights: fileWeights(uri, summary),
			},
		];
	});
}

function fileWeights({ fsPath }: vscode.Uri, { target }: CheckpointSummary): Weights {
	return { checkpoint: fsPath, target, name: basename(fsPath) };
}

/** "trained on penguins.csv with adam 0.001, 2,000 steps, accuracy 0.986" */
function detailOf({ dataset, optimizer, learningRate, iteration, epoch }: CheckpointSummary): string {
	const { t } = vscode.l10n;
	const score = scoreWords(epoch ?? {});
	const steps = iteration.toLocaleString("en-US");
	const about = t("trained on {0} with {1} {2}, {3} steps", basename(dataset), optimizer, learningRate, steps);
	return score === undefined ? about : `${about}, ${score}`;
}
