/** What a checkpoint can predict, and what came of it. */
import type { Task } from "./dataset.ts";
import type { OptimizerName } from "./hyperparameters.ts";
import type { EpochResult } from "./run.ts";

/** What came of predicting a table's rows. */
export interface PredictionSummary {
	rows: number;
	target: string;
	task: Task;
	/** columns of the table that the model does not know */
	ignored: string[];
	/** rows with no prediction: they lack a value, and the model was trained without such rows */
	skipped: number;
}

/** What a checkpoint can predict, and the run that it is of. */
export interface CheckpointSummary {
	target: string;
	task: Task;
	/** absolute path of the table that was trained on */
	dataset: string;
	optimizer: OptimizerName;
	learningRate: number;
	/** iterations finished */
	iteration: number;
	/** the epoch whose weights it predicts with, or the last one before them */
	epoch?: EpochResult;
}
