/** Runs in the extension host of the window that `npm start` opens: the training once, its last line to a file. */
import { writeFile } from "node:fs/promises";
import * as vscode from "vscode";
import type { App } from "../../src/extension/app.ts";
import { describeResult } from "../../webview/controls/result.ts";

/** The window closes when this resolves. */
export async function run(): Promise<void> {
	const { DESCENT_START_RESULT: result, DESCENT_START_DATASET: name, DESCENT_START_ONCE: once } = process.env;
	if (!result) throw new Error("DESCENT_START_RESULT is not set.");
	try {
		await writeFile(result, `${(await train(name)).replaceAll("\n", " ")}\n`);
	} catch (error) {
		await writeFile(result, `${String(error).replaceAll("\n", " ")}\n`);
	}
	if (!once) await new Promise(() => {});
}

async function train(name: string | undefined): Promise<string> {
	const extension = vscode.extensions.getExtension<App>("descent.descent");
	if (!extension) throw new Error("Descent is not installed in this window.");
	const { session, panel, trainer } = await extension.activate();
	const folder = vscode.workspace.workspaceFolders?.[0];
	if (folder && name) await vscode.window.showTextDocument(vscode.Uri.joinPath(folder.uri, name));
	panel.show();
	await trainer.lookAround();
	const dataset = session.datasets.find(({ label }) => label === name);
	if (dataset) session.select(dataset);
	const ended = new Promise<void>((resolve) => {
		const subscription = session.onDidChange(() => {
			if (!session.current || session.active) return;
			subscription.dispose();
			resolve();
		});
	});
	await vscode.commands.executeCommand("descent.run", { chosen: true });
	if (session.problem) return session.problem;
	await ended;
	return (session.current && describeResult(session.current.view)) ?? "The run left no result.";
}
