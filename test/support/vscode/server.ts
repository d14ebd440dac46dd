/** VS Code served on 127.0.0.1 from the npm-packaged server. */
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { installServer } from "./install-server.ts";
import { repository } from "./paths.ts";
import { childEnvironment, removeFolder, run, startService, temporaryFolder } from "./processes.ts";

export const themes = {
	dark: "Dark Modern",
	light: "Light Modern",
	hc: "Default High Contrast",
	"hc-light": "Default High Contrast Light",
} as const;
export type Theme = keyof typeof themes;

export interface ServerOptions {
	/**
	 * honour `developmentPath` and `testsPath`; VS Code then shows no notifications, which a person's session needs
	 */
	underTest?: boolean;
	/** installed extensions; none when absent */
	extensionsFolder?: string;
	theme?: Theme;
	/** false: workspaces open in Restricted Mode. Trusted by default. */
	trusted?: boolean;
	/** further user settings */
	settings?: Record<string, unknown>;
	/** further environment of the extension host */
	env?: NodeJS.ProcessEnv;
	say?: (line: string) => void;
}

export interface PageOptions {
	/** absolute path; an empty window when absent */
	workspace?: string;
	/** extension folder run from where it is built, as `--extensionDevelopmentPath` does */
	developmentPath?: string;
	/** module whose run() runs in the extension host, as `--extensionTestsPath` does */
	testsPath?: string;
}

export interface Server {
	port: number;
	/** everything that the server writes, its logs among it; gone after stop() */
	folder: string;
	address(options: PageOptions): string;
	output(): string;
	/** resolves when the server is gone, wanted or not */
	ended: Promise<void>;
	stop(): Promise<void>;
}

/** A window with nothing in the way: no welcome page, no prompts, no chat, no network. */
function userSettings(options: ServerOptions): Record<string, unknown> {
	return {
		"workbench.colorTheme": themes[options.theme ?? "dark"],
		"workbench.startupEditor": "none",
		"workbench.secondarySideBar.defaultVisibility": "hidden",
		"workbench.tips.enabled": false,
		"workbench.enableExperiments": false,
		"chat.disableAIFeatures": true,
		"telemetry.telemetryLevel": "off",
		"extensions.autoCheckUpdates": false,
		"extensions.ignoreRecommendations": true,
		"update.mode": "none",
		"window.commandCenter": false,
		// biome-ignore lint/suspicious/noTemplateCurlyInString: VS Code fills these in.
		"window.title": "${dirty}${activeEditorShort}${separator}${rootName}",
		"security.workspace.trust.enabled": options.trusted === false,
		"security.workspace.trust.startupPrompt": "never",
		"security.workspace.trust.banner": "never",
		...options.settings,
	};
}

export async function startServer(options: ServerOptions = {}): Promise<Server> {
	const server = await installServer(options.say);
	const data = await temporaryFolder("vscode");
	const user = join(data, "data", "User");
	await mkdir(user, { recursive: true });
	await writeFile(join(user, "settings.json"), JSON.stringify(userSettings(options), null, "\t"));
	const service = startService(
		process.execPath,
		[
			join(server, "out", "server-main.js"),
			...["--host", "127.0.0.1", "--port", "0", "--without-connection-token", "--accept-server-license-terms"],
			...["--server-data-dir", data, "--extensions-dir", options.extensionsFolder ?? join(data, "extensions")],
			"--disable-telemetry",
			...(options.underTest ? ["--enable-smoke-test-driver"] : []),
			...(options.trusted === false ? [] : ["--disable-workspace-trust"]),
		],
		{ cwd: data, env: serverEnvironment(options.env) },
	);
	const stop = async () => {
		await service.stop();
		await removeFolder(data);
	};
	try {
		const port = Number((await service.waitFor(/Extension host agent listening on (\d+)/, 60_000))[1]);
		return {
			port,
			folder: data,
			address: (page) => address(port, page),
			output: service.output,
			ended: service.ended,
			stop,
		};
	} catch (error) {
		await stop();
		throw error;
	}
}

/** Our own Node settings must not reach the extension host. */
function serverEnvironment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
	return childEnvironment({
		NODE_OPTIONS: undefined,
		NODE_TEST_CONTEXT: undefined,
		// No marketplace: a test asks nobody outside.
		EXTENSIONS_GALLERY: "{}",
		...extra,
	});
}

function address(port: number, options: PageOptions): string {
	const host = `127.0.0.1:${port}`;
	const remote = (path: string) => `vscode-remote://${host}${encodeURI(path)}`;
	const payload: [string, string][] = [];
	if (options.developmentPath) payload.push(["extensionDevelopmentPath", remote(options.developmentPath)]);
	if (options.testsPath) payload.push(["extensionTestsPath", remote(options.testsPath)]);
	const query = new URLSearchParams(options.workspace ? { folder: options.workspace } : { ew: "true" });
	if (payload.length > 0) query.set("payload", JSON.stringify(payload));
	return `http://${host}/?${query}`;
}

/** The newest VSIX that `npm run package` made for this platform. */
export async function builtExtension(): Promise<string> {
	if (process.env.DESCENT_VSIX) return process.env.DESCENT_VSIX;
	const files = (await readdir(repository)).filter((name) => name.startsWith("descent-") && name.endsWith(".vsix"));
	const dated = await Promise.all(
		files.map(async (name) => ({ path: join(repository, name), time: (await stat(join(repository, name))).mtimeMs })),
	);
	const newest = dated.sort((a, b) => b.time - a.time)[0];
	if (!newest) throw new Error("There is no VSIX to install: run `npm run package` first.");
	return newest.path;
}

/** Installs a VSIX into a folder of extensions, as a person's `code --install-extension` does. */
export async function installExtension(vsix: string, extensionsFolder: string): Promise<void> {
	const server = await installServer();
	const data = await temporaryFolder("install");
	try {
		await run(
			process.execPath,
			[
				join(server, "out", "server-main.js"),
				...["--server-data-dir", data, "--extensions-dir", extensionsFolder, "--accept-server-license-terms"],
				...["--install-extension", vsix, "--force"],
			],
			{ cwd: data, env: serverEnvironment(), timeoutMs: 120_000 },
		);
	} finally {
		await removeFolder(data);
	}
}

/**
 * Adds an extension to a folder of extensions, where it is built: a window without the marks of an extension under
 * development, and the next window sees the next build.
 */
export async function linkExtension(source: string, extensionsFolder: string): Promise<void> {
	const manifest = JSON.parse(await readFile(join(source, "package.json"), "utf8"));
	await mkdir(extensionsFolder, { recursive: true });
	const entry = {
		identifier: { id: `${manifest.publisher}.${manifest.name}` },
		version: manifest.version,
		location: { $mid: 1, path: source, scheme: "file" },
		metadata: { source: "vsix", installedTimestamp: Date.now() },
	};
	const list = join(extensionsFolder, "extensions.json");
	const others: (typeof entry)[] = JSON.parse(await readFile(list, "utf8").catch(() => "[]"));
	const kept = others.filter(({ identifier }) => identifier.id !== entry.identifier.id);
	await writeFile(list, JSON.stringify([...kept, entry]));
}

/** @returns a command's title as the palette shows it. @param name of the command, without "descent." */
export async function commandTitle(name: string, language = "en"): Promise<string> {
	const file = language === "en" ? "package.nls.json" : `package.nls.${language}.json`;
	const titles = JSON.parse(await readFile(join(repository, file), "utf8"));
	return `Descent: ${titles[`command.${name}`]}`;
}
