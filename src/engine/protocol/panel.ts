/** Messages between the extension host and the panel's webview. The host holds all state; the panel draws it. */
import type { ColumnChoice, DatasetSummary, Task } from "./dataset.ts";
import type { Activation, DecayName, OptimizerName } from "./hyperparameters.ts";
import type {
	EpochSeries,
	Finding,
	RateChange,
	RatePreview,
	RateRequest,
	RunDone,
	RunPlan,
	RunStart,
	StepBatch,
} from "./run.ts";
import type { LearningRateSearch } from "./searches.ts";

/** "interrupted": kept on disk without an end, as the window was closed or the engine's process killed. */
export type RunPhase = "preparing" | "running" | "paused" | RunDone["outcome"] | "interrupted" | "failed";

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
	/** while its table is read */
	plan?: RunPlan;
	/** what it was told, where the panel or a run file told it in this window; all else was left to the engine */
	asked?: RunForm;
	/** the summary goes by itself, once */
	start?: Omit<RunStart, "summary">;
	findings: Finding[];
	/** of the learning rate by hand, in order */
	rateChanges: RateChange[];
	done?: RunDone;
	/** phase "failed": one sentence */
	error?: string;
	/** measured by the host while running */
	stepsPerSecond?: number;
	/** drawn in the charts */
	visible: boolean;
	/** its place in the order of colours, which no other run that is shown has */
	colour: number;
	/** it follows the edits of a file: the newest one, or the one before it */
	live?: "now" | "before";
	/** name of the schedule in the code whose rates are the points of its piecewise decay */
	schedule?: string;
}

/** The curves of a run from its first iteration on. */
export interface RunSeries {
	cost: Float32Array;
	learningRate: Float32Array;
	gradientNorm: Float32Array;
}

/** A long curve as a screen shows it. */
export interface CurveOverview {
	/** least and greatest finite value of every 2^shift values in turn; least > greatest where there is none */
	bounds: Float32Array;
	/** the first and the last value */
	ends: Float32Array;
}

/** The same of the average of a curve. */
export interface SmoothedOverview extends CurveOverview {
	/** after the last value: v_t and beta^t */
	average: [number, number];
}

/** The first picture of a run that is too long to be there at once; its single iterations follow. */
export interface RunOverview {
	/** iterations that it speaks of */
	length: number;
	/** at least 4 */
	shift: number;
	cost: CurveOverview;
	smoothed: SmoothedOverview;
	learningRate: CurveOverview;
	gradientNorm: CurveOverview;
	smoothedNorm: SmoothedOverview;
	/** places, from 0, of the first costs that are not finite */
	broken: Uint32Array;
}

/** The same of many epochs. */
export interface EpochsOverview extends Omit<EpochSeries, "cost" | "devCost" | "devShare"> {
	/** epochs that it speaks of */
	length: number;
	/** at least 4 */
	shift: number;
	cost: CurveOverview;
	devCost: CurveOverview;
	devShare: CurveOverview;
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

/** A change to the form; null members go back to the default. */
export type FormPatch = { [K in keyof RunForm]?: RunForm[K] | null };

/** A change to what is settled about a column; null members go back to what is found by itself. */
export type ColumnChange = { [K in keyof ColumnChoice]?: ColumnChoice[K] | null };

export interface Reading {
	rows: number;
	/** rows in all, about */
	about: number;
}

/** A value of a live run, and why it is that one, as the end of a sentence. */
export interface LiveValue {
	name: string;
	value: string;
	why: string;
}

/** Charts that follow the edits of the file in the editor. */
export interface LiveState {
	on: boolean;
	/** name of the file that is followed */
	file?: string;
	/** what its text says of the table, and what is taken for that */
	read?: LiveValue[];
	/** what of that the panel can therefore not choose */
	settled?: ("target" | "task")[];
	/** what its text does not say, and what is taken instead */
	assumed?: LiveValue[];
	/** how the code counts its training rows and the steps of an epoch, as far as it tells */
	counts?: { rows?: number; stepsPerEpoch?: number };
	/** codes of the code's findings that its run does not have */
	mended?: string[];
	/** what is wrong with it as it stands: the last curves stay */
	problem?: string;
	/** how the newest run ended beside the one before it, in words */
	difference?: string;
}

/** What came of a learning-rate range test, for its chart. */
export interface RangeTest {
	/** whose rate was looked for: a file, or the panel's dataset */
	name: string;
	/** what the runs have shown, in the user's language */
	words: string;
	search: LearningRateSearch;
}

export interface PanelState {
	live: LiveState;
	/** datasets of the workspace, relative paths, at most 200 */
	datasets: string[];
	/** the chosen dataset's relative path */
	dataset?: string;
	/** relative paths of the run files that name the chosen dataset */
	runFiles: string[];
	/** the one of them that the panel shows and writes to; absent: the panel keeps what is chosen */
	runFile?: string;
	/** true while the dataset is being looked into */
	inspecting: boolean;
	/** how far it has been read, for that or for a run; absent before that is known */
	reading?: Reading;
	/** why there is no summary: one sentence */
	problem?: string;
	form: RunForm;
	/** oldest first; only the last one can be going on */
	runs: RunSummary[];
	/** id of the run that the panel speaks of; there is none without runs */
	shown?: string;
	/** workspace is trusted */
	trusted: boolean;
}

export type HostToPanel =
	/** everything but curves and tables, sent on "ready" and whenever something of it changes */
	| { type: "state"; state: PanelState }
	/** what was understood of the chosen dataset, null while that is not known; sent before the state when it changes */
	| { type: "summary"; summary: DatasetSummary | null }
	/** the range test that is shown, null for none; sent before the state when it changes */
	| { type: "range"; range: RangeTest | null }
	/** all that grew of a run, sent on "ready" before "state" follows for each run with data */
	| { type: "series"; runId: string; series: RunSeries; epochs: EpochSeries }
	/** instead of it where the run is long */
	| { type: "overview"; runId: string; steps: RunOverview; epochs: EpochsOverview | EpochSeries }
	/** what an overview spoke of, in order; beside it, what is new comes as ever */
	| { type: "fill"; runId: string; batch: StepBatch; epochs: EpochSeries }
	/**
	 * Further iterations of a run; `batch.first` is one past what the panel holds. `learningRate` has one value where it
	 * is the same for all of them.
	 */
	| { type: "steps"; runId: string; batch: StepBatch }
	/** the rates that a run will have which has not begun */
	| { type: "rates"; preview: RatePreview }
	/**
	 * while a run goes on, instead of a whole state: epochs that ended since the last message, how far the run is (the
	 * curves may follow later) and its pace
	 */
	| { type: "progress"; runId: string; epochs: EpochSeries; iteration: number; stepsPerSecond: number };

export type PanelCommand =
	| "run"
	| "pause"
	| "resume"
	| "step"
	| "stop"
	| "openLog"
	| "findBatchSize"
	| "findLearningRate"
	| "saveRunFile"
	| "openRunFile"
	| "predictRun"
	| "saveCheckpoint"
	| "exportLoop"
	| "continueRun"
	| "liveOff";

export type PanelToHost =
	/** @param beta of the average that smooths the cost, for overviews */
	| { type: "ready"; beta: number }
	| { type: "command"; command: PanelCommand }
	/** merged into the form, or into the run file where there is one */
	| { type: "form"; patch: FormPatch }
	| { type: "dataset"; path: string }
	/** null: none, the panel keeps what is chosen */
	| { type: "runFile"; path: string | null }
	| { type: "target"; target: string }
	| { type: "task"; task: Task }
	| { type: "column"; name: string; change: ColumnChange }
	| { type: "visible"; runId: string; visible: boolean }
	/** turns to a run: what the panel says is of this one until the next begins */
	| { type: "show"; runId: string }
	/** the hyperparameters of a run become those of the next one */
	| { type: "use"; runId: string }
	| { type: "closeRange" }
	/** the learning rate of the run's further steps, while it goes on or is paused */
	| { type: "changeRate"; runId: string; request: RateRequest }
	/** puts a text on the clipboard */
	| { type: "copy"; text: string }
	/** asks where to, and writes a file of this name */
	| { type: "save"; name: string; content: string | Uint8Array }
	/** shows these rows of the run's table in the editor: numbers in the file, from 1, the header not counted */
	| { type: "openRows"; runId: string; rows: number[] }
	/** the panel drew points of this run for the first time (measured by the host) */
	| { type: "firstPoint"; runId: string };
