// How an epoch's time grows with the rows: 10-32-16-1, batch 1000, Adam, the cost read at every step, data in memory.
// `npm run bench:epoch`
import { createNetwork } from "../../src/engine/backends/wasm/network.ts";
import { initialize, parameterLayout } from "../../src/engine/model/network.ts";
import { Updater } from "../../src/engine/optimizers/index.ts";
import { Random } from "../../src/engine/training/random.ts";
import { kernels } from "../support/kernels.ts";

const SIZES = [10, 32, 16, 1];
const BATCH = 1000;
const EPOCHS = 3;
const TEAMS: Record<string, { threads?: number; reads?: boolean }> = {
	"1": { threads: 1 },
	"1 and a reader": { threads: 1, reads: true },
	"2": { threads: 2 },
	auto: {},
};

console.log(
	"     rows        threads   seconds an epoch (best of 3)   of it shuffling   memory / table   costs, first and last",
);
for (const rows of [50_000, 500_000, 5_000_000]) {
	for (const [name, options] of Object.entries(TEAMS)) {
		const updater = new Updater({ name: "adam", learningRate: 0.001 });
		const needs = { rows, trainRows: rows, batchSize: BATCH, updater, ...options };
		const network = { sizes: SIZES, activation: "relu" as const, cost: "meanSquaredError" as const };
		const { backend, arena, x, y } = createNetwork(await kernels(), network, needs);
		const random = new Random(1);
		for (let i = 0; i < x.length; i++) x[i] = random.normal();
		for (let row = 0; row < rows; row++) y[row] = x[row * 10] - x[row * 10 + 1] * x[row * 10 + 2];
		initialize(backend.parameters, parameterLayout(SIZES).parameters, "he", random);
		const order = Uint32Array.from({ length: rows }, (_, i) => i);
		const costs: number[] = [];
		let [best, shuffling, t] = [Number.POSITIVE_INFINITY, 0, 0];
		for (let epoch = 0; epoch < EPOCHS; epoch++) {
			const begin = performance.now();
			random.shuffle(order);
			backend.setOrder(order);
			const shuffled = performance.now();
			for (let first = 0; first < rows; first += BATCH) {
				const { cost, gradientNorm } = backend.computeGradients(first, BATCH, 0);
				costs.push(cost);
				t++;
				backend.update(updater, gradientNorm, 0.001, t);
			}
			const end = performance.now();
			if (end - begin < best) [best, shuffling] = [end - begin, shuffled - begin];
		}
		const columns = [
			String(rows).padStart(9),
			(name === "auto" ? `auto: ${backend.threads}` : name).padStart(14),
			(best / 1000).toFixed(3).padStart(20),
			(shuffling / 1000).toFixed(3).padStart(26),
			(arena.bytes / (rows * (SIZES[0] + 1) * 4)).toFixed(2).padStart(16),
			[costs[0], costs[costs.length - 1]].map((cost) => cost.toFixed(4).padStart(14)).join(""),
		];
		console.log(columns.join(" "));
		backend.dispose();
	}
}
