import { FIRST_BYTE, instantiate, type KernelModule } from "../backends/wasm/kernels.ts";
import { applyUpdate, Updater } from "../optimizers/index.ts";
import { COEFFICIENTS } from "../optimizers/optimizer.ts";
import type { Clip, DecayConfig, OptimizerConfig } from "../protocol/hyperparameters.ts";
import { Schedule } from "../schedules/index.ts";
import type { Surface } from "./surfaces.ts";

export interface TracePoint {
	/** 0 is the start */
	iteration: number;
	position: [number, number];
	cost: number;
}

/**
 * Follows an optimizer over a surface, by the same update code as training (float32; cost and gradient in float64).
 * Every iteration counts as an epoch for a decay. Ends early at a cost that is not finite.
 */
export function trace(
	module: KernelModule,
	surface: Surface,
	start: [number, number],
	run: { optimizer: OptimizerConfig; decay?: DecayConfig; clip?: Clip; iterations: number },
): TracePoint[] {
	const updater = new Updater(run.optimizer, run.clip);
	const { optimizer, h } = updater;
	const slots = optimizer.slots(h).length;
	// Two parameters and two of padding in each vector.
	const LENGTH = 4;
	const vector = (index: number) => FIRST_BYTE + index * LENGTH * 4;
	const { kernels, memory } = instantiate(module, vector(2 + slots) + COEFFICIENTS * 4);
	const view = (index: number, length = LENGTH) => new Float32Array(memory.buffer, vector(index), length);
	const [w, g, coefficients] = [view(0), view(1), view(2 + slots, COEFFICIENTS)];
	const state = Array.from({ length: slots }, (_, i) => vector(2 + i));
	for (let i = 0; i < slots; i++) view(2 + i).fill(optimizer.start?.(h) ?? 0);
	const vectors = {
		length: LENGTH,
		parameters: vector(0),
		gradients: vector(1),
		state,
		coefficients: vector(2 + slots),
	};
	w.set(start);
	const most = run.clip?.value ?? Number.POSITIVE_INFINITY;
	const clipped = (slope: number) => Math.max(-most, Math.min(most, slope));
	const length = { stepsPerEpoch: 1, iterations: run.iterations };
	const schedule = new Schedule(run.decay ?? { name: "constant" }, h.learningRate, length);
	const points: TracePoint[] = [];
	for (let iteration = 0; ; iteration++) {
		const position: [number, number] = [w[0], w[1]];
		const cost = surface.cost(...position);
		points.push({ iteration, position, cost });
		if (iteration === run.iterations || !Number.isFinite(cost)) return points;
		g.set(surface.gradient(...position).map(clipped));
		updater.gradientNorm = Math.hypot(g[0], g[1]);
		updater.learningRate = schedule.rate(iteration + 1);
		updater.prepare(coefficients, iteration + 1);
		applyUpdate(optimizer.kernel, kernels, vectors);
	}
}
