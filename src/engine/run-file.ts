import { readFile } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { InputError } from "./input-error.ts";
import { optimizers, parametersOf } from "./optimizers/index.ts";
import type { RunFile } from "./protocol/run.ts";
import { decays } from "./schedules/index.ts";

/** Checks one value. @throws RunFileFault saying what it must be */
type Check = (value: unknown, place: string) => void;

/** What is wrong at a place of a run file; the caller says where the run file came from. */
export class RunFileFault extends InputError {
	readonly place: string;
	constructor(place: string, problem: string) {
		super(`${place} ${problem}`);
		this.place = place;
	}
}

const fail = (place: string, problem: string): never => {
	throw new RunFileFault(place, problem);
};

const text: Check = (value, place) => {
	if (typeof value !== "string" || value === "") fail(place, "must be a non-empty text.");
};

const flag: Check = (value, place) => {
	if (typeof value !== "boolean") fail(place, `must be true or false, not ${JSON.stringify(value)}.`);
};

const oneOf =
	(...names: (string | number)[]): Check =>
	(value, place) => {
		if (!names.includes(value as string)) {
			fail(place, `must be one of ${names.join(", ")}, not ${JSON.stringify(value)}.`);
		}
	};

const number =
	(accepts: (value: number) => boolean, range: string): Check =>
	(value, place) => {
		if (typeof value !== "number" || !accepts(value)) fail(place, `must be ${range}, not ${JSON.stringify(value)}.`);
	};

const whole = (least: number, most: number) =>
	number((v) => Number.isInteger(v) && v >= least && v <= most, `a whole number from ${least} to ${most}`);
const positive = number((v) => Number.isFinite(v) && v > 0, "a number above 0");
const notNegative = number((v) => Number.isFinite(v) && v >= 0, "a number of at least 0");
const share = number((v) => v >= 0 && v < 1, "at least 0 and below 1");

const list =
	(item: Check, most: number): Check =>
	(value, place) => {
		if (!Array.isArray(value)) return fail(place, "must be a list.");
		if (value.length > most) fail(place, `must have at most ${most} entries.`);
		for (const [i, v] of value.entries()) item(v, `${place}[${i}]`);
	};

const object =
	(members: Record<string, Check>, required: string[] = []): Check =>
	(value, place) => {
		const name = place || "The run file";
		if (typeof value !== "object" || value === null || Array.isArray(value)) return fail(name, "must be an object.");
		const at = (key: string) => (place ? `${place}.${key}` : key);
		for (const [key, member] of Object.entries(value)) {
			if (!Object.hasOwn(members, key)) {
				fail(at(key), `is not a known key; ${name} takes ${Object.keys(members).join(", ")}.`);
			}
			members[key](member, at(key));
		}
		for (const key of required) if (!Object.hasOwn(value, key)) fail(at(key), "is missing.");
	};

const fraction = number((v) => v > 0 && v <= 1, "above 0 and at most 1");

const ratePoint: Check = (value, place) => {
	object({ epoch: whole(0, 1_000_000_000), step: whole(1, 1_000_000_000), rate: notNegative }, ["rate"])(value, place);
	if (Object.hasOwn(value as object, "epoch") === Object.hasOwn(value as object, "step")) {
		fail(place, 'must have one of "epoch" and "step".');
	}
};

const batchSize: Check = (value, place) => {
	if (value === "full" || value === "auto") return;
	number((v) => Number.isInteger(v) && v >= 1, 'a whole number of at least 1, "full" or "auto"')(value, place);
};

const runFile = object(
	{
		dataset: object(
			{
				path: text,
				target: text,
				task: oneOf("regression", "binary", "multiclass"),
				devShare: number((v) => v >= 0.01 && v <= 0.9, "from 0.01 to 0.9"),
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
				rise: number((v) => v > 0 && v < 1, "above 0 and below 1"),
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
	},
	["dataset"],
);

/**
 * @param value parsed JSON or an object put together from flags
 * @throws RunFileFault naming the first key that is unknown, of the wrong type or out of range
 */
export function checkRunFile(value: unknown): RunFile {
	runFile(value, "");
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
	const name = basename(path);
	const content = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
		const why = cause.code === "ENOENT" ? "does not exist; check the path" : "cannot be read; check its permissions";
		throw new InputError(`${name} ${why}.`);
	});
	let parsed: unknown;
	try {
		parsed = JSON.parse(content);
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
