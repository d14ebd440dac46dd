import * as vscode from "vscode";
import type { App } from "./app.ts";
import { COMMANDS } from "./ids.ts";
import { datasetOf } from "./runs/datasets.ts";
import { nameProblem, type StoredRun } from "./runs/kept-runs.ts";
import { createRunFile } from "./runs/run-files.ts";

/** What can be done with runs that are kept on disk. From the palette each command asks which run. */
export function registerRunCommands({ engine, panel, runList, session, shelf, trainer }: App): vscode.Disposable[] {
	/** The run that a click means, else the one that is selected in the focused list, else the one that is picked. */
	async function which(
		argument: unknown,
		title: string,
		fits: (run: StoredRun) => boolean,
	): Promise<StoredRun | undefined> {
		const meant = argument ?? (runList.view.visible ? runList.view.selection[0] : undefined);
		const named = shelf.stored.find(({ folder }) => folder === (meant as StoredRun | undefined)?.folder);
		if (named) return fits(named) ? named : undefined;
		await shelf.refresh();
		const runs = shelf.stored.filter(fits);
		if (runs.length === 0) {
			void vscode.window.showInformationMessage(`${title}: there is no such run in this workspace.`);
			return undefined;
		}
		const items = runs.map((stored) => {
			const { label, description } = runList.getTreeItem(stored) as { label: string; description: string };
			return { label, description, stored };
		});
		return (await vscode.window.showQuickPick(items, { title, matchOnDescription: true }))?.stored;
	}

	/** A command on one run; what goes wrong is said in one sentence. */
	const on = (
		id: string,
		title: string,
		fits: (run: StoredRun) => boolean,
		action: (run: StoredRun, all: StoredRun[]) => Promise<unknown>,
	) =>
		vscode.commands.registerCommand(id, async (argument?: unknown, selected?: unknown) => {
			try {
				const stored = await which(argument, title, fits);
				const also = Array.isArray(selected) ? (selected as StoredRun[]).map(({ folder }) => folder) : [];
				if (stored)
					await action(
						stored,
						shelf.stored.filter((run) => run === stored || also.includes(run.folder)),
					);
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
		on(COMMANDS.deleteRun, "Delete Run", ended, async (_, all) => {
			const going = all.filter(ended);
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
				const uri = await createRunFile((await shelf.runFileOf(stored)).file);
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
