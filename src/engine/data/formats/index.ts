import type { Format } from "../raw-table.ts";
import type { SourceFile } from "../source-file.ts";
import { csv } from "./csv/csv.ts";

/** Text that nothing else recognises is taken for a table. */
const formats: readonly Format[] = [csv];

/** @returns the format of a file */
export function formatOf(file: SourceFile): Format {
	return formats.find((format) => format.recognises(file))!;
}
