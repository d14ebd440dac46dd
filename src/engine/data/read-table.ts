/** A table's file, opened, uncompressed and read by its format. */
import { defaultMemoryLimit } from "../memory-limit.ts";
import { uncompress } from "./formats/copies.ts";
import { decodeUtf16 } from "./formats/encodings.ts";
import { formatOf } from "./formats/index.ts";
import type { RawTable, ReadOptions } from "./raw-table.ts";
import { checkUnchanged, fileError, openSource, type SourceFile } from "./source-file.ts";

/** Tables that are kept on the disk. */
export interface TableCache {
	folder: string;
	/** bytes that they may take */
	maxBytes: number;
}

/** How a reading is watched, bounded and ended. */
export interface LoadControl extends Partial<Pick<ReadOptions, "signal" | "progress" | "memoryLimit" | "folder">> {
	/** where encoded tables are kept for the next time; absent: nowhere */
	cache?: TableCache;
}

/**
 * Reads a table, which the caller discards. The file is looked at before the first await.
 *
 * @param source path of the file, or the file, opened
 * @param wanted tells of a file which columns' cells are needed
 * @throws InputError for a file that is no sound table; the signal's reason when it is aborted
 */
export async function readTable(
	source: string | SourceFile,
	{
		signal,
		progress,
		sampled,
		order,
		folder,
		memoryLimit = defaultMemoryLimit(),
	}: LoadControl & Pick<ReadOptions, "sampled" | "order">,
	wanted: (file: SourceFile) => ReadOptions["wanted"],
): Promise<RawTable> {
	const file = typeof source === "string" ? openSource(source) : source;
	signal?.throwIfAborted();
	try {
		await uncompress(file, signal);
		await decodeUtf16(file, signal);
		const table = await formatOf(file).read(file, {
			wanted: wanted(file),
			memoryLimit,
			folder,
			signal,
			progress,
			sampled,
			order,
		});
		const discard = () => {
			table.discard();
			file.contents.remove();
		};
		return { ...table, discard };
	} catch (error) {
		file.contents.remove();
		signal?.throwIfAborted();
		// whatever seems wrong with a file that changed meanwhile, this is the reason
		await checkUnchanged(file);
		throw fileError(file.name, error);
	}
}
