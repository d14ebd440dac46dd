/**
 * `npm start` with the desktop's `code`: a window of its own profile with the extension under development. What a person
 * would click is done by `desktop-run.ts` inside the extension host, which is given as the window's test module.
 */
import { watch } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { repository } from "../../test/support/vscode/paths.ts";
import { childEnvironment, startService, temporaryFolder } from "../../test/support/vscode/processes.ts";
import { themes } from "../../test/support/vscode/server.ts";
import type { StartOptions } from "../start.ts";

const runMs = 15 * 60_000;

/** @returns the exit code */
export async function startDesktop(code: string, options: StartOptions): Promise<number> {
	const data = await temporaryFolder("desktop");
	const result = join(data, "result.txt");
	await mkdir(join(data, "User"), { recursive: true });
	await writeFile(
		join(data, "User", "settings.json"),
		JSON.stringify({ "workbench.colorTheme": themes[options.theme], "workbench.startupEditor": "none" }),
	);
	await writeFile(result, "");
	const window = startService(
		code,
		[
			...[
				"--wait",
				"--new-window",
				"--disable-workspace-trust",
				`--user-data-dir=${data}`,
				`--locale=${options.language}`,
			],
			`--extensionDevelopmentPath=${repository}`,
			`--extensionTestsPath=${await bundle()}`,
			options.workspace,
		],
		{
			env: childEnvironment({
				DESCENT_START_RESULT: result,
				DESCENT_START_DATASET: options.dataset ?? "",
				DESCENT_START_ONCE: options.once ? "1" : "",
			}),
		},
	);
	console.log(`Opening ${code}`);
	const line = await Promise.race([
		firstLine(result),
		window.ended.then(() => "VS Code was closed before the run ended."),
	]);
	console.log(line);
	if (!options.once) {
		console.log("Ctrl-C or closing the window ends it.");
		await window.ended;
	}
	await window.stop();
	return line.startsWith("Finished") ? 0 : 1;
}

/** The output of `code` is no sure way out of its extension host: the line comes by a file. */
function firstLine(file: string): Promise<string> {
	return new Promise((resolve) => {
		const timer = setTimeout(() => finish(`The run did not end within ${runMs / 60_000} minutes.`), runMs);
		const watcher = watch(file, async () => {
			const text = await readFile(file, "utf8");
			if (text.endsWith("\n")) finish(text.trim());
		});
		const finish = (line: string) => {
			clearTimeout(timer);
			watcher.close();
			resolve(line);
		};
	});
}

async function bundle(): Promise<string> {
	const outfile = join(repository, "dist", "test", "start", "desktop-run.cjs");
	await build({
		entryPoints: [join(import.meta.dirname, "desktop-run.ts")],
		outfile,
		bundle: true,
		platform: "node",
		format: "cjs",
		target: "node20",
		external: ["vscode"],
		logLevel: "warning",
	});
	return outfile;
}
