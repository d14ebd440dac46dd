/** The table of contents of a zip archive (APPNOTE 6.3), with the 64-bit fields of large ones. */
import { InputError } from "../../../input-error.ts";
import { readPart, type SourceFile } from "../../source-file.ts";

export interface ZipEntry {
	name: string;
	/** byte of its first, compressed or not */
	start: number;
	/** bytes in the archive */
	stored: number;
	/** bytes of what it holds */
	size: number;
	compressed: boolean;
}

const localHeader = 0x04034b50;
const directoryHeader = 0x02014b50;
const directoryEnd = 0x06054b50;
const directoryEnd64 = 0x06064b50;
const locator64 = 0x07064b50;
const mostComment = 65_535;
const mostDirectoryBytes = 2 ** 24;

/** @throws InputError when the archive is damaged, or an entry is packed in a way that is not read */
export function zipEntries({ name, contents: { path, size } }: SourceFile): ZipEntry[] {
	try {
		const { count, start, length } = directoryPlace(path, size);
		if (length > mostDirectoryBytes || start + length > size) throw new RangeError("directory");
		const bytes = viewOf(readPart(path, start, length));
		const entries: ZipEntry[] = [];
		for (let i = 0, at = 0; i < count; i++) {
			expect(bytes, at, directoryHeader);
			const lengths = [28, 30, 32].map((field) => bytes.getUint16(at + field, true));
			const [nameBytes, extraBytes] = lengths;
			const wide = wideFields(bytes, at, at + 46 + nameBytes, extraBytes);
			const method = bytes.getUint16(at + 10, true);
			const encrypted = (bytes.getUint16(at + 8, true) & 1) === 1;
			const entry = Buffer.from(bytes.buffer, bytes.byteOffset + at + 46, nameBytes).toString();
			if (encrypted || (method !== 0 && method !== 8)) {
				throw new InputError(`${name}: "${entry}" is encrypted or packed in an unusual way; save it again.`);
			}
			const header = viewOf(readPart(path, wide.header, 30));
			expect(header, 0, localHeader);
			const begin = wide.header + 30 + header.getUint16(26, true) + header.getUint16(28, true);
			if (begin + wide.stored > size || (method === 0 && wide.size !== wide.stored)) throw new RangeError("entry");
			entries.push({ name: entry, start: begin, stored: wide.stored, size: wide.size, compressed: method === 8 });
			at += 46 + lengths.reduce((sum, length) => sum + length);
		}
		return entries;
	} catch (error) {
		// a field that lies outside of the file
		if (!(error instanceof RangeError)) throw error;
		throw new InputError(`${name} is damaged or cut short: its list of contents cannot be read; save it again.`, {
			cause: error,
		});
	}
}

function directoryPlace(path: string, size: number): { count: number; start: number; length: number } {
	const tailStart = Math.max(0, size - mostComment - 22);
	const tail = viewOf(readPart(path, tailStart, size - tailStart));
	let end = tail.byteLength - 22;
	while (end >= 0 && tail.getUint32(end, true) !== directoryEnd) end--;
	if (end < 0) throw new RangeError("no end");
	const count = tail.getUint16(end + 10, true);
	const length = tail.getUint32(end + 12, true);
	const start = tail.getUint32(end + 16, true);
	const wide = count === 0xffff || length === 0xffffffff || start === 0xffffffff;
	if (!wide || end < 20 || tail.getUint32(end - 20, true) !== locator64) return { count, start, length };
	const record = viewOf(readPart(path, large(tail, end - 20 + 8), 56));
	expect(record, 0, directoryEnd64);
	return { count: large(record, 32), length: large(record, 40), start: large(record, 48) };
}

/** Sizes and place of an entry; those that need 64 bits follow its name, in this order. */
function wideFields(
	bytes: DataView,
	at: number,
	extra: number,
	extraBytes: number,
): { size: number; stored: number; header: number } {
	let wide = -1;
	for (let field = extra; field + 4 <= extra + extraBytes; field += 4 + bytes.getUint16(field + 2, true)) {
		if (bytes.getUint16(field, true) === 1) wide = field + 4;
	}
	const [size, stored, header] = [24, 20, 42].map((place) => {
		const narrow = bytes.getUint32(at + place, true);
		if (narrow !== 0xffffffff || wide < 0) return narrow;
		wide += 8;
		return large(bytes, wide - 8);
	});
	return { size, stored, header };
}

/** @throws RangeError when it is no size of a file */
function large(bytes: DataView, at: number): number {
	const value = Number(bytes.getBigUint64(at, true));
	if (!Number.isSafeInteger(value)) throw new RangeError("size");
	return value;
}

function expect(bytes: DataView, at: number, signature: number): void {
	if (bytes.getUint32(at, true) !== signature) throw new RangeError("signature");
}

function viewOf(bytes: Uint8Array): DataView {
	return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
