// The panel while a run of 1,000,000 iterations streams into it, in a real window with the packaged extension: frames,
// bytes of messages, memory, how long the extension host is held up, and the time until the same picture is back after
// hiding, moving and reloading, beside that of a panel that holds one word. `node test/bench/panel.ts DATASET`
// DESCENT_EXTENSION=FOLDER takes the extension where it is built.
import { copyFile, writeFile } from "node:fs/promises";
import { loadavg } from "node:os";
import { basename, join, resolve } from "node:path";
import type { Frame, Locator } from "playwright-core";
import { panelOf } from "../support/vscode/panel.ts";
import { exitOnSignals, removeFolder, temporaryFolder } from "../support/vscode/processes.ts";
import { builtExtension, installExtension, linkExtension, startServer } from "../support/vscode/server.ts";
import { openWindow, type Window } from "../support/vscode/window.ts";
import { blocks, linkProbe, probeFile, toldBlocks } from "./blocks.ts";

const ITERATIONS = Number(process.env.DESCENT_BENCH_ITERATIONS ?? 1_000_000);
/** times that the same picture is waited for, in each way */
const TIMES = Number(process.env.DESCENT_BENCH_TIMES ?? 5);
const EDITS = 20;
const file = process.argv[2];
if (!file) throw new Error("usage: node test/bench/panel.ts DATASET");

exitOnSignals();
const extensionsFolder = await temporaryFolder("bench-extensions");
if (process.env.DESCENT_EXTENSION) await linkExtension(resolve(process.env.DESCENT_EXTENSION), extensionsFolder);
else await installExtension(await builtExtension(), extensionsFolder);
await linkProbe(extensionsFolder);
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

const runFile = {
	dataset: { path: table },
	optimizer: { name: "adam", learningRate: 0.001 },
	decay: { name: "cosine" },
};
await writeFile(join(workspace, "a.train.json"), `${JSON.stringify(runFile, null, "\t")}\n`);
/** What is seen of the panel's document. */
interface Look {
	/** of all charts */
	hash: string;
	/** when the document began, milliseconds since 1970 */
	begun: number;
	/** it was there before */
	old: boolean;
}

/** A panel whose pictures are waited for. */
interface Subject {
	/** of its tab */
	title: string;
	frame(window: Window): Promise<Frame>;
}

const descent: Subject = { title: "Descent", frame: panelFrame };
const blank: Subject = {
	title: "Blank",
	frame: (window) => frameOf(window.webview("bench.probe").locator("canvas")),
};

const server = await startServer({ extensionsFolder, env: { DESCENT_PROBE: probeFile } });
try {
	const window = await openWindow(server.address({ workspace }), { width: 1440, height: 900 });
	const panel = panelOf(window);
	await window.command("Bench: Blank Panel");
	await samePictures(window, blank);
	await window.command("View: Close All Editors");
	// batch gradient descent has as many epochs as steps; the other run has the usual few steps an epoch
	for (const batchSize of ["full", "32"]) {
		await window.command("Descent: Open Panel");
		await panel.waitFor("state", /Idle|Finished/);
		await field("batchSize", batchSize);
		await field("layers", "8");
		await field("epochs", "1");
		await panel.click("run");
		// not the run before it
		while (!((await panel.number("iteration")) < 1000)) await window.page.waitForTimeout(100);
		await panel.waitFor("state", /Finished/);
		const perEpoch = await panel.number("iteration");
		await field("epochs", String(Math.ceil(ITERATIONS / perEpoch)));
		await measure(window, `mini-batch ${batchSize}`);
		await samePictures(window, descent);
	}
	await edit(window);
	await window.close();

	async function field(name: string, value: string): Promise<void> {
		const input = panel.part(name).locator("input");
		// while the table is still looked into, what is typed may give way to what was found
		do {
			await input.fill(value);
			await input.press("Tab");
			await window.page.waitForTimeout(1000);
		} while ((await input.inputValue()) !== value);
	}
} finally {
	await server.stop();
	await removeFolder(workspace);
	await removeFolder(extensionsFolder);
}

async function measure(window: Window, name: string): Promise<void> {
	const panel = panelOf(window);
	const frame = await panelFrame(window);
	// what the panel was shown a moment ago is filled in first
	let messages = -1;
	do {
		await frame.evaluate(startMeasuring);
		await blocks();
		await window.page.waitForTimeout(3000);
		messages = (await frame.evaluate(stopMeasuring)).messages.length;
	} while (messages > 0);
	await frame.evaluate(startMeasuring);
	const idle = await toldBlocks();
	await panel.click("run");
	await panel.waitFor("state", /Running/);
	await panel.waitFor("state", /Finished/, 300_000);
	const ended = await panel.text("seconds");
	const iterations = await panel.number("iteration");
	const whole = (count: number) => `of ${count.toLocaleString("en-US")} drawn`;
	const badge = panel.part("drawn-cost").filter({ hasText: whole(iterations) });
	await badge.waitFor({ timeout: 60_000 });
	const { frames, messages: sent } = await frame.evaluate(stopMeasuring);
	const held = await toldBlocks();
	const between = frames.slice(1).map((at, i) => at - frames[i]);
	const rates = perSecond(sent);
	console.log(
		`${name}: ${iterations.toLocaleString("en-US")} iterations in ${ended} s of training; load ${loadavg()[0].toFixed(1)}`,
	);
	console.log(
		`  frames: median ${(1000 / quantile(between, 0.5)).toFixed(0)}/s, slowest 1 % ${quantile(between, 0.99).toFixed(0)} ms`,
	);
	console.log(
		`  messages: ${sent.length}, most in a second ${(Math.max(...rates) / 1e6).toFixed(2)} MB, until ${((sent.at(-1)![0] - sent[0][0]) / 1000).toFixed(1)} s after the first`,
	);
	console.log(`  memory of the document's JavaScript: ${((await heap(window, frame)) / 1e6).toFixed(0)} MB`);

	console.log(`  longest block of the extension host: ${held} (3 s before the run: ${idle})`);
}

/** Hides, moves and reloads a panel, and the window around it. */
async function samePictures(window: Window, subject: Subject): Promise<void> {
	const { page } = window;
	const tab = page.locator(".tab", { hasText: subject.title }).first();
	const click = async () => {
		const from = Date.now();
		await tab.click();
		return from;
	};
	const hidden = async () => {
		await window.open("notes.txt");
		await page.locator("iframe.webview").waitFor({ state: "detached" });
	};
	await repeat(window, subject, "hiding and showing", click, hidden);
	await repeat(window, subject, "a reload of the webview", () => window.command("Developer: Reload Webviews"));
	await repeat(window, subject, "a reload of the window", () => window.command("Developer: Reload Window"));
	// two columns of the same width
	await window.open("notes.txt");
	await window.command("View: Split Editor Right");
	await click();
	let side = "Left";
	await repeat(window, subject, "moving to another column", () => {
		side = side === "Left" ? "Right" : "Left";
		return window.command(`View: Move Editor into ${side} Group`);
	});
	await window.command("View: Join All Editor Groups");
	await click();
	await subject.frame(window);
}

/**
 * Says how long an action takes until the same picture is there, and how it holds up the extension host.
 * @param action returns when it began, milliseconds since 1970
 */
async function repeat(
	window: Window,
	subject: Subject,
	name: string,
	action: () => Promise<number>,
	before?: () => Promise<void>,
): Promise<void> {
	const picture = await settled(window, subject);
	const [times, shown]: [number[], number[]] = [[], []];
	await blocks();
	for (let i = 0; i < TIMES; i++) {
		await (await subject.frame(window)).evaluate(markOld);
		await before?.();
		const [time, own] = await until(window, subject, picture, action);
		times.push(time);
		shown.push(own);
	}
	const told = (values: number[]) => values.toSorted((a, b) => a - b).map((ms) => ms.toFixed(0));
	console.log(
		`  ${subject.title}, the same picture after ${name}: median ${quantile(times, 0.5).toFixed(0)} ms (${told(times).join(" ")}), of the panel's document ${quantile(shown, 0.5).toFixed(0)} ms (${told(shown).join(" ")}); load ${loadavg()[0].toFixed(1)}`,
	);
	console.log(`    longest block of the extension host: ${await toldBlocks()}`);
}

/** A run file that is followed while its learning rate is typed. */
async function edit(window: Window): Promise<void> {
	const { page } = window;
	await window.command("View: Close All Editors");
	await window.open("a.train.json");
	await page.getByRole("button", { name: "Turn Live Charts On" }).first().click();
	const panel = panelOf(window);
	await panel.waitFor("state", /Finished|Out of time/);
	await page.waitForTimeout(3000);
	await page.locator(".view-line", { hasText: "learningRate" }).click();
	await page.keyboard.press("End");
	console.log(`live charts: longest block of the extension host until the first run has ended: ${await toldBlocks()}`);
	for (let edit = 0; edit < EDITS; edit++) {
		await page.keyboard.press(String(1 + (edit % 9)));
		await page.waitForTimeout(200);
		await panel.waitFor("state", /Finished|Out of time/);
	}
	console.log(`  during ${EDITS} edits: ${await toldBlocks()}; load ${loadavg()[0].toFixed(1)}`);
}

/**
 * @returns milliseconds from an action to the moment at which every chart of a new document shows what the charts showed
 * before, and from the beginning of that document
 */
async function until(
	window: Window,
	subject: Subject,
	picture: string,
	action: () => Promise<number>,
): Promise<[number, number]> {
	const from = await action();
	while (Date.now() - from < 60_000) {
		const frame = await subject.frame(window).catch(() => undefined);
		const seen = await frame?.evaluate(lookAtCanvases).catch(() => undefined);
		if (seen?.hash === picture && !seen.old) return [Date.now() - from, Date.now() - seen.begun];
	}
	console.log("  the picture is another one");
	return [Number.NaN, Number.NaN];
}

function panelFrame(window: Window): Promise<Frame> {
	return frameOf(panelOf(window).part("state").first());
}

async function frameOf(part: Locator): Promise<Frame> {
	const handle = await part.elementHandle({ timeout: 20_000 });
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
async function settled(window: Window, subject: Subject): Promise<string> {
	if (subject === descent)
		await panelOf(window).part("drawn-cost").filter({ hasText: "drawn" }).waitFor({ timeout: 60_000 });
	for (let last = ""; ; ) {
		const { hash: now } = await (await subject.frame(window)).evaluate(lookAtCanvases);
		if (now === last) return now;
		last = now;
		await window.page.waitForTimeout(1000);
	}
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

function markOld(): void {
	(globalThis as unknown as { old: boolean }).old = true;
}

function lookAtCanvases(): Look {
	let hash = 0;
	for (const canvas of document.querySelectorAll("canvas")) {
		const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
		for (const word of new Uint32Array(data.buffer)) hash = (Math.imul(hash, 31) + word) | 0;
	}
	const old = (globalThis as unknown as { old?: boolean }).old === true;
	return { hash: String(hash), begun: performance.timeOrigin, old };
}
