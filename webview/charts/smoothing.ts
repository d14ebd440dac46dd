import { Average } from "../../src/engine/averages.ts";
import type { SmoothedOverview } from "../../src/engine/protocol/panel.ts";
import { Curve } from "./curve.ts";

/**
 * The bias-corrected average of a curve. It sees every raw point in order, before anything is thinned for the screen, so
 * a smoothed point never moves once it is there. A value that is not finite is a gap: it shows as NaN and leaves the
 * average alone.
 */
export class Smoother {
	private readonly average: Average;

	/** @param state of the average to go on with */
	constructor(beta: number, state?: [number, number]) {
		this.average = new Average(beta, state);
	}

	/** Smooths source[from, to) into target at the same places. */
	extend(source: Float32Array, from: number, to: number, target: Float32Array): void {
		for (let i = from; i < to; i++) {
			const value = source[i];
			target[i] = value - value === 0 ? this.average.add(value) : Number.NaN;
		}
	}
}

/** A curve that follows another one as its average. */
export class SmoothedCurve extends Curve {
	private readonly source: Curve;
	private smoother: Smoother;
	/** smooths what is filled in, from the first iteration on, beside what is new */
	private filler: Smoother;

	constructor(source: Curve, beta: number) {
		super();
		this.source = source;
		this.smoother = new Smoother(beta);
		this.filler = this.smoother;
	}

	/** Smooths all of the source, from its first value on. */
	restart(beta: number): void {
		this.clear();
		this.smoother = new Smoother(beta);
		this.follow();
	}

	/** Smooths what the source has grown by. */
	follow(): void {
		const { length: from, source } = this;
		this.reserve(source.length);
		this.smoother.extend(source.values, from, source.length, this.values);
		this.commit(source.length);
	}

	/** Takes an overview of what the source was covered with, and goes on from there. */
	coverSmoothed(length: number, shift: number, overview: SmoothedOverview, beta: number): void {
		this.cover(length, shift, overview);
		this.smoother = new Smoother(beta, overview.average);
		this.filler = new Smoother(beta);
	}

	/** Smooths what was filled in of the source. */
	fillSmoothed(from: number, to: number): void {
		this.filler.extend(this.source.values, from, to, this.values);
		this.pyramid.extend(this.values, from, to);
	}
}
