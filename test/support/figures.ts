/** What the engine computes where a snippet should compute the same. */
import type { DecayConfig, OptimizerConfig } from "../../src/engine/protocol/hyperparameters.ts";
import { Schedule } from "../../src/engine/schedules/index.ts";
import { surface } from "../../src/engine/tuning/surfaces.ts";
import { trace } from "../../src/engine/tuning/trace.ts";
import { kernels } from "./kernels.ts";

/** Steps of a path on the bowl (x^2 + 10 y^2) / 2 from BOWL_START: its gradient is (x, 10 y). */
export const BOWL_STEPS = 30;
export const BOWL_START: [number, number] = [2, 1.5];

/** @returns x and y after each step on the bowl */
export async function bowlPath(optimizer: OptimizerConfig): Promise<number[]> {
	const points = trace(await kernels(), surface("bowl"), BOWL_START, { optimizer, iterations: BOWL_STEPS });
	return points.slice(1).flatMap(({ position }) => position);
}

/** Schedules are compared over so many epochs of so many mini-batches. */
export const EPOCHS = 90;
export const STEPS_PER_EPOCH = 5;
export const STEPS = EPOCHS * STEPS_PER_EPOCH;

/** @returns the learning rate of each mini-batch */
export function stepRates(decay: DecayConfig, a0: number): number[] {
	return [...new Schedule(decay, a0, { stepsPerEpoch: STEPS_PER_EPOCH, iterations: STEPS }).table(STEPS)];
}

/** @returns the learning rate of each epoch */
export function epochRates(decay: DecayConfig, a0: number): number[] {
	return stepRates(decay, a0).filter((_, step) => step % STEPS_PER_EPOCH === 0);
}

/** The notes' averages of 40 and 49: 40, then (beta (1 - beta) 40 + (1 - beta) 49) / (1 - beta^2). */
export function averagesOf40And49(beta: number): number[] {
	return [40, (beta * (1 - beta) * 40 + (1 - beta) * 49) / (1 - beta ** 2)];
}
