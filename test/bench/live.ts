// Live charts in a real window: time from a key press in a run file to the redrawn learning rates, and to the first cost
// point of the new run. `node test/bench/live.ts FILE`, after `npm run package`
import { copyFile, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import type { Locator } from "playwright-core";
import { panelOf } from "../support/vscode/panel.ts";
import { exitOnSignals, removeFolder, temporaryFolder } from "../support/vscode/processes.ts";
import { builtExtension, installExtension, startServer } from "../support/vscode/server.ts";
import { openWindow } from "../support/vscode/window.ts";

const EDITS = 20;
const file = process.argv[2];
if (!file) throw new Error("usage: node test/bench/live.ts DATASET");

exitOnSignals();
const extensionsFolder = await temporaryFolder("bench-extensions");
await installExtension(await builtExtension(), extensionsFolder);
const workspace = await temporaryFolder("bench-workspace");
await copyFile(resolve(file), join(workspace, basename(file)));
const runFile = {
	dataset: { path: basename(file) },
	optimizer: { name: "adam", learningRate: 0.001 },
	decay: { name: "cosine" },
};
await writeFile(join(workspace, "a.train.json"), `${JSON.stringify(runFile, null, "\t")}\n`);
const server = await startServer({ extensionsFolder });
/** In the workbench: the moment of the next digit, in `pressed`. */
const listenForDigit = `addEventListener("keydown", (event) => { if (/[0-9]/.test(event.key)) pressed = Date.now(); }, { capture: true, once: true })`;

const rates: number[] = [];
const points: number[] = [];
try {
	const window = await openWindow(server.address({ workspace }), { width: 1440, height: 900 });
	const { page } = window;
	const panel = panelOf(window);
	await window.open("a.train.json");
	await page.getByRole("button", { name: "Turn Live Charts On" }).first().click();
	await panel.waitFor("state", /Finished|Out of time/);
	// A window that has just opened is busy with itself for some seconds; a person's is not.
	await page.waitForTimeout(8000);
	const state = panel.part("state");
	await page.locator(".view-line", { hasText: "learningRate" }).click();
	await page.keyboard.press("End");
	for (let edit = 0; edit < EDITS; edit++) {
		await page.evaluate(listenForDigit);
		const before = [(await marks(state, "descent rates")).length, (await marks(state, "descent first point")).length];
		// 0.001 becomes 0.0011, 0.00111, ...: each key is an edit that trains anew
		await page.keyboard.press(String(1 + (edit % 9)));
		const drawn = await next(state, "descent first point", before[1]);
		const pressed = await page.evaluate<number>("pressed");
		rates.push((await marks(state, "descent rates"))[before[0]] - pressed);
		points.push(drawn - pressed);
		await panel.waitFor("state", /Finished|Out of time/);
	}
	await window.close();
} finally {
	await server.stop();
	await removeFolder(workspace);
}
console.log(
	`${basename(file)}, ${EDITS} edits, from the key press: rates redrawn ${told(rates)}, first point ${told(points)}`,
);

async function next(state: Locator, name: string, before: number): Promise<number> {
	for (;;) {
		const drawn = (await marks(state, name))[before];
		if (drawn) return drawn;
	}
}

/** In the panel: the moments of its marks. */
function marks(state: Locator, name: string): Promise<number[]> {
	return state.evaluate(
		(_, name) => performance.getEntriesByName(name).map((mark) => performance.timeOrigin + mark.startTime),
		name,
	);
}

function told(values: number[]): string {
	const sorted = values.filter(Number.isFinite).toSorted((a, b) => a - b);
	const median = (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
	return `median ${median.toFixed(0)} ms (${sorted[0].toFixed(0)} to ${sorted[sorted.length - 1].toFixed(0)})`;
}
