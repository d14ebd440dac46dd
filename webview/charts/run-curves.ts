/** The curves of one run as the panel holds them: what the host sent, and the smoothed cost on top. */
import type { RunOverview, RunSeries } from "../../src/engine/protocol/panel.ts";
import type { StepBatch } from "../../src/engine/protocol/run.ts";
import { Curve } from "./curve.ts";
import { Smoother } from "./smoothing.ts";

/** A chart has no room for more marks. */
const mostBroken = 1000;
/** A hole in the numbering is kept as a gap, up to this many iterations: beyond, the message is wrong. */
const largestGap = 10_000_000;

export class RunCurves {
	readonly cost = new Curve();
	readonly smoothed = new Curve();
	readonly learningRate = new Curve();
	readonly gradientNorm = new Curve();
	/** places of the first costs that are not finite; a hole in the numbering is none */
	readonly broken: number[] = [];
	private beta: number;
	private smoother: Smoother;
	/** smooths what is filled in, from the first iteration on, beside what is new */
	private filler: Smoother;
	/** iterations of an overview; those from `filled` on are not there yet */
	private covered = 0;
	private filled = 0;

	constructor(beta: number) {
		this.beta = beta;
		this.smoother = new Smoother(beta);
		this.filler = this.smoother;
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
		for (const curve of [this.cost, this.smoothed, this.learningRate, this.gradientNorm]) curve.clear();
		this.broken.length = 0;
		this.covered = 0;
		this.filled = 0;
		this.smoother = new Smoother(this.beta);
		this.append({ first: 1, ...series });
	}

	/** Takes what a screen shows of a long run in place of all that was held; `fill` then brings its iterations. */
	cover({ length, shift, average, broken, ...curves }: RunOverview): void {
		this.cost.cover(length, shift, curves.cost);
		this.smoothed.cover(length, shift, curves.smoothed);
		this.learningRate.cover(length, shift, curves.learningRate);
		this.gradientNorm.cover(length, shift, curves.gradientNorm);
		this.broken.splice(0, this.broken.length, ...broken);
		this.smoother = new Smoother(this.beta, average);
		this.filler = new Smoother(this.beta);
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
		else {
			this.filler.extend(this.cost.values, from, this.filled, this.smoothed.values);
			this.smoothed.pyramid.extend(this.smoothed.values, from, this.filled);
		}
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
		this.smooth();
	}

	/** Smooths anew, over every raw point. */
	setBeta(beta: number): void {
		if (beta === this.beta) return;
		this.beta = beta;
		// Of an overview it is smoothed once its iterations are there.
		if (this.whole) this.smoothAgain();
	}

	private smoothAgain(): void {
		this.smoother = new Smoother(this.beta);
		this.smoothed.clear();
		this.smooth();
	}

	private smooth(): void {
		const from = this.smoothed.length;
		const to = this.cost.length;
		this.smoothed.reserve(to);
		this.smoother.extend(this.cost.values, from, to, this.smoothed.values);
		this.smoothed.commit(to);
	}
}
