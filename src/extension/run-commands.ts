import { basename } from "node:path";
import * as vscode from "vscode";
import type { App } from "./app.ts";
import { refusal } from "./engine-host/engine-host.ts";
import { COMMANDS } from "./ids.ts";
import { datasetOf } from "./runs/datasets.ts";
import { nameProblem, type StoredRun } from "./runs/kept-runs.ts";
import { createRunFile } from "./runs/run-files.ts";

/** What can be done with runs that are kept on disk. From the palette each command asks which run. */
export function registerRunCommands({ engine, panel, runList, session, shelf, trainer }: App): vscode.Disposable[] {
	const { t } = vscode.l10n;
	/** The runs that an argument means: of a click in the list with all that is selected, of a key, or of the panel. */
	async function meant(argument: unknown, selected: unknown): Promise<StoredRun[]> {
		const { folder, runId, selection } = (argument ?? {}) as { folder?: string; runId?: string; selection?: boolean };
		const first = folder ?? session.runs.find(({ view }) => view.id === runId)?.view.start?.kept;
		const others = selection ? runList.view.selection : Array.isArray(selected) ? (selected as StoredRun[]) : [];
		const folders = [first, ...others.map((run) => run.folder)];
		// The list is some moments old: another window may have gone on with a run since.
		await shelf.refresh();
		return folders.flatMap((folder, i) =>
			folders.indexOf(folder) === i ? shelf.stored.filter((run) => run.folder === folder) : [],
		);
	}

	async function pick(title: string, fits: (run: StoredRun) => boolean): Promise<StoredRun[]> {
		await shelf.refresh();
		const items = shelf.stored.filter(fits).map((stored) => {
			const { label, description } = runList.getTreeItem(stored) as { label: string; description: string };
			return { label, description, stored };
		});
		if (items.length === 0) throw refusal(t("{0}: there is no such run in this workspace.", title));
		const picked = await vscode.window.showQuickPick(items, { title, matchOnDescription: true });
		return picked ? [picked.stored] : [];
	}

	/** A command on one run, or on some; what goes wrong is said in one sentence. */
	const on = (
		id: string,
		title: string,
		fits: (run: StoredRun) => boolean,
		action: (run: StoredRun, all: StoredRun[]) => Promise<unknown>,
	) =>
		vscode.commands.registerCommand(id, async (argument?: unknown, selected?: unknown) => {
			try {
				const meantRuns = argument ? await meant(argument, selected) : [];
				// A key that is pressed where nothing is selected asks, too.
				const runs = meantRuns.length > 0 ? meantRuns : await pick(title, fits);
				const all = runs.filter(fits);
				if (all.length > 0) await action(all[0], all);
				else if (runs.length > 0) throw refusal(t("{0}: {1} is not in a state for that.", title, runs[0].name));
			} catch (error) {
				void vscode.window.showErrorMessage(trainer.problems.sentence(error));
			}
		});

	const ended = (run: StoredRun) => !shelf.goesOn(run);
	return [
		vscode.commands.registerCommand(COMMANDS.refreshRuns, () => shelf.refresh()),
		on(
			COMMANDS.openRun,
			t("Show Run in Panel"),
			() => true,
			async (stored) => {
				panel.show();
				if (stored.phase !== "running" || shelf.shown(stored)) await trainer.show(await shelf.open(stored));
			},
		),
		on(COMMANDS.renameRun, t("Rename Run"), ended, async (stored) => {
			const name = await vscode.window.showInputBox({
				title: t("Rename Run"),
				value: stored.name,
				validateInput: (typed) => {
					const taken = typed !== stored.name && shelf.stored.some((run) => run.name === typed);
					return taken ? t("There is a run named {0} already.", typed) : nameProblem(typed, t);
				},
			});
			if (name === undefined || name === stored.name) return;
			await runList.select(await shelf.rename(stored, name));
		}),
		on(COMMANDS.deleteRun, t("Delete Run"), ended, async (_, going) => {
			const question =
				going.length === 1 ? t("Delete the run {0}?", going[0].name) : t("Delete {0} runs?", going.length);
			const detail = t("Its figures and its checkpoint go with it.");
			const trash = t("Move to Trash");
			if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, trash)) !== trash) return;
			for (const stored of going) {
				const moved = await shelf.remove(stored, true).then(
					() => true,
					() => false,
				);
				if (moved) continue;
				const forGood = t("Delete Permanently");
				const noTrash = t("{0} cannot be moved to a trash here.", stored.name);
				if ((await vscode.window.showWarningMessage(noTrash, { modal: true }, forGood)) !== forGood) return;
				await shelf.remove(stored, false);
			}
		}),
		on(
			COMMANDS.pinRun,
			t("Pin Run"),
			({ pinned }) => !pinned,
			(stored) => shelf.pin(stored, true),
		),
		on(
			COMMANDS.unpinRun,
			t("Unpin Run"),
			({ pinned }) => pinned,
			(stored) => shelf.pin(stored, false),
		),
		on(
			COMMANDS.reproduceRun,
			t("Reproduce Run"),
			() => true,
			async (stored) => {
				panel.show();
				const { file, changed } = await shelf.runFileOf(stored);
				const anyway = t("Run Anyway");
				if (changed && (await vscode.window.showWarningMessage(changed, { modal: true }, anyway)) !== anyway) return;
				const dataset = datasetOf(vscode.Uri.file(file.dataset.path));
				const keep = await shelf.keepRequest(dataset.uri);
				await trainer.startOther(dataset, (runId) => engine.call("train", { runId, file, keep }));
			},
		),
		on(
			COMMANDS.continueRun,
			t("Resume Interrupted Run"),
			(run) => run.phase === "interrupted" && ended(run),
			async (stored) => {
				panel.show();
				await shelf.restore();
				const { folder, about } = stored;
				await trainer.startOther(datasetOf(vscode.Uri.file(about.start.run.dataset.path)), async (runId) => {
					const start = await engine.call("continueRun", { runId, folder });
					// Its curves come again, then go on.
					const before = shelf.shown(stored);
					if (before) session.remove(before);
					return start;
				});
			},
		),
		on(
			COMMANDS.exportRunFile,
			t("Export Run as Run File"),
			() => true,
			async (stored) => {
				const { file } = await shelf.runFileOf(stored);
				const uri = await createRunFile(file).catch((error) => {
					throw refusal(
						t(
							"The run file could not be written beside {0}: {1}.",
							basename(file.dataset.path),
							String(error.message ?? error),
						),
					);
				});
				await vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.One });
			},
		),
		on(
			COMMANDS.revealRun,
			t("Reveal Run's Folder"),
			() => true,
			async ({ folder }) => {
				await vscode.commands.executeCommand("revealInExplorer", vscode.Uri.file(folder));
			},
		),
	];
}
