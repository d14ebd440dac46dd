import { type Arena, BLOCK } from "../../model/arena.ts";
import { type Network, type Parameter, parameterLayout } from "../../model/network.ts";
import { applyUpdate, type UpdateVectors } from "../../optimizers/index.ts";
import type { UpdateKernel } from "../../optimizers/optimizer.ts";
import type { Activation } from "../../protocol/hyperparameters.ts";
import type { Kernels, Pointer } from "./kernels.ts";
import type { Command, Team } from "./team.ts";

const ACTIVATION_CODE: Record<Activation, number> = { relu: 1, tanh: 2, sigmoid: 3, leakyRelu: 4, gelu: 5 };

/** Places in `numbers`: lambda / rows, and the limit of clipping by value. */
export const L2 = 0;
export const LIMIT = 1;

/** Arguments of "gradients": the mini-batch, the rows of the next one, this one's buffer, whether it is there already. */
export const FIRST = 0;
export const ROWS = 1;
export const NEXT_ROWS = 2;
export const BUFFER = 3;
export const GATHERED = 4;

/** All that a thread must know to do its part; plain data, so that it can be sent to one. */
export interface NetworkPlan {
	network: Network;
	arena: Arena;
	/** the training rows are taken in the order that lies in the arena */
	shuffled: boolean;
	/** places of the order that go round: after the last one comes the first again */
	ring: number;
	/** of the optimizer */
	kernel: UpdateKernel;
}

/** @returns where part `part` of `parts` begins, of `total` things dealt out `unit` at a time */
function begins(total: number, part: number, parts: number, unit: number): number {
	return Math.min(total, Math.ceil((total * part) / (parts * unit)) * unit);
}

/**
 * One thread's part of a multilayer perceptron over one arena. Matrices are row-major, a sample a row: Z = A W + b with
 * W [inputs, outputs] (the notes' Z = W A + b, transposed).
 *
 * Samples are dealt out first: forward, loss and backward need nothing of another sample. Then the gradients, tile by
 * tile, each summed over all samples in their order. So the bits are the same for any number of threads.
 */
export class NetworkPart {
	/** what goes with a command, at the places that follow */
	readonly numbers: Float64Array;
	/** each row's loss */
	readonly losses: Float64Array;
	/** sums of squares, of the gradients and of the weights in turn, block by block */
	readonly squares: Float64Array;
	/** rows classified rightly, by member */
	readonly right: Int32Array;
	private readonly weights: Pointer[] = [];
	private readonly biases: Pointer[] = [];
	private readonly weightTensors: Parameter[];
	/** from a parameter's address to its gradient's */
	private readonly toGradient: number;
	private readonly vectors: UpdateVectors;
	private readonly code: number;
	/** what each hidden layer's derivative is computed from */
	private readonly derivesFrom: Pointer[];
	private readonly layers: number;
	private readonly work: Pointer;
	/** threads that share the present command's work */
	private parts = 1;
	private readonly plan: NetworkPlan;
	private readonly kernels: Kernels;
	private readonly team: Team;

	constructor(kernels: Kernels, memory: WebAssembly.Memory, plan: NetworkPlan, team: Team) {
		this.kernels = kernels;
		this.plan = plan;
		this.team = team;
		const { network, arena } = plan;
		const { buffer } = memory;
		const { parameters } = parameterLayout(network.sizes);
		for (const p of parameters) (p.isWeight ? this.weights : this.biases).push(arena.parameters + p.offset * 4);
		this.weightTensors = parameters.filter((p) => p.isWeight);
		this.toGradient = arena.gradients - arena.parameters;
		this.vectors = {
			length: arena.parameterLength,
			parameters: arena.parameters,
			gradients: arena.gradients,
			state: arena.optimizerState,
			coefficients: arena.coefficients,
		};
		this.numbers = new Float64Array(buffer, arena.numbers, 2);
		this.losses = new Float64Array(buffer, arena.losses, arena.capacity);
		this.squares = new Float64Array(buffer, arena.squares, 2 * Math.ceil(arena.parameterLength / BLOCK));
		this.right = new Int32Array(buffer, arena.right, arena.work.length);
		this.code = ACTIVATION_CODE[network.activation];
		this.derivesFrom = network.activation === "gelu" ? arena.preActivations : arena.activations;
		this.layers = network.sizes.length - 1;
		this.work = arena.work[team.rank];
	}

	/** Does this thread's part of a command, together with the other members at work. */
	perform(command: Command): void {
		const { team } = this;
		this.parts = team.members;
		if (command === "gradients") this.gradients(team.argument(FIRST), team.argument(ROWS), team.argument(NEXT_ROWS));
		else if (command === "evaluate") this.evaluate(team.argument(0), team.argument(1));
		else if (command === "squares") this.sumSquares(false);
		else {
			const { parameterLength } = this.plan.arena;
			const first = begins(parameterLength, team.rank, this.parts, BLOCK);
			const length = begins(parameterLength, team.rank + 1, this.parts, BLOCK) - first;
			if (command === "update") applyUpdate(this.plan.kernel, this.kernels, this.vectors, first, length);
			else this.kernels.clamp(length, this.vectors.gradients + first * 4, this.plan.arena.numbers + LIMIT * 8);
		}
		team.meet();
	}

	/** @param nextRows when above 0, the last member computes nothing but gathers the next mini-batch meanwhile */
	private gradients(first: number, rows: number, nextRows: number): void {
		const { team } = this;
		const buffer = team.argument(BUFFER) as 0 | 1;
		if (nextRows > 0) this.parts--;
		const reads = team.rank === this.parts;
		if (reads) this.gather(this.place(first, rows), 0, nextRows, buffer === 0 ? 1 : 0);
		else this.sampleGradients(first, rows, buffer);
		team.meet();
		if (!reads) this.parameterGradients(rows, buffer);
		team.meet();
		if (!reads) this.sumSquares(true);
	}

	/** @returns the place of the order that lies `rows` after one of a mini-batch's, or of its beginning */
	private place(first: number, rows: number): number {
		const { ring } = this.plan;
		const place = first + rows;
		return first < ring && place >= ring ? place - ring : place;
	}

	/** Copies `rows` training rows from place `first` of the order to row `row` of a buffer and on. */
	private gather(first: number, row: number, rows: number, buffer: 0 | 1): void {
		const { arena, network, ring } = this.plan;
		const left = ring - first;
		if (left > 0 && left < rows) {
			this.gather(first, row, left, buffer);
			this.gather(0, row + left, rows - left, buffer);
			return;
		}
		const width = network.sizes[0];
		const at = arena.order + first * 4;
		this.kernels.gather(arena.x, at, rows, width, arena.batchX[buffer] + row * width * 4);
		this.kernels.gather(arena.y, at, rows, 1, arena.batchY[buffer] + row * 4);
	}

	/** Forward, losses and backward for this thread's samples of the mini-batch; leaves the gradients by each Z. */
	private sampleGradients(first: number, batch: number, buffer: 0 | 1): void {
		const { kernels, team, layers } = this;
		const { arena, network, shuffled } = this.plan;
		const { sizes } = network;
		const row = begins(batch, team.rank, this.parts, 4);
		const rows = begins(batch, team.rank + 1, this.parts, 4) - row;
		if (rows === 0) return;
		if (shuffled && team.argument(GATHERED) === 0) this.gather(this.place(first, row), row, rows, buffer);
		this.forward(arena.batchX[buffer] + row * sizes[0] * 4, row, rows);
		const delta = arena.deltas[layers - 1] + row * sizes[layers] * 4;
		this.loss(arena.batchY[buffer] + row * 4, row, rows, batch, delta);
		for (let l = layers - 1; l > 0; l--) {
			const inputs = sizes[l];
			const outputs = sizes[l + 1];
			const delta = arena.deltas[l] + row * outputs * 4;
			const before = arena.deltas[l - 1] + row * inputs * 4;
			kernels.gemm(rows, inputs, outputs, delta, outputs, 1, this.weights[l], 1, outputs, before, inputs, 0, this.work);
			kernels.activateBackward(this.code, this.derivesFrom[l - 1] + row * inputs * 4, before, rows * inputs);
		}
	}

	/** Layer by layer for `rows` samples at x; what is kept of them begins at row `row` of its matrix. */
	private forward(x: Pointer, row: number, rows: number): void {
		const { kernels, layers } = this;
		const { arena, network } = this.plan;
		const { sizes } = network;
		let input = x;
		for (let l = 0; l < layers; l++) {
			const inputs = sizes[l];
			const outputs = sizes[l + 1];
			const at = row * outputs * 4;
			const a = arena.activations[l] + at;
			const z = l < layers - 1 ? arena.preActivations[l] + at : a;
			const w = this.weights[l];
			kernels.gemm(rows, outputs, inputs, input, inputs, 1, w, outputs, 1, z, outputs, this.biases[l], this.work);
			if (l < layers - 1) kernels.activate(this.code, z, a, rows * outputs);
			input = a;
		}
	}

	/** Each row's loss; the gradient by the logits goes to `delta` (0: not wanted). */
	private loss(y: Pointer, row: number, rows: number, batch: number, delta: Pointer): void {
		const { kernels, layers } = this;
		const { arena, network } = this.plan;
		const outputs = network.sizes[layers];
		const logits = arena.activations[layers - 1] + row * outputs * 4;
		const losses = arena.losses + row * 8;
		if (network.cost === "meanSquaredError") kernels.squaredError(logits, y, rows, batch, delta, losses);
		else if (network.cost === "binaryCrossEntropy") kernels.binaryCrossEntropy(logits, y, rows, batch, delta, losses);
		else kernels.categoricalCrossEntropy(logits, y, rows, outputs, batch, delta, losses);
	}

	/** This thread's tiles of the gradients by every W and b, each summed over the whole mini-batch. */
	private parameterGradients(batch: number, buffer: 0 | 1): void {
		const { kernels, team, layers } = this;
		const { arena, network } = this.plan;
		const { sizes } = network;
		for (let l = 0; l < layers; l++) {
			const inputs = sizes[l];
			const outputs = sizes[l + 1];
			const input = l === 0 ? arena.batchX[buffer] : arena.activations[l - 1];
			const delta = arena.deltas[l];
			const dW = this.weights[l] + this.toGradient;
			const column = begins(outputs, team.rank, this.parts, 8);
			const columns = begins(outputs, team.rank + 1, this.parts, 8) - column;
			if (inputs >= outputs) {
				const row = begins(inputs, team.rank, this.parts, 2);
				const rows = begins(inputs, team.rank + 1, this.parts, 2) - row;
				const to = dW + row * outputs * 4;
				kernels.gemm(rows, outputs, batch, input + row * 4, 1, inputs, delta, outputs, 1, to, outputs, 0, this.work);
			} else {
				const from = delta + column * 4;
				const to = dW + column * 4;
				kernels.gemm(inputs, columns, batch, input, 1, inputs, from, outputs, 1, to, outputs, 0, this.work);
			}
			const db = this.biases[l] + this.toGradient;
			kernels.columnSums(delta + column * 4, batch, columns, outputs, db + column * 4);
		}
	}

	/**
	 * Sums of squares of this thread's blocks.
	 * @param decays L2's gradient is added first, and the weights' squares are summed too
	 */
	private sumSquares(decays: boolean): void {
		const { kernels, team, squares } = this;
		const { arena } = this.plan;
		const addsL2 = decays && this.numbers[L2] > 0;
		const blocks = squares.length / 2;
		const end = begins(blocks, team.rank + 1, this.parts, 1);
		for (let block = begins(blocks, team.rank, this.parts, 1); block < end; block++) {
			const first = block * BLOCK;
			const length = Math.min(BLOCK, arena.parameterLength - first);
			squares[2 * block] = 0;
			squares[2 * block + 1] = 0;
			if (addsL2) this.addL2(first, first + length, arena.squares + 16 * block + 8);
			kernels.addSquares(length, arena.gradients + first * 4, arena.squares + 16 * block);
		}
	}

	/** Adds L2's gradient to those of the weights among floats [first, end), and these weights' squares to `sum`. */
	private addL2(first: number, end: number, sum: Pointer): void {
		const factorAt = this.plan.arena.numbers + L2 * 8;
		for (let i = 0; i < this.weightTensors.length; i++) {
			const { rows, columns, offset } = this.weightTensors[i];
			const from = Math.max(first, offset);
			const length = Math.min(end, offset + Math.ceil((rows * columns) / 16) * 16) - from;
			if (length <= 0) continue;
			const at = this.plan.arena.parameters + from * 4;
			this.kernels.addSquares(length, at, sum);
			this.kernels.addScaled(length, at + this.toGradient, at, factorAt);
		}
	}

	/** Losses and right answers for this thread's rows of table rows [first, first + count). */
	private evaluate(first: number, count: number): void {
		const { kernels, team, layers } = this;
		const { arena, network } = this.plan;
		const { sizes } = network;
		const row = begins(count, team.rank, this.parts, 4);
		const rows = begins(count, team.rank + 1, this.parts, 4) - row;
		this.right[team.rank] = 0;
		if (rows === 0) return;
		const y = arena.y + (first + row) * 4;
		this.forward(arena.x + (first + row) * sizes[0] * 4, row, rows);
		this.loss(y, row, rows, count, 0);
		if (network.cost === "meanSquaredError") return;
		const logits = arena.activations[layers - 1] + row * sizes[layers] * 4;
		this.right[team.rank] = kernels.countRight(logits, y, rows, sizes[layers]);
	}
}
