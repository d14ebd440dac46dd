import { Average } from "../../averages.ts";
import type { EpochResult, Finding } from "../../protocol/run.ts";
import { figure, whole } from "./words.ts";

/** The dev cost must lie above its lowest by this share of it, of what a constant guess costs, and so many deviations. */
const RISE = 0.1;
const MATERIAL = 0.05;
const DEVIATIONS = 4;
/** What is left at most of the training cost of that epoch. */
const FALL = 0.95;

/** Watches for a dev cost that keeps above its lowest while the training cost goes on falling. */
export class Overfitting {
	private readonly patience: number;
	private readonly guess: number;
	private readonly kept: boolean;
	private best: EpochResult | undefined;
	/** half the squared difference of two epochs' dev costs: the variance of their noise */
	private readonly noise = new Average(0.95);
	private last = Number.NaN;
	private above = 0;
	private told = false;

	/**
	 * @param epochs of the whole run: of more epochs it waits for more
	 * @param guess cost of the best constant answer
	 * @param kept the run ends with the weights of the lowest dev cost
	 */
	constructor(epochs: number, guess: number, kept = false) {
		this.patience = Math.min(50, Math.max(5, Math.round(epochs / 20)));
		this.guess = guess;
		this.kept = kept;
	}

	epoch(result: EpochResult): Finding | undefined {
		const { devCost } = result;
		if (devCost === undefined || !Number.isFinite(devCost) || this.told) return undefined;
		if (!Number.isNaN(this.last)) this.noise.add((devCost - this.last) ** 2 / 2);
		this.last = devCost;
		if (!this.best || devCost < this.best.devCost!) this.best = result;
		const lowest = this.best.devCost!;
		const noise = DEVIATIONS * Math.sqrt(this.noise.value);
		const risen = devCost - lowest > Math.max(RISE * lowest, MATERIAL * this.guess, noise);
		this.above = risen && result.cost < FALL * this.best.cost ? this.above + 1 : 0;
		if (this.above < this.patience) return undefined;
		this.told = true;
		const epoch = whole.format(this.best.epoch);
		return {
			code: "overfitting",
			severity: "warning",
			message:
				`The dev cost rose from ${figure(lowest)} at epoch ${epoch} to ${figure(devCost)} at epoch ${whole.format(result.epoch)} ` +
				`while the training cost fell from ${figure(this.best.cost)} to ${figure(result.cost)}.`,
			advice: this.kept
				? "The run ends with the weights of the lowest dev cost; try a smaller net, an L2 term or more rows."
				: `Try early stopping with a patience of ${this.patience} epochs, which keeps the weights of the lowest dev cost.`,
			iteration: result.iteration,
		};
	}
}
