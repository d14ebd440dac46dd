import type { EpochResult, EpochSeries } from "../../engine/protocol/run.ts";
import { grown } from "./series.ts";

/** The epochs of one run, packed: there may be a million of them. */
export class EpochColumns {
	private cost: Float32Array = new Float32Array(256);
	private devCost: Float32Array = new Float32Array(256);
	private devShare: Float32Array = new Float32Array(256);
	private share: EpochSeries["share"] = "accuracy";
	private first = 1;
	private stepsPerEpoch = 1;
	private count = 0;

	/** epochs held */
	get length(): number {
		return this.count;
	}

	/** Takes epochs in place of what is held; their figures are its own from now on. */
	replace({ first, stepsPerEpoch, share, cost, devCost, devShare }: EpochSeries): void {
		Object.assign(this, { first, stepsPerEpoch, share, cost, devCost, devShare, count: cost.length });
	}

	append(results: readonly EpochResult[]): void {
		const packed = packEpochs(results);
		if (packed) this.appendSeries(packed);
	}

	appendSeries(series: EpochSeries): void {
		const end = this.count + series.cost.length;
		if (end > this.cost.length) {
			const capacity = Math.max(end, this.cost.length * 2);
			this.cost = grown(this.cost, capacity);
			this.devCost = grown(this.devCost, capacity);
			this.devShare = grown(this.devShare, capacity);
		}
		if (this.count === 0) this.first = series.first;
		this.stepsPerEpoch = series.stepsPerEpoch;
		this.share = series.share;
		this.cost.set(series.cost, this.count);
		this.devCost.set(series.devCost, this.count);
		this.devShare.set(series.devShare, this.count);
		this.count = end;
	}

	/** @returns copies of the epochs from index `from` up to, but not with, `to` */
	slice(from: number, to: number): EpochSeries {
		const { first, cost, devCost, devShare, ...others } = this.held;
		return {
			...others,
			first: first + from,
			cost: cost.slice(from, to),
			devCost: devCost.slice(from, to),
			devShare: devShare.slice(from, to),
		};
	}

	/** @returns what is held now, not copied: it stays as it is while the run grows */
	get held(): EpochSeries {
		const { first, stepsPerEpoch, share, count } = this;
		const [cost, devCost, devShare] = [this.cost, this.devCost, this.devShare].map((c) => c.subarray(0, count));
		return { first, stepsPerEpoch, share, cost, devCost, devShare };
	}
}

/** @returns the results one after the other; undefined without any */
export function packEpochs(results: readonly EpochResult[]): EpochSeries | undefined {
	const [{ epoch: first, iteration, devR2 } = { epoch: 0 }] = results;
	if (iteration === undefined) return undefined;
	return {
		first,
		stepsPerEpoch: iteration / first,
		cost: Float32Array.from(results, ({ cost }) => cost),
		devCost: Float32Array.from(results, ({ devCost }) => devCost ?? Number.NaN),
		devShare: Float32Array.from(results, ({ devAccuracy, devR2 }) => devAccuracy ?? devR2 ?? Number.NaN),
		share: devR2 === undefined ? "accuracy" : "r2",
	};
}
