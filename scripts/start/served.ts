/** `npm start` where there is no desktop VS Code: the npm-packaged server, and a Chromium that does what a person would. */
import { panelOf } from "../../test/support/vscode/panel.ts";
import { repository } from "../../test/support/vscode/paths.ts";
import { removeFolder, temporaryFolder } from "../../test/support/vscode/processes.ts";
import { commandTitle, linkExtension, startServer } from "../../test/support/vscode/server.ts";
import { openWindow, type Window } from "../../test/support/vscode/window.ts";
import { dragPanelTo, settle } from "../picture-window.ts";
import type { StartOptions } from "../start.ts";

const runMs = 15 * 60_000;

/** @returns the exit code */
export async function startServed(options: StartOptions, display: boolean): Promise<number> {
	const extensionsFolder = await temporaryFolder("extensions");
	await linkExtension(repository, extensionsFolder);
	const settings = { "git.enabled": false, "editor.minimap.enabled": false };
	const server = await startServer({ extensionsFolder, theme: options.theme, settings });
	const address = server.address({ workspace: options.workspace });
	console.log(`VS Code is served at ${address}`);
	const stays = !options.once;
	const visible = display && stays && !options.screenshot;
	const window = await openWindow(address, {
		width: 1440,
		height: 900,
		scale: 1.5,
		visible,
		language: options.language,
	});
	let finished = false;
	try {
		const line = await runTraining(window, options);
		finished = await panelOf(window).frame.locator(".dot.finished").isVisible();
		console.log(line);
		if (options.screenshot) {
			await dragPanelTo(window, 330);
			await settle(window);
			await window.screenshot(options.screenshot);
			console.log(`Picture kept: ${options.screenshot}`);
		}
	} catch (error) {
		console.error(error instanceof Error ? error.message : String(error));
	}
	if (stays) {
		if (!visible) await window.close();
		console.log(`Open ${address} to go on there. Ctrl-C ends it.`);
		await server.ended;
	}
	await window.close();
	await server.stop();
	await removeFolder(extensionsFolder);
	return finished ? 0 : 1;
}

/** Runs the training through the palette and resolves with the panel's last line. */
async function runTraining(window: Window, { dataset, language }: StartOptions): Promise<string> {
	const panel = panelOf(window);
	if (dataset) await window.open(dataset);
	if (await window.page.locator(".part.sidebar").isVisible()) {
		await window.command("View: Toggle Primary Side Bar Visibility");
	}
	await window.command(await commandTitle("run", language));
	// It asks only when there are several, so the answer waits beside the run.
	if (dataset) window.pick(dataset).catch(() => {});
	const ends = (["result", "problem"] as const).map((part) => panel.waitFor(part, /\S/, runMs));
	for (const end of ends) end.catch(() => {});
	await Promise.race(ends);
	return panel.summary();
}
