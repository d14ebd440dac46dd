/** Every check of the project, one after the other and all of them, closed by one line: "N passed, N failed". */
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { installPython } from "../test/support/python.ts";
import { findChromium } from "../test/support/vscode/chromium.ts";
import { installServer } from "../test/support/vscode/install-server.ts";
import { repository } from "../test/support/vscode/paths.ts";
import { childEnvironment, exitOnSignals, temporaryFolder } from "../test/support/vscode/processes.ts";

interface Count {
	passed: number;
	failed: number;
}

interface Stage {
	name: string;
	run: () => Promise<Count>;
}

exitOnSignals();
const stages: Stage[] = [
	{ name: "setup", run: setUp },
	{ name: "build", run: () => check(["esbuild.mjs"]) },
	{ name: "lint", run: () => check([bin("@biomejs/biome/bin/biome"), "check", "--error-on-warnings", "."]) },
	...["tsconfig.json", "src/engine/tsconfig.json", "src/analysis/tsconfig.json", "webview/tsconfig.json"].map(
		(project) => ({
			name: `types of ${project}`,
			run: () => check([bin("typescript/bin/tsc"), "-p", project]),
		}),
	),
	{ name: "unit tests", run: () => nodeTests("test/unit/**/*.test.ts") },
	{ name: "package", run: () => check(["scripts/package.ts"]) },
	{ name: "host tests", run: hostTests },
	// One after the other: each has a VS Code and a browser of its own.
	{ name: "end-to-end tests", run: () => nodeTests("test/e2e/**/*.test.ts", "--test-concurrency=1") },
];

const total: Count = { passed: 0, failed: 0 };
const summary: string[] = [];
for (const { name, run } of stages) {
	console.log(`\n=== ${name}`);
	const started = performance.now();
	const count = await run().catch((error) => {
		console.error(error instanceof Error ? error.message : String(error));
		return { passed: 0, failed: 1 };
	});
	total.passed += count.passed;
	total.failed += count.failed;
	const seconds = ((performance.now() - started) / 1000).toFixed(1);
	summary.push(
		`${count.failed > 0 ? "FAILED" : "ok    "} ${name}: ${count.passed} of ${count.passed + count.failed}, ${seconds} s`,
	);
}
console.log(`\n${summary.join("\n")}\n${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 ? 1 : 0;

function bin(path: string): string {
	return join("node_modules", path);
}

async function setUp(): Promise<Count> {
	await installServer();
	console.log(`Chromium: ${await findChromium()}`);
	await installPython();
	return { passed: 1, failed: 0 };
}

/** A stage that passes or fails as a whole. */
async function check(args: string[]): Promise<Count> {
	const { code } = await stream(args);
	return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

async function nodeTests(pattern: string, ...options: string[]): Promise<Count> {
	const report = join(await temporaryFolder("report"), "tests.tap");
	const reporters = ["spec", "stdout", "tap", report].map(
		(value, i) => `--test-reporter${i % 2 ? "-destination" : ""}=${value}`,
	);
	const { code } = await stream(["--test", ...options, ...reporters, pattern]);
	const tap = await readFile(report, "utf8").catch(() => "");
	const figure = (name: string) => Number(new RegExp(`^# ${name} (\\d+)$`, "m").exec(tap)?.[1] ?? 0);
	return counted(code, figure("pass"), figure("fail") + figure("cancelled"));
}

async function hostTests(): Promise<Count> {
	const { code, output } = await stream(["test/host/run.ts"]);
	const match = /^# host tests: (\d+) passed, (\d+) failed$/m.exec(output);
	return counted(code, Number(match?.[1] ?? 0), Number(match?.[2] ?? 0));
}

/** A run that failed without a failed test, or that found no test, failed all the same. */
function counted(code: number, passed: number, failed: number): Count {
	return { passed, failed: failed === 0 && (code !== 0 || passed === 0) ? 1 : failed };
}

/** Runs a script under this Node, shows what it writes, and keeps the end of it. */
function stream(args: string[]): Promise<{ code: number; output: string }> {
	return new Promise((resolve, reject) => {
		const child = spawn(process.execPath, args, {
			cwd: repository,
			env: childEnvironment(),
			stdio: ["ignore", "pipe", "inherit"],
		});
		let output = "";
		child.stdout.on("data", (chunk: Buffer) => {
			process.stdout.write(chunk);
			output = (output + chunk).slice(-50_000);
		});
		child.once("error", reject);
		child.once("close", (code) => resolve({ code: code ?? 1, output }));
	});
}
