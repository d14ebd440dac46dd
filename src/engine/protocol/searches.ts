/** What came of looking for a mini-batch size or a learning rate. */

/** One mini-batch size, tried. */
export interface BatchSizeTrial {
	batchSize: number;
	/** lowest dev cost in the time that each size has, training cost where there is no dev set */
	cost?: number;
	samplesPerSecond?: number;
	/** steps within that time */
	iterations?: number;
	/** bytes of a step, by the formula that lenses have, too (`step-memory.ts`) */
	memory?: number;
	failed?: "diverged" | "memory";
}

/** Mini-batch sizes tried on the same rows from the same weights, each for the same time. */
export interface BatchSizeSearch {
	/** training rows, m */
	rows: number;
	/** time that each size had */
	seconds: number;
	/** the costs are the lowest of the dev set; false: those of training at the end, as there is no dev set */
	ofDev: boolean;
	trials: BatchSizeTrial[];
	best: number;
	/** false: more than half of the sizes are as good as the best */
	clear: boolean;
}

/** Costs while the learning rate rises, of several runs from other weights on the same rows. */
export interface LearningRateSearch {
	/** rising evenly on a logarithmic scale, one a step */
	rates: number[];
	/** of each run at those rates, smoothed; up to where the cost exploded */
	costs: number[][];
	/** of the runs at each rate, up to where most of them exploded */
	median: number[];
	/** where the median falls steepest; absent when it never falls */
	rate?: number;
	/** around the rates at which single runs fall steepest, but for the least and the greatest of them */
	interval?: [number, number];
	/** absent when the answer is clear; "disagree": the interval spans more than a factor of ten, or most runs never fall */
	unclear?: "neverFalls" | "disagree";
}
