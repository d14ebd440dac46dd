/** Files that are no tables, or none that is read, by their first bytes. */
import { InputError } from "../../input-error.ts";
import type { SourceFile } from "../source-file.ts";

/** how it begins, in small letters; what it is, and what to do */
const strangers: readonly [begin: string, what: string][] = [
	["<!doctype html", "is a web page; download the table itself"],
	["<html", "is a web page; download the table itself"],
	["version https://git-lfs", 'is a pointer of Git LFS and not the table; run "git lfs pull"'],
	["%pdf-", "is a PDF document; export the table as CSV"],
	["\xd0\xcf\x11\xe0", "is an Excel workbook; save its sheet as CSV"],
	["sqlite format 3\0", "is an SQLite database; export the table as CSV"],
	["\x89hdf", "is an HDF5 file; save its arrays with NumPy"],
	["arrow1\0", "is an Arrow file; write it as Parquet"],
	["\x28\xb5\x2f\xfd", "is compressed with zstd; decompress it, or use gzip"],
	["\xfd7zxz\0", "is compressed with xz; decompress it, or use gzip"],
	["bzh91ay&sy", "is compressed with bzip2; decompress it, or use gzip"],
	["\x1f\x8b", "is compressed twice; decompress it once"],
];

/** @throws InputError that says what a file is instead of a table */
export function refuseStranger({ name, head }: SourceFile): void {
	const begin = Buffer.from(head.subarray(0, 64))
		.toString("latin1")
		// letters of ASCII alone: others are bytes here
		.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
		.replace(/^\s+/, "");
	const stranger = strangers.find(([pattern]) => begin.startsWith(pattern));
	if (stranger) throw new InputError(`${name} ${stranger[1]}.`);
}
