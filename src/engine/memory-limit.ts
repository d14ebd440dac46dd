/** How much memory there is, and how much of it a run may take. Imports only Node: the editor's lenses ask it, too. */
import { readFileSync } from "node:fs";
import { freemem, totalmem } from "node:os";
import { join } from "node:path";

/** @returns bytes: half of the memory that is free, or of the container's limit where that is less */
export function defaultMemoryLimit(): number {
	return Math.floor(freeMemory() / 2);
}

/** @returns bytes that are free, or the container's limit where that is less */
export function freeMemory(): number {
	// macOS counts what it caches as used, so that next to nothing seems free
	const free = process.platform === "darwin" ? totalmem() / 2 : freemem();
	return Math.min(free, containerLimit());
}

/**
 * @param root where the system's files are
 * @returns bytes that the control groups of this process allow it (cgroup v1 and v2), or Infinity
 */
export function containerLimit(root = "/"): number {
	let least = Number.POSITIVE_INFINITY;
	for (const line of textOf(join(root, "proc/self/cgroup")).split("\n")) {
		const [, controllers, group] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
		if (group === undefined) continue;
		const unified = controllers === "";
		if (!unified && !controllers.split(",").includes("memory")) continue;
		const [tree, file] = unified ? ["", "memory.max"] : ["memory", "memory.limit_in_bytes"];
		// a group is bound by those above it as well
		const names = group.split("/").filter(Boolean);
		for (let depth = names.length; depth >= 0; depth--) {
			const limit = Number.parseInt(textOf(join(root, "sys/fs/cgroup", tree, ...names.slice(0, depth), file)), 10);
			if (limit < least) least = limit;
		}
	}
	return least;
}

/** @returns a number of bytes as a sentence says it */
export function inBytes(bytes: number): string {
	const [unit, size] = bytes >= 2 ** 30 ? ["GiB", 2 ** 30] : bytes >= 2 ** 20 ? ["MiB", 2 ** 20] : ["KiB", 2 ** 10];
	return `${(bytes / size).toFixed(1)} ${unit}`;
}

function textOf(path: string): string {
	try {
		return readFileSync(path, "utf8");
	} catch {
		return "";
	}
}
