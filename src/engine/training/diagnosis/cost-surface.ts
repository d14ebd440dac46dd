import { parameterLayout } from "../../model/network.ts";
import type { PreparedRun } from "../prepare.ts";
import type { Random } from "../random.ts";
import { SAMPLE_ROWS } from "../windows.ts";

/** What a gradient over the probed rows may cost, in parameters times rows. */
const WORK = 2e7;
const MOST_ROWS = 512;
const LEAST_ROWS = 64;

/** @returns how long the weights of such a net usually are: Xavier's deviation a weight */
export function usualLength(sizes: readonly number[]): number {
	const squares = sizes.slice(1).map((outputs, l) => (2 * sizes[l] * outputs) / (sizes[l] + outputs));
	return Math.sqrt(squares.reduce((sum, square) => sum + square, 0));
}

/**
 * The cost around a point, over a fixed part of a run's training rows and with its L2 term. It moves the run's weights
 * to look and puts them back: after every call weights and gradients are what they were, bit for bit.
 */
export class CostSurface {
	/** what a distance is measured by */
	readonly scale: number;
	/** rows that are looked at */
	readonly rows: number;
	private readonly prepared: PreparedRun;
	private readonly point: Float32Array;
	private readonly weights: Float32Array;
	private readonly gradients: Float32Array;
	private readonly batch: number;
	/** place of the first row in the order */
	private readonly first: number;

	/** @param point laid out like the parameters */
	constructor(prepared: PreparedRun, point: Float32Array) {
		const { backend, start, sizes } = prepared;
		this.prepared = prepared;
		this.point = point;
		this.weights = backend.parameters.slice();
		this.gradients = backend.gradients.slice();
		const wanted = Math.min(MOST_ROWS, Math.max(LEAST_ROWS, Math.floor(WORK / start.parameters)));
		this.batch = Math.min(start.run.batchSize, wanted);
		const { windows } = prepared;
		// in the order of an epoch that comes by windows they lie behind it
		this.first = windows.count > 1 ? 2 * windows.windowRows : 0;
		const there = windows.count > 1 ? SAMPLE_ROWS : start.trainRows;
		const batches = Math.min(Math.ceil(wanted / this.batch), Math.floor(there / this.batch));
		this.rows = batches * this.batch;
		this.scale = usualLength(sizes);
	}

	/** A random direction of the weights; padding stays 0. */
	direction(random: Random): Float32Array {
		const v = new Float32Array(this.weights.length);
		for (const { offset, rows, columns } of parameterLayout(this.prepared.sizes).parameters) {
			for (let i = offset; i < offset + rows * columns; i++) v[i] = random.normal();
		}
		return v;
	}

	/** @returns the cost at the point + distance * v; its gradient goes to `gradient` */
	at(distance: number, v: Float32Array, gradient?: Float32Array): number {
		const { backend, start } = this.prepared;
		const { parameters, gradients } = backend;
		for (let i = 0; i < v.length; i++) parameters[i] = this.point[i] + distance * v[i];
		const share = this.batch / this.rows;
		// The L2 term is divided by the rows of a call; it is to weigh as it does in a step.
		const l2 = (start.run.l2 * this.batch) / start.run.batchSize;
		let cost = 0;
		gradient?.fill(0);
		for (let first = 0; first < this.rows; first += this.batch) {
			cost += share * backend.computeGradients(this.first + first, this.batch, l2, 0).cost;
			if (gradient) for (let i = 0; i < gradient.length; i++) gradient[i] += share * gradients[i];
		}
		parameters.set(this.weights);
		gradients.set(this.gradients);
		return cost;
	}

	/** Writes the Hessian times v into `out`: the difference of the gradients on both sides. @param v of length 1 */
	hessianTimes(v: Float32Array, out: Float32Array): void {
		// Far enough for the difference to be more than rounding, and near enough for the curvature to be that of here.
		const distance = 0.01 * this.scale;
		const behind = new Float32Array(v.length);
		this.at(-distance, v, behind);
		this.at(distance, v, out);
		for (let i = 0; i < out.length; i++) out[i] = (out[i] - behind[i]) / (2 * distance);
	}
}
