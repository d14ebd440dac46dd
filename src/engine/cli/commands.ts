/** What each command takes: the arguments are read by this table, and its help is written from it. */
import {
	CHECK_FLAGS,
	ENGINE_FLAGS,
	EXPORT_FLAGS,
	type Flags,
	JSON_FLAGS,
	MEMORY_FLAGS,
	PREDICT_FLAGS,
	RUN_FLAGS,
	TRACE_FLAGS,
	TRAIN_FLAGS,
	TUNE_FLAGS,
} from "./flags.ts";

export interface Command {
	/** what comes after the command's name, flags aside */
	operands: string;
	does: string;
	flags: Flags;
	/** how it is used, after "descent", and what comes of it */
	examples: readonly (readonly [command: string, does: string])[];
	/** what else is to be known, a line each */
	notes?: readonly string[];
	/** exit codes besides 0 and 2, and what they say */
	exits?: Record<number, string>;
}

/** @returns the flags of a run that lie in these parts of a run file */
function runFlags(...parts: readonly string[]): Flags {
	const wanted = Object.entries(RUN_FLAGS).filter(([, { place }]) => parts.includes(place.split(".")[0]));
	return Object.fromEntries(wanted);
}

const diverged = "the cost diverged";

export const COMMANDS: Record<string, Command> = {
	train: {
		operands: "FILE",
		does: "train on a table, or as a *.train.json says",
		flags: { ...RUN_FLAGS, ...TRAIN_FLAGS, ...MEMORY_FLAGS, ...ENGINE_FLAGS, ...JSON_FLAGS },
		examples: [
			["train penguins.csv --target species", "learn the species from the other columns"],
			["train penguins.csv --optimizer momentum --learning-rate 0.1 --decay cosine", "choose how"],
			["train penguins.train.json --epochs 50 --json", "an object for every step, epoch and result"],
			["train penguins.csv --checkpoint penguins.safetensors", "keep the trained weights"],
		],
		exits: { 3: diverged },
	},
	inspect: {
		operands: "DATASET",
		does: "say what is in a table: columns, kinds, target, task",
		flags: { ...runFlags("dataset"), ...JSON_FLAGS },
		examples: [["inspect penguins.csv --target species", "what a run with this target would learn from"]],
	},
	predict: {
		operands: "CHECKPOINT DATASET",
		does: "say what a trained model makes of a table's rows",
		flags: { ...PREDICT_FLAGS, ...runFlags("backend"), ...MEMORY_FLAGS, ...ENGINE_FLAGS, ...JSON_FLAGS },
		examples: [["predict penguins.safetensors new.csv -o predictions.csv", "a line for each row of new.csv"]],
	},
	tune: {
		operands: "batch-size|learning-rate FILE",
		does: "try values on the data, and say which does best",
		flags: { ...TUNE_FLAGS, ...RUN_FLAGS, ...MEMORY_FLAGS, ...ENGINE_FLAGS, ...JSON_FLAGS },
		examples: [
			["tune batch-size diamonds.csv", "which mini-batch size gets furthest in the same time"],
			["tune learning-rate diamonds.csv", "at which rate the cost falls steepest, over five runs"],
		],
	},
	export: {
		operands: "FILE",
		does: "write the same training as a program for another library",
		flags: { ...EXPORT_FLAGS, ...RUN_FLAGS, ...MEMORY_FLAGS, ...JSON_FLAGS },
		examples: [["export penguins.csv --library pytorch -o loop.py", "loop.py, and its rows in loop.safetensors"]],
	},
	trace: {
		operands: "",
		does: "follow an optimizer on a known surface",
		flags: { ...TRACE_FLAGS, ...runFlags("optimizer", "decay", "clip"), ...JSON_FLAGS },
		examples: [["trace --surface rosenbrock --optimizer adam --learning-rate 0.02", "a line for each step"]],
		exits: { 3: diverged },
	},
	check: {
		operands: "PATH...",
		does: "find mistakes in training loops, in files and folders",
		flags: { ...CHECK_FLAGS, ...JSON_FLAGS },
		examples: [
			["check src notebooks/train.ipynb", "a line for each finding"],
			["check . --sarif > findings.sarif", "for a service that shows them beside the code"],
		],
		notes: [
			"Reads .py .ts .tsx .js .mjs .jsx .ipynb and *.train.json.",
			'A comment "descent: ignore[code]" leaves out a finding of its line or the next, "descent: ignore-file[code]" at the',
			"top of a file all of them; without brackets every code.",
		],
		exits: { 1: "errors or warnings were found" },
	},
	cache: {
		operands: "clear",
		does: "remove the tables that were kept for the next run",
		flags: {},
		examples: [["cache clear", "and say how much it was"]],
	},
	bench: {
		operands: "",
		does: "say how fast the engine trains on this machine",
		flags: { ...ENGINE_FLAGS, ...JSON_FLAGS },
		examples: [["bench --threads 1", "with one thread"]],
	},
};
