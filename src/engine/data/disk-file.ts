/** A file that a process writes and reads back by itself: what does not fit memory, or is to be there the next time. */
import { closeSync, fstatSync, mkdirSync, openSync, read, readSync, renameSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { InputError } from "../input-error.ts";

const readAsync = promisify(read);
let made = 0;

/** How files are named that have not got their own name yet; the number is the process. */
export const temporaryName = /^rows-(\d+)-.*\.tmp$/;

/** Bytes on the disk, by their position. */
export class DiskFile {
	/** bytes that it has, holes counted */
	size: number;
	private readonly folder: string;
	private readonly descriptor: number;
	/** the name under which it is removed when it is closed */
	private temporary: string | undefined;

	private constructor(folder: string, descriptor: number, temporary?: string) {
		this.folder = folder;
		this.descriptor = descriptor;
		this.temporary = temporary;
		this.size = fstatSync(descriptor).size;
	}

	/**
	 * Makes an empty file, which goes when it is closed unless it is given a name.
	 *
	 * @param folder made where it is missing; the system's temporary files by default
	 * @throws InputError when it cannot be made
	 */
	static make(folder = tmpdir()): DiskFile {
		const path = join(folder, `rows-${process.pid}-${Date.now().toString(36)}-${made++}.tmp`);
		try {
			mkdirSync(folder, { recursive: true });
			return new DiskFile(folder, openSync(path, "wx+", 0o600), path);
		} catch (fault) {
			throw writeFault(folder, fault);
		}
	}

	/** Opens a file to be read only. @throws a file system's error */
	static open(folder: string, name: string): DiskFile {
		return new DiskFile(folder, openSync(join(folder, name), "r"));
	}

	/** Lets the file go with the process, whatever ends it, where the system has it so: an open file needs no name. */
	unname(): void {
		if (process.platform === "win32" || this.temporary === undefined) return;
		rmSync(this.temporary, { force: true });
		this.temporary = undefined;
	}

	/** Gives it a name in its folder, under which it stays. @throws InputError */
	keepAs(name: string): void {
		try {
			renameSync(this.temporary!, join(this.folder, name));
		} catch (fault) {
			throw writeFault(this.folder, fault);
		}
		this.temporary = undefined;
	}

	/** @throws InputError when the disk is full */
	write(numbers: NodeJS.ArrayBufferView, position: number): void {
		const bytes = bytesOf(numbers);
		try {
			for (let done = 0; done < bytes.length; ) {
				done += writeSync(this.descriptor, bytes, done, bytes.length - done, position + done);
			}
		} catch (fault) {
			throw writeFault(this.folder, fault);
		}
		this.size = Math.max(this.size, position + bytes.length);
	}

	/** Fills an array. @throws InputError when the file has been cut short */
	read(numbers: NodeJS.ArrayBufferView, position: number): void {
		const bytes = bytesOf(numbers);
		for (let done = 0; done < bytes.length; ) {
			const count = readSync(this.descriptor, bytes, done, bytes.length - done, position + done);
			if (count === 0) throw this.cutShort();
			done += count;
		}
	}

	/** Fills an array while other work goes on. @throws InputError when the file has been cut short */
	async readLater(numbers: NodeJS.ArrayBufferView, position: number): Promise<void> {
		const bytes = bytesOf(numbers);
		for (let done = 0; done < bytes.length; ) {
			const { bytesRead } = await readAsync(this.descriptor, bytes, done, bytes.length - done, position + done);
			if (bytesRead === 0) throw this.cutShort();
			done += bytesRead;
		}
	}

	/** It may not be used after. */
	close(): void {
		closeSync(this.descriptor);
		if (this.temporary !== undefined) rmSync(this.temporary, { force: true });
	}

	private cutShort(): InputError {
		return new InputError(`The rows kept in ${this.folder} were cut short by another program; run again.`);
	}
}

function bytesOf({ buffer, byteOffset, byteLength }: NodeJS.ArrayBufferView): Uint8Array {
	return new Uint8Array(buffer, byteOffset, byteLength);
}

function writeFault(folder: string, fault: unknown): unknown {
	const { code, syscall } = fault as NodeJS.ErrnoException;
	if (syscall === undefined) return fault;
	const why =
		code === "ENOSPC" || code === "EDQUOT"
			? "the disk is full; free some space there"
			: `${code}; check that files can be written there`;
	return new InputError(`The table's rows cannot be kept in ${folder}: ${why}.`, { cause: fault });
}
