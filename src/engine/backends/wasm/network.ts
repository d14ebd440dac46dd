import { type Arena, EVALUATION_ROWS, layOutArena } from "../../model/arena.ts";
import { type Network, type Parameter, parameterLayout } from "../../model/network.ts";
import type { Updater, UpdateVectors } from "../../optimizers/index.ts";
import { COEFFICIENTS } from "../../optimizers/optimizer.ts";
import type { Activation } from "../../protocol/run.ts";
import type { Backend, Evaluation, StepResult } from "../backend.ts";
import { instantiate, type KernelModule, type Kernels, type Pointer } from "./kernels.ts";

const ACTIVATION_CODE: Record<Activation, number> = { relu: 1, tanh: 2, sigmoid: 3, leakyRelu: 4, gelu: 5 };

/**
 * A multilayer perceptron over one arena. Matrices are row-major, a sample a row: Z = A W + b with W [inputs, outputs]
 * (the notes' Z = W A + b, transposed).
 */
export class WasmNetwork implements Backend {
	readonly parameters: Float32Array;
	readonly gradients: Float32Array;
	readonly optimizerState: readonly Float32Array[];
	private readonly layout: Parameter[];
	private readonly weights: Pointer[] = [];
	private readonly biases: Pointer[] = [];
	/** from a parameter's address to its gradient's */
	private readonly toGradient: number;
	private readonly vectors: UpdateVectors;
	private readonly coefficients: Float32Array;
	private readonly code: number;
	/** what each hidden layer's derivative is computed from */
	private readonly derivesFrom: Pointer[];
	private readonly layers: number;
	private readonly order: Uint32Array | undefined;

	private readonly kernels: Kernels;
	readonly network: Network;
	private readonly arena: Arena;

	constructor(kernels: Kernels, memory: WebAssembly.Memory, network: Network, arena: Arena, trainRows: number) {
		this.kernels = kernels;
		this.network = network;
		this.arena = arena;
		const { buffer } = memory;
		const length = arena.parameterLength;
		this.parameters = new Float32Array(buffer, arena.parameters, length);
		this.gradients = new Float32Array(buffer, arena.gradients, length);
		this.optimizerState = arena.optimizerState.map((slot) => new Float32Array(buffer, slot, length));
		this.layout = parameterLayout(network.sizes).parameters;
		for (const p of this.layout) (p.isWeight ? this.weights : this.biases).push(arena.parameters + p.offset * 4);
		this.toGradient = arena.gradients - arena.parameters;
		this.vectors = {
			length,
			parameters: arena.parameters,
			gradients: arena.gradients,
			state: arena.optimizerState,
			coefficients: arena.coefficients,
		};
		this.coefficients = new Float32Array(buffer, arena.coefficients, COEFFICIENTS);
		this.code = ACTIVATION_CODE[network.activation];
		this.derivesFrom = network.activation === "gelu" ? arena.preActivations : arena.activations;
		this.layers = network.sizes.length - 1;
		if (arena.order) this.order = new Uint32Array(buffer, arena.order, trainRows);
	}

	setOrder(order: Uint32Array): void {
		this.order?.set(order);
	}

	computeGradients(first: number, rows: number, l2: number): StepResult {
		const { kernels, arena, network } = this;
		if (this.order) {
			const at = arena.order + first * 4;
			kernels.gather(arena.x, at, rows, network.sizes[0], arena.batchX);
			kernels.gather(arena.y, at, rows, 1, arena.batchY);
		}
		this.forward(arena.batchX, rows);
		const delta = arena.deltas[this.layers & 1];
		let cost = this.loss(arena.batchY, rows, delta) / rows;
		this.backward(rows);
		if (l2 > 0) cost += this.addL2(l2 / rows);
		return { cost, gradientNorm: Math.sqrt(kernels.sumOfSquares(arena.parameterLength, arena.gradients)) };
	}

	update(updater: Updater, gradientNorm: number, learningRate: number, t: number): void {
		updater.update(this.kernels, this.vectors, this.coefficients, gradientNorm, learningRate, t);
	}

	evaluate(first: number, rows: number): Evaluation {
		const { kernels, arena, network } = this;
		const { sizes } = network;
		const logits = arena.activations[this.layers - 1];
		let sum = 0;
		let right = 0;
		for (let done = 0; done < rows; ) {
			const part = Math.min(arena.capacity, rows - done);
			const y = arena.y + (first + done) * 4;
			this.forward(arena.x + (first + done) * sizes[0] * 4, part);
			sum += this.loss(y, part, 0);
			if (network.cost !== "meanSquaredError") right += kernels.countRight(logits, y, part, sizes[this.layers]);
			done += part;
		}
		return { cost: sum / rows, right, rows };
	}

	private forward(x: Pointer, rows: number): void {
		const { kernels, arena } = this;
		const { sizes } = this.network;
		let input = x;
		for (let l = 0; l < this.layers; l++) {
			const inputs = sizes[l];
			const outputs = sizes[l + 1];
			const a = arena.activations[l];
			const z = arena.preActivations[l] ?? a;
			kernels.gemm(rows, outputs, inputs, input, inputs, 1, this.weights[l], outputs, 1, z, this.biases[l], arena.work);
			if (l < this.layers - 1) kernels.activate(this.code, z, a, rows * outputs);
			input = a;
		}
	}

	/** @returns the sum of the losses; the gradient by the logits goes to `delta` (0: not wanted) */
	private loss(y: Pointer, rows: number, delta: Pointer): number {
		const { kernels, network } = this;
		const logits = this.arena.activations[this.layers - 1];
		const outputs = network.sizes[this.layers];
		switch (network.cost) {
			case "meanSquaredError":
				return kernels.squaredError(logits, y, rows, outputs, delta);
			case "binaryCrossEntropy":
				return kernels.binaryCrossEntropy(logits, y, rows, delta);
			case "categoricalCrossEntropy":
				return kernels.categoricalCrossEntropy(logits, y, rows, outputs, delta);
		}
	}

	private backward(rows: number): void {
		const { kernels, arena } = this;
		const { sizes } = this.network;
		for (let l = this.layers - 1; l >= 0; l--) {
			const inputs = sizes[l];
			const outputs = sizes[l + 1];
			const delta = arena.deltas[(l + 1) & 1];
			const input = l === 0 ? arena.batchX : arena.activations[l - 1];
			const dW = this.weights[l] + this.toGradient;
			kernels.gemm(inputs, outputs, rows, input, 1, inputs, delta, outputs, 1, dW, 0, arena.work);
			kernels.columnSums(delta, rows, outputs, this.biases[l] + this.toGradient);
			if (l === 0) return;
			const before = arena.deltas[l & 1];
			kernels.gemm(rows, inputs, outputs, delta, outputs, 1, this.weights[l], 1, outputs, before, 0, arena.work);
			kernels.activateBackward(this.code, this.derivesFrom[l - 1], before, rows * inputs);
		}
	}

	/** Adds factor * W to every weight gradient. @returns (factor / 2) * sum of squared weights */
	private addL2(factor: number): number {
		let squares = 0;
		for (const { rows, columns, offset, isWeight } of this.layout) {
			if (!isWeight) continue;
			const at = this.arena.parameters + offset * 4;
			const length = Math.ceil((rows * columns) / 16) * 16;
			squares += this.kernels.sumOfSquares(length, at);
			this.kernels.addScaled(length, at + this.toGradient, at, factor);
		}
		return (factor / 2) * squares;
	}
}

/** What a network's memory must hold besides the network itself. */
export interface NetworkRows {
	rows: number;
	trainRows: number;
	batchSize: number;
	/** state vectors of the optimizer */
	optimizerSlots: number;
	/** what the state vectors start with, 0 when absent */
	optimizerStart?: number;
}

/**
 * Lays out one memory for table, network and optimizer state, all zero but for the state.
 * @returns the network, and views of the table for the caller to fill: x [rows, n_x], y [rows], training rows first
 * @throws InputError when it cannot be addressed
 */
export function createNetwork(module: KernelModule, network: Network, needs: NetworkRows) {
	const { sizes } = network;
	const most = Math.max(needs.batchSize, EVALUATION_ROWS);
	const workBytes = networkWorkBytes(instantiate(module, 1).kernels, sizes, most);
	const arena = layOutArena({ ...needs, sizes, workBytes, keepsZ: network.activation === "gelu" });
	const { kernels, memory } = instantiate(module, arena.bytes);
	for (const slot of arena.optimizerState) {
		new Float32Array(memory.buffer, slot, arena.parameterLength).fill(needs.optimizerStart ?? 0);
	}
	return {
		arena,
		backend: new WasmNetwork(kernels, memory, network, arena, needs.trainRows),
		x: new Float32Array(memory.buffer, arena.x, needs.rows * sizes[0]),
		y: new Float32Array(memory.buffer, arena.y, needs.rows),
	};
}

function networkWorkBytes(kernels: Kernels, sizes: readonly number[], rows: number): number {
	const products = sizes
		.slice(1)
		.flatMap((outputs, l) => [
			kernels.gemmWorkBytes(rows, outputs, sizes[l]),
			kernels.gemmWorkBytes(sizes[l], outputs, rows),
			kernels.gemmWorkBytes(rows, sizes[l], outputs),
		]);
	return Math.max(...products);
}
