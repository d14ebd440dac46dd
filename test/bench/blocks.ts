/** How long the extension host of a served VS Code is held up, asked of an extension that is put beside the one that is measured. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { temporaryFolder } from "../support/vscode/processes.ts";
import { linkExtension } from "../support/vscode/server.ts";
import type { Blocks } from "./block-probe.ts";

/** Where the probe says at which address it listens. */
export const probeFile = join(await temporaryFolder("bench-probe"), "address");

/** Adds the probe to a folder of extensions; the server is to be started with DESCENT_PROBE = `probeFile`. */
export async function linkProbe(extensionsFolder: string): Promise<void> {
	const folder = await temporaryFolder("bench-probe");
	const manifest = {
		...{ name: "probe", publisher: "bench", version: "0.0.1", engines: { vscode: "^1.100.0" }, main: "probe.cjs" },
		...{ activationEvents: ["*", "onWebviewPanel:bench.blank"], extensionKind: ["workspace"] },
		contributes: { commands: [{ command: "bench.blankPanel", title: "Blank Panel", category: "Bench" }] },
	};
	await mkdir(folder, { recursive: true });
	await writeFile(join(folder, "package.json"), JSON.stringify(manifest));
	await build({
		entryPoints: [join(import.meta.dirname, "block-probe.ts")],
		...{
			outfile: join(folder, "probe.cjs"),
			bundle: true,
			platform: "node",
			format: "cjs",
			target: "node20",
			external: ["vscode"],
		},
	});
	await linkExtension(folder, extensionsFolder);
}

/** @returns what held up the host since it was asked last */
export async function blocks(): Promise<Blocks> {
	const answer = await fetch(await readFile(probeFile, "utf8"));
	return (await answer.json()) as Blocks;
}

export async function toldBlocks(): Promise<string> {
	const { longest, busiest, long, busy } = await blocks();
	const times = `${longest.toFixed(0)} ms, of processor time ${busiest.toFixed(0)} ms`;
	return `${times}; over 16 ms ${long} times, of processor time ${busy} times`;
}
