import { homedir } from "node:os";
import { join } from "node:path";
import { clearCache, type TableCache } from "../data/index.ts";
import { InputError } from "../input-error.ts";
import { inBytes } from "../memory-limit.ts";
import type { Arguments } from "./arguments.ts";

/** Bytes that encoded tables may take. */
const maxBytes = 4 * 2 ** 30;

/** @returns where the command line keeps tables: the user's cache folder (XDG Base Directory Specification, 0.8) */
export function commandLineCache(): TableCache {
	const base = process.env.XDG_CACHE_HOME || process.env.LOCALAPPDATA || join(homedir(), ".cache");
	return { folder: join(base, "descent"), maxBytes };
}

/** @throws InputError when it is not told what to do with the cache */
export function cacheCommand({ operands }: Arguments): number {
	if (operands.length !== 1 || operands[0] !== "clear") {
		throw new InputError('"descent cache" takes one word, clear; "descent cache --help" says how.');
	}
	const { folder } = commandLineCache();
	const { tables, bytes } = clearCache(folder);
	console.log(`Removed ${tables} ${tables === 1 ? "table" : "tables"}, ${inBytes(bytes)}, from ${folder}.`);
	return 0;
}
