/** Reads the table of contents of a zip archive: enough to check a VSIX without a dependency. */
import { readFile } from "node:fs/promises";

export interface ArchiveEntry {
	name: string;
	/** bytes when unpacked */
	size: number;
	/** bytes in the archive */
	packed: number;
}

/** Offsets are those of the zip format's end record (0x06054b50) and central directory headers (0x02014b50). */
export async function listArchive(path: string): Promise<ArchiveEntry[]> {
	const bytes = await readFile(path);
	let end = bytes.length - 22;
	while (end >= 0 && bytes.readUInt32LE(end) !== 0x06054b50) end--;
	if (end < 0) throw new Error(`${path} is no zip archive.`);
	const entries: ArchiveEntry[] = [];
	let at = bytes.readUInt32LE(end + 16);
	for (let left = bytes.readUInt16LE(end + 10); left > 0; left--) {
		if (bytes.readUInt32LE(at) !== 0x02014b50) throw new Error(`${path}: the table of contents is damaged.`);
		const nameLength = bytes.readUInt16LE(at + 28);
		entries.push({
			name: bytes.toString("utf8", at + 46, at + 46 + nameLength),
			size: bytes.readUInt32LE(at + 24),
			packed: bytes.readUInt32LE(at + 20),
		});
		at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
	}
	return entries.filter(({ name }) => !name.endsWith("/"));
}
