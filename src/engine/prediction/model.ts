import { dirname } from "node:path";
import type { Backend } from "../backends/backend.ts";
import { loadTensorflow } from "../backends/tensorflow/load.ts";
import { TensorflowNetwork } from "../backends/tensorflow/network.ts";
import type { KernelModule } from "../backends/wasm/kernels.ts";
import { createNetwork } from "../backends/wasm/network.ts";
import { inputNames } from "../data/index.ts";
import { InputError } from "../input-error.ts";
import { type Network, parameterLayout } from "../model/network.ts";
import { Updater } from "../optimizers/index.ts";
import type { BackendName } from "../protocol/hyperparameters.ts";
import type { Checkpoint } from "../training/checkpoint.ts";

/** most rows that are encoded at once, and floats that they take */
const mostRows = 8192;
const mostFloats = 4 * 2 ** 20;

export interface Model {
	backend: Backend;
	/** inputs of as many rows as are predicted at once */
	x: Float32Array;
	rows: number;
	outputs: number;
}

export interface ModelOptions {
	/** what computes, instead of what trained */
	backend?: BackendName;
	threads?: number;
	memoryLimit?: number;
	/** where TensorFlow is looked for, before the engine's own folder */
	folders?: readonly string[];
}

/**
 * Lays out a net with a checkpoint's weights: those of the lowest dev cost where early stopping kept them.
 *
 * @throws InputError when the checkpoint lacks some, or the net does not fit
 */
export function modelOf(kernels: KernelModule, { progress, tensors }: Checkpoint, options: ModelOptions): Model {
	const { run, preparation } = progress;
	const { target } = preparation;
	const features = inputNames(preparation).length;
	const outputs = target.task === "multiclass" ? target.classes!.length : 1;
	const { activation, layers } = run.model;
	const network: Network = { sizes: [features, ...layers, outputs], activation, cost: run.cost };
	const rows = Math.max(1, Math.min(mostRows, Math.floor(mostFloats / Math.max(1, features))));
	const { backend: name = run.backend, threads = 1, memoryLimit } = options;
	const tensorflow =
		name === "tensorflow" && loadTensorflow([dirname(run.dataset.path), ...(options.folders ?? []), kernels.directory]);
	// nothing is updated: the optimizer that needs no state takes no memory
	const updater = new Updater({ name: "gradientDescent" });
	const needs = { rows, trainRows: rows, batchSize: Math.min(rows, 256), updater, threads, memoryLimit };
	const { backend: wasm, x, y } = createNetwork(kernels, network, needs);
	for (const { name, rows: inputs, columns, offset } of parameterLayout(network.sizes).parameters) {
		const tensor = tensors.get(`best.${name}`) ?? tensors.get(name);
		if (tensor?.data.length !== inputs * columns) {
			throw new InputError(`The checkpoint lacks the tensor ${name}, or it has another shape; name another file.`);
		}
		wasm.parameters.set(tensor.data, offset);
	}
	const backend = tensorflow ? new TensorflowNetwork(tensorflow, wasm, network, { x, y, ring: rows }) : wasm;
	return { backend, x, rows, outputs };
}
