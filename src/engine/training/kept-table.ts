import { type Fingerprint, fileChanged, type LoadControl, loadTable, type PreparedTable } from "../data/index.ts";
import type { RunFile } from "../protocol/run.ts";
import { DEFAULT_SEED, resolveDataset } from "./defaults.ts";
import { sampleRows } from "./sample.ts";

/** The last table that was read for runs that come again and again, sampled where it is large. */
export interface KeptTable {
	table: PreparedTable;
	/** training rows before it was sampled */
	trainRows: number;
}

/** Runs that follow each other on one table read it once. Holds one table, of bounded rows. */
export class TableKeeper {
	private kept: (KeptTable & { key: string; path: string; fingerprint: Fingerprint }) | undefined;

	/** @returns the table that `file` names, where it is the one that was read last */
	peek(file: RunFile): KeptTable | undefined {
		return this.kept?.key.startsWith(keyOf(file)) ? this.kept : undefined;
	}

	/**
	 * Gives the table that `file` names; reads it when it is another than the last one, or has changed since.
	 *
	 * @param most rows that are kept, a seeded sample where there are more
	 * @throws InputError as loadTable does
	 */
	async get(file: RunFile, most: number, control: LoadControl = {}): Promise<KeptTable> {
		const { path } = file.dataset;
		const key = `${keyOf(file)} ${most}`;
		const { kept } = this;
		if (kept?.key === key && (await fileChanged(kept.path, kept.fingerprint)) === "unchanged") return kept;
		this.kept = undefined;
		const table = await loadTable(path, { ...choiceOf(file), ...control, allocate });
		const { trainRows } = table.shape;
		const sample = sampleRows(table, most, file.seed ?? DEFAULT_SEED);
		this.kept = { table: sample, trainRows, key, path, fingerprint: table.fingerprint };
		return this.kept;
	}
}

function choiceOf(file: RunFile) {
	const { target, task } = file.dataset;
	return { target, task, ...resolveDataset(file) };
}

function keyOf(file: RunFile): string {
	return JSON.stringify([file.dataset.path, choiceOf(file)]);
}

function allocate({ rows, features }: { rows: number; features: number }) {
	return { x: new Float32Array(rows * features), y: new Float32Array(rows) };
}
