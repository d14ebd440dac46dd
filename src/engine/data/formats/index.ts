import type { Format } from "../raw-table.ts";
import type { SourceFile } from "../source-file.ts";
import { csv } from "./csv/csv.ts";
import { idx } from "./idx.ts";
import { json } from "./json/json.ts";
import { npy } from "./numpy/npy.ts";
import { npz } from "./numpy/npz.ts";
import { parquet } from "./parquet.ts";
import { refuseStranger } from "./strangers.ts";

const formats: readonly Format[] = [parquet, npy, npz, idx, json];

/**
 * @returns the format that a file's first bytes show, else the one that its name says, else delimited text
 * @throws InputError for a file that shows that it is none of them
 */
export function formatOf(file: SourceFile): Format {
	refuseStranger(file);
	const { head, name } = file;
	return (
		formats.find((format) => format.recognises(head)) ??
		formats.find((format) => format.extension.test(name.replace(/\.gz$/i, ""))) ??
		csv
	);
}
