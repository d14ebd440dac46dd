// Live charts in a real window: time from a key press in a run file to the redrawn learning rates, and to the first cost
// point of the new run. `node test/bench/live.ts FILE`, after `npm run package`
import { copyFile, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { panelOf } from "../support/vscode/panel.ts";
import { exitOnSignals, removeFolder, temporaryFolder } from "../support/vscode/processes.ts";
import { builtExtension, installExtension, startServer } from "../support/vscode/server.ts";
import { openWindow } from "../support/vscode/window.ts";

const EDITS = 20;
/** what the panel marks when it has drawn them */
const RATES = "descent rates";
const POINT = "descent first point";
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
	await page.locator(".view-line", { hasText: "learningRate" }).click();
	await page.keyboard.press("End");
	for (let edit = 0; edit < EDITS; edit++) {
		await page.evaluate(listenForDigit);
		await panel.part("state").evaluate(awaitMarks, [RATES, POINT]);
		// 0.001 becomes 0.0011, 0.0012, ...: each key writes over the last digit, an edit that trains anew
		await page.keyboard.press(String(1 + (edit % 9)));
		const [drawnRates, drawnPoint] = await panel.part("state").evaluate(marks);
		const pressed = await page.evaluate<number>("pressed");
		rates.push(drawnRates - pressed);
		points.push(drawnPoint - pressed);
		await panel.waitFor("state", /Finished|Out of time/);
		await page.keyboard.press("Shift+ArrowLeft");
	}
	await window.close();
} finally {
	await server.stop();
	await removeFolder(workspace);
}
console.log(
	`${basename(file)}, ${EDITS} edits, from the key press: rates redrawn ${told(rates)}, first point ${told(points)}`,
);

/** In the panel: begins to wait for the next mark of each name. Nothing asks meanwhile, which would take time from the panel. */
function awaitMarks(_: unknown, names: string[]): void {
	const next = (name: string) =>
		new Promise<number>((resolve, reject) => {
			setTimeout(() => reject(new Error(`nothing was drawn: ${name}`)), 20_000);
			new PerformanceObserver((list, observer) => {
				const [mark] = list.getEntriesByName(name);
				if (!mark) return;
				observer.disconnect();
				resolve(performance.timeOrigin + mark.startTime);
			}).observe({ type: "mark" });
		});
	Object.assign(globalThis, { marks: Promise.all(names.map(next)) });
}

/** In the panel: the moments of the marks. */
function marks(): Promise<number[]> {
	return (globalThis as unknown as { marks: Promise<number[]> }).marks;
}

function told(values: number[]): string {
	const sorted = values.filter(Number.isFinite).toSorted((a, b) => a - b);
	const median = (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
	return `median ${median.toFixed(0)} ms (${sorted[0].toFixed(0)} to ${sorted[sorted.length - 1].toFixed(0)})`;
}
