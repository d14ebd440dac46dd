import type { EpochSeries } from "../../engine/protocol/panel.ts";
import type { EpochResult } from "../../engine/protocol/run.ts";

/** @returns the results from index `from` up to, but not with, `to`, packed for the panel */
export function packEpochs(results: readonly EpochResult[], from: number, to: number): EpochSeries {
	const count = to - from;
	const packed: EpochSeries = {
		first: results[from]?.epoch ?? 1,
		iteration: new Uint32Array(count),
		cost: new Float32Array(count),
		devCost: new Float32Array(count),
		devShare: new Float32Array(count),
		share: results[from]?.devR2 === undefined ? "accuracy" : "r2",
	};
	for (let i = 0; i < count; i++) {
		const { iteration, cost, devCost, devAccuracy, devR2 } = results[from + i];
		packed.iteration[i] = iteration;
		packed.cost[i] = cost;
		packed.devCost[i] = devCost ?? Number.NaN;
		packed.devShare[i] = devAccuracy ?? devR2 ?? Number.NaN;
	}
	return packed;
}
