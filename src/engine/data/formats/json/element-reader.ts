/** Reads the elements of a JSON array, or JSON Lines, some at a time. */
import type { FileHandle } from "node:fs/promises";
import { InputError } from "../../../input-error.ts";
import { ElementScanner } from "./scanners.ts";

/** Where elements stand. */
export interface Elements {
	/** byte after the array's bracket; the first of JSON Lines */
	start: number;
	/** JSON Lines, or the array is all that the file holds; else something else may follow */
	shape: "lines" | "only" | "member";
}

const mostElementBytes = 16 * 2 ** 20;

export class ElementReader {
	/** bytes read */
	bytes = 0;
	private readonly name: string;
	private readonly handle: FileHandle;
	private readonly elements: Elements;
	private readonly scanner: ElementScanner;
	private pieceBytes: number;
	/** bytes that were read and not given, from `heldAt` on in the file */
	private held: Buffer = Buffer.alloc(0);
	private heldAt: number;
	private done = false;

	/**
	 * @param name of the file, for messages
	 * @param pieceBytes that are read at once
	 */
	constructor(name: string, handle: FileHandle, elements: Elements, pieceBytes: number) {
		this.name = name;
		this.handle = handle;
		this.elements = elements;
		this.scanner = new ElementScanner(elements.shape === "lines");
		this.heldAt = elements.start;
		this.pieceBytes = pieceBytes;
	}

	/** @returns the next elements, undefined after the last @throws InputError that names a line when they are no JSON */
	async next(): Promise<unknown[] | undefined> {
		while (!this.done) {
			const known = this.held.length;
			const piece = await readAt(this.handle, this.heldAt + known, this.pieceBytes);
			this.bytes += piece.length;
			this.held = known === 0 ? piece : Buffer.concat([this.held, piece]);
			const cut = this.scanner.scan(this.held, known, this.held.length);
			if (this.scanner.closed >= 0 || piece.length === 0) return this.last();
			if (cut >= 0) return this.take(cut);
			if (this.held.length > mostElementBytes) {
				throw await this.fault(this.begin(), `the value that begins here is longer than ${mostElementBytes >> 20} MB`);
			}
			// a value of many pieces is not put together anew for each of them
			this.pieceBytes = Math.max(this.pieceBytes, this.held.length);
		}
		return undefined;
	}

	private async last(): Promise<unknown[]> {
		const { closed, depth } = this.scanner;
		const { shape } = this.elements;
		this.done = true;
		if (shape === "lines") {
			if (closed >= 0) throw await this.fault(this.heldAt + closed, "a bracket is closed that was not opened");
			if (depth > 0) throw await this.fault(this.begin(), "the file ends within the value that begins here");
			return this.take(this.held.length);
		}
		if (closed < 0) throw await this.fault(this.heldAt + this.held.length, "the file ends within its array");
		if (this.held[closed] !== 0x5d)
			throw await this.fault(this.heldAt + closed, "the array is closed by the wrong bracket");
		if (shape === "only") await this.checkRest(this.heldAt + closed + 1);
		return this.take(closed);
	}

	private async checkRest(position: number): Promise<void> {
		for (let at = position; ; ) {
			const piece = await readAt(this.handle, at, this.pieceBytes);
			if (piece.length === 0) return;
			const other = piece.findIndex((byte) => byte > 0x20);
			if (other >= 0) throw await this.fault(at + other, "something follows the array");
			at += piece.length;
		}
	}

	private async take(end: number): Promise<unknown[]> {
		const bytes = this.held.subarray(0, end);
		const values = parse(bytes);
		if (!values) throw await this.findFault(bytes);
		this.held = this.held.subarray(end + 1);
		this.heldAt += end + 1;
		return values;
	}

	/** Parses element after element. */
	private async findFault(bytes: Buffer): Promise<InputError> {
		// line ends between values are commas by now
		const scanner = new ElementScanner(false);
		let start = 0;
		for (let i = 0; i <= bytes.length; i++) {
			if (i < bytes.length && scanner.scan(bytes, i, i + 1) < 0) continue;
			if (!parse(bytes.subarray(start, i))) break;
			start = i + 1;
		}
		return this.fault(this.begin(start), "the value that begins here is no JSON in UTF-8");
	}

	/** @returns where in the file the value begins that is at or after an index of what is held */
	private begin(index = 0): number {
		return (
			this.heldAt +
			index +
			Math.max(
				0,
				this.held.subarray(index).findIndex((byte) => byte > 0x20),
			)
		);
	}

	private async fault(offset: number, what: string): Promise<InputError> {
		const line = await lineAt(this.handle, offset);
		return new InputError(`${this.name}, line ${line}: ${what}; correct it or write the file again.`);
	}
}

/** @returns the elements, undefined when they are no JSON; Python's NaN and Infinity are taken for numbers */
function parse(bytes: Uint8Array): unknown[] | undefined {
	try {
		const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
		try {
			return JSON.parse(`[${text}]`);
		} catch {
			const numbers = text.replace(/"(?:[^"\\]|\\.)*"|\bNaN\b|\bInfinity\b/g, (word) =>
				word === "NaN" ? "null" : word === "Infinity" ? "1e999" : word,
			);
			return JSON.parse(`[${numbers}]`);
		}
	} catch {
		return undefined;
	}
}

/** @returns bytes of a file from a position on; fewer when it ends before */
async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
	const buffer = Buffer.allocUnsafe(length);
	const { bytesRead } = await handle.read(buffer, 0, length, position);
	return buffer.subarray(0, bytesRead);
}

async function lineAt(handle: FileHandle, offset: number): Promise<number> {
	let line = 1;
	for (let at = 0; at < offset; ) {
		const piece = await readAt(handle, at, Math.min(2 ** 18, offset - at));
		if (piece.length === 0) break;
		for (let i = piece.indexOf(10); i >= 0; i = piece.indexOf(10, i + 1)) line++;
		at += piece.length;
	}
	return line;
}
