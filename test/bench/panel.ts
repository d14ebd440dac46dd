// The panel while a run of 1,000,000 iterations streams into it, in a real window with the packaged extension: frames,
// bytes of messages, memory, and the time until the same picture is back. `node test/bench/panel.ts DATASET`
// DESCENT_EXTENSION=FOLDER takes the extension where it is built.
import { copyFile, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import type { Frame } from "playwright-core";
import { panelOf } from "../support/vscode/panel.ts";
import { exitOnSignals, removeFolder, temporaryFolder } from "../support/vscode/processes.ts";
import { builtExtension, installExtension, linkExtension, startServer } from "../support/vscode/server.ts";
import { openWindow, type Window } from "../support/vscode/window.ts";

const ITERATIONS = 1_000_000;
const file = process.argv[2];
if (!file) throw new Error("usage: node test/bench/panel.ts DATASET");

exitOnSignals();
const extensionsFolder = await temporaryFolder("bench-extensions");
if (process.env.DESCENT_EXTENSION) await linkExtension(resolve(process.env.DESCENT_EXTENSION), extensionsFolder);
else await installExtension(await builtExtension(), extensionsFolder);
const workspace = await temporaryFolder("bench-workspace");
const table = basename(file);
await copyFile(resolve(file), join(workspace, table));
await writeFile(join(workspace, "notes.txt"), "notes\n");

/** What a frame of the panel's document measures by itself. */
interface Measures {
	frames: number[];
	/** moment and bytes of each message */
	messages: [number, number][];
}

const server = await startServer({ extensionsFolder });
try {
	const window = await openWindow(server.address({ workspace }), { width: 1440, height: 900 });
	const panel = panelOf(window);
	// batch gradient descent has as many epochs as steps; the other run has the usual few steps an epoch
	for (const batchSize of ["full", "32"]) {
		await window.command("Descent: Open Panel");
		await panel.waitFor("state", /Idle|Finished/);
		await field("batchSize", batchSize);
		await field("layers", "8");
		await field("epochs", "1");
		await panel.click("run");
		await panel.waitFor("state", /Finished/);
		const perEpoch = await panel.number("iteration");
		await field("epochs", String(Math.ceil(ITERATIONS / perEpoch)));
		await measure(window, `mini-batch ${batchSize}`);
	}
	await window.close();

	async function field(name: string, value: string): Promise<void> {
		const input = panel.part(name).locator("input");
		await input.fill(value);
		await input.press("Tab");
	}
} finally {
	await server.stop();
	await removeFolder(workspace);
	await removeFolder(extensionsFolder);
}

async function measure(window: Window, name: string): Promise<void> {
	const panel = panelOf(window);
	const frame = await panelFrame(window);
	await frame.evaluate(startMeasuring);
	await panel.click("run");
	await panel.waitFor("state", /Running/);
	await panel.waitFor("state", /Finished/, 300_000);
	const ended = await panel.text("seconds");
	const iterations = await panel.number("iteration");
	const whole = (count: number) => `of ${count.toLocaleString("en-US")} drawn`;
	const badge = panel.part("drawn-cost").filter({ hasText: whole(iterations) });
	await badge.waitFor({ timeout: 60_000 });
	const { frames, messages } = await frame.evaluate(stopMeasuring);
	const between = frames.slice(1).map((at, i) => at - frames[i]);
	const rates = perSecond(messages);
	console.log(`${name}: ${iterations.toLocaleString("en-US")} iterations in ${ended} s of training`);
	console.log(
		`  frames: median ${(1000 / quantile(between, 0.5)).toFixed(0)}/s, slowest 1 % ${quantile(between, 0.99).toFixed(0)} ms`,
	);
	console.log(
		`  messages: ${messages.length}, most in a second ${(Math.max(...rates) / 1e6).toFixed(2)} MB, until ${((messages.at(-1)![0] - messages[0][0]) / 1000).toFixed(1)} s after the first`,
	);
	console.log(`  memory of the document's JavaScript: ${((await heap(window, frame)) / 1e6).toFixed(0)} MB`);

	const picture = await settled(window);
	await window.open("notes.txt");
	await window.page.locator("iframe.webview").waitFor({ state: "detached" });
	console.log(
		`  the same picture after hiding and showing: ${await until(window, picture, () => window.page.locator(".tab", { hasText: "Descent" }).first().click())} ms`,
	);
	const reload = () => window.command("Developer: Reload Webviews");
	console.log(`  after a reload of the webview: ${await until(window, picture, reload)} ms`);
}

/** @returns milliseconds from an action to the moment at which every chart shows what it showed before */
async function until(window: Window, picture: string, action: () => Promise<void>): Promise<string> {
	const from = performance.now();
	await action();
	const acted = performance.now();
	while (performance.now() - from < 20_000) {
		const frame = await panelFrame(window).catch(() => undefined);
		if (frame && (await hash(frame).catch(() => "")) === picture) {
			return `${(performance.now() - acted).toFixed(0)} (the action itself ${(acted - from).toFixed(0)})`;
		}
	}
	return "not within 20,000";
}

async function panelFrame(window: Window): Promise<Frame> {
	const handle = await panelOf(window).part("state").first().elementHandle({ timeout: 20_000 });
	const frame = await handle?.ownerFrame();
	if (!frame) throw new Error("The panel has no frame.");
	return frame;
}

/** Bytes of JavaScript objects and typed arrays in the process that draws the panel. */
async function heap(window: Window, frame: Frame): Promise<number> {
	const session = await window.page
		.context()
		.newCDPSession(frame)
		.catch(() => window.page.context().newCDPSession(window.page));
	await session.send("HeapProfiler.collectGarbage");
	const usage = (await session.send("Runtime.getHeapUsage")) as { usedSize: number; backingStorageSize?: number };
	return usage.usedSize + (usage.backingStorageSize ?? 0);
}

/** @returns what the charts show once they stand still: what is said of a run that has ended may move them */
async function settled(window: Window): Promise<string> {
	for (let last = ""; ; ) {
		const now = await hash(await panelFrame(window));
		if (now === last) return now;
		last = now;
		await window.page.waitForTimeout(1000);
	}
}

function hash(frame: Frame): Promise<string> {
	return frame.evaluate(hashCanvases);
}

function perSecond(messages: [number, number][]): number[] {
	return messages.map(([from], index) => {
		let sum = 0;
		for (let i = index; i < messages.length && messages[i][0] < from + 1000; i++) sum += messages[i][1];
		return sum;
	});
}

function quantile(values: number[], share: number): number {
	const sorted = values.toSorted((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

// What follows runs in the panel, which is typed for Node here.
declare const document: {
	querySelectorAll(selector: string): Iterable<{
		width: number;
		height: number;
		getContext(kind: "2d"): { getImageData(x: number, y: number, w: number, h: number): { data: Uint8ClampedArray } };
	}>;
};
declare function requestAnimationFrame(callback: (at: number) => void): void;
declare function addEventListener(type: "message", listener: (event: { data: unknown }) => void): void;

function startMeasuring(): void {
	const measures: Measures = { frames: [], messages: [] };
	(globalThis as unknown as { measures?: Measures }).measures = measures;
	const frame = (at: number): void => {
		measures.frames.push(at);
		if ((globalThis as unknown as { measures?: Measures }).measures === measures) requestAnimationFrame(frame);
	};
	requestAnimationFrame(frame);
	const bytes = (value: unknown): number => {
		if (ArrayBuffer.isView(value)) return value.byteLength;
		if (typeof value === "string") return value.length;
		if (typeof value !== "object" || value === null) return 8;
		let sum = 0;
		for (const [key, member] of Object.entries(value)) sum += key.length + bytes(member);
		return sum;
	};
	addEventListener("message", (event) => measures.messages.push([performance.now(), bytes(event.data)]));
}

function stopMeasuring(): Measures {
	const holder = globalThis as unknown as { measures?: Measures };
	const { measures } = holder;
	holder.measures = undefined;
	return measures!;
}

function hashCanvases(): string {
	let hash = 0;
	for (const canvas of document.querySelectorAll("canvas")) {
		const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
		for (const word of new Uint32Array(data.buffer)) hash = (Math.imul(hash, 31) + word) | 0;
	}
	return String(hash);
}
