/** Messages between the extension host and the engine's process. */

import type { DatasetSummary } from "./dataset.ts";
import type { DatasetFingerprint } from "./kept-run.ts";
import type { CheckpointSummary, PredictionSummary } from "./prediction.ts";
import type {
	EpochResult,
	EpochSeries,
	ExportLibrary,
	Finding,
	RateChange,
	RatePreview,
	RateRequest,
	RunDone,
	RunPlan,
	RunStart,
	StepBatch,
} from "./run.ts";
import type { ResolvedRun, RunFile } from "./run-file.ts";
import type { BatchSizeSearch, BatchSizeTrial, LearningRateSearch } from "./searches.ts";

/** Bounds of a run that only shows how it goes. */
export interface RunBounds {
	/** time of training */
	seconds: number;
	/** rows, a seeded sample of the table where it has more */
	rows: number;
}

/** A run file as it is written. */
export interface RunFileText {
	/** where it lies, or would */
	path: string;
	text: string;
}

export type RunControl = "pause" | "resume" | "step" | "stop";

/** Where a run is to be kept. */
export interface KeepRequest {
	/** the folder of all kept runs, absolute: `.descent/runs` */
	runs: string;
	/** names that the run must not have */
	taken: string[];
	/** of what keeps it, by its name */
	versions: Record<string, string>;
}

/** Calls the host makes; each one is answered once. */
export interface EngineCalls {
	/**
	 * Reads a table and says what it understood. With a `runId`, which is no run's, "reading" events tell how far it is, and
	 * the control "stop" ends it with a "stopped" fault.
	 */
	inspect(params: RunFile["dataset"] & { runId?: string }): DatasetSummary;
	/** Checks the text of a run file at that path; the path of its dataset becomes absolute. */
	checkRunFile(params: RunFileText): RunFile;
	/**
	 * Reads the data, prepares the run and starts it; answered before the first step, then events follow. Stopped while
	 * the data is read, it is answered by a "stopped" fault. A run that cannot be kept runs all the same: a finding says so.
	 */
	train(params: { runId: string; file: RunFile; bounds?: RunBounds; keep?: KeepRequest }): RunStart;
	/**
	 * Learning rates of a whole run, at most `most` of them at even distances, without training; null while the table has
	 * not been read for a bounded run.
	 * @param params.file a run file, or its text as for `checkRunFile`
	 */
	rates(params: { file: RunFile | RunFileText; most: number }): RatePreview | null;
	/** The run that a file stands for on the rows of another run, every default filled in. */
	resolve(params: { file: RunFile; start: Omit<RunStart, "summary"> }): ResolvedRun;
	/**
	 * Tries mini-batch sizes on the run's own rows; "tried" events tell how far it is, and the control "stop" ends it with a
	 * "stopped" fault. `runId` is no run's.
	 */
	findBatchSize(params: { runId: string; file: RunFile; seconds: number }): BatchSizeSearch;
	/**
	 * Trains some steps with a rising learning rate, from several weights; "ranged" events tell how far it is, and the
	 * control "stop" ends it with a "stopped" fault. `runId` is no run's.
	 */
	findLearningRate(params: { runId: string; file: RunFile }): LearningRateSearch;
	/**
	 * Goes on with an interrupted run from the checkpoint in its folder; events of what it had done follow first, then
	 * those of the run.
	 */
	continueRun(params: { runId: string; folder: string }): RunStart;
	/** Sends the events of a kept run again, without its end, and is answered after the last one. */
	replayRun(params: { runId: string; folder: string }): null;
	/** What tells whether a dataset has changed. */
	fingerprint(params: { path: string }): DatasetFingerprint;
	/** The run file that gives a run's steps again: rates changed by hand become the equal piecewise schedule. */
	runFileOf(params: { start: RunLengthOf; rateChanges: RateChange[] }): RunFile;
	/**
	 * Reads rows, predicts their target with a checkpoint's weights and writes a CSV file; "reading" and "predicted" events
	 * tell how far it is, and the control "stop" ends it with a "stopped" fault. `runId` is no run's.
	 * @param params.checkpoint a file, or a run whose weights are held
	 */
	predict(params: {
		runId: string;
		checkpoint: string | { runId: string };
		dataset: string;
		output: string;
	}): PredictionSummary;
	/**
	 * Looks whether a table has the columns that a checkpoint's weights take; one "input" fault names those that are missing.
	 * The control "stop" ends it with a "stopped" fault. `runId` is no run's.
	 */
	checkColumns(params: { runId: string; checkpoint: string | { runId: string }; dataset: string }): null;
	/** What is in checkpoints, by their paths; null for a file that is none of Descent, or not whole. */
	checkpoints(params: { paths: string[] }): (CheckpointSummary | null)[];
	/** Writes a checkpoint of a run that goes on, or of the last one that ended. */
	saveCheckpoint(params: { runId: string; path: string }): null;
	/**
	 * Writes a program that trains as the run file says, and its data beside it: what was read and prepared, and the weights
	 * that the run begins with. "reading" events tell how far it is, and the control "stop" ends it with a "stopped" fault.
	 * `runId` is no run's.
	 * @param params.name the run's, where it has been made; absent: the one that it would be given
	 * @param params.output path of the program
	 * @param params.most bytes of data; where it would be more nothing is written
	 */
	exportLoop(params: {
		runId: string;
		file: RunFile;
		name?: string;
		library: ExportLibrary;
		output: string;
		most?: number;
	}): LoopExport;
	/** Removes the tables that are kept for the next time. @returns how many they were, and their bytes */
	clearCache(params: Record<string, never>): { tables: number; bytes: number };
	/** A control for a run that has ended is no error. */
	control(params: { runId: string; action: RunControl }): null;
	/** Changes the learning rate of every further step; an event of the run follows. No error for a run that has ended. */
	changeRate(params: { runId: string; request: RateRequest }): null;
}

/** A program that was written out, or would be. */
export interface LoopExport {
	/** paths */
	program: string;
	data: string;
	/** of the data */
	bytes: number;
	written: boolean;
}

/** What a schedule must know of a run. */
export type RunLengthOf = Pick<RunStart, "stepsPerEpoch" | "iterations"> & { run: ResolvedRun };

export type EngineMethod = keyof EngineCalls;
export type EngineParams<M extends EngineMethod> = Parameters<EngineCalls[M]>[0];
export type EngineResult<M extends EngineMethod> = ReturnType<EngineCalls[M]>;

export type HostToEngine = {
	[M in EngineMethod]: {
		type: "call";
		id: number;
		method: M;
		params: EngineParams<M>;
		/** bytes that whatever is read from now on may take; absent: half of what is free */
		memoryLimit?: number;
	};
}[EngineMethod];

/** "input": the user can act on the message; "stopped": the user asked for it; "internal": a fault of ours, with its stack. */
export interface EngineFault {
	kind: "input" | "stopped" | "internal";
	message: string;
	stack?: string;
}

export type RunEvent =
	| { type: "steps"; batch: StepBatch }
	/** epochs that end within the batch of steps that follows */
	| { type: "epochs"; results: EpochResult[] }
	/** the same of a run that is read from the disk */
	| { type: "epochSeries"; series: EpochSeries }
	| { type: "finding"; finding: Finding }
	| { type: "paused"; iteration: number }
	| { type: "resumed" }
	| { type: "rateChanged"; change: RateChange }
	/** of a call that reads a table: rows read so far, of about so many */
	| { type: "reading"; rows: number; about: number }
	/** while the table of a run is read that takes some time */
	| { type: "planned"; plan: RunPlan }
	/** of a "predict" call: rows predicted so far, of so many */
	| { type: "predicted"; rows: number; of: number }
	/** of a "findBatchSize" call: one of so many */
	| { type: "tried"; trial: BatchSizeTrial; of: number }
	/** of a "findLearningRate" call: runs made, of so many */
	| { type: "ranged"; runs: number; of: number }
	| { type: "done"; done: RunDone }
	| { type: "failed"; fault: EngineFault };

export type EngineToHost =
	| { type: "result"; id: number; result: EngineResult<EngineMethod> }
	| { type: "fault"; id: number; fault: EngineFault }
	| { type: "event"; runId: string; event: RunEvent };
