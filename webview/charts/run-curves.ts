/** The curves of one run as the panel holds them: what the host sent, and the smoothed cost on top. */
import type { RunSeries } from "../../src/engine/protocol/panel.ts";
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
	private smoother: Smoother;

	constructor(beta: number) {
		this.smoother = new Smoother(beta);
	}

	/** iterations held */
	get length(): number {
		return this.cost.length;
	}

	replace(series: RunSeries): void {
		for (const curve of [this.cost, this.smoothed, this.learningRate, this.gradientNorm]) curve.clear();
		this.broken.length = 0;
		this.smoother = new Smoother(this.smoother.beta);
		this.append({ first: 1, ...series });
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
		if (beta === this.smoother.beta) return;
		this.smoother = new Smoother(beta);
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
