/** The first bytes of a table in text. */
import { InputError } from "../../../input-error.ts";
import { fileError, readPart, type SourceFile } from "../../source-file.ts";
import { refuseUtf16 } from "../utf16.ts";

/** a first line longer than the head gets this much: tens of thousands of columns */
const wideHeadBytes = 8 * 1024 * 1024;
const binaryCheckBytes = 64 * 1024;

/**
 * @returns the head of the file, with its whole first line
 * @throws InputError when it is not UTF-8 text
 */
export function textHead(file: SourceFile): Uint8Array {
	const { path, size } = file.contents;
	let { head } = file;
	if (head.indexOf(10) < 0 && head.length < size) {
		try {
			head = readPart(path, 0, Math.min(size, wideHeadBytes));
		} catch (error) {
			throw fileError(file.name, error);
		}
	}
	checkText(file.name, head, head.length < size);
	return head;
}

function checkText(name: string, head: Uint8Array, cut: boolean): void {
	refuseUtf16(name, head);
	const zero = head.indexOf(0);
	if (zero >= 0 && zero < binaryCheckBytes) throw notText(name);
	try {
		new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: cut });
	} catch {
		if (head.some((byte) => byte < 9 || (byte > 13 && byte < 32))) throw notText(name);
		const line = firstBadLine(head);
		throw new InputError(`${name}, line ${line}: these bytes are not UTF-8 text; save the file as CSV in UTF-8.`);
	}
}

function notText(name: string): InputError {
	return new InputError(`${name} is a binary file, not a table in text; export it as CSV.`);
}

function firstBadLine(bytes: Uint8Array): number {
	let line = 1;
	let start = 0;
	while (start < bytes.length) {
		const end = bytes.indexOf(10, start);
		const stop = end < 0 ? bytes.length : end;
		try {
			new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(start, stop));
		} catch {
			return line;
		}
		line++;
		start = stop + 1;
	}
	return line;
}
