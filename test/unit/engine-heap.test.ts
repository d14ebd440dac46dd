// A step leaves nothing on the JavaScript heap, so that no collection ever stops a run.
import assert from "node:assert/strict";
import { Session } from "node:inspector/promises";
import { test } from "node:test";
import { createNetwork } from "../../src/engine/backends/wasm/network.ts";
import { initialize, type Network, parameterLayout } from "../../src/engine/model/network.ts";
import { Updater } from "../../src/engine/optimizers/index.ts";
import { Random } from "../../src/engine/training/random.ts";
import { kernels } from "../support/kernels.ts";

const ROWS = 4096;
const BATCH = 64;
const STEPS = 10_000;
/** One number boxed in each step would be 160,000 bytes. */
const LEAST = 10_000;

interface SampledNode {
	callFrame: { functionName: string; url: string };
	selfSize: number;
	children: SampledNode[];
}

/** @returns bytes that functions of the engine and of this file allocated, collected or not */
function bytesOf({ callFrame, selfSize, children }: SampledNode): number {
	const ours = callFrame.url.includes("/src/engine/") || callFrame.functionName === "step";
	return (ours ? selfSize : 0) + children.reduce((sum, child) => sum + bytesOf(child), 0);
}

test("10,000 steps allocate nothing", async () => {
	const sizes = [10, 32, 16, 1];
	const updater = new Updater({ name: "adam", learningRate: 0.001 }, { norm: 0.5 });
	const needs = { rows: ROWS, trainRows: ROWS, batchSize: BATCH, updater, threads: 1 };
	const network: Network = { sizes, activation: "relu", cost: "meanSquaredError" };
	const { backend, x, y } = createNetwork(await kernels(), network, needs);
	const random = new Random(3);
	for (let i = 0; i < x.length; i++) x[i] = random.normal();
	for (let i = 0; i < y.length; i++) y[i] = random.normal();
	initialize(backend.parameters, parameterLayout(sizes).parameters, "he", random);
	backend.setOrder(Uint32Array.from({ length: ROWS }, (_, i) => i));
	let t = 0;
	const step = () => {
		const { gradientNorm } = backend.computeGradients((t * BATCH) % ROWS, BATCH, 0.1);
		t++;
		backend.update(updater, gradientNorm, 0.001, t);
	};
	const session = new Session();
	session.connect();
	const options = { samplingInterval: 64, includeObjectsCollectedByMinorGC: true };
	// At first the code is interpreted, which boxes numbers, until V8 has compiled it in its own time.
	let bytes = Number.POSITIVE_INFINITY;
	for (let round = 0; round < 100 && bytes > LEAST; round++) {
		await session.post("HeapProfiler.startSampling", { ...options, includeObjectsCollectedByMajorGC: true });
		for (let i = 0; i < STEPS; i++) step();
		const { profile } = await session.post("HeapProfiler.stopSampling");
		bytes = bytesOf(profile.head as SampledNode);
	}
	session.disconnect();
	backend.dispose();
	assert.ok(bytes <= LEAST, `${bytes} bytes in ${STEPS} steps`);
});
