/** The learning rate that schedules give over a run, by the formulas of the engine and of the libraries. */
import { hyperparameters, optimizers } from "../../engine/optimizers/hyperparameters.ts";
import type { DecayConfig, OptimizerConfig } from "../../engine/protocol/hyperparameters.ts";
import { decays, Schedule } from "../../engine/schedules/index.ts";
import type { Facts, OptimizerFact, Parameter, ScheduleFact } from "../facts.ts";
import { numberOf } from "../frameworks/signature.ts";
import { type Curve, Parameters, UnknownParameter } from "./curve.ts";
import { KERAS, OPTAX } from "./keras-and-optax.ts";
import { TORCH, transformersCurve } from "./pytorch.ts";
import { type KnownRun, knownRun, movesPerEpoch, stepsOf, trainingRows } from "./run-length.ts";

export type { Curve, KnownRun };
export { knownRun, movesPerEpoch, stepsOf, trainingRows };

/** @returns the rate that a schedule begins with (its peak, where it rises first); undefined when it is not known */
export function initialRate(facts: Facts, schedule: ScheduleFact): number | undefined {
	const values = schedule.parameters.find((p) => p.name === "rates")?.value;
	if (Array.isArray(values)) return values[0];
	const own = schedule.parameters.find((p) => p.name === "learningRate");
	if (schedule.parts && schedule.framework === "jax") return initialRate(facts, facts.schedules[schedule.parts[0]]);
	if (own) return typeof own.value === "number" ? own.value : undefined;
	const optimizer = schedule.optimizer === undefined ? undefined : facts.optimizers[schedule.optimizer];
	return optimizer && rateOf(optimizer);
}

/** @returns an optimizer's learning rate; undefined when it is not known, or groups of parameters have their own */
export function rateOf(optimizer: OptimizerFact): number | undefined {
	if (optimizer.groups.some((group) => group.some((p) => p.name === "learningRate"))) return undefined;
	const config = optimizerConfig(optimizer);
	if (config) return hyperparameters(config).learningRate;
	return numberOf(optimizer.parameters, "learningRate");
}

/** @returns a run file's optimizer as the engine takes it; undefined for others, and for one that is not known whole */
export function optimizerConfig({ framework, optimizer, parameters }: OptimizerFact): OptimizerConfig | undefined {
	if (framework !== "runFile" || !optimizer || !Object.hasOwn(optimizers, optimizer)) return undefined;
	return asConfig(optimizer, parameters) as OptimizerConfig | undefined;
}

function asConfig(name: string, parameters: Parameter[]): object | undefined {
	if (parameters.some((p) => p.unknown)) return undefined;
	return Object.fromEntries([["name", name], ...parameters.map((p) => [p.name, p.value])]);
}

/**
 * @param a0 the rate that it begins with; 1 gives the shares of an unknown one
 * @returns the rates that a schedule gives by its own count; undefined when they hang on what the text does not tell
 */
export function curveOf(facts: Facts, schedule: ScheduleFact, a0: number, run: KnownRun): Curve | undefined {
	try {
		if (schedule.parts) return sequenceCurve(facts, schedule, a0, run);
		return schedule.framework === "runFile" ? runFileCurve(schedule, a0, run) : libraryCurve(schedule, a0, run);
	} catch (error) {
		if (error instanceof UnknownParameter) return undefined;
		throw error;
	}
}

function libraryCurve(schedule: ScheduleFact, a0: number, run: KnownRun): Curve | undefined {
	const { framework, library, title, decay } = schedule;
	const p = new Parameters(schedule);
	if (framework === "huggingface") {
		const given = p.number("steps", -1);
		const whole =
			run.epochs !== undefined && run.stepsPerEpoch !== undefined ? run.epochs * run.stepsPerEpoch : undefined;
		const length = given > 0 ? given : whole;
		if (length === undefined && decay !== "constant") return undefined;
		const share = p.number("warmupShare", 0);
		if (share > 0 && length === undefined) return undefined;
		const kind = p.text("schedule", "linear");
		const warmup = kind === "constant" ? 0 : p.number("warmup", 0) || Math.ceil(share * (length ?? 0));
		return transformersCurve(decay, a0, { warmup, length }, p);
	}
	if (library.startsWith("transformers.")) {
		const length = decay === "constant" ? undefined : p.length();
		return transformersCurve(decay, a0, { warmup: p.number("warmup", 0), length }, p);
	}
	const table = framework === "pytorch" ? TORCH : framework === "keras" ? KERAS : framework === "jax" ? OPTAX : {};
	const curve = table[title]?.(p, a0);
	return curve && Number.isFinite(curve.rate(0)) && curve.extent > 0 ? curve : undefined;
}

/** One schedule after the other; each counts from the moment that it begins. */
function sequenceCurve(facts: Facts, { parts, parameters, framework }: ScheduleFact, a0: number, run: KnownRun) {
	const begins = [0, ...new Parameters({ parameters }).numbers("points")];
	const curves = parts!.map((index) => {
		const part = facts.schedules[index];
		const own = framework === "jax" ? initialRate(facts, part) : a0;
		return own === undefined || part.parts ? undefined : curveOf(facts, part, own, run);
	});
	if (curves.length !== begins.length || curves.includes(undefined)) return undefined;
	return {
		rate(k: number) {
			const at = begins.findLastIndex((begin) => k >= begin);
			return curves[at]!.rate(k - begins[at]);
		},
		extent: begins.at(-1)! + curves.at(-1)!.extent,
	};
}

/** Counts epochs where the decay moves with them, else steps. */
function runFileCurve(schedule: ScheduleFact, a0: number, { epochs, stepsPerEpoch }: KnownRun): Curve | undefined {
	const name = schedule.decay as DecayConfig["name"];
	if (!Object.hasOwn(decays, name) || epochs === undefined) return undefined;
	const { points } = schedule;
	const constants = schedule.parameters.filter((p) => p.name !== "points");
	const known = asConfig(name, constants) as DecayConfig | undefined;
	if (!known || (name === "piecewise" && !points)) return undefined;
	const config = points ? { ...known, points } : known;
	const byStep = name === "sqrtStep" || (config.warmup ?? 0) > 0 || points?.some((point) => "step" in point);
	if (byStep && stepsPerEpoch === undefined) return undefined;
	// A decay that looks at the share of the run that is over has the same shape for any number of steps.
	const steps = stepsPerEpoch ?? STEPS_FOR_SHAPE;
	const engine = new Schedule(config, a0, { stepsPerEpoch: steps, iterations: epochs * steps });
	return { rate: (epoch) => engine.rate(Math.floor(epoch * steps) + 1), extent: epochs };
}

const STEPS_FOR_SHAPE = 100;

/** @returns true when nothing else moves the rate of the optimizer that a schedule drives */
export function drivesAlone(facts: Facts, schedule: ScheduleFact): boolean {
	const { optimizer } = schedule;
	return optimizer !== undefined && drivers(facts, optimizer).every((s) => s === schedule);
}

/** @returns the schedules that drive an optimizer; of a sequence the whole, not its parts */
export function drivers({ schedules }: Facts, optimizer: number): ScheduleFact[] {
	const driving = schedules.filter((s) => s.optimizer === optimizer);
	if (driving.length < 2) return driving;
	const parts = new Set(driving.flatMap((s) => s.parts ?? []));
	return driving.filter((s) => !parts.has(schedules.indexOf(s)));
}
