import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { basename } from "node:path";
import { fileError } from "../data/index.ts";
import type { DatasetFingerprint } from "../protocol/kept-run.ts";

/** Of a larger file, parts of it are hashed: as many of this size, evenly spread from its first byte to its last. */
const PART_BYTES = 64 * 1024;
const PARTS = 64;

/**
 * What tells a dataset from another one, or from itself after a change, by reading at most 4 MiB of it.
 * @throws InputError when it cannot be read
 */
export async function fingerprintOf(path: string): Promise<DatasetFingerprint> {
	try {
		const file = await open(path);
		try {
			const { size, mtimeMs } = await file.stat();
			const whole = size <= PARTS * PART_BYTES;
			const hash = createHash("sha256");
			const part = Buffer.alloc(PART_BYTES);
			for (let i = 0; i < PARTS; i++) {
				const at = whole ? i * PART_BYTES : Math.floor(((size - PART_BYTES) * i) / (PARTS - 1));
				const { bytesRead } = await file.read(part, 0, PART_BYTES, at);
				if (bytesRead === 0) break;
				hash.update(part.subarray(0, bytesRead));
			}
			return { path, size, mtimeMs, sha256: hash.digest("hex"), whole };
		} finally {
			await file.close();
		}
	} catch (fault) {
		throw fileError(basename(path), fault);
	}
}
