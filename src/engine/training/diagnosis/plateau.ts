import type { Finding } from "../../protocol/run.ts";
import type { ResolvedRun } from "../../protocol/run-file.ts";
import type { Random } from "../random.ts";
import type { CostSurface } from "./cost-surface.ts";
import { mostNegative } from "./curvature.ts";
import type { Stalled } from "./stall.ts";
import { figure, whole } from "./words.ts";

/** A gradient is small when no step along it lowers the cost by this share, or would were the cost straight. */
const SMALL = 0.02;
/** Steps along it that are tried: the first of this share of the weights' length, each next one half as long. */
const STEP = 0.05;
const STEPS = 10;
/** The cost is that of a constant guess when it is at least this share of it. */
const NEAR_GUESS = 0.95;
/** Products of the Hessian that a probe may take: two gradients each. */
const PRODUCTS = 16;
/** Distances at which a direction of negative curvature is tried, in lengths of the weights. */
const DISTANCES = [0.05, 0.1, 0.2, 0.4];
/** What the cost must fall by on both sides, as a share. */
const FALL = 0.02;

/**
 * Says why a cost is flat: on a saddle it falls on both sides of some direction; on a plateau it does nowhere, and is
 * about what a constant guess costs. A cost that is flat because it has reached a minimum is no finding, and without a
 * hidden layer it cannot be anything else.
 */
export async function explainFlat(
	surface: CostSurface,
	random: Random,
	{ run, steps, level, guess, iteration }: Stalled,
): Promise<Finding | undefined> {
	if (run.model.layers.length === 0) return undefined;
	const v = surface.direction(random);
	const gradient = new Float32Array(v.length);
	const cost = surface.at(0, v, gradient);
	const slope = Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0));
	let fall = 0;
	for (let i = 0; i < gradient.length; i++) gradient[i] /= -slope || 1;
	for (let i = 0; i < STEPS; i++) {
		const distance = STEP * surface.scale * 0.5 ** i;
		fall = Math.max(fall, Math.min(slope * distance, cost - surface.at(distance, gradient)));
	}
	if (fall > SMALL * cost) return undefined;
	const about = `The cost has stayed at ${figure(level)} for ${whole.format(steps)} steps and the gradient is small (${figure(slope)})`;
	const curvature = await mostNegative(
		async (u, out) => {
			surface.hessianTimes(u, out);
			// Between two products the engine answers its messages.
			await new Promise(setImmediate);
		},
		v,
		PRODUCTS,
	);
	if (curvature < 0) {
		for (const d of DISTANCES) {
			const distance = d * surface.scale;
			const sides = (surface.at(distance, v) + surface.at(-distance, v)) / 2;
			if (sides > cost * (1 - FALL)) continue;
			return {
				code: "saddle",
				severity: "warning",
				message:
					`${about}, but this is a saddle: along one direction the curvature is ${figure(curvature)}, and a step of ` +
					`${figure(distance)} either way brings the cost to ${figure(sides)}.`,
				advice:
					run.optimizer.name === "gradientDescent"
						? "Try Adam or momentum, which leave a saddle sooner."
						: `Try a learning rate three times larger than ${run.optimizer.learningRate}.`,
				iteration,
			};
		}
	}
	if (level < NEAR_GUESS * guess) return undefined;
	return {
		code: "plateau",
		severity: "warning",
		message: `${about}; a constant guess costs ${figure(guess)}.`,
		advice: adviceOf(run),
		iteration,
	};
}

function adviceOf({ model, l2 }: ResolvedRun): string {
	if (l2 > 0) return `Try an l2 ten times smaller than ${l2}.`;
	if (model.activation === "sigmoid" || model.activation === "tanh") {
		return `Try relu: ${model.activation} lets little of the gradient through where it is flat.`;
	}
	return "Try fewer layers or another seed.";
}
