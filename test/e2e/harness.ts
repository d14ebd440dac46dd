/**
 * A person's session as a test: the built VSIX installed in a served VS Code, a workspace, a window.
 * DESCENT_EXTENSION=FOLDER takes the extension where it is built instead of the VSIX, which is quicker to iterate with.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { test } from "node:test";
import { type Panel, panelOf } from "../support/vscode/panel.ts";
import { repository } from "../support/vscode/paths.ts";
import { exitOnSignals, removeFolder, temporaryFolder } from "../support/vscode/processes.ts";
import {
	builtExtension,
	installExtension,
	linkExtension,
	type Server,
	type ServerOptions,
	startServer,
} from "../support/vscode/server.ts";
import { openWindow, type Window, type WindowOptions } from "../support/vscode/window.ts";

export interface SceneOptions extends Pick<ServerOptions, "theme" | "trusted" | "settings"> {
	/** files of the workspace by relative path; "none" opens a window without a folder */
	files: Record<string, string | Uint8Array> | "none";
	window?: Pick<WindowOptions, "width" | "height" | "scale" | "language">;
	timeoutMs?: number;
}

export interface Scene {
	window: Window;
	panel: Panel;
	server: Server;
	/** absolute path of the workspace's folder; empty when there is none */
	workspace: string;
	/** where the extension is installed: the command line of its engine process begins there */
	extensionsFolder: string;
	/** opens the same workspace again, as "Reload Window" or a second day does */
	reopen(): Promise<void>;
}

exitOnSignals();

let extensions: Promise<string> | undefined;

/** One installation serves every test of a file: installing is not what most of them are about. */
function installedExtensions(): Promise<string> {
	extensions ??= (async () => {
		const folder = await temporaryFolder("extensions");
		const source = process.env.DESCENT_EXTENSION;
		if (source) await linkExtension(resolve(source), folder);
		else await installExtension(await builtExtension(), folder);
		return folder;
	})();
	return extensions;
}

/** A test with its own server, workspace and window. When it fails, test-results/ keeps a picture and the logs. */
export function scene(name: string, options: SceneOptions, body: (scene: Scene) => Promise<void>): void {
	test(name, { timeout: options.timeoutMs ?? 120_000 }, async () => {
		const { theme, trusted, settings } = options;
		const extensionsFolder = await installedExtensions();
		const folder = await temporaryFolder("workspace");
		if (options.files !== "none") await writeFiles(folder, options.files);
		const workspace = options.files === "none" ? "" : folder;
		const server = await startServer({ extensionsFolder, theme, trusted, settings });
		let window: Window | undefined;
		try {
			const address = server.address({ workspace: workspace || undefined });
			const open = () => openWindow(address, options.window);
			window = await open();
			const all: Scene = {
				window,
				panel: panelOf(window),
				server,
				workspace,
				extensionsFolder,
				async reopen() {
					await window?.close();
					window = await open();
					all.window = window;
					all.panel = panelOf(window);
				},
			};
			await body(all);
			const missed = server.output().match(/File not found: .*descent\.descent.*/g) ?? [];
			if (missed.length > 0) throw new Error(`The installed extension lacks what it asks for:\n${missed.join("\n")}`);
		} catch (error) {
			await keep(name, window, server);
			throw error;
		} finally {
			await window?.close();
			await server.stop();
			await removeFolder(folder);
		}
	});
}

async function writeFiles(folder: string, files: Record<string, string | Uint8Array>): Promise<void> {
	for (const [name, content] of Object.entries(files)) {
		await mkdir(dirname(join(folder, name)), { recursive: true });
		await writeFile(join(folder, name), content);
	}
}

async function keep(name: string, window: Window | undefined, server: Server): Promise<void> {
	const slug = name.toLowerCase().replace(/[^a-z0-9]+/g, "-");
	const file = join(repository, "test-results", slug);
	try {
		await mkdir(dirname(file), { recursive: true });
		await window?.screenshot(`${file}.png`);
		await writeFile(`${file}.log`, [...(window?.console ?? []), "", server.output()].join("\n"));
		console.log(`kept ${file}.png and .log`);
	} catch (error) {
		console.log(`no picture of the failure: ${error}`);
	}
}
