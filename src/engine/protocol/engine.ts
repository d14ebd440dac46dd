/** Messages between the extension host and the engine's process. */
import type {
	BatchSizeSearch,
	BatchSizeTrial,
	DatasetSummary,
	EpochResult,
	Finding,
	PredictionSummary,
	RateChange,
	RunDone,
	RunFile,
	RunStart,
	StepBatch,
} from "./run.ts";

/** Bounds of a run that only shows how it goes. */
export interface RunBounds {
	/** time of training */
	seconds: number;
	/** rows, a seeded sample of the table where it has more */
	rows: number;
}

export type RunControl = "pause" | "resume" | "step" | "stop";

/** Calls the host makes; each one is answered once. */
export interface EngineCalls {
	/** Reads a table and says what it understood. */
	inspect(dataset: RunFile["dataset"]): DatasetSummary;
	/** Checks the text of a run file at that path; the path of its dataset becomes absolute. */
	checkRunFile(params: { path: string; text: string }): RunFile;
	/**
	 * Reads the data, prepares the run and starts it; answered before the first step, then events follow. Stopped while
	 * the data is read, it is answered by a "stopped" fault.
	 */
	train(params: { runId: string; file: RunFile; bounds?: RunBounds }): RunStart;
	/**
	 * Tries mini-batch sizes on the run's own rows; "tried" events tell how far it is, and the control "stop" ends it with a
	 * "stopped" fault. `runId` is no run's.
	 */
	findBatchSize(params: { runId: string; file: RunFile; seconds: number }): BatchSizeSearch;
	/**
	 * Reads rows, predicts their target with a checkpoint's weights and writes a CSV file; "predicted" events tell how far
	 * it is, and the control "stop" ends it with a "stopped" fault. `runId` is no run's.
	 */
	predict(params: { runId: string; checkpoint: string; dataset: string; output: string }): PredictionSummary;
	/** A control for a run that has ended is no error. */
	control(params: { runId: string; action: RunControl }): null;
	/** Multiplies the learning rate of every further step; an event of the run follows. */
	scaleRate(params: { runId: string; factor: number }): null;
}

export type EngineMethod = keyof EngineCalls;
export type EngineParams<M extends EngineMethod> = Parameters<EngineCalls[M]>[0];
export type EngineResult<M extends EngineMethod> = ReturnType<EngineCalls[M]>;

export type HostToEngine = {
	[M in EngineMethod]: { type: "call"; id: number; method: M; params: EngineParams<M> };
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
	| { type: "finding"; finding: Finding }
	| { type: "paused"; iteration: number }
	| { type: "resumed" }
	| { type: "rateChanged"; change: RateChange }
	/** of a "predict" call: rows predicted so far, of so many */
	| { type: "predicted"; rows: number; of: number }
	/** of a "findBatchSize" call: one of so many */
	| { type: "tried"; trial: BatchSizeTrial; of: number }
	| { type: "done"; done: RunDone }
	| { type: "failed"; fault: EngineFault };

export type EngineToHost =
	| { type: "result"; id: number; result: EngineResult<EngineMethod> }
	| { type: "fault"; id: number; fault: EngineFault }
	| { type: "event"; runId: string; event: RunEvent };
