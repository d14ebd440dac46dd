import type { PreparedTable } from "../data/index.ts";
import type { EpochResult, RunDone } from "../protocol/run.ts";
import type { PreparedRun } from "./prepare.ts";

/** The rows that are kept back to choose by, and how well the weights of the moment do on them. */
export class DevSet {
	private readonly prepared: PreparedRun;
	private readonly variance: number;

	constructor(prepared: PreparedRun) {
		this.prepared = prepared;
		const { trainRows, devRows } = prepared.start;
		this.variance = variance(prepared.table, trainRows, devRows);
	}

	evaluate(): Pick<EpochResult, "devCost" | "devAccuracy" | "devR2"> {
		const { trainRows, devRows } = this.prepared.start;
		if (devRows === 0) return {};
		const { cost, accuracy, r2 } = score(this.prepared, trainRows, devRows, this.variance);
		return accuracy === undefined ? { devCost: cost, devR2: r2 } : { devCost: cost, devAccuracy: accuracy };
	}
}

/** How well a run has ended, on rows that it has not looked at: to be called once, for what is chosen by it is not judged. */
export function evaluateTest(prepared: PreparedRun): Pick<RunDone, "testCost" | "testAccuracy" | "testR2"> {
	const { trainRows, devRows, testRows } = prepared.start;
	if (testRows === 0) return {};
	const first = trainRows + devRows;
	const spread = variance(prepared.table, first, testRows);
	const { cost, accuracy, r2 } = score(prepared, first, testRows, spread);
	return accuracy === undefined ? { testCost: cost, testR2: r2 } : { testCost: cost, testAccuracy: accuracy };
}

/** @param spread variance of the rows' targets; R² is 1 - cost / variance */
function score({ start, backend }: PreparedRun, first: number, rows: number, spread: number) {
	const { cost, right } = backend.evaluate(first, rows);
	if (start.run.dataset.task !== "regression") return { cost, accuracy: right / rows };
	return { cost, r2: spread > 0 ? 1 - cost / spread : undefined };
}

/** @returns the variance of the targets of rows [first, first + rows) */
function variance({ stored, y }: PreparedTable, first: number, rows: number): number {
	const targets = () => stored?.targetsOf(first, rows) ?? [y.subarray(first, first + rows)];
	let mean = 0;
	for (const values of targets()) for (const v of values) mean += v / rows;
	let sum = 0;
	for (const values of targets()) for (const v of values) sum += (v - mean) ** 2 / rows;
	return sum;
}
