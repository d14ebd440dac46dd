/** Tables in: read, understand, prepare, split. */
export {
	inspectTable,
	type LoadControl,
	type LoadOptions,
	loadTable,
	type PreparedTable,
	type TableShape,
} from "./load.ts";
export type { Preparation, PreparedColumn } from "./preparation.ts";
export { type Fingerprint, fileChanged } from "./source-file.ts";
