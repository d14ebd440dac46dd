import { parseArgs } from "node:util";
import { MOST_THREADS } from "../backends/wasm/team.ts";
import { InputError } from "../input-error.ts";
import { optimizers } from "../optimizers/index.ts";
import type { ColumnChoice, FeatureKind, RunFile } from "../protocol/run.ts";
import { checkRunFile } from "../run-file.ts";
import { RunFileFault } from "../run-shapes.ts";
import { decays } from "../schedules/index.ts";
import { surfaceNames } from "../tuning/surfaces.ts";

type Kind = "text" | "number" | "batch" | "list" | "names" | "columns" | "points" | "flag";

/** A flag, where its value goes in a run file, and a line of help. */
export const RUN_FLAGS: Record<string, { kind: Kind; place: string; help: string }> = {
	target: { kind: "text", place: "dataset.target", help: "column to predict (guessed)" },
	task: { kind: "text", place: "dataset.task", help: "regression, binary or multiclass (from the target)" },
	features: { kind: "names", place: "dataset.features", help: '"A,B", columns to learn from (all that can be)' },
	columns: {
		kind: "columns",
		place: "dataset.columns",
		help: '"A:date,B:use,C:skip": numeric, categorical or date; use or skip (found)',
	},
	"dev-share": { kind: "number", place: "dataset.split.dev", help: "share of rows kept for the dev set (0.2)" },
	"test-share": { kind: "number", place: "dataset.split.test", help: "share of rows that only the end looks at (0)" },
	"split-seed": { kind: "number", place: "dataset.split.seed", help: "same seed, same split (the run's seed)" },
	stratify: { kind: "flag", place: "dataset.split.stratify", help: "each class in every part (yes; --no-stratify)" },
	missing: { kind: "text", place: "dataset.missing", help: "missing values: impute, drop or refuse (impute)" },
	scaling: { kind: "text", place: "dataset.scaling", help: "standardize, minMax or none (standardize)" },
	optimizer: { kind: "text", place: "optimizer.name", help: `${Object.keys(optimizers).join(", ")} (adam)` },
	preset: { kind: "text", place: "optimizer.preset", help: "do as pytorch, keras, tfjs, optax or the notes do" },
	"learning-rate": { kind: "number", place: "optimizer.learningRate", help: "step size (the optimizer's default)" },
	beta: { kind: "number", place: "optimizer.beta", help: "momentum's beta (0.9)" },
	beta1: { kind: "number", place: "optimizer.beta1", help: "adam's, nadam's and lion's beta1 (0.9)" },
	beta2: { kind: "number", place: "optimizer.beta2", help: "theirs (0.999, lion 0.99) or rmsprop's (0.9) beta2" },
	epsilon: { kind: "number", place: "optimizer.epsilon", help: "keeps the root from 0 (1e-8)" },
	"epsilon-placement": { kind: "text", place: "optimizer.epsilonPlacement", help: "inside or outside the root" },
	form: { kind: "text", place: "optimizer.form", help: "momentum: ewa (notes) or classical (PyTorch)" },
	"epsilon-uncorrected": {
		kind: "flag",
		place: "optimizer.epsilonUncorrected",
		help: "adam: epsilon as Keras adds it",
	},
	nesterov: { kind: "flag", place: "optimizer.nesterov", help: "momentum: Nesterov's variant" },
	"bias-correction": { kind: "flag", place: "optimizer.biasCorrection", help: "momentum: V / (1 - beta^t)" },
	"rate-in-velocity": { kind: "flag", place: "optimizer.rateInVelocity", help: "momentum: as Keras has it" },
	amsgrad: { kind: "flag", place: "optimizer.amsgrad", help: "adam, adamw: the largest S so far" },
	"momentum-decay": { kind: "number", place: "optimizer.momentumDecay", help: "nadam's (0.004)" },
	"constant-momentum": { kind: "flag", place: "optimizer.constantMomentum", help: "nadam: as optax has it" },
	"initial-accumulator": { kind: "number", place: "optimizer.initialAccumulator", help: "adagrad: S at first (0)" },
	"weight-decay": { kind: "number", place: "optimizer.weightDecay", help: "weight decay (0, adamw 0.01)" },
	decoupled: { kind: "flag", place: "optimizer.decoupled", help: "weight decay beside the gradient (adamw, lion)" },
	"clip-norm": { kind: "number", place: "clip.norm", help: "largest norm of the gradient" },
	"clip-value": { kind: "number", place: "clip.value", help: "largest magnitude in the gradient" },
	decay: { kind: "text", place: "decay.name", help: `${Object.keys(decays).join(", ")} (constant)` },
	"decay-rate": { kind: "number", place: "decay.rate", help: "inverseTime's rate (1)" },
	"decay-base": { kind: "number", place: "decay.base", help: "exponential's base (0.95)" },
	"decay-k": { kind: "number", place: "decay.k", help: "sqrtEpoch's and sqrtStep's k (1)" },
	"decay-factor": { kind: "number", place: "decay.factor", help: "staircase's factor (0.5)" },
	"decay-every": { kind: "number", place: "decay.every", help: "epochs of a stair (10)" },
	"decay-points": {
		kind: "points",
		place: "decay.points",
		help: 'piecewise, "epoch:RATE" or "sSTEP:RATE" with commas',
	},
	"decay-end": { kind: "number", place: "decay.end", help: "cosine's and linear's last rate (0)" },
	"decay-per": { kind: "text", place: "decay.per", help: "cosine and linear: step or epoch (step)" },
	"decay-rise": { kind: "number", place: "decay.rise", help: "oneCycle: share of the steps that rise (0.3)" },
	"decay-start-divisor": { kind: "number", place: "decay.startDivisor", help: "oneCycle: starts at rate / this (25)" },
	"decay-end-divisor": { kind: "number", place: "decay.endDivisor", help: "oneCycle: ends at start / this (10000)" },
	warmup: { kind: "number", place: "decay.warmup", help: "steps in which the rate rises before the decay (0)" },
	"epoch-base": { kind: "number", place: "decay.epochBase", help: "number of the first epoch, 0 or 1" },
	"batch-size": { kind: "batch", place: "batchSize", help: "rows of a mini-batch, full or auto (auto)" },
	epochs: { kind: "number", place: "epochs", help: "passes over the training rows (some 2,000 updates)" },
	layers: { kind: "list", place: "model.layers", help: 'hidden units, "64,32"; "none" for a linear model (64,32)' },
	activation: { kind: "text", place: "model.activation", help: "relu, leakyRelu, tanh, sigmoid or gelu (relu)" },
	initialization: { kind: "text", place: "model.initialization", help: "he or xavier" },
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
const TRACE_FLAGS: typeof RUN_FLAGS = {
	surface: { kind: "text", place: "surface", help: surfaceNames.join(", ") },
	start: { kind: "list", place: "start", help: '"X,Y", where the path begins' },
	iterations: { kind: "number", place: "iterations", help: "steps to take (100)" },
	a: { kind: "number", place: "a", help: "bowl: curvature along x (1)" },
	b: { kind: "number", place: "b", help: "bowl: curvature along y (10)" },
};

/** Flags of "descent train" that are not part of a run file. */
const TRAIN_FLAGS: typeof RUN_FLAGS = {
	checkpoint: { kind: "text", place: "checkpoint", help: "keep weights and state in this .safetensors file" },
	"checkpoint-every": { kind: "number", place: "checkpointEvery", help: "seconds between two checkpoints (10)" },
	resume: { kind: "text", place: "resume", help: "go on from this checkpoint; FILE is left out" },
	cache: { kind: "flag", place: "cache", help: "keep what took long to read for the next run (yes; --no-cache)" },
};
/** Flags of what reads a table. */
const MEMORY_FLAGS: typeof RUN_FLAGS = {
	"memory-limit": { kind: "number", place: "memoryLimit", help: "bytes that the run may take (half of what is free)" },
};
/** Flags of "descent predict" alone. */
const PREDICT_FLAGS: typeof RUN_FLAGS = {
	output: { kind: "text", place: "output", help: "the CSV file that gets the predictions, also -o (standard output)" },
};
/** Flags of "descent export" alone. */
const EXPORT_FLAGS: typeof RUN_FLAGS = {
	library: { kind: "text", place: "library", help: "pytorch, keras, tfjs or optax" },
	output: { kind: "text", place: "output", help: "the program, also -o; its data gets the same name" },
};
/** Flags of what computes. */
const ENGINE_FLAGS: typeof RUN_FLAGS = {
	threads: { kind: "number", place: "threads", help: "threads of the engine, 1 to 16 (as many as pay)" },
};
/** Flags of "descent tune" alone. */
const TUNE_FLAGS: typeof RUN_FLAGS = {
	seconds: { kind: "number", place: "seconds", help: "batch-size: time for all sizes together (10)" },
};
/** Flags of "descent check" alone. */
const CHECK_FLAGS: typeof RUN_FLAGS = {
	sarif: { kind: "flag", place: "sarif", help: "one SARIF 2.1.0 log on standard output" },
	facts: { kind: "flag", place: "facts", help: "what was read of each file instead, a JSON object a line" },
};
const COMMAND_FLAGS: Record<string, typeof RUN_FLAGS> = {
	train: { ...TRAIN_FLAGS, ...MEMORY_FLAGS, ...ENGINE_FLAGS },
	predict: { ...PREDICT_FLAGS, ...MEMORY_FLAGS, ...ENGINE_FLAGS },
	tune: { ...TUNE_FLAGS, ...MEMORY_FLAGS, ...ENGINE_FLAGS },
	export: { ...EXPORT_FLAGS, ...MEMORY_FLAGS },
	trace: TRACE_FLAGS,
	bench: ENGINE_FLAGS,
	check: CHECK_FLAGS,
};
const ALL_FLAGS = {
	...RUN_FLAGS,
	...TRAIN_FLAGS,
	...PREDICT_FLAGS,
	...EXPORT_FLAGS,
	...MEMORY_FLAGS,
	...ENGINE_FLAGS,
	...TRACE_FLAGS,
	...TUNE_FLAGS,
	...CHECK_FLAGS,
};

export interface Arguments {
	command: string;
	operands: string[];
	json: boolean;
	/** what the flags say, as members of a run file without a dataset path */
	overrides: Record<string, unknown>;
	/** what the command's own flags say */
	own: Record<string, unknown>;
}

function helpOf(flags: typeof RUN_FLAGS): string[] {
	return Object.entries(flags).map(([name, { help }]) => `  --${name.padEnd(20)} ${help}`);
}

export const USAGE = [
	"Usage:",
	"  descent train FILE [options]     train on a table, or as a *.train.json says",
	"  descent inspect DATASET [--target C] [--json]   say what is in a table",
	"  descent predict CHECKPOINT DATASET [-o OUT.csv] [--json]   what a trained model says of a table's rows",
	"  descent tune batch-size|learning-rate FILE [options] [--json]   try values on the data, and say which does best",
	"  descent export FILE --library NAME -o OUT [options]   the same training as a program for another library",
	"  descent trace --surface NAME [options]          follow an optimizer on a known surface",
	"  descent check PATH... [--json|--sarif|--facts]  find mistakes in training loops (.py .ts .tsx .js .mjs .jsx .ipynb",
	"                                                  *.train.json), in files and folders",
	"  descent cache clear                             remove the tables that were kept for the next run",
	"  descent bench [--threads N] [--json]            how fast the engine trains on this machine",
	"",
	"Options of train:",
	...helpOf(RUN_FLAGS),
	...helpOf(COMMAND_FLAGS.train),
	"  --json                 one JSON object a line on standard output",
	"An option without a value is turned off by --no-NAME.",
	"",
	"Options of predict, besides --backend, --memory-limit and --threads:",
	...helpOf(PREDICT_FLAGS),
	"",
	"Options of tune, besides those of a run, --memory-limit and --threads:",
	...helpOf(TUNE_FLAGS),
	"",
	"Options of export, besides those of a run:",
	...helpOf(EXPORT_FLAGS),
	"",
	"Options of trace, besides those of optimizer, decay and clipping:",
	...helpOf(TRACE_FLAGS),
	"",
	"Options of check:",
	...helpOf(CHECK_FLAGS),
	"  --json                 one JSON object a line for each finding",
	'  A comment "descent: ignore[code]" leaves out a finding of its line or the next, "descent: ignore-file[code]" at the',
	"  top of a file all of them; without brackets every code.",
	"",
	"Exit codes: 0 done, 1 check found errors or warnings, 2 bad usage or bad input, 3 the cost diverged.",
].join("\n");

/** @throws InputError for a flag that is unknown or has no sense */
export function parseArguments(argv: string[]): Arguments {
	const options = Object.fromEntries(
		Object.entries(ALL_FLAGS).map(([name, { kind }]) => [
			name,
			{ type: kind === "flag" ? "boolean" : "string", ...(name === "output" ? { short: "o" } : {}) } as const,
		]),
	);
	let parsed: { values: Record<string, string | boolean | undefined>; positionals: string[] };
	try {
		parsed = parseArgs({
			args: joinNegatives(argv),
			options: { ...options, json: { type: "boolean" } },
			allowPositionals: true,
			allowNegative: true,
		});
	} catch (fault) {
		throw new InputError(`${(fault as Error).message.split(". ")[0]}; "descent --help" lists the options.`);
	}
	const [command = "", ...operands] = parsed.positionals;
	const overrides: Record<string, unknown> = {};
	const own: Record<string, unknown> = {};
	for (const [flag, value] of Object.entries(parsed.values)) {
		if (flag === "json" || value === undefined) continue;
		const owners = Object.keys(COMMAND_FLAGS).filter((name) => Object.hasOwn(COMMAND_FLAGS[name], flag));
		if (owners.length > 0 && !owners.includes(command)) {
			throw new InputError(`--${flag} is an option of "descent ${owners.join('" and "')}" only.`);
		}
		put(
			owners.length > 0 ? own : overrides,
			ALL_FLAGS[flag].place,
			typeof value === "string" ? read(flag, value) : value,
		);
	}
	return { command, operands, json: parsed.values.json === true, overrides, own };
}

/** @returns the number of threads asked for, undefined for as many as pay */
export function threadsOf({ own }: Arguments): number | undefined {
	const threads = own.threads as number | undefined;
	if (threads === undefined || (Number.isInteger(threads) && threads >= 1 && threads <= MOST_THREADS)) return threads;
	throw new InputError(`--threads must be a whole number from 1 to ${MOST_THREADS}, not ${threads}.`);
}

/** @returns the bytes that a run may take, undefined for half of what is free */
export function memoryLimitOf({ own }: Arguments): number | undefined {
	const bytes = own.memoryLimit as number | undefined;
	if (bytes === undefined || bytes > 0) return bytes;
	throw new InputError(`--memory-limit must be a number of bytes above 0, not ${bytes}.`);
}

/** "--l2 -1" is a value out of range, not a flag named -1. */
function joinNegatives(argv: string[]): string[] {
	const joined: string[] = [];
	for (const arg of argv) {
		if (/^-[.\d]/.test(arg) && joined.at(-1)?.startsWith("--")) joined.push(`${joined.pop()}=${arg}`);
		else joined.push(arg);
	}
	return joined;
}

function read(flag: string, value: string): unknown {
	const { kind } = ALL_FLAGS[flag];
	if (kind === "text") return value;
	if (kind === "names") return value.split(",").map((name) => name.trim());
	if (kind === "columns") return readColumns(flag, value);
	if (kind === "points") return value.split(",").map((point) => readPoint(flag, point));
	if (kind === "batch" && (value === "full" || value === "auto")) return value;
	const numbers = kind !== "list" ? [value] : value === "none" ? [] : value.split(",");
	const parsed = numbers.map((n) => (n.trim() === "" ? Number.NaN : Number(n)));
	if (parsed.some(Number.isNaN)) throw new InputError(`--${flag} takes ${kindWords[kind]}, not "${value}".`);
	return kind === "list" ? parsed : parsed[0];
}

/** "year:categorical,alive:use": what the user settles about columns, by name. */
function readColumns(flag: string, text: string): Record<string, ColumnChoice> {
	const columns: Record<string, ColumnChoice> = {};
	for (const entry of text.split(",")) {
		const [, name, word] = /^\s*(.+?)\s*:\s*(numeric|categorical|date|use|skip)\s*$/.exec(entry) ?? [];
		if (!name) {
			throw new InputError(
				`--${flag} takes NAME:WORD with commas between, WORD one of numeric, categorical, date, use and skip, not "${entry.trim()}".`,
			);
		}
		const choice = word === "use" || word === "skip" ? { use: word === "use" } : { kind: word as FeatureKind };
		columns[name] = { ...columns[name], ...choice };
	}
	return columns;
}

/** "20:0.001" from epoch 20 on, "s500:0.001" from step 500 on. */
function readPoint(flag: string, text: string): object {
	const match = /^\s*(s?)(\d+):([\d.eE+-]+)\s*$/.exec(text);
	if (!match) throw new InputError(`--${flag} takes points such as 20:0.001 or s500:0.001, not "${text}".`);
	return { [match[1] ? "step" : "epoch"]: Number(match[2]), rate: Number(match[3]) };
}

const kindWords: Record<Kind, string> = {
	text: "a text",
	flag: "no value",
	number: "a number",
	batch: "a number, full or auto",
	names: "names with commas between",
	columns: "NAME:WORD with commas between",
	points: "points",
	list: "numbers with commas between",
};

function put(into: Record<string, unknown>, place: string, value: unknown): void {
	const keys = place.split(".");
	const last = keys.pop()!;
	let at = into;
	for (const key of keys) {
		at[key] ??= {};
		at = at[key] as Record<string, unknown>;
	}
	at[last] = value;
}

/** @returns `over` laid over `base`, member by member */
function merge(base: object, over: object): Record<string, unknown> {
	const merged: Record<string, unknown> = { ...base };
	for (const [key, value] of Object.entries(over)) {
		const nested = typeof value === "object" && !Array.isArray(value);
		merged[key] = nested ? merge((merged[key] ?? {}) as object, value) : value;
	}
	return merged;
}

/**
 * Lays the flags over a run file and checks the whole.
 * @throws InputError naming the flag whose value does not fit
 */
export function applyFlags(file: RunFile, overrides: Record<string, unknown>): RunFile {
	const merged = merge(structuredClone({ ...file }), overrides);
	// A hyperparameter alone means the default optimizer or decay; another name drops the old one's parameters.
	for (const [key, name] of [
		["optimizer", "adam"],
		["decay", "constant"],
	] as const) {
		const given = overrides[key] as { name?: string } | undefined;
		if (!given) continue;
		const base = file[key];
		merged[key] = given.name && given.name !== base?.name ? given : { name: base?.name ?? name, ...base, ...given };
	}
	try {
		return checkRunFile(merged);
	} catch (fault) {
		if (!(fault instanceof RunFileFault)) throw fault;
		const flag = Object.keys(RUN_FLAGS).find((name) => fault.place.split("[")[0] === RUN_FLAGS[name].place);
		throw flag ? new InputError(fault.message.replace(fault.place, `--${flag}`)) : fault;
	}
}
