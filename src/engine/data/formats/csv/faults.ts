/** Finds the line of a fault in a CSV file. Runs only when something is wrong already, so it reads the file again. */
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { InputError } from "../../../input-error.ts";
import type { SourceFile } from "../../source-file.ts";
import { NotUtf8 } from "../encodings.ts";
import type { Dialect } from "./dialect.ts";
import { type CsvRecord, RecordScanner } from "./record-scanner.ts";

/** bytes of the longest line that is read */
export const mostLineBytes = 2_000_000;
/** without a line end in so many bytes, four times over, a line is too long */
const windowBytes = 2 ** 19;

/**
 * Looks for the first record that does not fit: ragged, badly quoted, too long, or not UTF-8.
 *
 * @returns the sentence that names its line, or undefined when every record is sound
 */
export async function findFault(
	file: SourceFile,
	dialect: Dialect,
	signal: AbortSignal | undefined,
): Promise<InputError | undefined> {
	const width = dialect.names.length;
	const like = dialect.header ? "the header" : "the first row";
	let found: string | undefined;
	const badBytes = await scanFile(file, dialect, signal, (record) => {
		if (record.fault === "unclosed quote") {
			found = `a quote is opened here and never closed; close it or double it`;
		} else if (record.fault === "text after quote") {
			found = `text follows a closing quote; double the quotes inside a quoted cell`;
		} else if (record.length > mostLineBytes) {
			found = `the line is longer than ${mostLineBytes / 1e6} MB; check its quotes or shorten it`;
		} else if (!record.blank && record.width !== width && !(record.width === width + 1 && record.emptyEnd)) {
			const cells = record.width === 1 ? "1 cell" : `${record.width} cells`;
			found = `${cells} where ${like} has ${width}; give every row the same cells, or quote those that hold the delimiter`;
		}
		if (found) found = `${file.name}, line ${record.line}: ${found}.`;
		return found === undefined;
	});
	if (found) return new InputError(found);
	return badBytes === undefined ? undefined : new NotUtf8(file.name, badBytes);
}

/**
 * Looks for a line that is too long, in a time that hardly counts beside reading the file: where it is longer than its
 * buffer, DuckDB leaves it and what follows out, as a rule without a word.
 *
 * @returns true for lines over 4 MB, false for those that may be read
 */
export async function hasLongLine({ contents: { path, size } }: SourceFile): Promise<boolean> {
	if (size <= mostLineBytes) return false;
	const handle = await open(path);
	try {
		const window = Buffer.alloc(windowBytes);
		let without = 0;
		for (let at = 0; at < size && without * windowBytes <= mostLineBytes; at += windowBytes) {
			let found = false;
			// most windows show a line end at once
			for (let from = 0, to = 4096; !found && from < windowBytes; from = to, to = windowBytes) {
				const { bytesRead } = await handle.read(window, 0, to - from, at + from);
				const bytes = window.subarray(0, bytesRead);
				found = bytes.includes(10) || bytes.includes(13);
			}
			without = found ? 0 : without + 1;
		}
		return without * windowBytes > mostLineBytes;
	} finally {
		await handle.close();
	}
}

/**
 * @param row number of a data row, from 1, blank lines and header not counted
 * @returns the line that it begins on, from 1
 */
export async function lineOfRow(file: SourceFile, dialect: Dialect, row: number): Promise<number> {
	let seen = dialect.header ? -1 : 0;
	let line = 0;
	await scanFile(file, dialect, undefined, (record) => {
		if (record.blank) return true;
		seen++;
		line = record.line;
		return seen < row;
	});
	return line;
}

/**
 * @param onRecord gives false to stop
 * @returns the line of the first bytes that are not UTF-8, if they come first
 */
async function scanFile(
	file: SourceFile,
	dialect: Dialect,
	signal: AbortSignal | undefined,
	onRecord: (record: CsvRecord) => boolean,
): Promise<number | undefined> {
	let going = true;
	const scanner = new RecordScanner(dialect.marks, false, (record) => {
		if (going && record.line > dialect.skip) going = onRecord(record);
	});
	const decoder = new TextDecoder("utf-8", { fatal: true });
	for await (const piece of createReadStream(file.contents.path, { signal })) {
		const bytes = piece as Uint8Array;
		try {
			scanner.push(decoder.decode(bytes, { stream: true }));
		} catch {
			const sound = new TextDecoder().decode(bytes).split("�")[0];
			scanner.push(sound);
			return going ? scanner.currentLine : undefined;
		}
		if (!going) return undefined;
	}
	scanner.end();
	return undefined;
}
