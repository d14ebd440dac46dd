import { InputError } from "../input-error.ts";
import type { RunLengthOf } from "../protocol/engine.ts";
import type { RateChange } from "../protocol/run.ts";
import type { RunFile } from "../protocol/run-file.ts";
import { Schedule } from "../schedules/index.ts";
import { piecewiseOf } from "../schedules/schedule.ts";

/** A run file takes no more. */
const MOST_POINTS = 100_000;

/**
 * The run file that gives a run's steps again: rates that were changed by hand become the piecewise schedule that has
 * each step's rate to the bit.
 * @throws InputError when a run file could not hold it
 */
export function equalRunFile({ run, ...length }: RunLengthOf, rateChanges: readonly RateChange[]): RunFile {
	if (rateChanges.length === 0) return run;
	const rates = new Schedule(run.decay, run.optimizer.learningRate, length).table(length.iterations, rateChanges);
	const points = piecewiseOf(rates);
	if (points.length > MOST_POINTS) {
		throw new InputError(
			`The rate of ${run.decay.name} is another one at ${points.length} steps, and a piecewise schedule has at most ${MOST_POINTS}; change the decay in the run file.`,
		);
	}
	return { ...run, decay: { name: "piecewise", points } };
}
