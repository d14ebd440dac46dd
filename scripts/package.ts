/**
 * Makes the VSIX of this platform from an allow-list: what is listed is copied to a clean folder and packed there, and
 * the archive is read again, so that a file that nobody thought of cannot get in and a needed one cannot get lost.
 */
import { existsSync } from "node:fs";
import { cp, glob, mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, matchesGlob } from "node:path";
import { repository } from "../test/support/vscode/paths.ts";
import { exitOnSignals, removeFolder, run, temporaryFolder } from "../test/support/vscode/processes.ts";
import { listArchive } from "./archive.ts";

/** Globs below the repository. Without one of the required files there is no extension. */
const required = [
	"dist/extension.cjs",
	"dist/engine.cjs",
	"dist/analysis.cjs",
	"dist/thread.cjs",
	"dist/recorder.cjs",
	"dist/cli.cjs",
	"dist/kernels.wasm",
	"dist/kernels.relaxed.wasm",
	"dist/grammars/web-tree-sitter.wasm",
	"dist/grammars/tree-sitter-python.wasm",
	"dist/grammars/tree-sitter-typescript.wasm",
	"dist/grammars/tree-sitter-tsx.wasm",
	"dist/grammars/tree-sitter-javascript.wasm",
	"dist/webview/panel.js",
	"media/panel-dark.svg",
	"media/panel-light.svg",
	"package.nls.json",
	"package.nls.ko.json",
	"l10n/bundle.l10n.ko.json",
	"dist/NOTICES.txt",
	"README.md",
	"CHANGELOG.md",
	"LICENSE",
];
const optional = ["dist/webview/*.{css,ttf}", "dist/*.wasm", "docs/*.md", "docs/findings/*.md"];
/** DuckDB's binding goes where `require` from dist/engine.cjs looks first. */
const binding = `@duckdb/node-bindings-${process.platform}-${process.arch}`;
const modules: Record<string, string[]> = {
	"@duckdb/node-bindings": ["package.json", "LICENSE", "duckdb.js"],
	[binding]: ["package.json", "LICENSE", "*.{node,so,dylib,dll}"],
	"detect-libc": ["package.json", "LICENSE", "lib/*.js"],
};

exitOnSignals();
await run(process.execPath, [join(repository, "esbuild.mjs"), "--production"], { cwd: repository, show: true });
const stage = await temporaryFolder("package");
const manifest = JSON.parse(await readFile(join(repository, "package.json"), "utf8"));
/** What package.json names belongs to it: snippets, schemas, icons, pages of a walkthrough. */
const named = [manifest.main, manifest.icon, ...namedFiles(manifest.contributes)]
	.filter(Boolean)
	.map((name: string) => name.replace(/^\.\//, ""));
const target = `${process.platform}-${process.arch}`;
const vsix = join(repository, `descent-${target}-${manifest.version}.vsix`);
try {
	const staged = await fill(stage);
	await proveBinding(stage);
	await pack(stage);
	await check(staged);
} finally {
	await removeFolder(stage);
}

async function fill(folder: string): Promise<Set<string>> {
	const missing = required.filter((file) => !existsSync(join(repository, file)));
	if (missing.length > 0) throw new Error(`Not there to be packed: ${missing.join(", ")}`);
	const staged = new Set(["package.json"]);
	for await (const file of glob([...required, ...optional, ...named], { cwd: repository })) {
		await copy(join(repository, file), folder, file.replaceAll("\\", "/"), staged);
	}
	for (const [name, patterns] of Object.entries(modules)) {
		const source = join(repository, "node_modules", name);
		if (!existsSync(source)) throw new Error(`${name} is not installed: DuckDB has no binding for ${target}.`);
		for await (const file of glob(patterns, { cwd: source })) {
			await copy(join(source, file), folder, `dist/node_modules/${name}/${file.replaceAll("\\", "/")}`, staged);
		}
	}
	// What only development needs is nobody's business in the product, and vsce would look for the dependencies.
	const { scripts, devDependencies, dependencies, optionalDependencies, allowScripts, ...shipped } = manifest;
	await writeFile(join(folder, "package.json"), `${JSON.stringify(shipped, null, "\t")}\n`);
	// The extension's page in VS Code shows no picture that comes with the extension.
	const readme = await readFile(join(repository, "README.md"), "utf8");
	await writeFile(join(folder, "README.md"), readme.replace(/^!\[[^\]]*\]\((?!https:)[^)]*\)\n+/gm, ""));
	return staged;
}

async function copy(source: string, folder: string, name: string, staged: Set<string>): Promise<void> {
	await mkdir(dirname(join(folder, name)), { recursive: true });
	await cp(source, join(folder, name));
	staged.add(name);
}

/** The copy is outside the repository, so nothing but the copy can answer. */
async function proveBinding(folder: string): Promise<void> {
	await run(process.execPath, ["-e", 'require("@duckdb/node-bindings")'], { cwd: join(folder, "dist") });
}

async function pack(folder: string): Promise<void> {
	const vsce = createRequire(import.meta.url).resolve("@vscode/vsce/vsce");
	await run(
		process.execPath,
		[
			...[vsce, "package", "--target", target, "--out", vsix, "--no-dependencies"],
			...["--allow-missing-repository", "--no-rewrite-relative-links", "--no-git-tag-version"],
		],
		{ cwd: folder },
	);
}

/** Compares the archive with what was staged, and prints what is in it. */
async function check(staged: Set<string>): Promise<void> {
	const entries = await listArchive(vsix);
	// vsce writes these two of its own accord, and changes the case and the ending of three names.
	const own = ["extension.vsixmanifest", "[Content_Types].xml"];
	const found = new Set(entries.map(({ name }) => name).filter((name) => !own.includes(name)));
	const renamed: Record<string, string> = {
		"README.md": "readme.md",
		"CHANGELOG.md": "changelog.md",
		LICENSE: "LICENSE.txt",
	};
	const expected = new Set([...staged].map((name) => `extension/${renamed[name] ?? name}`));
	const problems = [
		...[...found].filter((name) => !expected.has(name)).map((name) => `not expected: ${name}`),
		...[...expected].filter((name) => !found.has(name)).map((name) => `lost: ${name}`),
		...[...found].filter((name) => matchesGlob(name, "**/*.{map,ts,tsx}")).map((name) => `no product file: ${name}`),
		...named.filter((name) => !staged.has(name)).map((name) => `package.json names what is not packed: ${name}`),
	];
	for (const { name, size, packed } of entries.sort((a, b) => b.size - a.size)) {
		console.log(`${size.toLocaleString("en").padStart(12)} ${packed.toLocaleString("en").padStart(12)}  ${name}`);
	}
	const total = entries.reduce((sum, { packed }) => sum + packed, 0);
	console.log(`${entries.length} files, ${(total / 1e6).toFixed(1)} MB (columns: size, packed): ${vsix}`);
	if (problems.length > 0) throw new Error(`The VSIX is not as it should be:\n  ${problems.join("\n  ")}`);
}

/** Every "./path" in a value of package.json. */
function namedFiles(value: unknown): string[] {
	if (typeof value === "string") return /^\.\/[^*]+\.[\w-]+$/.test(value) ? [value] : [];
	return value && typeof value === "object" ? Object.values(value).flatMap(namedFiles) : [];
}
