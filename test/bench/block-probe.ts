/**
 * An extension for the benchmarks. Its panel shows a single word and is restored as any panel is: what that takes is
 * VS Code's own share. And it measures for how long callbacks block the extension host: each request to the address in
 * the file that DESCENT_PROBE names is answered by the longest one since the last request.
 */
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { monitorEventLoopDelay } from "node:perf_hooks";
import * as vscode from "vscode";

/** Milliseconds, one beside the other: on a machine that others use, a thread waits for its turn, too. */
export interface Blocks {
	/** the longest time between two turns of the loop */
	longest: number;
	/** the most processor time that the thread took between two turns */
	busiest: number;
	/** times longer than 16 ms between two turns, and those of them with so much processor time */
	long: number;
	busy: number;
}

const RESOLUTION_MS = 1;
const LONG_MS = 16;

const BLANK = "bench.blank";

function registerBlankPanel(): void {
	const fill = ({ webview }: vscode.WebviewPanel) => {
		webview.options = { enableScripts: true };
		webview.html = "<!doctype html><html><body><canvas width=8 height=8></canvas>blank</body></html>";
	};
	vscode.commands.registerCommand("bench.blankPanel", () =>
		fill(vscode.window.createWebviewPanel(BLANK, "Blank", vscode.ViewColumn.Active)),
	);
	vscode.window.registerWebviewPanelSerializer(BLANK, { deserializeWebviewPanel: async (panel) => fill(panel) });
}

export function activate(): void {
	registerBlankPanel();
	const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
	delays.enable();
	let told = { busiest: 0, long: 0, busy: 0 };
	let [at, used] = [performance.now(), process.threadCpuUsage()];
	setInterval(() => {
		const now = performance.now();
		const { user, system } = process.threadCpuUsage(used);
		const busy = (user + system) / 1000;
		told.busiest = Math.max(told.busiest, busy);
		if (now - at > LONG_MS) told.long++;
		if (busy > LONG_MS) told.busy++;
		[at, used] = [now, process.threadCpuUsage()];
	}, RESOLUTION_MS);
	const server = createServer((_, response) => {
		const blocks: Blocks = { longest: delays.max / 1e6, ...told };
		delays.reset();
		told = { busiest: 0, long: 0, busy: 0 };
		response.end(JSON.stringify(blocks));
	});
	server.listen(0, "127.0.0.1", () => {
		const { port } = server.address() as AddressInfo;
		writeFileSync(process.env.DESCENT_PROBE!, `http://127.0.0.1:${port}`);
	});
}
