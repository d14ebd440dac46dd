import type { ResolvedRun } from "../../protocol/run-file.ts";

/** Blocks in a row without a lower mean cost that make a stall. */
const BLOCKS = 3;
/** A block's mean must lie this share below the lowest one to be lower. */
const LOWER = 0.005;
/** Stalls that are looked at in a run: what a closer look costs is bounded. */
const LOOKS = 4;

/** What is known of a cost that makes no progress. */
export interface Stalled {
	run: ResolvedRun;
	iteration: number;
	/** steps without progress */
	steps: number;
	/** mean cost of the lowest block of steps */
	level: number;
	/** cost of the best constant answer */
	guess: number;
}

/** @returns steps whose mean cost is compared: a twentieth of the run, from 20 to 100, and some 2,000 rows at least */
export function blockSteps(iterations: number, batchSize: number): number {
	return Math.max(Math.min(100, Math.max(20, Math.floor(iterations / 20))), Math.ceil(2048 / batchSize));
}

/**
 * Tells when the cost has made no progress for long. A step's cost is noise under mini-batches; the mean of a block of
 * steps is hardly any, and asking for a new lowest one takes flat, swinging and rising costs alike.
 */
export class Stall {
	/** blocks finished */
	blocks = 0;
	private readonly steps: number;
	private inBlock = 0;
	private sum = 0;
	private lowest = Number.POSITIVE_INFINITY;
	private waited = 0;
	private nextLook = BLOCKS;
	private looks = 0;

	constructor(steps: number) {
		this.steps = steps;
	}

	/** steps without progress */
	get length(): number {
		return this.waited * this.steps;
	}

	/** mean cost of the lowest block */
	get level(): number {
		return this.lowest;
	}

	/** @returns whether a block has ended */
	step(cost: number): boolean {
		this.sum += cost;
		if (++this.inBlock < this.steps) return false;
		const mean = this.sum / this.steps;
		this.inBlock = this.sum = 0;
		this.blocks++;
		if (mean < this.lowest * (1 - LOWER)) {
			this.lowest = mean;
			this.waited = 0;
			this.nextLook = BLOCKS;
		} else this.waited++;
		return true;
	}

	/** @returns whether to look closer now: after 3 blocks without progress, then 6, 12, ... */
	shouldLook(): boolean {
		if (this.waited < this.nextLook || this.looks === LOOKS) return false;
		this.looks++;
		this.nextLook = 2 * this.waited;
		return true;
	}
}
