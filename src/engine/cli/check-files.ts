import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { kindOf } from "../../analysis/analyzer.ts";
import { InputError } from "../input-error.ts";

/** Folders of other people's code. */
const SKIPPED = new Set([
	"node_modules",
	".git",
	"venv",
	"env",
	"site-packages",
	"__pycache__",
	"dist",
	"out",
	"build",
]);

/**
 * @param paths files, and folders that are looked through
 * @returns the files that can be read, each once, those of a folder by name
 * @throws InputError for a path that is not there, or a file of another kind
 */
export async function filesBelow(paths: readonly string[]): Promise<string[]> {
	const found = new Set<string>();
	for (const path of paths) {
		const entry = await stat(path).catch(() => undefined);
		if (!entry) throw new InputError(`${path} does not exist; check the path.`);
		if (entry.isDirectory()) await collect(path, found);
		else if (kindOf(path)) found.add(path);
		else
			throw new InputError(
				`${path} is of no kind that is read: .py, .ts, .tsx, .js, .mjs, .jsx, .ipynb or .train.json.`,
			);
	}
	return [...found];
}

async function collect(folder: string, found: Set<string>): Promise<void> {
	const entries = await readdir(folder, { withFileTypes: true });
	for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
		const path = join(folder, entry.name);
		if (entry.isDirectory()) {
			// Hidden folders are virtual environments, caches and settings.
			if (!SKIPPED.has(entry.name) && !entry.name.startsWith(".")) await collect(path, found);
		} else if (entry.isFile() && kindOf(entry.name) && !/\.(min\.js|d\.[cm]?ts)$/.test(entry.name)) found.add(path);
	}
}
