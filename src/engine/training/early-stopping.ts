import type { EarlyStopping as Config } from "../protocol/hyperparameters.ts";
import type { EpochResult } from "../protocol/run.ts";
import type { Position } from "./checkpoint.ts";

/**
 * Waits for a lower dev cost, and keeps the weights of the lowest one. What it knows besides them stands in the run's
 * position, so that a checkpoint has it all.
 */
export class EarlyStopping {
	private readonly config: Required<Config>;
	private readonly parameters: Float32Array;
	/** weights of the lowest dev cost; absent when the run is to end with the last ones */
	readonly weights: Float32Array | undefined;

	/** @param parameters the run's own, a live view */
	constructor(config: Required<Config>, parameters: Float32Array) {
		this.config = config;
		this.parameters = parameters;
		if (config.restoreBest) this.weights = new Float32Array(parameters.length);
	}

	/** Takes in the epoch that has just ended. */
	epoch(at: Position, result: EpochResult): void {
		const { devCost = Number.NaN } = result;
		const limit = at.best ? at.best.devCost! - this.config.minDelta : Number.POSITIVE_INFINITY;
		if (!(devCost < limit)) return;
		at.best = result;
		this.weights?.set(this.parameters);
	}

	/** Whether the dev cost has not been lower for as long as it was to be waited for. */
	isOver(at: Position): boolean {
		return at.epoch - (at.best?.epoch ?? 0) >= this.config.patience;
	}

	/** Puts the best weights in place of the last ones. @returns the epoch that they are of, when there is one */
	restore(at: Position): EpochResult | undefined {
		if (!this.weights || !at.best) return undefined;
		this.parameters.set(this.weights);
		return at.best;
	}
}
