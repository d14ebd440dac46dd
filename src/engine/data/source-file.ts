/** The file behind a table: what can be said of it before anything parses it. */
import { closeSync, constants, existsSync, openSync, readSync, statSync } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { InputError } from "../input-error.ts";
import type { Fingerprint } from "../protocol/dataset.ts";

/** A file beside a table's own that decides what is in the table, or would if it were there. */
export interface OtherFile {
	/** absolute */
	path: string;
	/** absent while there is no such file */
	fingerprint?: Fingerprint;
}

export interface SourceFile {
	/** absolute path */
	path: string;
	/** base name, for messages */
	name: string;
	fingerprint: Fingerprint;
	/** what is read: the file itself, or a copy of it without compression */
	contents: Contents;
	/** first bytes of the contents, at most headBytes */
	head: Uint8Array;
}

/** Bytes on the disk. */
export interface Contents {
	path: string;
	size: number;
	/** Removes them where they are a copy. */
	remove(): void;
}

/** enough to tell the format and, in a text, the delimiter, the header and the kinds of the columns */
export const headBytes = 256 * 1024;

/**
 * Looks at a file without blocking on what is not a plain file.
 *
 * The stat and the read of the head are synchronous: the fingerprint is that of the moment of the call.
 *
 * @throws InputError when there is no such file, or it is a directory, a device, empty or unreadable
 */
export function openSource(path: string): SourceFile {
	const absolute = resolve(path);
	const name = basename(absolute);
	try {
		const stats = statSync(absolute);
		if (stats.isDirectory()) throw new InputError(`${name} is a directory; name a table file inside it.`);
		if (!stats.isFile()) throw new InputError(`${name} is not a plain file; copy its contents to one and use that.`);
		if (stats.size === 0) throw new InputError(`${name} is empty; write a table into it or choose another file.`);
		const head = readPart(absolute, 0, Math.min(stats.size, headBytes));
		const contents = { path: absolute, size: stats.size, remove: () => {} };
		return { path: absolute, name, fingerprint: { size: stats.size, mtimeMs: stats.mtimeMs }, contents, head };
	} catch (error) {
		throw fileError(name, error);
	}
}

/** Says in one sentence why a file could not be opened; anything but a file system's error is given back as it is. */
export function fileError(name: string, error: unknown): unknown {
	switch ((error as NodeJS.ErrnoException).code) {
		case "ENOENT":
		case "ENOTDIR":
			return new InputError(`${name} does not exist; check the path of the dataset.`);
		case "EACCES":
		case "EPERM":
			return new InputError(
				`${name} cannot be read: permission denied; change its permissions or choose another file.`,
			);
		case "ELOOP":
			return new InputError(`${name} is a loop of symbolic links; point it at a file.`);
		case "ENAMETOOLONG":
			return new InputError("The dataset's path is too long for this system; move the file or shorten its name.");
		case "EISDIR":
			return new InputError(`${name} is a directory; name a table file inside it.`);
		default: {
			const { code, syscall } = error as NodeJS.ErrnoException;
			if (syscall === undefined) return error;
			return new InputError(`${name} could not be read (${code}); check the disk that it is on and try again.`, {
				cause: error,
			});
		}
	}
}

/**
 * Compares a file with its state when it was read.
 *
 * @returns "changed" when size or time of change differ, "missing" when it is gone or cannot be reached
 */
export async function fileChanged(
	path: string,
	fingerprint: Fingerprint,
): Promise<"unchanged" | "changed" | "missing"> {
	try {
		const stats = await stat(path);
		const same = stats.size === fingerprint.size && stats.mtimeMs === fingerprint.mtimeMs;
		return same ? "unchanged" : "changed";
	} catch {
		return "missing";
	}
}

/** @returns whether all of them are as they were, those that were not there included */
export async function othersUnchanged(others: readonly OtherFile[]): Promise<boolean> {
	const states = others.map(async ({ path, fingerprint }) => {
		return fingerprint ? (await fileChanged(path, fingerprint)) === "unchanged" : !existsSync(path);
	});
	return (await Promise.all(states)).every((unchanged) => unchanged);
}

/** @throws InputError when the file is no longer the one that was opened */
export async function checkUnchanged(file: SourceFile): Promise<void> {
	switch (await fileChanged(file.path, file.fingerprint)) {
		case "changed":
			throw new InputError(`${file.name} changed while it was read; run again when nothing writes to it.`);
		case "missing":
			throw new InputError(`${file.name} was removed while it was read; put it back and run again.`);
	}
}

/** @returns bytes of a file from a position on; fewer when it ends before */
export function readPart(path: string, position: number, length: number): Uint8Array {
	// a FIFO put in the file's place between the stat and this would block for ever without O_NONBLOCK
	const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
	try {
		const part = new Uint8Array(length);
		let filled = 0;
		while (filled < length) {
			const read = readSync(descriptor, part, filled, length - filled, position + filled);
			if (read === 0) break;
			filled += read;
		}
		return part.subarray(0, filled);
	} finally {
		closeSync(descriptor);
	}
}
