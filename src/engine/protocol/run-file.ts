/** A `*.train.json`, as it is written and with every default filled in. */
import type { ColumnChoice, Missing, Scaling, Split, Task } from "./dataset.ts";
import type {
	Activation,
	BackendName,
	Clip,
	Cost,
	DecayConfig,
	EarlyStopping,
	Initialization,
	OptimizerConfig,
} from "./hyperparameters.ts";

/** One `*.train.json`. Everything but `dataset.path` has a default. */
export interface RunFile {
	dataset: {
		path: string;
		target?: string;
		task?: Task;
		/** names of columns; absent: all that can be features */
		features?: string[];
		/** by name */
		columns?: Record<string, ColumnChoice>;
		/** names of columns; rows with no value in one of them are left out, whatever is learned from */
		complete?: string[];
		split?: Partial<Split>;
		missing?: Missing;
		scaling?: Scaling;
	};
	model?: { layers?: number[]; activation?: Activation; initialization?: Initialization };
	cost?: Cost;
	optimizer?: OptimizerConfig;
	decay?: DecayConfig;
	batchSize?: number | "full" | "auto";
	epochs?: number;
	l2?: number;
	clip?: Clip;
	seed?: number;
	backend?: BackendName;
	/** absent: the run makes all its epochs; of few rows at once it then ends with the best weights (defaults.ts) */
	earlyStopping?: EarlyStopping;
}

/** A run file with every default filled in for one dataset. */
export interface ResolvedRun {
	dataset: {
		path: string;
		target: string;
		task: Task;
		/** absent: all that can be features */
		features?: string[];
		columns?: Record<string, ColumnChoice>;
		complete?: string[];
		split: Split;
		missing: Missing;
		scaling: Scaling;
	};
	model: { layers: number[]; activation: Activation; initialization: Initialization };
	cost: Cost;
	optimizer: OptimizerConfig & { learningRate: number };
	decay: DecayConfig;
	/** rows of a mini-batch, at most the training rows */
	batchSize: number;
	epochs: number;
	l2: number;
	clip: Clip;
	seed: number;
	backend: BackendName;
	earlyStopping?: Required<EarlyStopping>;
}
