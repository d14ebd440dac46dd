import type * as tfjs from "@tensorflow/tfjs";
import { type Network, type Parameter, parameterLayout } from "../../model/network.ts";
import type { Updater } from "../../optimizers/index.ts";
import type { Activation, Cost } from "../../protocol/hyperparameters.ts";
import type { Backend, Evaluation, StepResult } from "../backend.ts";

/** What `@tensorflow/tfjs-node` exports, or `@tensorflow/tfjs`, which has the same functions. */
export type Tensorflow = typeof tfjs;
type Tensor = tfjs.Tensor;

/** Rows that a forward pass over the dev set takes at once. */
export const EVALUATION_ROWS = 4096;

/** The encoded table, training rows first: x [rows, n_x], y [rows]. */
export interface Table {
	x: Float32Array;
	y: Float32Array;
	/** places of the order that go round */
	ring: number;
}

const activations: Record<Activation, (tf: Tensorflow, z: Tensor) => Tensor> = {
	relu: (tf, z) => tf.relu(z),
	leakyRelu: (tf, z) => tf.leakyRelu(z, 0.01),
	tanh: (tf, z) => tf.tanh(z),
	sigmoid: (tf, z) => tf.sigmoid(z),
	// z times the standard normal distribution function, as the kernels and PyTorch have it
	gelu: (tf, z) => tf.mul(z, tf.mul(0.5, tf.add(1, tf.erf(tf.mul(z, Math.SQRT1_2))))),
};

/** Mean losses from logits z [rows, outputs] and y [rows, 1]. */
const costs: Record<Cost, (tf: Tensorflow, z: Tensor, y: Tensor) => Tensor> = {
	meanSquaredError: (tf, z, y) => tf.losses.meanSquaredError(y, z),
	binaryCrossEntropy: (tf, z, y) => tf.losses.sigmoidCrossEntropy(y, z),
	categoricalCrossEntropy(tf, z, y) {
		const classes = tf.cast(tf.reshape(y, [-1]), "int32");
		return tf.losses.softmaxCrossEntropy(tf.oneHot(classes, z.shape[1]!), z);
	},
};

/**
 * The same perceptron, computed by TensorFlow, which differentiates it by itself. Parameters, gradients and optimizer
 * state stay in the memory of the wasm network, whose kernels update them: with one update for both backends the
 * optimizers' formulas stand once, and a checkpoint reads and restores the same vectors to the bit. The price is a copy
 * of the parameters in and of the gradients out at every step. Tensors are always made from copies: TensorFlow may keep
 * the array it is given, and the memory's arrays change in place and are shared between threads.
 */
export class TensorflowNetwork implements Backend {
	readonly parameters: Float32Array;
	readonly gradients: Float32Array;
	readonly optimizerState: readonly Float32Array[];
	private readonly tf: Tensorflow;
	private readonly wasm: Backend;
	private readonly network: Network;
	private readonly table: Table;
	private readonly layout: readonly Parameter[];
	private order: Uint32Array | undefined;
	locate: (first: number, rows: number) => number = (first) => first;

	constructor(tf: Tensorflow, wasm: Backend, network: Network, table: Table) {
		this.tf = tf;
		this.wasm = wasm;
		this.network = network;
		this.table = table;
		this.layout = parameterLayout(network.sizes).parameters;
		this.parameters = wasm.parameters;
		this.gradients = wasm.gradients;
		this.optimizerState = wasm.optimizerState;
	}

	setOrder(order: Uint32Array, place = 0): void {
		const kept = this.order ?? new Uint32Array(0);
		this.order = new Uint32Array(Math.max(kept.length, place + order.length));
		this.order.set(kept);
		this.order.set(order, place);
	}

	computeGradients(first: number, rows: number, l2: number): StepResult {
		const { tf, gradients } = this;
		const cost = tf.tidy(() => {
			const { x, y } = this.batch(first, rows);
			const costOf = (...parameters: Tensor[]) => {
				const loss = costs[this.network.cost](tf, this.forward(x, parameters), y);
				const decay = l2 > 0 ? tf.mul(l2 / (2 * rows), this.sumOfSquaredWeights(parameters)) : 0;
				return tf.add(loss, decay) as tfjs.Scalar;
			};
			const { value, grads } = tf.valueAndGrads(costOf)(this.tensors());
			for (const [i, { offset }] of this.layout.entries()) gradients.set(grads[i].dataSync(), offset);
			return value.dataSync()[0];
		});
		let squares = 0;
		for (let i = 0; i < gradients.length; i++) squares += gradients[i] * gradients[i];
		return { cost, gradientNorm: Math.sqrt(squares) };
	}

	update(updater: Updater, gradientNorm: number, learningRate: number, t: number): void {
		this.wasm.update(updater, gradientNorm, learningRate, t);
	}

	evaluate(first: number, rows: number): Evaluation {
		const { tf, network } = this;
		let sum = 0;
		let right = 0;
		tf.tidy(() => {
			const parameters = this.tensors();
			for (let done = 0; done < rows; done += EVALUATION_ROWS) {
				const part = Math.min(EVALUATION_ROWS, rows - done);
				tf.tidy(() => {
					const { x, y } = this.rows(this.locate(first + done, part), part);
					const z = this.forward(x, parameters);
					sum += part * costs[network.cost](tf, z, y).dataSync()[0];
					if (network.cost === "meanSquaredError") return;
					const answers = z.shape[1] === 1 ? tf.greater(z, 0) : tf.argMax(z, 1);
					const told = tf.reshape(tf.cast(answers, "float32"), [-1, 1]);
					right += tf.sum(tf.equal(told, y)).dataSync()[0];
				});
			}
		});
		return { cost: sum / rows, right, rows };
	}

	logits(first: number, rows: number): Float32Array {
		const { tf } = this;
		return tf.tidy(() => Float32Array.from(this.forward(this.rows(first, rows).x, this.tensors()).dataSync()));
	}

	/** By the wasm network, which has the same weights and the same table: relu is 0 at the same places. */
	deadUnits(first: number, rows: number): number[] {
		return this.wasm.deadUnits(first, rows);
	}

	dispose(): void {
		this.wasm.dispose();
	}

	/** Table rows [first, first + rows). */
	private rows(first: number, rows: number) {
		const { tf, table, network } = this;
		const width = network.sizes[0];
		return {
			x: tf.tensor2d(table.x.slice(first * width, (first + rows) * width), [rows, width]),
			y: tf.tensor2d(table.y.slice(first, first + rows), [rows, 1]),
		};
	}

	/** `rows` training rows from position `first` of the order. */
	private batch(first: number, rows: number) {
		const { tf, table, network, order } = this;
		const { ring } = table;
		if (!order) return this.rows(first, rows);
		const width = network.sizes[0];
		const x = new Float32Array(rows * width);
		const y = new Float32Array(rows);
		for (let i = 0; i < rows; i++) {
			const place = first + i;
			const row = order[first < ring && place >= ring ? place - ring : place];
			for (let j = 0; j < width; j++) x[i * width + j] = table.x[row * width + j];
			y[i] = table.y[row];
		}
		return { x: tf.tensor2d(x, [rows, width]), y: tf.tensor2d(y, [rows, 1]) };
	}

	/** W1, b1, W2, ... */
	private tensors(): Tensor[] {
		return this.layout.map(({ rows, columns, offset }) =>
			this.tf.tensor2d(this.parameters.slice(offset, offset + rows * columns), [rows, columns]),
		);
	}

	/** @returns the logits */
	private forward(x: Tensor, parameters: readonly Tensor[]): Tensor {
		const { tf, network } = this;
		let a = x;
		for (let l = 0; l < parameters.length; l += 2) {
			const z: Tensor = tf.add(tf.matMul(a, parameters[l]), parameters[l + 1]);
			a = l + 2 < parameters.length ? activations[network.activation](tf, z) : z;
		}
		return a;
	}

	private sumOfSquaredWeights(parameters: readonly Tensor[]): Tensor {
		const { tf, layout } = this;
		return tf.addN(parameters.filter((_, i) => layout[i].isWeight).map((w) => tf.sum(tf.square(w))));
	}
}
