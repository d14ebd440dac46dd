import assert from "node:assert/strict";
import { test } from "node:test";
import { FIRST_BYTE, instantiate } from "../../src/engine/backends/wasm/kernels.ts";
import { Random } from "../../src/engine/training/random.ts";
import { kernels } from "../support/kernels.ts";

const { kernels: k, memory } = instantiate(await kernels(), 32 << 20);
const floats = new Float32Array(memory.buffer);

/** Largest difference from a plain product in float64, both factors plain or transposed, with or without a bias. */
function worst(m: number, n: number, d: number, aTransposed: boolean, bTransposed: boolean, biased: boolean): number {
	const random = new Random(m * 7919 + n * 104729 + d);
	const a = FIRST_BYTE;
	const b = a + m * d * 4;
	const bias = b + d * n * 4;
	const c = bias + n * 4;
	const work = (c + m * n * 4 + 4 + 63) & ~63;
	for (let i = a >> 2; i < c >> 2; i++) floats[i] = random.normal();
	floats[(c >> 2) + m * n] = 12345;
	const [aRow, aDepth] = aTransposed ? [1, m] : [d, 1];
	const [bDepth, bColumn] = bTransposed ? [1, d] : [n, 1];
	k.gemm(m, n, d, a, aRow, aDepth, b, bDepth, bColumn, c, n, biased ? bias : 0, work);
	let error = 0;
	for (let i = 0; i < m; i++) {
		for (let j = 0; j < n; j++) {
			let sum = biased ? floats[(bias >> 2) + j] : 0;
			for (let p = 0; p < d; p++) {
				sum += floats[(a >> 2) + i * aRow + p * aDepth] * floats[(b >> 2) + p * bDepth + j * bColumn];
			}
			error = Math.max(error, Math.abs(floats[(c >> 2) + i * n + j] - sum) / Math.sqrt(d));
		}
	}
	assert.equal(floats[(c >> 2) + m * n], 12345, "nothing behind C is touched");
	return error;
}

test("products of every edge shape, transposed and biased, agree with a plain loop", () => {
	const shapes = [
		[1, 1, 1],
		[5, 7, 3],
		[64, 1, 16],
		[9, 1, 7],
		[64, 16, 1],
		[3, 5, 1],
		[6, 8, 4],
		[7, 9, 300],
		[97, 17, 257],
		[13, 521, 10],
		[200, 33, 784],
	];
	for (const [m, n, d] of shapes) {
		for (const aT of [false, true]) {
			for (const bT of [false, true]) {
				for (const biased of [false, true]) {
					const error = worst(m, n, d, aT, bT, biased);
					assert.ok(error < 1e-5, `${m} x ${n} x ${d} ${aT} ${bT} ${biased}: off by ${error}`);
				}
			}
		}
	}
});

test("rows computed alone have the same bits as rows computed together", () => {
	const [m, n, d] = [50, 37, 600];
	worst(m, n, d, false, false, true);
	const a = FIRST_BYTE;
	const b = a + m * d * 4;
	const bias = b + d * n * 4;
	const c = bias + n * 4;
	const whole = floats.slice(c >> 2, (c >> 2) + m * n);
	const work = (c + m * n * 4 + 63) & ~63;
	for (const [first, rows] of [
		[0, 11],
		[11, 24],
		[35, 15],
	]) {
		k.gemm(rows, n, d, a + first * d * 4, d, 1, b, n, 1, c + first * n * 4, n, bias, work);
	}
	assert.deepEqual(floats.slice(c >> 2, (c >> 2) + m * n), whole);
});
