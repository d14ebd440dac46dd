/** Messages between the extension host and the panel's webview. The host holds all state; the panel draws it. */
import type {
	Activation,
	DatasetSummary,
	DecayName,
	EpochResult,
	Finding,
	OptimizerName,
	RunDone,
	RunStart,
	StepBatch,
	Task,
} from "./run.ts";

export type RunPhase = "preparing" | "running" | "paused" | RunDone["outcome"] | "failed";

/** One run without what grows with every step: curves and epochs. */
export interface RunSummary {
	id: string;
	/** short and telling: "adam-0.001" */
	name: string;
	/** the table's relative path */
	dataset: string;
	phase: RunPhase;
	/** iterations finished */
	iteration: number;
	start?: RunStart;
	findings: Finding[];
	done?: RunDone;
	/** phase "failed": one sentence */
	error?: string;
	/** measured by the host while running */
	stepsPerSecond?: number;
	/** drawn in the charts */
	visible: boolean;
}

/** A run as the panel puts it together. */
export interface RunView extends RunSummary {
	epochs: EpochResult[];
}

/** The curves of a run from its first iteration on. */
export interface RunSeries {
	cost: Float32Array;
	learningRate: Float32Array;
	gradientNorm: Float32Array;
}

/** What the next run will use; what is absent is the engine's default for the dataset. */
export interface RunForm {
	optimizer?: OptimizerName;
	learningRate?: number;
	beta?: number;
	beta1?: number;
	beta2?: number;
	weightDecay?: number;
	decay?: DecayName;
	decayRate?: number;
	decayBase?: number;
	batchSize?: number | "full" | "auto";
	epochs?: number;
	layers?: number[];
	activation?: Activation;
	l2?: number;
	seed?: number;
}

export interface PanelState {
	/** datasets of the workspace, relative paths, at most 200 */
	datasets: string[];
	/** the chosen dataset's relative path */
	dataset?: string;
	/** what was understood of the chosen dataset; absent while it is read */
	summary?: DatasetSummary;
	/** true while the dataset is being read */
	inspecting: boolean;
	/** why there is no summary: one sentence */
	problem?: string;
	form: RunForm;
	/** oldest first; the last one is the current run */
	runs: RunSummary[];
	/** workspace is trusted */
	trusted: boolean;
}

export type HostToPanel =
	/** everything, sent on "ready" and whenever something other than curves changes */
	| { type: "state"; state: PanelState }
	/** all that grew of a run, sent on "ready" before "state" follows for each run with data */
	| { type: "series"; runId: string; series: RunSeries; epochs: EpochResult[] }
	/** further iterations of a run; `batch.first` is one past what the panel holds */
	| { type: "steps"; runId: string; batch: StepBatch }
	/** while a run goes on, instead of a whole state: epochs that ended since the last message, and the pace */
	| { type: "progress"; runId: string; epochs: EpochResult[]; stepsPerSecond: number };

export type PanelCommand = "run" | "pause" | "resume" | "step" | "stop" | "openLog";

export type PanelToHost =
	| { type: "ready" }
	| { type: "command"; command: PanelCommand }
	/** merged into the form; undefined or null members go back to the default */
	| { type: "form"; patch: { [K in keyof RunForm]?: RunForm[K] | null } }
	| { type: "dataset"; path: string }
	| { type: "target"; target: string }
	| { type: "task"; task: Task }
	| { type: "visible"; runId: string; visible: boolean }
	/** the panel drew points of this run for the first time (measured by the host) */
	| { type: "firstPoint"; runId: string };
