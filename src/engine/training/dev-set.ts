import type { EpochResult } from "../protocol/run.ts";
import type { PreparedRun } from "./prepare.ts";

/** The rows that are kept back, and how well the weights of the moment do on them. */
export class DevSet {
	private readonly prepared: PreparedRun;
	/** of the target; R² is 1 - cost / variance */
	private readonly variance: number;

	constructor(prepared: PreparedRun) {
		this.prepared = prepared;
		const { trainRows, devRows } = prepared.start;
		this.variance = variance(prepared.table.y.subarray(trainRows, trainRows + devRows));
	}

	evaluate(): Pick<EpochResult, "devCost" | "devAccuracy" | "devR2"> {
		const { start, backend } = this.prepared;
		if (start.devRows === 0) return {};
		const { cost, right, rows } = backend.evaluate(start.trainRows, start.devRows);
		if (start.run.dataset.task !== "regression") return { devCost: cost, devAccuracy: right / rows };
		return { devCost: cost, devR2: this.variance > 0 ? 1 - cost / this.variance : undefined };
	}
}

function variance(values: Float32Array): number {
	let mean = 0;
	for (const v of values) mean += v / values.length;
	let sum = 0;
	for (const v of values) sum += (v - mean) ** 2 / values.length;
	return sum;
}
