/** The epochs of one run as curves over their numbers, so that a million of them are drawn as fast as ten. */
import type { EpochsOverview } from "../../src/engine/protocol/panel.ts";
import type { EpochResult, EpochSeries } from "../../src/engine/protocol/run.ts";
import { Curve } from "./curve.ts";
import type { Points } from "./picture.ts";

export class Epochs {
	readonly cost = new Curve();
	readonly devCost = new Curve();
	/** dev accuracy, or dev R² of a regression */
	readonly devShare = new Curve();
	/** iterations finished with each epoch, ascending; only the first `length` count */
	private iterations = new Uint32Array(256);
	private share: EpochSeries["share"] = "accuracy";
	/** number of the first epoch */
	private first = 1;
	/** iterations of every epoch */
	stepsPerEpoch = 1;
	/** epochs of an overview; those from `filled` on are not there yet */
	private covered = 0;
	private filled = 0;

	get length(): number {
		return this.cost.length;
	}

	/** The newest epoch. */
	get last(): EpochResult | undefined {
		return this.at(this.length - 1);
	}

	/** Whether its single epochs are there, and not an overview alone. */
	get whole(): boolean {
		return this.filled === this.covered;
	}

	replace(epochs: EpochSeries): void {
		for (const curve of [this.cost, this.devCost, this.devShare]) curve.clear();
		this.covered = 0;
		this.filled = 0;
		this.append(epochs);
	}

	append(epochs: EpochSeries): void {
		const count = epochs.cost.length;
		if (count === 0) return;
		this.number(epochs, count);
		this.cost.append(epochs.cost);
		this.devCost.append(epochs.devCost);
		this.devShare.append(epochs.devShare);
	}

	/** Takes what a screen shows of many epochs in place of all that was held; `fill` then brings the epochs. */
	cover(overview: EpochsOverview): void {
		const { length, shift, cost, devCost, devShare } = overview;
		this.cost.clear();
		this.number(overview, length);
		this.cost.cover(length, shift, cost);
		this.devCost.cover(length, shift, devCost);
		this.devShare.cover(length, shift, devShare);
		this.covered = length;
		this.filled = 0;
	}

	/** Fills in the next of the epochs that were covered. */
	fill(epochs: EpochSeries): void {
		const room = this.covered - this.filled;
		if (room === 0 || epochs.first !== this.first + this.filled) return;
		this.cost.fill(epochs.cost.subarray(0, room), this.filled);
		this.devCost.fill(epochs.devCost.subarray(0, room), this.filled);
		this.devShare.fill(epochs.devShare.subarray(0, room), this.filled);
		this.filled += Math.min(room, epochs.cost.length);
	}

	/** Takes in which epochs follow those that are held, and where they end. */
	private number({ first, stepsPerEpoch, share }: Omit<EpochSeries, "cost" | "devCost" | "devShare">, count: number) {
		const from = this.length;
		if (from === 0) this.first = first;
		this.share = share;
		this.stepsPerEpoch = stepsPerEpoch;
		if (from + count > this.iterations.length) {
			const bigger = new Uint32Array(Math.max(from + count, 2 * this.iterations.length));
			bigger.set(this.iterations.subarray(0, from));
			this.iterations = bigger;
		}
		for (let i = 0; i < count; i++) this.iterations[from + i] = (first + i) * stepsPerEpoch;
	}

	/** @param index from 0 */
	at(index: number): EpochResult | undefined {
		if (index < 0 || index >= this.length) return undefined;
		const figure = (curve: Curve) => (Number.isNaN(curve.values[index]) ? undefined : curve.values[index]);
		const share = figure(this.devShare);
		return {
			epoch: this.first + index,
			iteration: this.iterations[index],
			cost: this.cost.values[index],
			devCost: figure(this.devCost),
			...(this.share === "r2" ? { devR2: share } : { devAccuracy: share }),
		};
	}

	/** @returns the newest epoch with a dev cost, none that ended after the iteration */
	lastDev(iteration = Number.POSITIVE_INFINITY): EpochResult | undefined {
		for (let index = this.firstAfter(iteration) - 1; index >= 0; index--) {
			if (!Number.isNaN(this.devCost.values[index])) return this.at(index);
		}
		return undefined;
	}

	/** @returns the index of the first epoch that ended after the iteration, `length` when there is none */
	firstAfter(iteration: number): number {
		return firstAbove(this.iterations, this.length, iteration);
	}

	iterationOf(index: number): number {
		return this.iterations[index];
	}

	/** The figures of one of its curves at their iterations. */
	points(curve: Curve): Points {
		return { at: this.iterations.subarray(0, this.length), values: curve.values.subarray(0, this.length) };
	}
}

/** @returns the first index of an ascending array with a greater value, `length` when there is none */
export function firstAbove(ascending: Uint32Array, length: number, value: number): number {
	let low = 0;
	let high = length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if (ascending[middle] > value) high = middle;
		else low = middle + 1;
	}
	return low;
}
