import { fileChanged, type LoadControl, loadTable, type PreparedTable, type TableShape } from "../data/index.ts";
import { defaultMemoryLimit } from "../memory-limit.ts";
import type { Fingerprint } from "../protocol/dataset.ts";
import type { ResolvedRun, RunFile } from "../protocol/run-file.ts";
import { DEFAULT_SEED, resolveDataset, resolveRun } from "./defaults.ts";
import { sampleRows } from "./sample.ts";

/** Rows that hyperparameters are tried on: enough for the largest mini-batches that pay, and soon read again. */
export const MOST_SEARCHED_ROWS = 200_000;

/** The last table that was read for runs that come again and again, sampled where it is large. */
export interface KeptTable {
	table: PreparedTable;
	/** training rows before it was sampled */
	trainRows: number;
}

/** of the memory limit, for what is read and for what is kept: each run takes the rows once more, beside its model */
const tableShare = 1 / 4;

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
	 * @param most rows that are kept, a seeded sample where there are more; fewer where the memory limit wants it
	 * @throws InputError as loadTable does
	 */
	async get(file: RunFile, most: number, control: LoadControl = {}): Promise<KeptTable> {
		const { path } = file.dataset;
		const key = `${keyOf(file)} ${most} ${control.memoryLimit}`;
		const { kept } = this;
		if (kept?.key === key && (await fileChanged(kept.path, kept.fingerprint)) === "unchanged") return kept;
		this.kept = undefined;
		const { memoryLimit = defaultMemoryLimit() } = control;
		const room = memoryLimit * tableShare;
		const allocate = ({ rows, features }: TableShape) => {
			if (rows * (features + 1) * 4 > room) return undefined;
			return { x: new Float32Array(rows * features), y: new Float32Array(rows) };
		};
		const table = await loadTable(path, { ...choiceOf(file), ...control, memoryLimit, allocate });
		const { trainRows, features } = table.shape;
		const fitting = Math.max(1, Math.floor(room / ((features + 1) * 4)));
		const sample = await sampleRows(table, Math.min(most, fitting), file.seed ?? DEFAULT_SEED, control.signal);
		this.kept = { table: sample, trainRows, key, path, fingerprint: table.fingerprint };
		return this.kept;
	}
}

/** Fills in the defaults that a run has on the whole of a kept table. */
export function resolveOn({ table, trainRows }: KeptTable, file: RunFile): ResolvedRun {
	return resolveRun(file, { ...table.shape, target: table.summary.target, trainRows });
}

function choiceOf(file: RunFile) {
	const { target, task } = file.dataset;
	return { target, task, ...resolveDataset(file) };
}

function keyOf(file: RunFile): string {
	return JSON.stringify([file.dataset.path, choiceOf(file)]);
}
