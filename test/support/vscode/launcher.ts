#!/usr/bin/env node
/**
 * Stands in for VS Code's executable: takes the arguments that `@vscode/test-electron` gives, runs the tests in the
 * npm-packaged VS Code server with a headless Chromium as its window, and ends with their exit code.
 */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { exitOnSignals } from "./processes.ts";
import { startServer } from "./server.ts";
import { openWindow } from "./window.ts";

/** What the workbench says of its own start comes by the same way as the console of the tests. */
const ofWorkbench =
	/^(Resolv|Creating a socket|Ignoring fetching|Updating additional|\[(reconnection|AgentHost|AccountPolicy|Service Worker))/;

exitOnSignals();
process.exit(await launch(process.argv.slice(2)));

async function launch(args: string[]): Promise<number> {
	// Not strict: a desktop VS Code takes many more switches, and none of them matters here.
	const { values, positionals } = parseArgs({
		args,
		strict: false,
		allowPositionals: true,
		options: {
			extensionDevelopmentPath: { type: "string" },
			extensionTestsPath: { type: "string" },
			"extensions-dir": { type: "string" },
			"disable-workspace-trust": { type: "boolean" },
		},
	});
	const developmentPath = values.extensionDevelopmentPath as string | undefined;
	const testsPath = values.extensionTestsPath as string | undefined;
	if (!developmentPath || !testsPath) {
		console.error("The launcher needs --extensionDevelopmentPath= and --extensionTestsPath=.");
		return 2;
	}
	const server = await startServer({
		underTest: true,
		extensionsFolder: values["extensions-dir"] as string | undefined,
		trusted: values["disable-workspace-trust"] === true,
	});
	let finish: (code: number) => void = () => {};
	const finished = new Promise<number>((settle) => {
		finish = settle;
	});
	let stopping = false;
	const address = server.address({
		workspace: positionals[0] && resolve(positionals[0]),
		developmentPath: resolve(developmentPath),
		testsPath: resolve(testsPath),
	});
	const window = await openWindow(address, {
		// The workbench calls these two when it runs tests.
		async prepare(page) {
			await page.exposeFunction("codeAutomationLog", (type: string, values: unknown[]) => {
				if (!ofWorkbench.test(String(values[0]))) (type === "error" ? console.error : console.log)(...values);
			});
			await page.exposeFunction("codeAutomationExit", (code: number) => finish(code));
			page.on("crash", () => {
				console.error("The browser's page crashed.");
				finish(1);
			});
		},
	});
	void server.ended.then(() => {
		if (!stopping) console.error(`VS Code's server ended early:\n${server.output()}`);
		finish(1);
	});
	const code = await finished;
	stopping = true;
	await window.close();
	await server.stop();
	return code;
}
