/** Encoded tables on the disk, so that one that was read before need not be read again. */
import { createHash } from "node:crypto";
import { readdirSync, rmSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { InputError } from "../input-error.ts";
import { DiskFile, temporaryName } from "./disk-file.ts";
import type { LoadOptions, PreparedTable } from "./load.ts";
import type { TableCache } from "./read-table.ts";
import { RowFile } from "./row-file.ts";
import { othersUnchanged, type SourceFile } from "./source-file.ts";
import { Turns } from "./turns.ts";

/** Of what an entry holds and of how tables are read and encoded: to be raised with any of them. */
const version = 3;

/** An entry is its rows, then this, then how long this is (4 bytes). */
interface Entry {
	key: string;
	checksum: number;
	table: Omit<PreparedTable, "x" | "y" | "sourceRow" | "stored" | "caching">;
}

const entryName = /^[0-9a-f]{40}\.rows$/;

/** @returns what decides each of a table's encoded rows, as a text */
export function cacheKey({ path, fingerprint }: SourceFile, options: LoadOptions): string {
	const { target, task, features, columns, complete, split, missing, scaling } = options;
	const choice = { target, task, features, columns, complete, split, missing, scaling };
	return JSON.stringify([version, path, fingerprint, choice]);
}

function nameOf(key: string): string {
	return `${createHash("sha1").update(key).digest("hex")}.rows`;
}

/**
 * Reads a table that was kept. One that is damaged is removed.
 *
 * @returns undefined when there is none
 * @throws what `allocate` throws; the signal's reason when it is aborted
 */
export async function findTable(
	{ folder }: TableCache,
	key: string,
	{ allocate, signal }: Pick<LoadOptions, "allocate" | "signal">,
): Promise<PreparedTable | undefined> {
	const name = nameOf(key);
	const path = join(folder, name);
	let file: DiskFile;
	try {
		file = DiskFile.open(folder, name);
	} catch {
		return undefined;
	}
	let isOpen = false;
	try {
		const entry = readEntry(file, key);
		if (!entry) {
			rmSync(path, { force: true });
			return undefined;
		}
		const { shape, others } = entry.table;
		// what is read now takes its place
		if (others && !(await othersUnchanged(others))) return undefined;
		const rows = new RowFile(shape, file);
		const memory = allocate(shape);
		const turns = new Turns(signal);
		const sourceRow = new Uint32Array(memory ? shape.rows : 0);
		const { x, y } = memory ?? { x: new Float32Array(0), y: new Float32Array(0) };
		const sum = memory ? await rows.readAll({ x, y, sourceRow }, turns) : await rows.lookThrough(turns);
		if (sum !== entry.checksum) {
			rmSync(path, { force: true });
			return undefined;
		}
		touch(path);
		isOpen = !memory;
		return { ...entry.table, x, y, sourceRow, ...(isOpen ? { stored: rows } : {}) };
	} finally {
		if (!isOpen) file.close();
	}
}

/** @returns undefined when it is not whole, or of another table */
function readEntry(file: DiskFile, key: string): Entry | undefined {
	try {
		const length = new Uint32Array(1);
		file.read(length, file.size - 4);
		const bytes = new Uint8Array(length[0]);
		file.read(bytes, file.size - 4 - bytes.length);
		const entry = deserialize(bytes) as Entry;
		const { rows, features } = entry.table.shape;
		return entry.key === key && file.size === rows * (features + 2) * 4 + bytes.length + 4 ? entry : undefined;
	} catch {
		return undefined;
	}
}

/**
 * Keeps a table for the next time, and lets those go that were not used for longest where there is no place for all.
 * Rows that lie on the disk already are given a name; others are written while the run goes on.
 *
 * @returns what went wrong, a sentence, where it could not be kept
 */
export async function keepTable(
	cache: TableCache,
	key: string,
	{ x, y, sourceRow, stored, caching: _, ...table }: PreparedTable,
): Promise<string | undefined> {
	let rows = stored;
	try {
		removeOrphans(cache.folder);
		const { rows: count, features } = table.shape;
		const size = count * (features + 2) * 4 + serialize({ key, checksum: 0, table }).length + 4;
		if (size > cache.maxBytes) {
			stored?.file.unname();
			return undefined;
		}
		if (!rows) {
			rows = new RowFile(table.shape, DiskFile.make(cache.folder));
			await rows.writeAll({ x, y, sourceRow }, new Turns());
		}
		const entry: Entry = { key, checksum: rows.checksum, table };
		const bytes = serialize(entry);
		rows.file.write(bytes, rows.end);
		rows.file.write(Uint32Array.of(bytes.length), rows.end + bytes.length);
		makeRoom(cache, size);
		rows.file.keepAs(nameOf(key));
	} catch (fault) {
		stored?.file.unname();
		return fault instanceof InputError ? fault.message : `The table's rows cannot be kept: ${String(fault)}.`;
	} finally {
		if (!stored) rows?.close();
	}
	return undefined;
}

/** Removes the tables that were not used for longest, until so many bytes more fit. */
function makeRoom({ folder, maxBytes }: TableCache, bytes: number): void {
	const entries = filesOf(folder).filter(({ name }) => entryName.test(name));
	entries.sort((a, b) => a.mtimeMs - b.mtimeMs);
	let all = entries.reduce((sum, { size }) => sum + size, bytes);
	for (const { name, size } of entries) {
		if (all <= maxBytes) return;
		remove(join(folder, name));
		all -= size;
	}
}

export interface CacheSize {
	tables: number;
	bytes: number;
}

/** Removes every table that is kept. @returns what was there */
export function clearCache(folder: string): CacheSize {
	removeOrphans(folder);
	const removed = { tables: 0, bytes: 0 };
	for (const { name, size } of filesOf(folder)) {
		if (!entryName.test(name) || !remove(join(folder, name))) continue;
		removed.tables++;
		removed.bytes += size;
	}
	return removed;
}

/** Removes what processes left that were ended before they could. */
function removeOrphans(folder: string): void {
	for (const { name } of filesOf(folder)) {
		const pid = Number(temporaryName.exec(name)?.[1] ?? Number.NaN);
		if (Number.isNaN(pid)) continue;
		try {
			process.kill(pid, 0);
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code === "ESRCH") remove(join(folder, name));
		}
	}
}

function filesOf(folder: string): { name: string; size: number; mtimeMs: number }[] {
	try {
		return readdirSync(folder).flatMap((name) => {
			const stats = statSync(join(folder, name), { throwIfNoEntry: false });
			return stats?.isFile() ? [{ name, size: stats.size, mtimeMs: stats.mtimeMs }] : [];
		});
	} catch {
		return [];
	}
}

/** Another process may have removed it, or use it where such a file cannot be removed. */
function remove(path: string): boolean {
	try {
		rmSync(path);
		return true;
	} catch {
		return false;
	}
}

/** So that it counts as used now. */
function touch(path: string): void {
	try {
		utimesSync(path, new Date(), new Date());
	} catch {
		// it was removed meanwhile, and is read all the same
	}
}
