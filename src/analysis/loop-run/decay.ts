import { hyperparameters } from "../../engine/optimizers/hyperparameters.ts";
import type { DecayConfig, OptimizerConfig, RatePoint } from "../../engine/protocol/hyperparameters.ts";
import { t } from "../../l10n.ts";
import type { Facts, ScheduleFact } from "../facts.ts";
import { curveOf, type KnownRun, movesPerEpoch } from "../rates/index.ts";
import type { Assumption } from "./settled.ts";

/** Stairs that a curve is drawn with where it moves at every step: a rate is looked up at each step of the run. */
const MOST_STAIRS = 400;
/** More moves are not looked at one by one, for an editor waits. */
const MOST_COUNTS = 20_000;

/**
 * Takes the schedule of an optimizer as the rates that it gives: from epoch to epoch where it moves once in each, which
 * holds for any number of steps in them, else from step to step.
 * @param index of the optimizer among the facts
 */
export function decayOf(
	facts: Facts,
	index: number | undefined,
	optimizer: OptimizerConfig,
	run: KnownRun,
	assumed: Assumption[],
): { decay: DecayConfig; title: string } | undefined {
	const schedules = facts.schedules.filter(
		(s, i) => s.optimizer === index || facts.optimizers[index ?? -1]?.schedule === i,
	);
	const constant = (why: string) => {
		assumed.push({ name: t("learning-rate schedule"), value: t("constant"), why });
		return undefined;
	};
	const schedule = schedules[0];
	if (!schedule) {
		// Keras' callbacks are given to fit(), not to an optimizer.
		const callback = facts.schedules.find(({ library }) => library.startsWith("keras.callbacks."));
		return callback && constant(t("{0} cannot be followed", callback.title));
	}
	if (schedules.length > 1) return constant(t("{0} schedules act at once", schedules.length));
	const moves = movesPerEpoch(schedule, run) ?? unitOf(schedule, run, assumed);
	const { epochs } = run;
	if (moves === undefined || epochs === undefined) return constant(t("the number of steps is not known"));
	const curve = curveOf(facts, schedule, hyperparameters(optimizer).learningRate, run);
	if (!curve) return constant(t("{0} cannot be followed", schedule.title));
	const byStep = (count: number, rate: number) => ({ step: count + 1, rate });
	const byEpoch = (epoch: number, rate: number) => ({ epoch, rate });
	const points = stairs(curve.rate, epochs * moves, moves === 1 ? byEpoch : byStep);
	if (!points) return constant(t("{0} gives rates that are none", schedule.title));
	return { decay: { name: "piecewise", points }, title: schedule.title };
}

/** A schedule whose step() is not seen is taken to move once an epoch, as most do. */
function unitOf(schedule: ScheduleFact, run: KnownRun, assumed: Assumption[]): number | undefined {
	if (schedule.moves !== undefined) return undefined;
	if (schedule.counts === "steps") return run.stepsPerEpoch;
	if (schedule.counts === "calls") {
		assumed.push({ name: schedule.title, value: t("one step an epoch"), why: t("its step() is not seen") });
	}
	return 1;
}

/**
 * @param counts moves of the schedule in the run
 * @returns where the rate changes; a curve that always moves is cut into even stairs. Undefined for a rate below 0
 */
function stairs(
	rate: (count: number) => number,
	counts: number,
	pointAt: (count: number, rate: number) => RatePoint,
): RatePoint[] | undefined {
	const exact: RatePoint[] = [];
	for (let count = 0; count < Math.min(counts, MOST_COUNTS) && exact.length <= MOST_STAIRS; count++) {
		const now = rate(count);
		if (now !== exact.at(-1)?.rate) exact.push(pointAt(count, now));
	}
	const even = () =>
		Array.from({ length: MOST_STAIRS }, (_, i) => {
			const count = Math.floor((i * counts) / MOST_STAIRS);
			return pointAt(count, rate(count));
		});
	const points = counts <= MOST_COUNTS && exact.length <= MOST_STAIRS ? exact : even();
	return points.every((point) => point.rate >= 0 && Number.isFinite(point.rate)) ? points : undefined;
}
