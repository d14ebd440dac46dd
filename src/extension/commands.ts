import * as vscode from "vscode";
import type { App } from "./app.ts";
import { COMMANDS } from "./ids.ts";
import { askForRate } from "./runs/rate-change.ts";
import type { Asked } from "./tuning/tuner.ts";

/** Every action is a command. */
export function registerCommands({
	session,
	engine,
	trainer,
	predictor,
	tuner,
	exporter,
	panel,
	live,
	log,
}: App): vscode.Disposable[] {
	const on = (id: string, action: (argument?: unknown) => unknown) => vscode.commands.registerCommand(id, action);
	return [
		on(COMMANDS.run, (argument) => {
			// The panel's own button means the dataset that it shows.
			const chosen = typeof argument === "object" && argument !== null && "chosen" in argument;
			// The search for datasets and the engine's start come first: the panel gets ready while they go on.
			const running = chosen ? trainer.runChosen() : trainer.run();
			panel.show();
			return running;
		}),
		// From the explorer, an editor's title or the palette, which gives no file: then the one in the editor.
		on(COMMANDS.trainOn, (argument) => {
			const uri = argument instanceof vscode.Uri ? argument : vscode.window.activeTextEditor?.document.uri;
			const running = uri ? trainer.trainOn(uri) : trainer.run();
			panel.show();
			return running;
		}),
		on(COMMANDS.saveRunFile, () => trainer.saveRunFile()),
		on(COMMANDS.openRunFile, async () => {
			const { runFile } = session;
			if (runFile) await vscode.window.showTextDocument(runFile.uri, { viewColumn: vscode.ViewColumn.One });
		}),
		// From the explorer the checkpoint is given, from the palette it is asked for.
		on(COMMANDS.predict, (argument) => predictor.predict(argument instanceof vscode.Uri ? argument : undefined)),
		on(COMMANDS.predictRun, () => predictor.predictRun()),
		on(COMMANDS.saveCheckpoint, () => predictor.saveCheckpoint()),
		on(COMMANDS.findBatchSize, (argument) => tuner.findBatchSize(argument as Asked | undefined)),
		on(COMMANDS.findLearningRate, (argument) =>
			tuner.findLearningRate(argument as Asked | undefined, () => panel.show()),
		),
		on(COMMANDS.compare, () => tuner.compare(() => panel.show())),
		on(COMMANDS.exportLoop, (argument) => exporter.export(argument)),
		on(COMMANDS.pause, () => trainer.control("pause")),
		on(COMMANDS.resume, () => trainer.control("resume")),
		on(COMMANDS.step, () => trainer.control("step")),
		on(COMMANDS.stop, () => trainer.control("stop")),
		on(COMMANDS.changeRate, () => askForRate(session, trainer)),
		on(COMMANDS.liveOn, () => {
			live.turnOn();
			panel.show();
		}),
		on(COMMANDS.liveOff, () => live.turnOff()),
		on(COMMANDS.openPanel, () => {
			panel.show();
			return trainer.lookAround();
		}),
		on(COMMANDS.openLog, () => log.show()),
		on(COMMANDS.clearCache, async () => {
			try {
				const { tables, bytes } = await engine.call("clearCache", {});
				const removed = vscode.l10n.t(
					tables === 1
						? "Descent removed {0} table, {1} MiB, from its dataset cache."
						: "Descent removed {0} tables, {1} MiB, from its dataset cache.",
					...[tables, Math.round(bytes / 2 ** 20)],
				);
				void vscode.window.showInformationMessage(removed);
			} catch (error) {
				void vscode.window.showErrorMessage(
					vscode.l10n.t("The dataset cache could not be cleared: {0}", (error as Error).message),
				);
			}
		}),
	];
}
