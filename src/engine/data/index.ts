/** Tables in: read, understand, prepare, split. */

export { type CacheSize, clearCache } from "./cache.ts";
export {
	inspectTable,
	type LoadOptions,
	loadTable,
	type PreparedTable,
	type TableShape,
} from "./load.ts";
export { checkColumns, type NewRows, readNewRows } from "./new-rows.ts";
export { inputNames, type Preparation, type PreparedColumn } from "./preparation.ts";
export type { LoadControl, TableCache } from "./read-table.ts";
export type { RowFile } from "./row-file.ts";
export { fileChanged, fileError } from "./source-file.ts";
