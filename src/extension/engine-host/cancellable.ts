import * as vscode from "vscode";
import type { EngineHost } from "./engine-host.ts";

type Progress = vscode.Progress<{ message: string; increment?: number }>;

let counter = 0;

/**
 * Has the engine work, with a notification that tells how far it is and can end it.
 * @param work gets the name by which it is ended
 */
export function cancellable<T>(
	engine: EngineHost,
	log: vscode.LogOutputChannel,
	title: string,
	work: (runId: string, progress: Progress) => Promise<T>,
): Thenable<T> {
	const runId = `work-${++counter}`;
	const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
	return vscode.window.withProgress(options, (progress: Progress, token) => {
		token.onCancellationRequested(() => {
			engine.call("control", { runId, action: "stop" }).catch((error) => log.error(String(error)));
		});
		return work(runId, progress);
	});
}
