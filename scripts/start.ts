/**
 * Builds the extension, opens VS Code with it on a workspace, runs the training there once and prints its last line:
 * the desktop's `code` where there is one and a display, else VS Code served on 127.0.0.1.
 */
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { onPath } from "../test/support/vscode/chromium.ts";
import { repository } from "../test/support/vscode/paths.ts";
import { exitOnSignals, run } from "../test/support/vscode/processes.ts";
import { type Theme, themes } from "../test/support/vscode/server.ts";
import { writeSample } from "./sample-data.ts";
import { startDesktop } from "./start/desktop.ts";
import { startServed } from "./start/served.ts";

/** What the extension speaks. */
const languages = ["en", "ko"];

const usage = `npm start -- [--once] [--workspace DIR] [--dataset NAME] [--screenshot FILE] [--theme ${Object.keys(themes).join("|")}] [--language ${languages.join("|")}]`;

export interface StartOptions {
	workspace: string;
	/** relative path in the workspace; absent when it holds no table */
	dataset?: string;
	/** end after the run */
	once: boolean;
	screenshot?: string;
	theme: Theme;
	/** of the window, as VS Code names it */
	language: string;
}

exitOnSignals();
process.exit(await start());

async function start(): Promise<number> {
	const options = await read().catch((error: Error) => error);
	if (options instanceof Error) {
		console.error(`${options.message}\n${usage}`);
		return 2;
	}
	console.log("Building");
	await run(process.execPath, [join(repository, "esbuild.mjs")], { cwd: repository, show: true });
	const display = ["darwin", "win32"].includes(process.platform) || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
	// A picture needs a window that can be driven, and VS Code does not run for root.
	const code = display && !options.screenshot && process.getuid?.() !== 0 ? onPath(["code"]) : undefined;
	return code ? startDesktop(code, options) : startServed(options, Boolean(display));
}

async function read(): Promise<StartOptions> {
	const { values } = parseArgs({
		options: {
			once: { type: "boolean", default: false },
			workspace: { type: "string" },
			dataset: { type: "string" },
			screenshot: { type: "string" },
			theme: { type: "string", default: "dark" },
			language: { type: "string", default: "en" },
		},
	});
	if (!(values.theme in themes)) throw new Error(`--theme: there is no ${values.theme}.`);
	if (!languages.includes(values.language)) throw new Error(`--language: there is no ${values.language}.`);
	const workspace = resolve(values.workspace ?? join(repository, ".descent-sample"));
	if (!values.workspace) await writeSample(workspace);
	else if (!existsSync(workspace)) throw new Error(`--workspace: there is no folder ${workspace}.`);
	if (values.dataset && !existsSync(join(workspace, values.dataset))) {
		throw new Error(`--dataset: there is no ${values.dataset} in ${workspace}.`);
	}
	const tables = (await readdir(workspace))
		.filter((name) => /\.((csv|tsv|jsonl)(\.gz)?|json|ndjson|parquet|npy|npz)$|-images.idx3-ubyte(\.gz)?$/i.test(name))
		.sort();
	return {
		workspace,
		dataset: values.dataset ?? (values.workspace ? tables[0] : "spirals.csv"),
		once: values.once,
		screenshot: values.screenshot && resolve(values.screenshot),
		theme: values.theme as Theme,
		language: values.language,
	};
}
