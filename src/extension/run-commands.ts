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
	/** The runs that an argument means: of a click in the list with all that is selected, of a key, or of the panel. */
	function meant(argument: unknown, selected: unknown): StoredRun[] {
		const { folder, runId, selection } = (argument ?? {}) as { folder?: string; runId?: string; selection?: boolean };
		const first = folder ?? session.runs.find(({ view }) => view.id === runId)?.view.start?.kept;
		const others = selection ? runList.view.selection : Array.isArray(selected) ? (selected as StoredRun[]) : [];
		const folders = [first, ...others.map((run) => run.folder)];
		// The list may have been read again since.
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
		if (items.length === 0) throw refusal(`${title}: there is no such run in this workspace.`);
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
				const runs = argument ? meant(argument, selected) : await pick(title, fits);
				const all = runs.filter(fits);
				if (all.length > 0) await action(all[0], all);
				else if (runs.length > 0) throw refusal(`${title}: ${runs[0].name} is not in a state for that.`);
			} catch (error) {
				void vscode.window.showErrorMessage(trainer.sentence(error));
			}
		});

	const ended = (run: StoredRun) => !shelf.goesOn(run);
	return [
		vscode.commands.registerCommand(COMMANDS.refreshRuns, () => shelf.refresh()),
		on(
			COMMANDS.openRun,
			"Show Run in Panel",
			() => true,
			async (stored) => {
				panel.show();
				if (stored.phase !== "running" || shelf.shown(stored)) await shelf.open(stored);
			},
		),
		on(COMMANDS.renameRun, "Rename Run", ended, async (stored) => {
			const name = await vscode.window.showInputBox({
				title: "Rename Run",
				value: stored.name,
				validateInput: (typed) => {
					const taken = shelf.stored.some((run) => run !== stored && run.name === typed);
					return taken ? `There is a run named ${typed} already.` : nameProblem(typed);
				},
			});
			if (name !== undefined && name !== stored.name) await shelf.rename(stored, name);
		}),
		on(COMMANDS.deleteRun, "Delete Run", ended, async (_, going) => {
			const what = going.length === 1 ? `the run ${going[0].name}` : `${going.length} runs`;
			const detail = "Its figures and its checkpoint go with it.";
			const trash = "Move to Trash";
			if ((await vscode.window.showWarningMessage(`Delete ${what}?`, { modal: true, detail }, trash)) !== trash) return;
			for (const stored of going) {
				const moved = await shelf.remove(stored, true).then(
					() => true,
					() => false,
				);
				if (moved) continue;
				const forGood = "Delete Permanently";
				const question = `${stored.name} cannot be moved to a trash here.`;
				if ((await vscode.window.showWarningMessage(question, { modal: true }, forGood)) !== forGood) return;
				await shelf.remove(stored, false);
			}
		}),
		on(
			COMMANDS.pinRun,
			"Pin Run",
			({ pinned }) => !pinned,
			(stored) => shelf.pin(stored, true),
		),
		on(
			COMMANDS.unpinRun,
			"Unpin Run",
			({ pinned }) => pinned,
			(stored) => shelf.pin(stored, false),
		),
		on(
			COMMANDS.reproduceRun,
			"Reproduce Run",
			() => true,
			async (stored) => {
				panel.show();
				const { file, changed } = await shelf.runFileOf(stored);
				const anyway = "Run Anyway";
				if (changed && (await vscode.window.showWarningMessage(changed, { modal: true }, anyway)) !== anyway) return;
				const dataset = datasetOf(vscode.Uri.file(file.dataset.path));
				const keep = await shelf.keepRequest(dataset.uri);
				await trainer.startOther(dataset, (runId) => engine.call("train", { runId, file, keep }));
			},
		),
		on(
			COMMANDS.continueRun,
			"Resume Interrupted Run",
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
			"Export Run as Run File",
			() => true,
			async (stored) => {
				const { file } = await shelf.runFileOf(stored);
				const uri = await createRunFile(file).catch((error) => {
					throw refusal(
						`The run file could not be written beside ${basename(file.dataset.path)}: ${error.message ?? error}.`,
					);
				});
				await vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.One });
			},
		),
		on(
			COMMANDS.revealRun,
			"Reveal Run's Folder",
			() => true,
			async ({ folder }) => {
				await vscode.commands.executeCommand("revealInExplorer", vscode.Uri.file(folder));
			},
		),
	];
}
