import { instantiate, type KernelModule } from "../backends/wasm/kernels.ts";
import { createNetwork } from "../backends/wasm/network.ts";
import { initialize, parameterLayout } from "../model/network.ts";
import { Updater } from "../optimizers/index.ts";
import { Random } from "../training/random.ts";

export interface BenchCase {
	name: string;
	/** n_x, hidden units, outputs; one output is a regression, more are classes */
	dims: number[];
	batch: number;
}

export const BENCH_CASES: readonly BenchCase[] = [
	{ name: "tiny", dims: [10, 32, 16, 1], batch: 64 },
	{ name: "small", dims: [64, 128, 64, 10], batch: 128 },
	{ name: "mnist", dims: [784, 256, 128, 10], batch: 256 },
	{ name: "large", dims: [1024, 1024, 1024, 10], batch: 512 },
];

export interface BenchResult extends BenchCase {
	stepsPerSecond: number;
	/** of the dense products alone, forward and backward */
	gflops: number;
	/** threads that computed it */
	threads: number;
	/** of these threads' multiply-add peak, one thread's measured right before */
	shareOfPeak: number;
	/** of the first CHECK_STEPS steps, to compare with a peer's from the same weights on the same data */
	costs: number[];
}

export const ROWS = 4096;
/** So few that roundings have not grown yet: after 50 steps of the large net they are more than a thousandth. */
export const CHECK_STEPS = 10;
/** Until the code is compiled and the number of threads is chosen. */
const WARM_UP_STEPS = 200;

/**
 * The data of a case: the same on every machine.
 * x is uniform in [-1, 1), y the sign of a fixed combination as a number, or a class by its size.
 */
export function fillTable(x: Float32Array, y: Float32Array, features: number, outputs: number): void {
	let state = 12345;
	for (let i = 0; i < x.length; i++) {
		state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
		x[i] = state / 0x40000000 - 1;
	}
	for (let row = 0; row < y.length; row++) {
		let sum = 0;
		for (let j = 0; j < Math.min(features, 8); j++) sum += x[row * features + j] * (j % 2 === 0 ? 1 : -1);
		y[row] = outputs === 1 ? sum : Math.min(outputs - 1, Math.max(0, Math.floor(((sum + 3) / 6) * outputs)));
	}
}

/** Flops of the dense products of one step: forward, by the weights, and by the inputs but for the first layer. */
function flopsOf({ dims, batch }: BenchCase): number {
	let flops = 0;
	for (let l = 0; l < dims.length - 1; l++) flops += 2 * batch * dims[l] * dims[l + 1] * (l === 0 ? 2 : 3);
	return flops;
}

/** Multiply-adds a second in registers, in GFLOP/s: the best of some rounds. */
export function measurePeak(module: KernelModule): number {
	const { kernels } = instantiate(module, 1);
	const rounds = 100_000;
	let best = 0;
	for (let i = 0; i < 30; i++) {
		const begin = performance.now();
		kernels.peak(rounds, 0.5);
		best = Math.max(best, (96 * rounds) / ((performance.now() - begin) * 1e6));
	}
	return best;
}

/**
 * Trains one case with Adam, the cost read at every step, for about `seconds`.
 * @param threads as many, or, when absent, as many as pay
 */
export function runCase(module: KernelModule, bench: BenchCase, seconds: number, threads?: number): BenchResult {
	const { dims, batch } = bench;
	const outputs = dims[dims.length - 1];
	const updater = new Updater({ name: "adam", learningRate: 0.001 });
	const needs = { rows: ROWS, trainRows: ROWS, batchSize: batch, updater, threads };
	const cost = outputs === 1 ? "meanSquaredError" : "categoricalCrossEntropy";
	const { backend, x, y } = createNetwork(module, { sizes: dims, activation: "relu", cost }, needs);
	fillTable(x, y, dims[0], outputs);
	const order = Uint32Array.from({ length: ROWS }, (_, i) => i);
	backend.setOrder(order);
	initialize(backend.parameters, parameterLayout(dims).parameters, "he", new Random(1));
	let t = 0;
	const step = (): number => {
		const { cost, gradientNorm } = backend.computeGradients((t * batch) % ROWS, batch, 0);
		t++;
		backend.update(updater, gradientNorm, 0.001, t);
		return cost;
	};
	const costs = Array.from({ length: CHECK_STEPS }, step);
	while (t < WARM_UP_STEPS) step();
	const peak = measurePeak(module);
	// The best of five parts: other work on the machine only ever takes time away.
	let best = 0;
	let used = 1;
	for (let part = 0; part < 5; part++) {
		const begin = performance.now();
		let steps = 0;
		let ms = 0;
		do {
			step();
			steps++;
			ms = performance.now() - begin;
		} while (ms < (seconds * 1000) / 5);
		if ((steps / ms) * 1000 <= best) continue;
		best = (steps / ms) * 1000;
		used = backend.threads;
	}
	backend.dispose();
	const gflops = (best * flopsOf(bench)) / 1e9;
	const shareOfPeak = gflops / (peak * used);
	return { ...bench, stepsPerSecond: best, gflops, threads: used, shareOfPeak, costs };
}
