/**
 * Runs the host tests in a real VS Code: the one that DESCENT_VSCODE names ("download" fetches one, a path is an
 * executable), else the npm-packaged server behind the launcher. DESCENT_TEST_FILTER picks tests by name.
 */
import { existsSync } from "node:fs";
import { cp, glob } from "node:fs/promises";
import { join } from "node:path";
import { runTests } from "@vscode/test-electron";
import { build } from "esbuild";
import { findChromium } from "../support/vscode/chromium.ts";
import { installServer } from "../support/vscode/install-server.ts";
import { repository } from "../support/vscode/paths.ts";
import { childEnvironment, exitOnSignals, temporaryFolder } from "../support/vscode/processes.ts";

exitOnSignals();
const chosen = process.env.DESCENT_VSCODE;
const launcher = join(repository, "test", "support", "vscode", "launcher.ts");
if (!chosen) {
	// Here and not in the launcher: what they print belongs before the tests.
	await installServer();
	await findChromium();
}
const workspace = await temporaryFolder("host-workspace");
const fixtures = join(repository, "test", "fixtures", "workspaces", "host");
if (existsSync(fixtures)) await cp(fixtures, workspace, { recursive: true });
try {
	await runTests({
		vscodeExecutablePath: chosen === "download" ? undefined : (chosen ?? launcher),
		cachePath: join(repository, ".vscode-test"),
		extensionDevelopmentPath: process.env.DESCENT_EXTENSION ?? repository,
		extensionTestsPath: await bundle(),
		extensionTestsEnv: { ...childEnvironment(), DESCENT_WORKSPACE: workspace },
		launchArgs: [
			workspace,
			`--extensions-dir=${await temporaryFolder("host-extensions")}`,
			`--user-data-dir=${await temporaryFolder("host-data")}`,
		],
	});
} catch (error) {
	console.error(String(error));
	process.exitCode = 1;
}

/** One file with every test and the runner: the extension host requires it. */
async function bundle(): Promise<string> {
	const outfile = join(repository, "dist", "test", "host", "index.cjs");
	const files: string[] = [];
	for await (const file of glob("*.test.ts", { cwd: import.meta.dirname })) files.push(file);
	await build({
		stdin: {
			contents: [
				...files.sort().map((file) => `import "./${file}";`),
				'export { runAll as run } from "./harness.ts";',
			].join("\n"),
			resolveDir: import.meta.dirname,
			loader: "ts",
		},
		outfile,
		bundle: true,
		platform: "node",
		format: "cjs",
		target: "node20",
		sourcemap: "inline",
		external: ["vscode"],
		logLevel: "warning",
	});
	return outfile;
}
