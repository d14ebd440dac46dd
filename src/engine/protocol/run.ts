/**
 * What a run reports while it goes on and when it has ended, and what may be asked of it meanwhile. Plain data, as in the
 * other files of this folder, which imports nothing: it crosses processes and the webview.
 */
import type { DatasetSummary, Fingerprint } from "./dataset.ts";
import type { ResolvedRun } from "./run-file.ts";

/** A change by hand during a run: from this iteration on, every rate of the schedule is multiplied. */
export interface RateChange {
	/** first iteration that it holds for, from 1 */
	iteration: number;
	factor: number;
}

/** What a person asks of the learning rate of every further step: so many times what it would be, or, at the next step, this. */
export type RateRequest = { factor: number } | { rate: number };

/** Exact bytes, known before a run allocates anything. */
export interface MemoryPlan {
	/** encoded features and targets of every row */
	table: number;
	/** X{t}, Y{t}, activations and their gradients */
	miniBatch: number;
	parameters: number;
	gradients: number;
	optimizerState: number;
	/** row order, kernel work space */
	other: number;
	total: number;
}

/** What a run is going to take, told while its table is read: by its first rows, so that it may come otherwise. */
export interface RunPlan {
	rows: number;
	memory: MemoryPlan;
	/** bytes that it may take */
	limit: number;
	streams?: Streams;
}

/** A table that does not fit memory. */
export interface Streams {
	/** of its rows on the disk */
	bytes: number;
	/** of those that are read and shuffled at a time */
	blockBytes: number;
}

/** Sent once when a run has its data and is about to take its first step. */
export interface RunStart {
	/** short and telling: "adam-0.001-cosine" */
	name: string;
	/** the folder that the run is kept in, absolute; absent when it is not kept */
	kept?: string;
	run: ResolvedRun;
	summary: DatasetSummary;
	trainRows: number;
	devRows: number;
	testRows: number;
	/** the rows are a sample of so many */
	sampledFrom?: number;
	/** of the table's file as it was read */
	fingerprint: Fingerprint;
	/** mini-batch size that was asked for, where there are fewer training rows */
	askedBatchSize?: number;
	stepsPerEpoch: number;
	/** iterations in all */
	iterations: number;
	parameters: number;
	memory: MemoryPlan;
	/** absent: the table lies in memory */
	streams?: Streams;
	/** kernel build in use */
	kernels: "relaxed-simd" | "simd";
}

/** Every iteration since the last batch, in order; the arrays have equal length. */
export interface StepBatch {
	/** number of the first iteration in the arrays, from 1 */
	first: number;
	cost: Float32Array;
	learningRate: Float32Array;
	gradientNorm: Float32Array;
}

export interface EpochResult {
	/** epochs finished, from 1 */
	epoch: number;
	/** iterations finished */
	iteration: number;
	/** mean of the epoch's mini-batch costs, each weighing its rows */
	cost: number;
	/** without the L2 term; absent when there is no dev set */
	devCost?: number;
	/** share of dev rows classified rightly */
	devAccuracy?: number;
	/** regression: coefficient of determination on the dev set */
	devR2?: number;
}

/** Epochs one after the other, packed: there may be as many as iterations. What an epoch has not is NaN. */
export interface EpochSeries {
	/** number of the first epoch in the arrays, which have equal length */
	first: number;
	/** iterations of every epoch */
	stepsPerEpoch: number;
	cost: Float32Array;
	devCost: Float32Array;
	/** dev accuracy, or dev R² of a regression */
	devShare: Float32Array;
	share: "accuracy" | "r2";
}

export interface Finding {
	code: string;
	severity: "error" | "warning" | "info";
	/** what was seen */
	message: string;
	/** one thing to try */
	advice?: string;
	iteration?: number;
	/** the mini-batch's rows, the first 100: numbers in the file, from 1, the header not counted */
	rows?: number[];
}

export interface RunDone {
	/**
	 * "finished" all epochs; "stoppedEarly" as the dev cost no longer fell; "stopped" by the user; "outOfTime" where the
	 * time was bounded; "diverged" at a cost that is not finite
	 */
	outcome: "finished" | "stoppedEarly" | "stopped" | "outOfTime" | "diverged";
	iterations: number;
	/** early stopping: the epoch whose weights the run ended with and whose figures these are */
	bestEpoch?: number;
	/** mean cost of that or of the last epoch (or of the part of it that ran); NaN when no step was taken */
	cost: number;
	devCost?: number;
	devAccuracy?: number;
	devR2?: number;
	/** as of the dev set, once at the end; absent without a test set, and after a run that diverged */
	testCost?: number;
	testAccuracy?: number;
	testR2?: number;
	/** changes of the learning rate by hand, in order */
	rateChanges: RateChange[];
	/** time spent training, pauses excluded */
	seconds: number;
	stepsPerSecond: number;
}

/** The learning rates of a run that has not begun. */
export interface RatePreview {
	/** iterations in all */
	iterations: number;
	/** of iterations 1, 1 + stride, 1 + 2 stride, ... */
	rates: Float32Array;
	stride: number;
}

/** A library that a run can be written out for as a program. */
export type ExportLibrary = "pytorch" | "keras" | "tfjs" | "optax";
