// TensorFlow.js beside the engine, as its user would write it. Run by peers.ts; prints a line of JSON.
// usage: tfjs.ts node|wasm|cpu FILE DIMS BATCH SECONDS CHECK_STEPS
import { readFileSync } from "node:fs";
import type { Tensor, Tensor2D } from "@tensorflow/tfjs";
import { loadTensorflow } from "../../src/engine/backends/tensorflow/load.ts";
import { decodeSafetensors } from "../../src/engine/training/safetensors.ts";

/** A net whose step takes longer is not timed; the check ends after the other number. */
const LONGEST_STEP_MS = 5000;
const LONGEST_CHECK_MS = 10_000;

const [backend, path, ...numbers] = process.argv.slice(2);
const dims = numbers[0].split("-").map(Number);
const [batch, seconds, checkSteps] = numbers.slice(1).map(Number);

const tf = backend === "node" ? loadTensorflow([process.cwd()]) : await import("@tensorflow/tfjs");
tf.enableProdMode();
// Its build with threads starts them from a Blob, which Node's workers do not take: SIMD alone.
if (backend === "wasm") await import("@tensorflow/tfjs-backend-wasm");
if (backend !== "node" && !(await tf.setBackend(backend))) throw new Error(`no backend ${backend}`);

const { tensors } = decodeSafetensors(readFileSync(path));
const read = (name: string) => {
	const { data, shape } = tensors.get(name)!;
	return tf.tensor2d(Float32Array.from(data), shape as [number, number]);
};
const outputs = dims[dims.length - 1];
const x = read("x");
const y = outputs === 1 ? read("y") : (tf.oneHot(read("y").flatten().toInt(), outputs) as Tensor2D);
const rows = x.shape[0];
const batches = Array.from({ length: Math.floor(rows / batch) }, (_, i) => ({
	x: x.slice([i * batch, 0], [batch, -1]),
	y: y.slice([i * batch, 0], [batch, -1]),
}));
const layers = dims.slice(1).map((_, l) => ({
	w: tf.variable(read(`W${l + 1}`)),
	b: tf.variable(read(`b${l + 1}`)),
}));
const optimizer = tf.train.adam(0.001, 0.9, 0.999, 1e-8);

const predict = (input: Tensor) =>
	layers.reduce((a: Tensor, { w, b }, l) => {
		const z: Tensor = a.matMul(w).add(b);
		return l < layers.length - 1 ? z.relu() : z;
	}, input);

let t = 0;
function step(): number {
	const { x, y } = batches[t++ % batches.length];
	const cost = optimizer.minimize(() => {
		const z = predict(x);
		return outputs === 1 ? tf.losses.meanSquaredError(y, z) : tf.losses.softmaxCrossEntropy(y, z);
	}, true)!;
	const value = cost.dataSync()[0];
	cost.dispose();
	return value;
}

const begin = performance.now();
const costs = [step()];
const slow = performance.now() - begin > LONGEST_STEP_MS;
while (!slow && t < checkSteps && performance.now() - begin < LONGEST_CHECK_MS) costs.push(step());
let best = 0;
for (let part = 0; part < 5 && !slow; part++) {
	const begin = performance.now();
	let steps = 0;
	let ms = 0;
	do {
		step();
		steps++;
		ms = performance.now() - begin;
	} while (ms < (seconds * 1000) / 5);
	best = Math.max(best, (steps / ms) * 1000);
}
console.log(JSON.stringify({ peer: tf.version.tfjs, stepsPerSecond: best, costs }));
