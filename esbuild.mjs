// Builds everything the extension and the command line run: kernels (AssemblyScript), three Node bundles, the webview.
import { execFile } from "node:child_process";
import { mkdir, rm } from "node:fs/promises";
import { promisify } from "node:util";
import { build, context } from "esbuild";

const production = process.argv.includes("--production");
const watch = process.argv.includes("--watch");
const run = promisify(execFile);

/** Two builds of the same source: relaxed SIMD fuses multiply and add where the host's WebAssembly has it. */
async function buildKernels() {
	await Promise.all(
		[
			["dist/kernels.wasm", []],
			["dist/kernels.relaxed.wasm", ["--enable", "relaxed-simd"]],
		].map(([outFile, extra]) =>
			run(process.execPath, [
				"node_modules/assemblyscript/bin/asc.js",
				"src/engine/kernels/index.ts",
				...["--outFile", outFile, "--enable", "simd,threads", "--runtime", "stub", "--importMemory"],
				...["--sharedMemory", "--maximumMemory", "65536", "--memoryBase", "1024", "-O3", ...extra],
			]),
		),
	);
}

const common = {
	bundle: true,
	minify: production,
	sourcemap: production ? false : "linked",
	logLevel: "warning",
	legalComments: "none",
};
const node = {
	...common,
	platform: "node",
	target: "node20",
	format: "cjs",
	external: ["vscode", "@duckdb/node-bindings"],
};
const bundles = [
	{
		...node,
		entryPoints: { extension: "src/extension/extension.ts" },
		outdir: "dist",
		outExtension: { ".js": ".cjs" },
	},
	{ ...node, entryPoints: { engine: "src/engine/process.ts" }, outdir: "dist", outExtension: { ".js": ".cjs" } },
	{
		...node,
		entryPoints: { cli: "src/engine/cli.ts" },
		outdir: "dist",
		outExtension: { ".js": ".cjs" },
		banner: { js: "#!/usr/bin/env node" },
	},
	{
		...common,
		entryPoints: { panel: "webview/main.ts" },
		outdir: "dist/webview",
		platform: "browser",
		target: "es2022",
		format: "iife",
		loader: { ".ttf": "file" },
		assetNames: "[name]",
	},
];

await rm("dist", { recursive: true, force: true });
await mkdir("dist", { recursive: true });
await buildKernels();
if (watch) {
	const contexts = await Promise.all(bundles.map((options) => context({ ...options, logLevel: "info" })));
	await Promise.all(contexts.map((c) => c.watch()));
} else {
	await Promise.all(bundles.map((options) => build(options)));
}
