import { readFile } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { InputError } from "./input-error.ts";
import { optimizers, parametersOf } from "./optimizers/index.ts";
import type { Split } from "./protocol/dataset.ts";
import type { RunFile } from "./protocol/run-file.ts";
import {
	fail,
	flag,
	fraction,
	list,
	notNegative,
	number,
	object,
	oneOf,
	positive,
	RunFileFault,
	record,
	type Shape,
	share,
	text,
	whole,
} from "./run-shapes.ts";
import { decays } from "./schedules/index.ts";
import { DEFAULT_DEV_SHARE } from "./training/defaults.ts";

const point = object({ epoch: whole(0, 1_000_000_000), step: whole(1, 1_000_000_000), rate: notNegative }, ["rate"]);

const ratePoint: Shape = {
	schema: { ...point.schema, oneOf: [{ required: ["epoch"] }, { required: ["step"] }] },
	check(value, place) {
		point.check(value, place);
		if (Object.hasOwn(value as object, "epoch") === Object.hasOwn(value as object, "step")) {
			fail(place, 'must have one of "epoch" and "step".');
		}
	},
};

/** training keeps this share of the rows at least */
const leastTraining = 0.1;

const shares = object({
	dev: number({ type: "number", minimum: 0.01, maximum: 1 - leastTraining }, "from 0.01 to 0.9"),
	test: number({ type: "number", minimum: 0, maximum: 1 - leastTraining }, "from 0 to 0.9"),
	seed: whole(0, 0xffff_ffff),
	stratify: flag,
});

const split: Shape = {
	schema: shares.schema,
	check(value, place) {
		shares.check(value, place);
		const { dev = DEFAULT_DEV_SHARE, test = 0 } = value as Partial<Split>;
		if (dev + test <= 1 - leastTraining) return;
		fail(`${place}.test`, `must leave a tenth of the rows to training: it is ${test}, and the dev share ${dev}.`);
	},
};

const batchRows = number({ type: "integer", minimum: 1 }, 'a whole number of at least 1, "full" or "auto"');

const batchSize: Shape = {
	schema: { anyOf: [batchRows.schema, { enum: ["full", "auto"] }] },
	check(value, place) {
		if (value !== "full" && value !== "auto") batchRows.check(value, place);
	},
};

/** A `*.train.json`, like the types of the protocol; schemas/train.schema.json is made from it. */
export const runFile = object(
	{
		dataset: object(
			{
				path: text,
				target: text,
				task: oneOf("regression", "binary", "multiclass"),
				features: list(text, 100_000, 1),
				columns: record(
					object({ kind: oneOf("numeric", "categorical", "date"), use: flag, dates: oneOf("dayFirst", "monthFirst") }),
				),
				complete: list(text, 100_000, 1),
				split,
				missing: oneOf("impute", "drop", "refuse"),
				scaling: oneOf("standardize", "minMax", "none"),
			},
			["path"],
		),
		model: object({
			layers: list(whole(1, 65536), 64),
			activation: oneOf("relu", "leakyRelu", "tanh", "sigmoid", "gelu"),
			initialization: oneOf("he", "xavier"),
		}),
		cost: oneOf("meanSquaredError", "binaryCrossEntropy", "categoricalCrossEntropy"),
		optimizer: object(
			{
				name: oneOf(...Object.keys(optimizers)),
				preset: oneOf("pytorch", "keras", "tfjs", "optax", "notes"),
				learningRate: positive,
				beta: share,
				beta1: share,
				beta2: share,
				epsilon: notNegative,
				epsilonPlacement: oneOf("inside", "outside"),
				epsilonUncorrected: flag,
				form: oneOf("ewa", "classical"),
				nesterov: flag,
				biasCorrection: flag,
				rateInVelocity: flag,
				amsgrad: flag,
				momentumDecay: notNegative,
				constantMomentum: flag,
				initialAccumulator: notNegative,
				weightDecay: notNegative,
				decoupled: flag,
			},
			["name"],
		),
		decay: object(
			{
				name: oneOf(...Object.keys(decays)),
				rate: notNegative,
				base: fraction,
				k: positive,
				factor: fraction,
				every: whole(1, 10_000_000),
				points: list(ratePoint, 100_000),
				end: notNegative,
				per: oneOf("step", "epoch"),
				rise: number({ type: "number", exclusiveMinimum: 0, exclusiveMaximum: 1 }, "above 0 and below 1"),
				startDivisor: positive,
				endDivisor: positive,
				epochBase: oneOf(0, 1),
				warmup: whole(0, 1_000_000_000),
			},
			["name"],
		),
		batchSize,
		epochs: whole(1, 10_000_000),
		l2: notNegative,
		clip: object({ norm: positive, value: positive }),
		seed: whole(0, 0xffff_ffff),
		backend: oneOf("wasm", "tensorflow"),
		earlyStopping: object({ patience: whole(1, 10_000_000), minDelta: notNegative, restoreBest: flag }),
	},
	["dataset"],
);

/**
 * @param value parsed JSON or an object put together from flags
 * @throws RunFileFault naming the first key that is unknown, of the wrong type or out of range
 */
export function checkRunFile(value: unknown): RunFile {
	runFile.check(value, "");
	const file = value as RunFile;
	const { optimizer, decay } = file;
	if (optimizer) checkOwn("optimizer", optimizer, [...parametersOf(optimizer.name), "preset"]);
	if (decay) checkOwn("decay", decay, [...decays[decay.name].parameters, "warmup"]);
	return file;
}

/** A parameter that this optimizer or decay does not have would be passed over in silence. */
function checkOwn(place: string, value: { name: string }, own: readonly string[]): void {
	for (const key of Object.keys(value)) {
		if (key === "name" || own.includes(key)) continue;
		fail(`${place}.${key}`, `is no parameter of ${value.name}; it takes ${own.join(", ")}.`);
	}
}

/**
 * Reads a `*.train.json`; its dataset path is taken from the run file's folder.
 * @throws InputError naming the file and the place
 */
export async function readRunFile(path: string): Promise<RunFile> {
	const content = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
		const why = cause.code === "ENOENT" ? "does not exist; check the path" : "cannot be read; check its permissions";
		throw new InputError(`${basename(path)} ${why}.`);
	});
	return parseRunFile(path, content);
}

/**
 * @param path where the text is from; its dataset path is taken from that folder
 * @throws InputError naming the file and the place
 */
export function parseRunFile(path: string, text: string): RunFile {
	const name = basename(path);
	let parsed: unknown;
	try {
		// Some editors write a byte order mark, and none shows it.
		parsed = JSON.parse(text.replace(/^\ufeff/, ""));
	} catch (fault) {
		throw new InputError(`${name} is not valid JSON: ${(fault as Error).message.split("\n")[0]}.`);
	}
	try {
		const file = checkRunFile(parsed);
		file.dataset.path = resolve(dirname(path), file.dataset.path);
		return file;
	} catch (fault) {
		if (fault instanceof RunFileFault) throw new InputError(`${name}: ${fault.message}`);
		throw fault;
	}
}
