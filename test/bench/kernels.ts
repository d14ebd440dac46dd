// Speed of the dense kernel against this machine's own multiply-add peak, measured in the same run, one thread.
// `npm run bench`; every product is checked against a plain loop before it is timed.
import { FIRST_BYTE, instantiate } from "../../src/engine/backends/wasm/kernels.ts";
import { measurePeak } from "../../src/engine/tuning/bench.ts";
import { kernels } from "../support/kernels.ts";

const SHAPES = [
	{ rows: 256, outputs: 256, inputs: 784 },
	{ rows: 512, outputs: 1024, inputs: 1024 },
	{ rows: 128, outputs: 128, inputs: 64 },
	{ rows: 64, outputs: 32, inputs: 10 },
];

/** @returns the best of ten rates in GFLOP/s, each over at least 50 ms */
function rate(flops: number, work: () => void): number {
	for (let i = 0; i < 20; i++) work();
	let best = 0;
	for (let round = 0; round < 10; round++) {
		const begin = performance.now();
		let count = 0;
		let ms = 0;
		do {
			work();
			count++;
			ms = performance.now() - begin;
		} while (ms < 50);
		best = Math.max(best, (flops * count) / (ms * 1e6));
	}
	return best;
}

const module = await kernels();
const { kernels: k, memory } = instantiate(module, 64 << 20);

console.log(`kernels: ${module.build}, node ${process.version}`);
console.log("product   rows x outputs x inputs      GFLOP/s   peak   share");
for (const { rows: m, outputs: n, inputs: d } of SHAPES) {
	const a = FIRST_BYTE;
	const b = a + m * d * 4;
	const c = b + d * n * 4;
	const work = (c + m * n * 4 + 63) & ~63;
	const floats = new Float32Array(memory.buffer);
	for (let i = a >> 2; i < c >> 2; i++) floats[i] = Math.sin(i * 0.7);
	const products = {
		forward: () => k.gemm(m, n, d, a, d, 1, b, n, 1, c, n, 0, work),
		"by input": () => k.gemm(m, d, n, c, n, 1, b, 1, n, a, d, 0, work),
		"by weight": () => k.gemm(d, n, m, a, 1, d, c, n, 1, b, n, 0, work),
	};
	products.forward();
	for (const [i, j] of [
		[0, 0],
		[m >> 1, n >> 1],
		[m - 1, n - 1],
	]) {
		let expected = 0;
		for (let p = 0; p < d; p++) expected += floats[(a >> 2) + i * d + p] * floats[(b >> 2) + p * n + j];
		const actual = floats[(c >> 2) + i * n + j];
		if (Math.abs(actual - expected) > 1e-3) throw new Error(`wrong product at ${i}, ${j}: ${actual}, not ${expected}`);
	}
	for (const [name, product] of Object.entries(products)) {
		const top = measurePeak(module);
		const reached = rate(2 * m * n * d, product);
		const shape = `${m} x ${n} x ${d}`;
		console.log(
			`${name.padEnd(10)}${shape.padEnd(28)}${reached.toFixed(1).padStart(6)}  ${top.toFixed(1).padStart(6)}   ${(reached / top).toFixed(2)}`,
		);
	}
}
