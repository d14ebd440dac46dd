import { Average } from "../../src/engine/averages.ts";
import type { SmoothedOverview } from "../../src/engine/protocol/panel.ts";
import { Curve } from "./curve.ts";

/**
 * A curve that follows another one as its bias-corrected average. It sees every raw point in order, before anything is
 * thinned for the screen, so a smoothed point never moves once it is there.
 */
export class SmoothedCurve extends Curve {
	private readonly source: Curve;
	private average: Average;
	/** smooths what is filled in, from the first iteration on, beside what is new */
	private filler: Average;

	constructor(source: Curve, beta: number) {
		super();
		this.source = source;
		this.average = new Average(beta);
		this.filler = this.average;
	}

	/** Smooths all of the source, from its first value on. */
	restart(beta: number): void {
		this.clear();
		this.average = new Average(beta);
		this.follow();
	}

	/** Smooths what the source has grown by. */
	follow(): void {
		const { length: from, source } = this;
		this.reserve(source.length);
		this.average.smooth(source.values, from, source.length, this.values);
		this.commit(source.length);
	}

	/** Takes an overview of what the source was covered with, and goes on from there. */
	coverSmoothed(length: number, shift: number, overview: SmoothedOverview, beta: number): void {
		this.cover(length, shift, overview);
		this.average = new Average(beta, overview.average);
		this.filler = new Average(beta);
	}

	/** Smooths what was filled in of the source. */
	fillSmoothed(from: number, to: number): void {
		this.filler.smooth(this.source.values, from, to, this.values);
		this.pyramid.extend(this.values, from, to);
	}
}
