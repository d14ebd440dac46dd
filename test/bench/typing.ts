/**
 * How long lenses, hints and findings hold up the extension host after an edit of a 3,000-line program, in a real VS Code.
 * `npm run bench:typing`; DESCENT_BENCH_LINES takes another length.
 */
import { join } from "node:path";
import { runTests } from "@vscode/test-electron";
import { build } from "esbuild";
import { installServer } from "../support/vscode/install-server.ts";
import { repository } from "../support/vscode/paths.ts";
import { childEnvironment, exitOnSignals, temporaryFolder } from "../support/vscode/processes.ts";

exitOnSignals();
await installServer();
const outfile = join(repository, "dist", "test", "bench", "typing.cjs");
await build({
	entryPoints: [join(import.meta.dirname, "typing-host.ts")],
	...{
		outfile,
		bundle: true,
		platform: "node",
		format: "cjs",
		target: "node20",
		external: ["vscode"],
		logLevel: "warning",
	},
});
await runTests({
	vscodeExecutablePath: join(repository, "test", "support", "vscode", "launcher.ts"),
	extensionDevelopmentPath: repository,
	extensionTestsPath: outfile,
	extensionTestsEnv: childEnvironment(),
	launchArgs: [
		await temporaryFolder("bench-workspace"),
		`--extensions-dir=${await temporaryFolder("bench-extensions")}`,
		`--user-data-dir=${await temporaryFolder("bench-data")}`,
	],
});
