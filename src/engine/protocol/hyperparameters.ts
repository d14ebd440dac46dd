/** What a run is asked to do with its model and its steps: hyperparameters, as a run file names them. */

export type Activation = "relu" | "leakyRelu" | "tanh" | "sigmoid" | "gelu";

export type Initialization = "he" | "xavier";

export type Cost = "meanSquaredError" | "binaryCrossEntropy" | "categoricalCrossEntropy";

/** What computes: Descent's own kernels, or TensorFlow where the user has it installed. */
export type BackendName = "wasm" | "tensorflow";

export type OptimizerName =
	| "gradientDescent"
	| "momentum"
	| "rmsprop"
	| "adam"
	| "adamw"
	| "adagrad"
	| "nadam"
	| "lion";

export type EpsilonPlacement = "inside" | "outside";

/** Does what that library does: form, epsilon's place and defaults; "notes" is what the defaults are. */
export type Preset = "pytorch" | "keras" | "tfjs" | "optax" | "notes";

/** Hyperparameters of an optimizer as a run file names them; what is absent takes the preset's or the optimizer's default. */
export interface OptimizerConfig {
	name: OptimizerName;
	preset?: Preset;
	learningRate?: number;
	/** momentum's beta */
	beta?: number;
	/** beta1 of adam, adamw, nadam and lion */
	beta1?: number;
	/** beta2 of those and of rmsprop */
	beta2?: number;
	epsilon?: number;
	epsilonPlacement?: EpsilonPlacement;
	/** adam: epsilon beside the root before its bias correction (Keras) */
	epsilonUncorrected?: boolean;
	/** momentum: "ewa" V = bV + (1-b)dW (the notes), "classical" V = bV + dW (PyTorch, Keras) */
	form?: "ewa" | "classical";
	/** momentum */
	nesterov?: boolean;
	/** momentum: V / (1 - b^t) */
	biasCorrection?: boolean;
	/** momentum: the rate inside the velocity (Keras) */
	rateInVelocity?: boolean;
	/** adam, adamw */
	amsgrad?: boolean;
	/** nadam: 0.96^(momentumDecay t) */
	momentumDecay?: number;
	/** nadam: no schedule of the momentum (optax) */
	constantMomentum?: boolean;
	/** adagrad: what S starts with */
	initialAccumulator?: number;
	/** of every parameter, biases too, as the libraries have it; the notes' L2 term of the cost is the run's `l2` */
	weightDecay?: number;
	/** weight decay beside the update instead of in the gradient */
	decoupled?: boolean;
}

/** Gradient clipping; by value comes first when both are given. */
export interface Clip {
	/** largest Euclidean norm of the whole gradient */
	norm?: number;
	/** largest magnitude of one of its numbers */
	value?: number;
}

export type DecayName =
	| "constant"
	| "inverseTime"
	| "exponential"
	| "sqrtEpoch"
	| "sqrtStep"
	| "staircase"
	| "piecewise"
	| "cosine"
	| "linear"
	| "oneCycle"
	| "manual";

/** From this epoch (counted from 0) or step (counted from 1) on, this learning rate. */
export type RatePoint = { epoch: number; rate: number } | { step: number; rate: number };

/** A learning-rate schedule as a run file names it; formulas: src/engine/schedules. */
export interface DecayConfig {
	name: DecayName;
	/** inverseTime */
	rate?: number;
	/** exponential */
	base?: number;
	/** sqrtEpoch, sqrtStep */
	k?: number;
	/** staircase */
	factor?: number;
	/** staircase: epochs of one stair */
	every?: number;
	/** piecewise, in order */
	points?: RatePoint[];
	/** cosine, linear: learning rate at the end of the run */
	end?: number;
	/** cosine, linear: moves every step or every epoch */
	per?: "step" | "epoch";
	/** oneCycle: share of the steps in which the rate rises */
	rise?: number;
	/** oneCycle: the rate starts this many times lower */
	startDivisor?: number;
	/** oneCycle: and ends this many times below where it started */
	endDivisor?: number;
	/** number of the first epoch in the formula */
	epochBase?: 0 | 1;
	/** steps in which the rate rises evenly to its first value, before the decay begins to count */
	warmup?: number;
}

/** Ends a run whose dev cost no longer falls, as Keras's EarlyStopping does on val_loss. */
export interface EarlyStopping {
	/** epochs without a new lowest dev cost after which the run ends; absent: a tenth of the epochs, from 3 to 100 */
	patience?: number;
	/** a dev cost counts as lower when it lies more than this below the lowest (0) */
	minDelta?: number;
	/** the run ends with the weights of the lowest dev cost, whether it was stopped early or not (true) */
	restoreBest?: boolean;
}
