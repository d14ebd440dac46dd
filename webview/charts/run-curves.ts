/** The curves of one run as the panel holds them: what the host sent, and the averages of its cost and gradient norm. */
import type { RunOverview, RunSeries } from "../../src/engine/protocol/panel.ts";
import type { StepBatch } from "../../src/engine/protocol/run.ts";
import { Curve } from "./curve.ts";
import { SmoothedCurve } from "./smoothed-curve.ts";

/** A chart has no room for more marks. */
const mostBroken = 1000;
/** A hole in the numbering is kept as a gap, up to this many iterations: beyond, the message is wrong. */
const largestGap = 10_000_000;

export class RunCurves {
	readonly cost = new Curve();
	readonly smoothed: SmoothedCurve;
	readonly learningRate = new Curve();
	readonly gradientNorm = new Curve();
	readonly smoothedNorm: SmoothedCurve;
	/** places of the first costs that are not finite; a hole in the numbering is none */
	readonly broken: number[] = [];
	private beta: number;
	/** iterations of an overview; those from `filled` on are not there yet */
	private covered = 0;
	private filled = 0;

	constructor(beta: number) {
		this.beta = beta;
		this.smoothed = new SmoothedCurve(this.cost, beta);
		this.smoothedNorm = new SmoothedCurve(this.gradientNorm, beta);
	}

	/** iterations held */
	get length(): number {
		return this.cost.length;
	}

	/** Whether its single iterations are there, and not an overview alone. */
	get whole(): boolean {
		return this.filled === this.covered;
	}

	/** @param index of an iteration, from 0 */
	holds(index: number): boolean {
		return index < this.length && (index < this.filled || index >= this.covered);
	}

	replace(series: RunSeries): void {
		for (const curve of [this.cost, this.learningRate, this.gradientNorm]) curve.clear();
		this.broken.length = 0;
		this.covered = 0;
		this.filled = 0;
		this.smoothAgain();
		this.append({ first: 1, ...series });
	}

	/** Takes what a screen shows of a long run in place of all that was held; `fill` then brings its iterations. */
	cover({ length, shift, broken, ...curves }: RunOverview): void {
		this.cost.cover(length, shift, curves.cost);
		this.smoothed.coverSmoothed(length, shift, curves.smoothed, this.beta);
		this.learningRate.cover(length, shift, curves.learningRate);
		this.gradientNorm.cover(length, shift, curves.gradientNorm);
		this.smoothedNorm.coverSmoothed(length, shift, curves.smoothedNorm, this.beta);
		this.broken.splice(0, this.broken.length, ...broken);
		this.covered = length;
		this.filled = 0;
	}

	/** Fills in the next iterations of those that were covered; with the last ones all are smoothed by what beta is then. */
	fill(batch: StepBatch): void {
		if (this.whole || batch.first !== this.filled + 1) return;
		const room = this.covered - this.filled;
		this.cost.fill(batch.cost.subarray(0, room), this.filled);
		this.learningRate.fill(batch.learningRate.subarray(0, room), this.filled);
		this.gradientNorm.fill(batch.gradientNorm.subarray(0, room), this.filled);
		const from = this.filled;
		this.filled += Math.min(room, batch.cost.length);
		if (this.whole) this.smoothAgain();
		else for (const curve of this.averages) curve.fillSmoothed(from, this.filled);
	}

	/** Appends what is new of the batch: iterations already held stand. */
	append(batch: StepBatch): void {
		const missing = batch.first - 1 - this.length;
		if (missing > largestGap) return;
		if (missing > 0) {
			const gap = new Float32Array(missing).fill(Number.NaN);
			for (const curve of [this.cost, this.learningRate, this.gradientNorm]) curve.append(gap);
		}
		const held = Math.max(0, -missing);
		const end = Math.min(batch.cost.length, batch.learningRate.length, batch.gradientNorm.length);
		if (held >= end && missing <= 0) return;
		for (let i = held, at = this.cost.length; i < end && this.broken.length < mostBroken; i++, at++) {
			if (!Number.isFinite(batch.cost[i])) this.broken.push(at);
		}
		this.cost.append(batch.cost.subarray(held, end));
		this.learningRate.append(batch.learningRate.subarray(held, end));
		this.gradientNorm.append(batch.gradientNorm.subarray(held, end));
		for (const curve of this.averages) curve.follow();
	}

	/** Smooths anew, over every raw point. */
	setBeta(beta: number): void {
		if (beta === this.beta) return;
		this.beta = beta;
		// Of an overview it is smoothed once its iterations are there.
		if (this.whole) this.smoothAgain();
	}

	private get averages(): SmoothedCurve[] {
		return [this.smoothed, this.smoothedNorm];
	}

	private smoothAgain(): void {
		for (const curve of this.averages) curve.restart(this.beta);
	}
}
