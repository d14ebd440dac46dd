import type { Finding } from "../../protocol/run.ts";
import type { Stalled } from "./stall.ts";
import { figure, whole } from "./words.ts";

/** Steps whose weights are averaged. */
const STEPS = 16;
/** The cost must be lower at their mean by this share of itself, and of what a constant guess costs. */
const LOWER = 0.25;
const MATERIAL = 0.05;

/**
 * Weights that swing across a valley have its floor in their middle: the cost there is far below that of the steps
 * themselves. It holds for a swing of any period up to the steps taken in, while the noise of mini-batches averages out
 * to little, and a swing that is damped and makes progress is never looked at.
 */
export class Oscillation {
	/** of the weights of the steps taken in */
	readonly mean: Float32Array;
	private cost = 0;
	private taken = 0;

	/** @param length floats of the parameter vector */
	constructor(length: number) {
		this.mean = new Float32Array(length);
	}

	/** @param cost of the sample with these weights. @returns whether enough steps were taken in */
	step(parameters: Float32Array, cost: number): boolean {
		for (let i = 0; i < parameters.length; i++) this.mean[i] += parameters[i] / STEPS;
		this.cost += cost / STEPS;
		return ++this.taken === STEPS;
	}

	/** @param middle cost of the sample with the mean weights */
	finding(middle: number, { run, iteration, steps, guess }: Stalled): Finding | undefined {
		if (!(this.cost - middle > Math.max(LOWER * this.cost, MATERIAL * guess))) return undefined;
		return {
			code: "oscillation",
			severity: "warning",
			message:
				`The cost has not fallen for ${whole.format(steps)} steps, as the weights swing across a valley: it is ` +
				`${figure(this.cost)} on average over ${STEPS} steps and ${figure(middle)} in their middle.`,
			advice: `Try a learning rate three times smaller than ${run.optimizer.learningRate}.`,
			iteration,
		};
	}
}
