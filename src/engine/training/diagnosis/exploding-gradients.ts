import { Average } from "../../averages.ts";
import type { Finding } from "../../protocol/run.ts";
import { figure } from "./words.ts";

/** A norm this many times the running level is a spike. */
const SPIKE = 100;
/** And must lie this far above what is usual: near a minimum the level is tiny and a hard row no explosion. */
const MATERIAL = 10;
/** Spikes, and steps that lie between two of them at most. */
const SPIKES = 3;
const APART = 1000;
/** A level this many times what is usual, for so many steps, has grown. */
const GROWTH = 100;
const STEPS = 20;
/** The first steps, whose level is usual. */
const FIRST = 20;
/** What one norm can add to the level, in levels. */
const CAP = 10;

/** Watches the gradient's norm against its bias-corrected average over some 50 steps. */
export class ExplodingGradients {
	/** smallest norm that is usual */
	private readonly least: number;
	private readonly level = new Average(0.98);
	private readonly recent = new Float32Array(128);
	private seen = 0;
	private usual = 0;
	private spikes = 0;
	private lastSpike = 0;
	private largest = 0;
	private above = 0;
	private told = false;

	/** @param least a usual norm for such a net: a run may begin on a saddle, where the gradient is next to nothing */
	constructor(least: number) {
		this.least = least;
	}

	step(iteration: number, norm: number): Finding | undefined {
		this.recent[this.seen++ & 127] = norm;
		if (this.seen <= FIRST) {
			this.usual = Math.max(this.least, this.level.add(norm));
			return undefined;
		}
		const level = this.level.value;
		this.level.add(Math.min(norm, CAP * level));
		this.above = level > GROWTH * this.usual ? this.above + 1 : 0;
		const spike = norm > SPIKE * level && norm > MATERIAL * this.usual;
		return spike || this.above === STEPS ? this.judge(iteration, norm, level, spike) : undefined;
	}

	private judge(iteration: number, norm: number, level: number, spike: boolean): Finding | undefined {
		if (spike) {
			if (iteration - this.lastSpike > APART) this.spikes = this.largest = 0;
			this.spikes++;
			this.lastSpike = iteration;
			this.largest = Math.max(this.largest, norm / level);
		}
		if (this.told || (spike && this.spikes < SPIKES)) return undefined;
		this.told = true;
		const limit = spike ? this.median() : this.usual;
		return {
			code: "exploding-gradients",
			severity: "warning",
			message: spike
				? `The gradient's norm jumped beyond ${SPIKE} times its running level ${SPIKES} times, once to ${figure(this.largest)} times.`
				: `The gradient's norm has grown from ${figure(this.usual)} to ${figure(level)}.`,
			advice: `Try clipping the gradient by norm at ${Number(limit.toPrecision(2))}, ${spike ? "the median of the last steps" : "where it began"}.`,
			iteration,
		};
	}

	private median(): number {
		const sorted = this.recent.slice(0, Math.min(this.seen, 128)).sort();
		return sorted[sorted.length >> 1];
	}
}
