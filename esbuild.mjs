// Builds everything the extension and the command line run: kernels (AssemblyScript), the Node bundles, the webview.
import { execFile } from "node:child_process";
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
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
				...["--outFile", outFile, "--enable", "simd,threads,bulk-memory", "--runtime", "stub", "--importMemory"],
				...["--sharedMemory", "--maximumMemory", "65536", "--memoryBase", "1024", "-O3", ...extra],
			]),
		),
	);
}

/** tree-sitter and the grammars of the languages that are read: files that are loaded when they are needed. */
async function copyGrammars() {
	await mkdir("dist/grammars", { recursive: true });
	const languages = ["python", "typescript", "tsx", "javascript"];
	await Promise.all([
		copyFile("node_modules/web-tree-sitter/web-tree-sitter.wasm", "dist/grammars/web-tree-sitter.wasm"),
		...languages.map((language) =>
			copyFile(
				`node_modules/@vscode/tree-sitter-wasm/wasm/tree-sitter-${language}.wasm`,
				`dist/grammars/tree-sitter-${language}.wasm`,
			),
		),
	]);
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
	// Its module form asks for its own address, which a CommonJS bundle has not.
	alias: { "web-tree-sitter": "./node_modules/web-tree-sitter/web-tree-sitter.cjs" },
};
const bundles = [
	{
		...node,
		entryPoints: { extension: "src/extension/extension.ts", analysis: "src/extension/editor/analysis-thread.ts" },
		outdir: "dist",
		outExtension: { ".js": ".cjs" },
	},
	{
		...node,
		entryPoints: {
			engine: "src/engine/process.ts",
			thread: "src/engine/backends/wasm/thread.ts",
			recorder: "src/engine/kept-runs/record-thread.ts",
		},
		outdir: "dist",
		outExtension: { ".js": ".cjs" },
	},
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

/** The licences of what was bundled or copied, in one file that ships with it. */
async function writeNotices(results) {
	const packages = new Set(["web-tree-sitter", "@vscode/tree-sitter-wasm"]);
	for (const { metafile } of results) {
		for (const input of Object.keys(metafile.inputs)) {
			const name = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
			if (name) packages.add(name);
		}
	}
	const parts = [];
	for (const name of [...packages].sort()) {
		const folder = `node_modules/${name}`;
		const { version, license, author } = JSON.parse(await readFile(`${folder}/package.json`, "utf8"));
		const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
		const text = file ? await readFile(`${folder}/${file}`, "utf8") : `By ${author?.name ?? author}.`;
		parts.push(`${name} ${version} (${license})\n\n${text.trim()}\n`);
	}
	await writeFile(
		"dist/NOTICES.txt",
		`Descent includes these works of others.\n\n${parts.join(`\n${"-".repeat(80)}\n\n`)}`,
	);
}

await rm("dist", { recursive: true, force: true });
await mkdir("dist", { recursive: true });
await Promise.all([buildKernels(), copyGrammars()]);
if (watch) {
	const contexts = await Promise.all(bundles.map((options) => context({ ...options, logLevel: "info" })));
	await Promise.all(contexts.map((c) => c.watch()));
} else {
	await writeNotices(await Promise.all(bundles.map((options) => build({ ...options, metafile: true }))));
}
