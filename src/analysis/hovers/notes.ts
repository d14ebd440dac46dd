/** What the lecture notes on optimization say, in a sentence or two each. */

const OPTIMIZERS: Record<string, string> = {
	gradientDescent:
		"One update for each mini-batch. Under full batch the cost must fall at every step; with mini-batches it falls with noise, since some are easier than others.",
	momentum:
		"An average of the gradients damps the swing across a valley and keeps the way along it. The notes write V = βV + (1 − β)dW; where dW is added whole, α acts up to 1 / (1 − β) times larger. β 0.9, no bias correction.",
	rmsprop:
		"Dividing by the root of the average square makes steps short where gradients are large and longer where they are small, so that a larger α does not diverge. ε keeps the divisor from 0.",
	adam: "Momentum and RMSprop in one, both corrected for their start at 0; works for very different nets. β₁ 0.9, β₂ 0.999 and ε 1e-8 are rarely changed; α is what has to be tuned.",
};
OPTIMIZERS.adamw = OPTIMIZERS.adam;

const WHY =
	"Large steps at first; small ones near the minimum, so that the way ends there and does not wander around it.";
const SCHEDULES: Record<string, string> = {
	inverseTime: "α₀ / (1 + rate · epoch) with the first epoch 1: 0.2 and rate 1 give 0.1, 0.067, 0.05, 0.04.",
	exponential: "0.95^epoch · α₀ falls fast: to 0.6 of it after 10 epochs.",
	sqrtEpoch: "k / √epoch · α₀.",
	sqrtStep: "k / √t · α₀, t the number of the mini-batch.",
	staircase: "Discrete stairs: after some epochs the rate is halved, and again.",
	manual: "By hand, while watching a run of hours or days; only with few models at a time.",
	constant: "A fixed rate ends in wandering around the minimum; try α₀ itself first, then a decay.",
};

/** Of hyperparameters, by their names in facts. */
const PARAMETERS: Record<string, string> = {
	learningRate:
		"The most important hyperparameter: try several on a log scale. Too large, and the cost climbs or swings.",
	beta: "0.9, about the last 10 gradients, is the usual value and rarely changed.",
	beta1: "0.9: the average of the gradients, the first moment.",
	beta2: "0.999: the average of their squares, the second moment.",
	epsilon:
		"1e-8 keeps the divisor from 0; its value hardly matters. The notes have it inside the root, one of them outside.",
	batchSize:
		"2,000 samples or fewer: full batch. More: a power of two from 64 to 512 that fits memory; 1 loses vectorization, and all of them make each step slow.",
	epochs:
		"One epoch is one pass over the training set: with mini-batches it makes many updates, under full batch a single one.",
};

export function optimizerNotes(optimizer: string | undefined): string | undefined {
	return optimizer === undefined ? undefined : OPTIMIZERS[optimizer];
}

export function scheduleNotes(decay: string): string {
	return decay === "constant" || decay === "manual"
		? SCHEDULES[decay]
		: [WHY, SCHEDULES[decay]].filter(Boolean).join(" ");
}

export function parameterNotes(name: string): string | undefined {
	return PARAMETERS[name];
}
