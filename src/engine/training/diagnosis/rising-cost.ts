import { Average, betaFor, windowOf } from "../../averages.ts";
import type { Finding } from "../../protocol/run.ts";
import type { ResolvedRun } from "../../protocol/run-file.ts";
import { figure, smallerRate, whole } from "./words.ts";

/** Plain gradient descent: so many rises in a row that add up to this share of the cost. */
const RISES = 3;
const RISE = 0.01;
/** Any optimizer: an average cost twice its lowest, in logarithms, for as many steps as it spans. */
const GROWTH = Math.LN2;
/** What the cost must have risen by, as a share of the first step's: next to 0 even a doubling is nothing. */
const MATERIAL = 0.1;

/**
 * Under full batch a cost that rises has no noise to blame (notes 000 §2): the learning rate is too large. Plain gradient
 * descent must go down step by step; momentum and the adaptive ones may swing, so theirs is averaged over five times what
 * they remember, in logarithms, which a single spike hardly moves.
 */
export class RisingCost {
	private readonly run: ResolvedRun;
	private readonly plain: boolean;
	private readonly window: number;
	private readonly level: Average;
	private readonly first: number;
	private told = false;

	private last = Number.POSITIVE_INFINITY;
	private rises = 0;
	private before = 0;

	private lowest = Number.POSITIVE_INFINITY;
	private lowestAt = 0;
	private above = 0;

	/** @param first cost of the run's first step */
	constructor(run: ResolvedRun, first: number) {
		const { name, beta = 0, beta1 = 0 } = run.optimizer;
		this.run = run;
		this.plain = name === "gradientDescent";
		this.window = Math.max(50, 5 * windowOf(Math.max(beta, beta1)));
		this.level = new Average(betaFor(this.window));
		this.first = first;
	}

	step(iteration: number, cost: number): Finding | undefined {
		if (this.told) return undefined;
		return (this.plain ? this.inARow(iteration, cost) : undefined) ?? this.onAverage(iteration, cost);
	}

	private inARow(iteration: number, cost: number): Finding | undefined {
		if (cost > this.last) {
			if (this.rises++ === 0) this.before = this.last;
		} else this.rises = 0;
		this.last = cost;
		if (this.rises < RISES || cost < this.before * (1 + RISE)) return undefined;
		return this.finding(iteration, this.before, cost, this.rises);
	}

	private onAverage(iteration: number, cost: number): Finding | undefined {
		const level = this.level.add(Math.log(Math.max(cost, 1e-30)));
		if (level < this.lowest) {
			this.lowest = level;
			this.lowestAt = iteration;
		}
		const risen = level - this.lowest > GROWTH && Math.exp(level) - Math.exp(this.lowest) > MATERIAL * this.first;
		this.above = risen ? this.above + 1 : 0;
		if (this.above < this.window) return undefined;
		return this.finding(iteration, Math.exp(this.lowest), Math.exp(level), iteration - this.lowestAt);
	}

	private finding(iteration: number, from: number, to: number, steps: number): Finding {
		this.told = true;
		return {
			code: "cost-rising",
			severity: "warning",
			message: `Under full batch the cost rose from ${figure(from)} to ${figure(to)} within ${whole.format(steps)} steps: the learning rate is too large.`,
			advice: smallerRate(this.run),
			iteration,
		};
	}
}
