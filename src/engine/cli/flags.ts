import { optimizers } from "../optimizers/index.ts";
import { decays } from "../schedules/index.ts";
import { surfaceNames } from "../tuning/surfaces.ts";

export type FlagKind = "text" | "file" | "number" | "batch" | "list" | "names" | "columns" | "points" | "flag";

/** A flag: where its value goes in a run file (or in what its command is told), and a line of help that ends with its default. */
export interface Flag {
	kind: FlagKind;
	place: string;
	help: string;
	/** one letter that stands for the name */
	short?: string;
}
export type Flags = Record<string, Flag>;

/** Flags of a run, which lie over those of a run file. */
export const RUN_FLAGS: Flags = {
	target: { kind: "text", place: "dataset.target", help: "column to predict (guessed)" },
	task: { kind: "text", place: "dataset.task", help: "regression, binary or multiclass (from the target)" },
	features: { kind: "names", place: "dataset.features", help: '"A,B", columns to learn from (all that can be)' },
	columns: {
		kind: "columns",
		place: "dataset.columns",
		help: '"A:date,B:use,C:skip": numeric, categorical or date; dayFirst or monthFirst; use or skip (found)',
	},
	complete: {
		kind: "names",
		place: "dataset.complete",
		help: '"A,B", rows with no value in one of these columns are left out (none)',
	},
	"dev-share": { kind: "number", place: "dataset.split.dev", help: "share of rows kept for the dev set (0.2)" },
	"test-share": { kind: "number", place: "dataset.split.test", help: "share of rows that only the end looks at (0)" },
	"split-seed": { kind: "number", place: "dataset.split.seed", help: "same seed, same split (the run's seed)" },
	stratify: { kind: "flag", place: "dataset.split.stratify", help: "each class in every part (yes)" },
	missing: { kind: "text", place: "dataset.missing", help: "missing values: impute, drop or refuse (impute)" },
	scaling: { kind: "text", place: "dataset.scaling", help: "standardize, minMax or none (standardize)" },
	optimizer: { kind: "text", place: "optimizer.name", help: `${Object.keys(optimizers).join(", ")} (adam)` },
	preset: {
		kind: "text",
		place: "optimizer.preset",
		help: "do as pytorch, keras, tfjs, optax or the notes do (notes)",
	},
	"learning-rate": { kind: "number", place: "optimizer.learningRate", help: "step size (the optimizer's default)" },
	beta: { kind: "number", place: "optimizer.beta", help: "momentum's beta (0.9)" },
	beta1: { kind: "number", place: "optimizer.beta1", help: "adam's, nadam's and lion's beta1 (0.9)" },
	beta2: {
		kind: "number",
		place: "optimizer.beta2",
		help: "theirs and rmsprop's beta2 (0.999, lion 0.99, rmsprop 0.9)",
	},
	epsilon: { kind: "number", place: "optimizer.epsilon", help: "keeps the root from 0 (1e-8, adagrad 1e-10)" },
	"epsilon-placement": {
		kind: "text",
		place: "optimizer.epsilonPlacement",
		help: "inside or outside the root (outside, rmsprop inside)",
	},
	form: {
		kind: "text",
		place: "optimizer.form",
		help: "momentum: ewa as the notes have it, or classical as PyTorch (ewa)",
	},
	"epsilon-uncorrected": {
		kind: "flag",
		place: "optimizer.epsilonUncorrected",
		help: "adam: epsilon as Keras adds it (no)",
	},
	nesterov: { kind: "flag", place: "optimizer.nesterov", help: "momentum: Nesterov's variant (no)" },
	"bias-correction": { kind: "flag", place: "optimizer.biasCorrection", help: "momentum: V / (1 - beta^t) (no)" },
	"rate-in-velocity": { kind: "flag", place: "optimizer.rateInVelocity", help: "momentum: as Keras has it (no)" },
	amsgrad: { kind: "flag", place: "optimizer.amsgrad", help: "adam, adamw: the largest S so far (no)" },
	"momentum-decay": { kind: "number", place: "optimizer.momentumDecay", help: "nadam's (0.004)" },
	"constant-momentum": { kind: "flag", place: "optimizer.constantMomentum", help: "nadam: as optax has it (no)" },
	"initial-accumulator": { kind: "number", place: "optimizer.initialAccumulator", help: "adagrad: S at first (0)" },
	"weight-decay": { kind: "number", place: "optimizer.weightDecay", help: "weight decay (0, adamw 0.01)" },
	decoupled: {
		kind: "flag",
		place: "optimizer.decoupled",
		help: "weight decay beside the gradient (no, adamw and lion yes)",
	},
	"clip-norm": { kind: "number", place: "clip.norm", help: "largest norm of the gradient (none)" },
	"clip-value": { kind: "number", place: "clip.value", help: "largest magnitude in the gradient (none)" },
	decay: { kind: "text", place: "decay.name", help: `${Object.keys(decays).join(", ")} (constant)` },
	"decay-rate": { kind: "number", place: "decay.rate", help: "inverseTime's rate (1)" },
	"decay-base": { kind: "number", place: "decay.base", help: "exponential's base (0.95)" },
	"decay-k": { kind: "number", place: "decay.k", help: "sqrtEpoch's and sqrtStep's k (1)" },
	"decay-factor": { kind: "number", place: "decay.factor", help: "staircase's factor (0.5)" },
	"decay-every": { kind: "number", place: "decay.every", help: "epochs of a stair (10)" },
	"decay-points": {
		kind: "points",
		place: "decay.points",
		help: 'piecewise, "EPOCH:RATE" or "sSTEP:RATE" with commas (none)',
	},
	"decay-end": { kind: "number", place: "decay.end", help: "cosine's and linear's last rate (0)" },
	"decay-per": { kind: "text", place: "decay.per", help: "cosine and linear: step or epoch (step)" },
	"decay-rise": { kind: "number", place: "decay.rise", help: "oneCycle: share of the steps that rise (0.3)" },
	"decay-start-divisor": { kind: "number", place: "decay.startDivisor", help: "oneCycle: starts at rate / this (25)" },
	"decay-end-divisor": { kind: "number", place: "decay.endDivisor", help: "oneCycle: ends at start / this (10000)" },
	warmup: { kind: "number", place: "decay.warmup", help: "steps in which the rate rises before the decay (0)" },
	"epoch-base": {
		kind: "number",
		place: "decay.epochBase",
		help: "number of the first epoch, 0 or 1 (the decay's: 1 in inverseTime and sqrtEpoch)",
	},
	"batch-size": { kind: "batch", place: "batchSize", help: "rows of a mini-batch, full or auto (auto)" },
	epochs: { kind: "number", place: "epochs", help: "passes over the training rows (some 2,000 updates)" },
	layers: { kind: "list", place: "model.layers", help: 'hidden units, "64,32"; "none" for a linear model (64,32)' },
	activation: { kind: "text", place: "model.activation", help: "relu, leakyRelu, tanh, sigmoid or gelu (relu)" },
	initialization: {
		kind: "text",
		place: "model.initialization",
		help: "he or xavier (he; xavier with tanh and sigmoid)",
	},
	l2: { kind: "number", place: "l2", help: "lambda of the L2 term (0)" },
	"early-stopping": {
		kind: "number",
		place: "earlyStopping.patience",
		help: "end after so many epochs without a lower dev cost (off)",
	},
	"min-delta": {
		kind: "number",
		place: "earlyStopping.minDelta",
		help: "a dev cost must be lower by more than this to count (0)",
	},
	"restore-best": {
		kind: "flag",
		place: "earlyStopping.restoreBest",
		help: "end with the weights of the lowest dev cost (yes)",
	},
	seed: { kind: "number", place: "seed", help: "same seed, same numbers (0)" },
	backend: {
		kind: "text",
		place: "backend",
		help: "wasm, or tensorflow where @tensorflow/tfjs-node is installed (wasm)",
	},
};

/** Flags of "descent trace" alone. */
export const TRACE_FLAGS: Flags = {
	surface: { kind: "text", place: "surface", help: `${surfaceNames.join(", ")} (must be said)` },
	start: { kind: "list", place: "start", help: '"X,Y", where the path begins (a telling place of each surface)' },
	iterations: { kind: "number", place: "iterations", help: "steps to take (100)" },
	a: { kind: "number", place: "a", help: "bowl: curvature along x (1)" },
	b: { kind: "number", place: "b", help: "bowl: curvature along y (10)" },
};
/** Flags of "descent train" that are not part of a run file. */
export const TRAIN_FLAGS: Flags = {
	checkpoint: { kind: "file", place: "checkpoint", help: "keep weights and state in this .safetensors file (none)" },
	"checkpoint-every": { kind: "number", place: "checkpointEvery", help: "seconds between two checkpoints (10)" },
	resume: { kind: "file", place: "resume", help: "go on from this checkpoint; FILE is left out (none)" },
	cache: { kind: "flag", place: "cache", help: "keep what took long to read for the next run (yes)" },
};
/** Flags of what reads a table. */
export const MEMORY_FLAGS: Flags = {
	"memory-limit": { kind: "number", place: "memoryLimit", help: "bytes that the run may take (half of what is free)" },
};
/** Flags of "descent predict" alone. */
export const PREDICT_FLAGS: Flags = {
	output: {
		kind: "file",
		place: "output",
		help: "the CSV file that gets the predictions (standard output)",
		short: "o",
	},
};
/** Flags of "descent export" alone. */
export const EXPORT_FLAGS: Flags = {
	library: { kind: "text", place: "library", help: "pytorch, keras, tfjs or optax (must be said)" },
	output: {
		kind: "file",
		place: "output",
		help: "the program; its data gets the same name (must be said)",
		short: "o",
	},
};
/** Flags of what computes. */
export const ENGINE_FLAGS: Flags = {
	threads: { kind: "number", place: "threads", help: "threads of the engine, 1 to 16 (as many as pay)" },
};
/** Flags of "descent tune" alone. */
export const TUNE_FLAGS: Flags = {
	seconds: { kind: "number", place: "seconds", help: "batch-size: time for all sizes together (10)" },
};
/** Flags of "descent check" alone. */
export const CHECK_FLAGS: Flags = {
	sarif: { kind: "flag", place: "sarif", help: "one SARIF 2.1.0 log on standard output (no)" },
	facts: { kind: "flag", place: "facts", help: "what was read of each file instead, a JSON object a line (no)" },
};
/** The flag of what a script reads. */
export const JSON_FLAGS: Flags = {
	json: { kind: "flag", place: "json", help: "JSON on standard output, an object a line (no)" },
};
