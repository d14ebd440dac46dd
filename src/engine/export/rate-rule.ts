/** The learning rate of a step as a formula, for schedules that a library has not or counts otherwise. */
import type { DecayConfig } from "../protocol/hyperparameters.ts";
import {
	add,
	atLeast,
	atMost,
	call,
	divide,
	type Expression,
	type Line,
	less,
	multiply,
	power,
	subtract,
	when,
} from "./expression.ts";

/** Rates that stand in a program one by one; more of them lie in its data. */
export const MOST_POINTS = 12;

interface Length {
	stepsPerEpoch: number;
	iterations: number;
}

/**
 * @param d with its defaults filled in
 * @param scaled a rate of the run as the program has it
 * @returns lines that end with "rate": the rate of step number `step`, from 0; its first rate is `learningRate`
 */
export function rateRule(d: DecayConfig, length: Length, scaled: (rate: number) => Expression): Line[] {
	const { warmup = 0 } = d;
	const steps = Math.max(1, length.iterations - warmup);
	const since: Expression = warmup > 0 ? "since" : "step";
	const { lines, rate } = decayRule(d, { ...length, iterations: steps }, since, scaled);
	const before: Line[] = warmup > 0 ? [["since", call("largest", subtract("step", warmup), 0)]] : [];
	const rising = multiply("rate", divide(add("step", 1), warmup));
	const after: Line[] = warmup > 0 ? [["rate", when(less(add("step", 1), warmup), rising, "rate")]] : [];
	return [...before, ...lines, ["rate", rate], ...after];
}

function decayRule(
	d: DecayConfig,
	{ stepsPerEpoch, iterations: steps }: Length,
	since: Expression,
	scaled: (rate: number) => Expression,
): { lines: Line[]; rate: Expression } {
	const a0 = "learningRate";
	const epoch: Line = ["epoch", call("floor", divide(since, stepsPerEpoch))];
	const counted = d.epochBase ? add("epoch", d.epochBase) : "epoch";
	const progress: Line[] =
		d.per === "epoch"
			? [epoch, ["progress", divide("epoch", Math.ceil(steps / stepsPerEpoch))]]
			: [["progress", divide(since, steps)]];
	switch (d.name) {
		case "inverseTime":
			return { lines: [epoch], rate: divide(a0, add(1, multiply(d.rate!, counted))) };
		case "exponential":
			return { lines: [epoch], rate: multiply(a0, power(d.base!, counted)) };
		case "staircase":
			return { lines: [epoch], rate: multiply(a0, power(d.factor!, call("floor", divide(counted, d.every!)))) };
		case "sqrtEpoch": {
			const from1 = d.epochBase === 1 ? counted : call("largest", "epoch", 1);
			return { lines: [epoch], rate: multiply(divide(d.k!, power(from1, 0.5)), a0) };
		}
		case "sqrtStep":
			return { lines: [], rate: multiply(divide(d.k!, power(add(since, 1), 0.5)), a0) };
		case "piecewise": {
			let rate: Expression = a0;
			for (const point of d.points!) {
				const first = "step" in point ? point.step - 1 : point.epoch * stepsPerEpoch;
				rate = first > 0 ? when(atLeast(since, first), scaled(point.rate), rate) : scaled(point.rate);
			}
			return { lines: [], rate };
		}
		case "cosine":
			return { lines: progress, rate: between(a0, scaled(d.end!), "progress") };
		case "linear":
			return { lines: progress, rate: add(a0, multiply(subtract(scaled(d.end!), a0), "progress")) };
		case "oneCycle": {
			const turn = d.rise! * steps - 1;
			const lines: Line[] = [
				["first", divide(a0, d.startDivisor!)],
				["last", divide("first", d.endDivisor!)],
				["up", turn > 0 ? between("first", a0, divide(since, turn)) : a0],
				["down", between(a0, "last", divide(subtract(since, turn), steps - 1 - turn))],
			];
			return { lines, rate: when(atMost(since, turn), "up", "down") };
		}
		default:
			return { lines: [], rate: a0 };
	}
}

/** Half a cosine from one rate to the other. */
function between(from: Expression, to: Expression, share: Expression): Expression {
	const half = divide(add(1, call("cos", multiply("pi", share))), 2);
	return to === 0 ? multiply(from, half) : add(to, multiply(subtract(from, to), half));
}
