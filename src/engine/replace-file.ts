import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { InputError } from "./input-error.ts";

/**
 * Writes a file whole or not at all: to a temporary file beside it, flushed to the disk, then renamed.
 *
 * @param what the file is, for messages: "The checkpoint"
 * @throws InputError naming the file and what is wrong; what `write` throws besides a file system's error
 */
export async function replaceFile(
	path: string,
	what: string,
	write: (file: FileHandle) => Promise<void>,
): Promise<void> {
	// Always the same name: what a killed process left is written over, not added to.
	const temporary = `${path}.tmp`;
	try {
		await writeFlushed(temporary, write);
		await rename(temporary, path);
	} catch (fault) {
		await rm(temporary, { force: true }).catch(() => {});
		const { code, syscall } = fault as NodeJS.ErrnoException;
		if (syscall === undefined) throw fault;
		const why =
			code === "ENOSPC"
				? "the disk is full; free some space"
				: code === "EISDIR"
					? "it is a directory; name a file inside it"
					: "check that its folder exists and can be written";
		throw new InputError(`${what} ${basename(path)} could not be written: ${why}.`, { cause: fault });
	}
	await flushFolder(dirname(path));
}

async function writeFlushed(path: string, write: (file: FileHandle) => Promise<void>): Promise<void> {
	const file = await open(path, "w");
	try {
		await write(file);
		await file.sync();
	} finally {
		await file.close();
	}
}

/** The new name is on the disk only when its folder is. Windows has no such call and needs none. */
async function flushFolder(path: string): Promise<void> {
	if (process.platform === "win32") return;
	const folder = await open(path, "r");
	try {
		await folder.sync();
	} finally {
		await folder.close();
	}
}
