/**
 * What a run is asked to do and what it reports. Plain data: it crosses processes and the webview.
 * This folder imports nothing.
 */

export type Task = "regression" | "binary" | "multiclass";
export type Activation = "relu" | "leakyRelu" | "tanh" | "sigmoid" | "gelu";
export type Initialization = "he" | "xavier";
export type Cost = "meanSquaredError" | "binaryCrossEntropy" | "categoricalCrossEntropy";
/** What computes: Descent's own kernels, or TensorFlow where the user has it installed. */
export type BackendName = "wasm" | "tensorflow";

export type OptimizerName =
	| "gradientDescent"
	| "momentum"
	| "rmsprop"
	| "adam"
	| "adamw"
	| "adagrad"
	| "nadam"
	| "lion";
export type EpsilonPlacement = "inside" | "outside";
/** A library that a run can be written out for as a program. */
export type ExportLibrary = "pytorch" | "keras" | "tfjs" | "optax";
/** Does what that library does: form, epsilon's place and defaults; "notes" is what the defaults are. */
export type Preset = "pytorch" | "keras" | "tfjs" | "optax" | "notes";

/** Hyperparameters of an optimizer as a run file names them; what is absent takes the preset's or the optimizer's default. */
export interface OptimizerConfig {
	name: OptimizerName;
	preset?: Preset;
	learningRate?: number;
	/** momentum's beta */
	beta?: number;
	/** beta1 of adam, adamw, nadam and lion */
	beta1?: number;
	/** beta2 of those and of rmsprop */
	beta2?: number;
	epsilon?: number;
	epsilonPlacement?: EpsilonPlacement;
	/** adam: epsilon beside the root before its bias correction (Keras) */
	epsilonUncorrected?: boolean;
	/** momentum: "ewa" V = bV + (1-b)dW (the notes), "classical" V = bV + dW (PyTorch, Keras) */
	form?: "ewa" | "classical";
	/** momentum */
	nesterov?: boolean;
	/** momentum: V / (1 - b^t) */
	biasCorrection?: boolean;
	/** momentum: the rate inside the velocity (Keras) */
	rateInVelocity?: boolean;
	/** adam, adamw */
	amsgrad?: boolean;
	/** nadam: 0.96^(momentumDecay t) */
	momentumDecay?: number;
	/** nadam: no schedule of the momentum (optax) */
	constantMomentum?: boolean;
	/** adagrad: what S starts with */
	initialAccumulator?: number;
	/** of every parameter, biases too, as the libraries have it; the notes' L2 term of the cost is the run's `l2` */
	weightDecay?: number;
	/** weight decay beside the update instead of in the gradient */
	decoupled?: boolean;
}

/** Gradient clipping; by value comes first when both are given. */
export interface Clip {
	/** largest Euclidean norm of the whole gradient */
	norm?: number;
	/** largest magnitude of one of its numbers */
	value?: number;
}

export type DecayName =
	| "constant"
	| "inverseTime"
	| "exponential"
	| "sqrtEpoch"
	| "sqrtStep"
	| "staircase"
	| "piecewise"
	| "cosine"
	| "linear"
	| "oneCycle"
	| "manual";

/** From this epoch (counted from 0) or step (counted from 1) on, this learning rate. */
export type RatePoint = { epoch: number; rate: number } | { step: number; rate: number };

/** A learning-rate schedule as a run file names it; formulas: src/engine/schedules. */
export interface DecayConfig {
	name: DecayName;
	/** inverseTime */
	rate?: number;
	/** exponential */
	base?: number;
	/** sqrtEpoch, sqrtStep */
	k?: number;
	/** staircase */
	factor?: number;
	/** staircase: epochs of one stair */
	every?: number;
	/** piecewise, in order */
	points?: RatePoint[];
	/** cosine, linear: learning rate at the end of the run */
	end?: number;
	/** cosine, linear: moves every step or every epoch */
	per?: "step" | "epoch";
	/** oneCycle: share of the steps in which the rate rises */
	rise?: number;
	/** oneCycle: the rate starts this many times lower */
	startDivisor?: number;
	/** oneCycle: and ends this many times below where it started */
	endDivisor?: number;
	/** number of the first epoch in the formula */
	epochBase?: 0 | 1;
	/** steps in which the rate rises evenly to its first value, before the decay begins to count */
	warmup?: number;
}

/** A change by hand during a run: from this iteration on, every rate of the schedule is multiplied. */
export interface RateChange {
	/** first iteration that it holds for, from 1 */
	iteration: number;
	factor: number;
}

/** What a person asks of the learning rate of every further step: so many times what it would be, or, at the next step, this. */
export type RateRequest = { factor: number } | { rate: number };

/** Ends a run whose dev cost no longer falls, as Keras's EarlyStopping does on val_loss. */
export interface EarlyStopping {
	/** epochs without a new lowest dev cost after which the run ends; absent: a tenth of the epochs, from 3 to 100 */
	patience?: number;
	/** a dev cost counts as lower when it lies more than this below the lowest (0) */
	minDelta?: number;
	/** the run ends with the weights of the lowest dev cost, whether it was stopped early or not (true) */
	restoreBest?: boolean;
}

/** How the rows are shared out; the rest of them train. */
export interface Split {
	/** share of the rows kept for the dev set, 0.01 to 0.9 */
	dev: number;
	/** share of the rows that are looked at once, when the run has ended; 0 to 0.9, and 0.9 with the dev set */
	test: number;
	seed: number;
	/** every class has its share of each part */
	stratify: boolean;
}

/** What is done about features with no value: the training rows' median or most frequent, no such row, or no run. */
export type Missing = "impute" | "drop" | "refuse";
/** What numeric features become: deviations from the mean, 0 to 1, or what they are; by the training rows' figures. */
export type Scaling = "standardize" | "minMax" | "none";

/** What a column can be told to be. */
export type FeatureKind = "numeric" | "categorical" | "date";

/** Which of day and month comes first in dates where both are numbers. */
export type DateOrder = "dayFirst" | "monthFirst";

/** What the user settled about a column that is not the target; what is absent is found by itself. */
export interface ColumnChoice {
	/** cells that are none of this kind have no value */
	kind?: FeatureKind;
	/** true: a feature though it would be set aside; false: none; the last word, whatever `features` says */
	use?: boolean;
	/** how dates are written whose day and month are numbers; cells that are no date so have no value */
	dates?: DateOrder;
}

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

export type ColumnKind = FeatureKind | "boolean" | "identifier" | "constant" | "text" | "empty";

/** Rows of a column's values in equal bins, between 16 and 32 where there are so many values. */
export interface Histogram {
	/** where the first bin begins; milliseconds since 1970 for dates */
	from: number;
	/** of each bin; the last one may reach above the greatest value */
	width: number;
	counts: number[];
}

export interface ColumnSummary {
	name: string;
	kind: ColumnKind;
	/** kinds that `dataset.columns` may give it instead; absent when there is none */
	otherKinds?: FeatureKind[];
	/** cells with no value */
	missing: number;
	/** texts that were seen to stand for no value, such as "?" and ""; of large files not every one may be among them */
	missingMarks?: string[];
	/** levels of a categorical or boolean column, most frequent first, at most 20 */
	levels?: { value: string; count: number }[];
	/** number of different values, where it was counted */
	distinct?: number;
	/** numeric columns and dates: over the cells that have a value; dates in milliseconds since 1970 */
	min?: number;
	max?: number;
	mean?: number;
	/** numbers that are written as amounts: one of them, such as "$1,234.56" */
	written?: string;
	/** what of the way that its values are written had to be told or guessed, in a few words */
	note?: string;
	/** numeric columns and dates */
	histogram?: Histogram;
	/** dates that are times of a day and of no day: milliseconds since midnight */
	timeOfDay?: true;
	/** dates: which of day and month was taken to come first, where the values do not show it or the user said it */
	dates?: DateOrder;
	/** dates: what becomes inputs besides the moment itself, as far as it varies */
	cycles?: ("month" | "weekday" | "hour")[];
	/** the training rows' targets can be read off this column, so that it is set aside unless it is the only one */
	leak?: true;
	/** why the column is no feature, in a few words; absent for a feature or the target */
	setAside?: string;
	/** absent when it is a feature or `use` can make it one; else no choice can */
	unusable?: true;
}

/** What was understood of a table. */
export interface DatasetSummary {
	/** absolute path */
	path: string;
	rows: number;
	columns: ColumnSummary[];
	target: string;
	/** why this column is the target, in a few words */
	targetReason: string;
	task: Task;
	taskReason: string;
	/** few whole numbers, which may be classes or amounts: the task that they were not taken for */
	otherTask?: Task;
	/** inputs of the model after one-hot encoding (n_x) */
	features: number;
	/** names of the classes, for binary and multiclass */
	classes?: string[];
	/** rows of each class */
	classRows?: number[];
	/** of these the dev rows; absent when a large table was only looked at */
	classDevRows?: number[];
	/** rows of each part; absent when a large table was only looked at */
	parts?: { train: number; dev: number; test: number };
	/** false when the file names no columns: they are column0, column1, ... */
	header?: boolean;
	/** what had to be understood of the file's form, in a few words: where its rows are, which array is the target */
	understood?: string;
	/** rows left out: they have no target, or lack a value and such rows are dropped; absent when there are none */
	droppedRows?: number;
	/** those of them that have no target; absent when there are none */
	targetlessRows?: number;
	/** rows with no value in one of the columns that were asked to be complete, with a target or without */
	incompleteRows?: number;
}

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

/** One mini-batch size, tried. */
export interface BatchSizeTrial {
	batchSize: number;
	/** lowest dev cost in the time that each size has, training cost where there is no dev set */
	cost?: number;
	samplesPerSecond?: number;
	/** steps within that time */
	iterations?: number;
	/** bytes of a step, by the formula that lenses have, too (`step-memory.ts`) */
	memory?: number;
	failed?: "diverged" | "memory";
}

/** Mini-batch sizes tried on the same rows from the same weights, each for the same time. */
export interface BatchSizeSearch {
	/** training rows, m */
	rows: number;
	/** time that each size had */
	seconds: number;
	/** the costs are the lowest of the dev set; false: those of training at the end, as there is no dev set */
	ofDev: boolean;
	trials: BatchSizeTrial[];
	best: number;
	/** false: more than half of the sizes are as good as the best */
	clear: boolean;
}

/** Costs while the learning rate rises, of several runs from other weights on the same rows. */
export interface LearningRateSearch {
	/** rising evenly on a logarithmic scale, one a step */
	rates: number[];
	/** of each run at those rates, smoothed; up to where the cost exploded */
	costs: number[][];
	/** of the runs at each rate, up to where most of them exploded */
	median: number[];
	/** where the median falls steepest; absent when it never falls */
	rate?: number;
	/** around the rates at which single runs fall steepest, but for the least and the greatest of them */
	interval?: [number, number];
	/** absent when the answer is clear; "disagree": the interval spans more than a factor of ten, or most runs never fall */
	unclear?: "neverFalls" | "disagree";
}

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
