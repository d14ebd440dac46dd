/** Copies of what a file holds, for files that cannot be read from any place on as they are. */
import { createReadStream, createWriteStream, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { Transform, type TransformCallback } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { InputError } from "../../input-error.ts";
import { inBytes } from "../../memory-limit.ts";
import { type Contents, fileError, headBytes, readPart, type SourceFile } from "../source-file.ts";

/** A stretch of bytes, all of a file as a rule. */
export interface Stretch {
	path: string;
	/** first byte */
	start?: number;
	/** last byte, itself included */
	end?: number;
}

const pieceBytes = 2 ** 20;
/** says where temporary files go */
const variable = process.platform === "win32" ? "TEMP" : "TMPDIR";
const prefix = `descent-copy-${hostname().replace(/[^\w.-]/g, "_")}-`;

/** Lets a file compressed with gzip be read as what it holds. */
export async function uncompress(file: SourceFile, signal: AbortSignal | undefined): Promise<void> {
	const [first, second] = file.head;
	if (first === 0x1f && second === 0x8b) await replaceContents(file, createGunzip({ chunkSize: pieceBytes }), signal);
}

/** Lets a file be read as `change` has it. */
export async function replaceContents(
	file: SourceFile,
	change: Transform,
	signal: AbortSignal | undefined,
): Promise<void> {
	const copy = await copyOf(file.name, file.contents, change, signal);
	file.contents.remove();
	file.contents = copy;
	file.head = readPart(copy.path, 0, Math.min(copy.size, headBytes));
}

/**
 * Writes what `change` makes of some bytes to a file of its own, which the caller removes.
 *
 * @param name of the file that they come from, for messages
 * @param copy where they go; absent: a new directory of the system's temporary files
 * @param most bytes that they may come to
 * @throws InputError when they are damaged, more than that or more than the disk has room for; then no copy is left
 */
export async function copyOf(
	name: string,
	{ path, start, end }: Stretch,
	change: Transform,
	signal: AbortSignal | undefined,
	{ copy, most = Number.POSITIVE_INFINITY }: { copy?: string; most?: number } = {},
): Promise<Contents> {
	let folder: string | undefined;
	let room = Number.POSITIVE_INFINITY;
	const remove = () => {
		if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
	};
	try {
		if (copy === undefined) {
			folder = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
			removeOrphans();
			copy = join(folder, "contents");
			const { bavail, bsize } = await statfs(folder);
			room = Math.floor((bavail * bsize) / 2);
		}
		const from = createReadStream(path, { start, end, highWaterMark: pieceBytes });
		const to = createWriteStream(copy, { highWaterMark: pieceBytes });
		await pipeline(from, change, new Bound(Math.min(most, room)), to, { signal });
		return { path: copy, size: statSync(copy).size, remove };
	} catch (error) {
		remove();
		signal?.throwIfAborted();
		if (error instanceof RangeError && most <= room) {
			throw new InputError(`${name} is damaged: it unpacks to more than it says; write it again.`, { cause: error });
		}
		if (error instanceof RangeError) {
			throw new InputError(
				`${name} unpacks to over ${inBytes(room)}, half of what is free in ${tmpdir()}; free some space there, or name another place in ${variable}.`,
				{ cause: error },
			);
		}
		const { code = "", syscall, path: at } = error as NodeJS.ErrnoException;
		if (code.startsWith("Z_")) {
			throw new InputError(`${name} is damaged or cut short: it cannot be decompressed; fetch it again.`, {
				cause: error,
			});
		}
		if (syscall === "write" || syscall === "mkdtemp" || (copy !== undefined && at === copy)) {
			throw new InputError(
				`${name} cannot be unpacked into ${tmpdir()} (${code}); free some space there, or name another place in ${variable}.`,
				{ cause: error },
			);
		}
		throw fileError(name, error);
	}
}

/** Lets so many bytes through and fails at the next: a few kilobytes may unpack to terabytes. */
class Bound extends Transform {
	private left: number;

	constructor(most: number) {
		super();
		this.left = most;
	}

	override _transform(piece: Buffer, _: BufferEncoding, done: TransformCallback): void {
		this.left -= piece.length;
		if (this.left < 0) done(new RangeError("more than may be written"));
		else done(null, piece);
	}
}

let removed = false;

/** Removes the copies of processes that were ended before they could. */
function removeOrphans(): void {
	if (removed) return;
	removed = true;
	for (const name of readdirSync(tmpdir())) {
		if (!name.startsWith(prefix)) continue;
		const pid = Number.parseInt(name.slice(prefix.length), 10);
		try {
			process.kill(pid, 0);
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== "ESRCH") continue;
			rmSync(join(tmpdir(), name), { recursive: true, force: true });
		}
	}
}
