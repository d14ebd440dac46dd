/** A run kept on disk: what its folder holds. The engine writes it; the editor lists it, writes the label and packs it. */
import type { Fingerprint } from "./dataset.ts";
import type { RateChange, RunStart } from "./run.ts";

/** Names of the files in a run's folder. */
export const KEPT = {
	/** the run file with every default filled in; the dataset's path is taken from this folder */
	runFile: "train.json",
	/** a KeptRun */
	about: "run.json",
	/** a line an iteration */
	steps: "steps.csv",
	/** a line an epoch */
	epochs: "epochs.csv",
	/** a Finding a line */
	findings: "findings.jsonl",
	/** a KeptEvent a line */
	events: "events.jsonl",
	checkpoint: "checkpoint.safetensors",
	/** a PackedRun: what the text files say, to be read fast; they remain the truth, and it may be missing */
	packed: "figures.safetensors",
	/** a RunDone, figures that are not finite as texts; there is none while the run goes on, and of an interrupted run */
	result: "result.json",
	/** there while the run goes on: the process that writes, touched every two seconds */
	writer: "writer.json",
	/** a KeptLabel */
	label: "label.json",
} as const;

/** The dataset as the run read it. */
export interface DatasetFingerprint extends Fingerprint {
	/** absolute path */
	path: string;
	/** hexadecimal, of the whole file or, when it is large, of parts of it */
	sha256: string;
	/** whether the hash is of the whole file */
	whole: boolean;
}

/** What the run was computed with. */
export interface RunEnvironment {
	/** of Descent, the editor, Node and V8 */
	versions: Record<string, string>;
	platform: string;
	architecture: string;
	processor: string;
	/** threads that the machine runs at once; a run takes as many as pay, and its figures are the same for any number */
	threads: number;
	kernels: RunStart["kernels"];
}

export interface KeptRun {
	version: 1;
	/** ISO 8601 */
	begun: string;
	start: Omit<RunStart, "summary">;
	environment: RunEnvironment;
	/** `rows` as they were read */
	dataset: DatasetFingerprint & { rows: number };
}

/** What happened to a run besides its steps. */
export type KeptEvent = { time: string } & (
	| { type: "rateChanged"; change: RateChange }
	| { type: "paused"; iteration: number }
	| { type: "resumed" }
	/** it was interrupted and goes on from its checkpoint, after so many iterations */
	| { type: "continued"; iteration: number }
	| { type: "failed"; message: string }
);

/** What a person says of a kept run. */
export interface KeptLabel {
	/** never removed to make room */
	pinned?: boolean;
	/** the name that it was given when it began, where it has another one: no further run takes it */
	was?: string;
}
