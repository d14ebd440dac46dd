/** The first bytes of a table in text. */
import { InputError } from "../../../input-error.ts";
import { fileError, readPart, type SourceFile } from "../../source-file.ts";
import { NotUtf8 } from "../encodings.ts";

/** a first line longer than the head gets this much: tens of thousands of columns */
const wideHeadBytes = 8 * 1024 * 1024;
const binaryCheckBytes = 64 * 1024;

/**
 * @returns the head of the file, with its whole first line
 * @throws NotUtf8 when it is text in another encoding, InputError when it is no text
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
	const zero = head.indexOf(0);
	if (zero >= 0 && zero < binaryCheckBytes) throw withZeros(name, head.subarray(0, binaryCheckBytes), zero);
	try {
		new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: cut });
	} catch {
		if (head.some((byte) => byte < 9 || (byte > 13 && byte < 32))) throw notText(name);
		throw new NotUtf8(name, firstBadLine(head));
	}
}

/** @param zero index of the first NUL */
function withZeros(name: string, head: Uint8Array, zero: number): InputError {
	const zeros = [0, 1].map((odd) => head.filter((byte, i) => byte === 0 && i % 2 === odd).length);
	// letters and digits of most texts: every other byte of UTF-16 is 0
	if (Math.max(...zeros) * 3 > head.length && Math.min(...zeros) * 100 < head.length) {
		return new InputError(`${name} is UTF-16 text; save it as UTF-8.`);
	}
	const odd = head.filter((byte) => byte < 9 || (byte > 13 && byte < 32)).length;
	if (odd * 20 > head.length || firstBadLine(head) > 0) return notText(name);
	const line = head.subarray(0, zero).filter((byte) => byte === 10).length + 1;
	return new InputError(`${name}, line ${line}: a NUL byte is in the text; remove it.`);
}

function notText(name: string): InputError {
	return new InputError(`${name} is a binary file, not a table in text; export it as CSV.`);
}

/** @returns the first line that is not UTF-8, 0 when all are */
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
	return 0;
}
