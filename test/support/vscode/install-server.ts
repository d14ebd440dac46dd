/** Installs VS Code's server from the npm package `code-server`, for machines where no VS Code can be downloaded. */
import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { repository } from "./paths.ts";
import { childEnvironment, npm } from "./processes.ts";

const version = "4.139.1";

/** Resolves with the folder of VS Code's server (the one that holds `out/server-main.js`). */
export async function installServer(say: (line: string) => void = console.log): Promise<string> {
	const folder = join(repository, ".vscode-test", `code-server-${version}`);
	const server = join(folder, "node_modules", "code-server", "lib", "vscode");
	// Written last: a half-made folder has none and is made anew.
	const marker = join(folder, "complete");
	if (existsSync(marker)) return server;
	if (process.platform === "win32") {
		throw new Error("VS Code's npm-packaged server does not run on Windows: set DESCENT_VSCODE=download.");
	}

	const started = Date.now();
	const step = (what: string) => say(`VS Code server ${version}: ${what} (${seconds(started)} s)`);
	await rm(folder, { recursive: true, force: true });
	await mkdir(folder, { recursive: true });
	await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, type: "commonjs" }));
	const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
	step("downloading from the npm registry into .vscode-test, once, about 600 MB on disk");
	// Its own install script compiles modules that are not needed here and need system headers.
	await npm(["install", "--ignore-scripts", ...quiet, `code-server@${version}`], { cwd: folder });
	step("downloading its dependencies");
	await npm(["install", "--omit=dev", "--ignore-scripts", ...quiet], { cwd: server });
	step("compiling two native modules");
	for (const name of ["spdlog", "native-watchdog"]) {
		await npm(["rebuild", ...quiet], {
			cwd: join(server, "node_modules", "@vscode", name),
			env: childEnvironment({ JOBS: "max" }),
		});
	}
	await writeFile(marker, version);
	step("ready");
	return server;
}

function seconds(since: number): string {
	return ((Date.now() - since) / 1000).toFixed(0);
}
