// Time from the palette's Run Training to the first point on the panel, in a real window with the packaged extension:
// cold (new window, extension not active, no engine) and warm (the same window again). `node test/bench/first-point.ts FILE`
import { copyFile, glob, readFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { panelOf } from "../support/vscode/panel.ts";
import { exitOnSignals, removeFolder, temporaryFolder } from "../support/vscode/processes.ts";
import { builtExtension, installExtension, startServer } from "../support/vscode/server.ts";
import { openWindow, type Window } from "../support/vscode/window.ts";

const RUNS = 10;
const file = process.argv[2];
if (!file) throw new Error("usage: node test/bench/first-point.ts DATASET");

exitOnSignals();
const extensionsFolder = await temporaryFolder("bench-extensions");
await installExtension(await builtExtension(), extensionsFolder);
const workspace = await temporaryFolder("bench-workspace");
await copyFile(resolve(file), join(workspace, basename(file)));
const server = await startServer({ extensionsFolder });
/** In the workbench: the moment of the next Enter, in `pressed`. */
const listenForEnter = `addEventListener("keydown", (event) => { if (event.key === "Enter") pressed = Date.now(); }, { capture: true, once: true })`;

const cold: number[] = [];
const warm: number[] = [];
try {
	for (let run = 0; run < RUNS; run++) {
		const window = await openWindow(server.address({ workspace }), { width: 1440, height: 900 });
		await window.page.locator(".statusbar-item").first().waitFor();
		// A window that has just opened is busy with itself for some seconds; a person's is not.
		await window.page.waitForTimeout(8000);
		cold.push(await firstPoint(window));
		warm.push(await firstPoint(window));
		await window.close();
		console.log(`run ${run + 1}: cold ${cold[run].toFixed(0)} ms, warm ${warm[run].toFixed(0)} ms`);
	}
	for await (const log of glob("**/Descent.log", { cwd: server.folder })) {
		const lines = (await readFile(join(server.folder, log), "utf8")).split("\n");
		for (const line of lines) if (line.includes("first point after")) console.log(`extension's log: ${line}`);
	}
} finally {
	await server.stop();
	await removeFolder(workspace);
}
console.log(`${basename(file)}, median of ${RUNS}: cold ${median(cold)} ms, warm ${median(warm)} ms`);

/** Both moments are taken in the page: the key that chooses the command, and the frame that shows the first iteration. */
async function firstPoint(window: Window): Promise<number> {
	const { page } = window;
	const panel = panelOf(window);
	const input = page.locator(".quick-input-widget:visible input");
	const row = page.locator('.quick-input-widget:visible .monaco-list-row.focused[aria-label^="Descent: Run Training"]');
	for (;;) {
		await page.keyboard.press("F1");
		await input.fill(">Descent: Run Training", { timeout: 2000 }).catch(() => {});
		if (
			await row
				.first()
				.waitFor({ timeout: 2000 })
				.then(
					() => true,
					() => false,
				)
		)
			break;
		await page.keyboard.press("Escape");
	}
	await page.evaluate(listenForEnter);
	const points = async () => ((await panel.part("state").count()) > 0 ? panel.part("state").evaluate(firstPoints) : []);
	const before = await points();
	await page.keyboard.press("Enter");
	for (;;) {
		const drawn = (await points())[before.length];
		if (drawn) {
			await panel.waitFor("state", /Finished/);
			return drawn - (await page.evaluate<number>("pressed"));
		}
	}
}

/** In the panel: the moments at which it drew a run's first points. */
function firstPoints(): number[] {
	return performance.getEntriesByName("descent first point").map((mark) => performance.timeOrigin + mark.startTime);
}

function median(values: number[]): string {
	const sorted = values.toSorted((a, b) => a - b);
	return ((sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2).toFixed(0);
}
