/** A file that a process writes and reads back by itself: what does not fit memory. */
import { closeSync, mkdirSync, openSync, read, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { InputError } from "../input-error.ts";
import { inBytes } from "../memory-limit.ts";

const readAsync = promisify(read);
let made = 0;

/** Numbers on the disk, by their position in bytes. */
export class DiskFile {
	readonly path: string;
	/** bytes written, or reached by what was */
	size = 0;
	private readonly folder: string;
	private readonly descriptor: number;
	/** the file has its name still */
	private named = true;

	/**
	 * Makes an empty file of a name of its own, which goes when it is closed.
	 *
	 * @param folder made where it is missing; the system's temporary files by default
	 * @throws InputError when it cannot be made
	 */
	constructor(folder = tmpdir()) {
		this.folder = folder;
		this.path = join(folder, `rows-${process.pid}-${made++}-${Date.now().toString(36)}.tmp`);
		try {
			mkdirSync(folder, { recursive: true });
			this.descriptor = openSync(this.path, "wx+", 0o600);
		} catch (fault) {
			throw this.fault(fault, 0);
		}
	}

	/** Lets the file go with the process, whatever ends it, where the system has it so: an open file needs no name. */
	unname(): void {
		if (process.platform === "win32") return;
		rmSync(this.path, { force: true });
		this.named = false;
	}

	/** @throws InputError when the disk is full */
	write(numbers: NodeJS.ArrayBufferView, position: number): void {
		const bytes = bytesOf(numbers);
		try {
			for (let done = 0; done < bytes.length; ) {
				done += writeSync(this.descriptor, bytes, done, bytes.length - done, position + done);
			}
		} catch (fault) {
			throw this.fault(fault, bytes.length);
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

	/** Closes and removes the file; it may not be used after. */
	discard(): void {
		closeSync(this.descriptor);
		if (this.named) rmSync(this.path, { force: true });
	}

	private cutShort(): InputError {
		return new InputError(`The rows kept in ${this.folder} were cut short by another program; run again.`);
	}

	private fault(fault: unknown, bytes: number): unknown {
		const { code, syscall } = fault as NodeJS.ErrnoException;
		if (syscall === undefined) return fault;
		const full = code === "ENOSPC" || code === "EDQUOT";
		const what = full
			? `the disk is full after ${inBytes(this.size + bytes)}; free some space`
			: `${code}; check that the folder can be written`;
		return new InputError(
			`The table does not fit the memory limit and cannot be kept in ${this.folder} (${what}, or raise the memory limit).`,
			{ cause: fault },
		);
	}
}

function bytesOf({ buffer, byteOffset, byteLength }: NodeJS.ArrayBufferView): Uint8Array {
	return new Uint8Array(buffer, byteOffset, byteLength);
}
