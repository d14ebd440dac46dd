/** What the lecture notes on optimization say, in a sentence or two each. */
import { t } from "../../l10n.ts";

type Notes = Record<string, () => string>;

const OPTIMIZERS: Notes = {
	gradientDescent: () =>
		t(
			"One update for each mini-batch. Under full batch the cost must fall at every step; with mini-batches it falls with noise, since some are easier than others.",
		),
	momentum: () =>
		t(
			"An average of the gradients damps the swing across a valley and keeps the way along it. The notes write V = βV + (1 − β)dW; where dW is added whole, α acts up to 1 / (1 − β) times larger. β 0.9, no bias correction.",
		),
	rmsprop: () =>
		t(
			"Dividing by the root of the average square makes steps short where gradients are large and longer where they are small, so that a larger α does not diverge. ε keeps the divisor from 0.",
		),
	adam: () =>
		t(
			"Momentum and RMSprop in one, both corrected for their start at 0; works for very different nets. β₁ 0.9, β₂ 0.999 and ε 1e-8 are rarely changed; α is what has to be tuned.",
		),
};
OPTIMIZERS.adamw = OPTIMIZERS.adam;

const why = () =>
	t("Large steps at first; small ones near the minimum, so that the way ends there and does not wander around it.");
const SCHEDULES: Notes = {
	inverseTime: () => t("α₀ / (1 + rate · epoch) with the first epoch 1: 0.2 and rate 1 give 0.1, 0.067, 0.05, 0.04."),
	exponential: () => t("0.95^epoch · α₀ falls fast: to 0.6 of it after 10 epochs."),
	sqrtEpoch: () => "k / √epoch · α₀.",
	sqrtStep: () => t("k / √t · α₀, t the number of the mini-batch."),
	staircase: () => t("Discrete stairs: after some epochs the rate is halved, and again."),
	manual: () => t("By hand, while watching a run of hours or days; only with few models at a time."),
	constant: () => t("A fixed rate ends in wandering around the minimum; try α₀ itself first, then a decay."),
};

/** Of hyperparameters, by their names in facts. */
const PARAMETERS: Notes = {
	learningRate: () =>
		t("The most important hyperparameter: try several on a log scale. Too large, and the cost climbs or swings."),
	beta: () => t("0.9, about the last 10 gradients, is the usual value and rarely changed."),
	beta1: () => t("0.9: the average of the gradients, the first moment."),
	beta2: () => t("0.999: the average of their squares, the second moment."),
	epsilon: () =>
		t(
			"1e-8 keeps the divisor from 0; its value hardly matters. The notes have it inside the root, one of them outside.",
		),
	batchSize: () =>
		t(
			"2,000 samples or fewer: full batch. More: a power of two from 64 to 512 that fits memory; 1 loses vectorization, and all of them make each step slow.",
		),
	epochs: () =>
		t(
			"One epoch is one pass over the training set: with mini-batches it makes many updates, under full batch a single one.",
		),
};

export function optimizerNotes(optimizer: string | undefined): string | undefined {
	return optimizer === undefined ? undefined : noteOf(OPTIMIZERS, optimizer);
}

export function scheduleNotes(decay: string): string {
	const own = noteOf(SCHEDULES, decay);
	if (own && (decay === "constant" || decay === "manual")) return own;
	return own ? `${why()} ${own}` : why();
}

export function parameterNotes(name: string): string | undefined {
	return noteOf(PARAMETERS, name);
}

/** A run file may say any name. */
function noteOf(notes: Notes, name: string): string | undefined {
	return Object.hasOwn(notes, name) ? notes[name]() : undefined;
}
