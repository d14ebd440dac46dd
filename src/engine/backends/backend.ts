import type { Updater } from "../optimizers/index.ts";

export interface StepResult {
	/** mean loss over the rows plus the L2 term */
	cost: number;
	/** Euclidean norm of the whole gradient, L2 term included */
	gradientNorm: number;
}

export interface Evaluation {
	/** mean loss, without the L2 term */
	cost: number;
	/** rows classified rightly; 0 for regression */
	right: number;
	rows: number;
}

/**
 * What the training loop needs of whatever computes. Rows are numbered as in the prepared table, but in the order, where
 * they are those of the memory.
 */
export interface Backend {
	/** Fixes the order in which mini-batches take the training rows, from a place of it on. */
	setOrder(order: Uint32Array, place?: number): void;
	/**
	 * Forward and backward over `rows` training rows from place `first` of the order; leaves the gradients.
	 * @param nextRows of the mini-batch that follows, where its rows lie ready and may be gathered meanwhile
	 * @returns the one result object, valid until the next call
	 */
	computeGradients(first: number, rows: number, l2: number, nextRows?: number): StepResult;
	/** Brings rows of the table into memory where they are not. @returns the first one's row there */
	locate: (first: number, rows: number) => number;
	/** Updates the parameters from the gradients, whose norm is given. @param t number of the update, from 1 */
	update(updater: Updater, gradientNorm: number, learningRate: number, t: number): void;
	/** Cost and right answers over table rows [first, first + rows). */
	evaluate(first: number, rows: number): Evaluation;
	/** The outputs of the last layer for table rows [first, first + rows), [rows, outputs] row-major; a copy. */
	logits(first: number, rows: number): Float32Array;
	/** Hidden units of each layer whose activation was 0 for every one of table rows [first, first + rows). */
	deadUnits(first: number, rows: number): number[];
	/** The flat parameter vector (see parameterLayout); a live view, to be written to as well. */
	readonly parameters: Float32Array;
	/** State vectors of the optimizer, laid out like the parameters; live views. */
	readonly optimizerState: readonly Float32Array[];
	/** The gradients of the last computeGradients, laid out like the parameters; a live view. */
	readonly gradients: Float32Array;
	/** Ends what it has started; it may not be used after. */
	dispose(): void;
}
