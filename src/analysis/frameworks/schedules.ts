import type { Framework, ScheduleFact } from "../facts.ts";

export interface ScheduleSpec {
	framework: Framework;
	decay: string;
	counts: ScheduleFact["counts"];
	signature: string;
}

type Row = [decay: string, signature: string];

/** PyTorch's count calls of step(). */
const TORCH: Record<string, Row> = {
	StepLR: ["staircase", "optimizer, step_size:every, gamma:factor=0.1, last_epoch=-1"],
	MultiStepLR: ["piecewise", "optimizer, milestones:points, gamma:factor=0.1, last_epoch=-1"],
	ExponentialLR: ["exponential", "optimizer, gamma:base, last_epoch=-1"],
	CosineAnnealingLR: ["cosine", "optimizer, T_max:length, eta_min:end=0, last_epoch=-1"],
	CosineAnnealingWarmRestarts: ["cyclic", "optimizer, T_0:length, T_mult:lengthFactor=1, eta_min:end=0"],
	LinearLR: [
		"linear",
		"optimizer, start_factor:startFactor=0.3333333333333333, end_factor:endFactor=1, total_iters:length=5",
	],
	ConstantLR: ["warmup", "optimizer, factor=0.3333333333333333, total_iters:length=5"],
	PolynomialLR: ["polynomial", "optimizer, total_iters:length=5, power=1"],
	OneCycleLR: [
		"oneCycle",
		"optimizer, max_lr:learningRate, total_steps:length=none, epochs=none, steps_per_epoch:stepsPerEpoch=none, pct_start:rise=0.3, anneal_strategy=cos, cycle_momentum=true, base_momentum=0.85, max_momentum=0.95, div_factor:startDivisor=25, final_div_factor:endDivisor=10000, three_phase:threePhase=false",
	],
	CyclicLR: [
		"cyclic",
		"optimizer, base_lr:start, max_lr:learningRate, step_size_up:length=2000, step_size_down:lengthDown=none, mode=triangular, gamma:base=1",
	],
	ReduceLROnPlateau: ["plateau", "optimizer, mode=min, factor=0.1, patience=10"],
	LambdaLR: ["lambda", "optimizer, lr_lambda:lambda"],
	MultiplicativeLR: ["lambda", "optimizer, lr_lambda:lambda"],
	SequentialLR: ["sequence", "optimizer, schedulers, milestones:points"],
	ChainedScheduler: ["sequence", "schedulers"],
};

/** Those of transformers count calls of step(), which are meant to be one a mini-batch. */
const TRANSFORMERS: Record<string, Row> = {
	get_constant_schedule: ["constant", "optimizer"],
	get_constant_schedule_with_warmup: ["constant", "optimizer, num_warmup_steps:warmup"],
	get_linear_schedule_with_warmup: ["linear", "optimizer, num_warmup_steps:warmup, num_training_steps:length"],
	get_cosine_schedule_with_warmup: [
		"cosine",
		"optimizer, num_warmup_steps:warmup, num_training_steps:length, num_cycles=0.5",
	],
	get_cosine_with_hard_restarts_schedule_with_warmup: [
		"cyclic",
		"optimizer, num_warmup_steps:warmup, num_training_steps:length, num_cycles=1",
	],
	get_polynomial_decay_schedule_with_warmup: [
		"polynomial",
		"optimizer, num_warmup_steps:warmup, num_training_steps:length, lr_end:end=1e-7, power=1",
	],
	get_scheduler: ["named", "name, optimizer, num_warmup_steps:warmup=none, num_training_steps:length=none"],
};

const KERAS: Record<string, Row> = {
	ExponentialDecay: [
		"exponential",
		"initial_learning_rate:learningRate, decay_steps:length, decay_rate:base, staircase=false",
	],
	InverseTimeDecay: [
		"inverseTime",
		"initial_learning_rate:learningRate, decay_steps:length, decay_rate:rate, staircase=false",
	],
	PiecewiseConstantDecay: ["piecewise", "boundaries:points, values:rates"],
	PolynomialDecay: [
		"polynomial",
		"initial_learning_rate:learningRate, decay_steps:length, end_learning_rate:end=0.0001, power=1, cycle=false",
	],
	CosineDecay: [
		"cosine",
		"initial_learning_rate:learningRate, decay_steps:length, alpha:endFactor=0, name=none, warmup_target:peak=none, warmup_steps:warmup=0",
	],
	CosineDecayRestarts: [
		"cyclic",
		"initial_learning_rate:learningRate, first_decay_steps:length, t_mul:lengthFactor=2, m_mul=1, alpha:endFactor=0",
	],
};

const OPTAX: Record<string, Row> = {
	constant_schedule: ["constant", "value:learningRate"],
	exponential_decay: [
		"exponential",
		"init_value:learningRate, transition_steps:length, decay_rate:base, transition_begin:warmup=0, staircase=false, end_value:end=none",
	],
	cosine_decay_schedule: ["cosine", "init_value:learningRate, decay_steps:length, alpha:endFactor=0, exponent=1"],
	linear_schedule: ["linear", "init_value:learningRate, end_value:end, transition_steps:length, transition_begin=0"],
	polynomial_schedule: [
		"polynomial",
		"init_value:learningRate, end_value:end, power, transition_steps:length, transition_begin=0",
	],
	piecewise_constant_schedule: ["piecewise", "init_value:learningRate, boundaries_and_scales:points=none"],
	warmup_cosine_decay_schedule: [
		"cosine",
		"init_value:start, peak_value:learningRate, warmup_steps:warmup, decay_steps:length, end_value:end=0, exponent=1",
	],
	warmup_exponential_decay_schedule: [
		"exponential",
		"init_value:start, peak_value:learningRate, warmup_steps:warmup, transition_steps:length, decay_rate:base, transition_begin=0, staircase=false, end_value:end=none",
	],
	warmup_constant_schedule: ["constant", "init_value:start, peak_value:learningRate, warmup_steps:warmup"],
	cosine_onecycle_schedule: [
		"oneCycle",
		"transition_steps:length, peak_value:learningRate, pct_start:rise=0.3, div_factor:startDivisor=25, final_div_factor:endDivisor=10000",
	],
	linear_onecycle_schedule: [
		"oneCycle",
		"transition_steps:length, peak_value:learningRate, pct_start:rise=0.3, pct_final:fall=0.85, div_factor:startDivisor=25, final_div_factor:endDivisor=10000",
	],
	sgdr_schedule: ["cyclic", "cosine_kwargs:cycles"],
	join_schedules: ["sequence", "schedules, boundaries:points"],
};

function rows(framework: Framework, prefix: string, table: Record<string, Row>, counts: ScheduleFact["counts"]) {
	return Object.entries(table).map(([name, [decay, signature]]): [string, ScheduleSpec] => [
		`${prefix}.${name}`,
		{ framework, decay, counts, signature },
	]);
}

/** Signatures as the libraries document them; the numbers of Keras, TensorFlow 1 and optax count mini-batches. */
export const SCHEDULES = new Map<string, ScheduleSpec>([
	...rows("pytorch", "torch.optim.lr_scheduler", TORCH, "calls"),
	...rows("pytorch", "transformers", TRANSFORMERS, "calls"),
	...rows("keras", "keras.optimizers.schedules", KERAS, "steps"),
	...rows("keras", "keras.experimental", { CosineDecay: KERAS.CosineDecay }, "steps"),
	...rows(
		"keras",
		"tensorflow.train",
		{
			exponential_decay: [
				"exponential",
				"learning_rate:learningRate, global_step, decay_steps:length, decay_rate:base, staircase=false",
			],
			cosine_decay: ["cosine", "learning_rate:learningRate, global_step, decay_steps:length, alpha:endFactor=0"],
			polynomial_decay: [
				"polynomial",
				"learning_rate:learningRate, global_step, decay_steps:length, end_learning_rate:end=0.0001, power=1",
			],
			piecewise_constant: ["piecewise", "x, boundaries:points, values:rates"],
		},
		"steps",
	),
	[
		"keras.callbacks.ReduceLROnPlateau",
		{ framework: "keras", decay: "plateau", counts: "epochs", signature: "monitor=val_loss, factor=0.1, patience=10" },
	],
	[
		"keras.callbacks.LearningRateScheduler",
		{ framework: "keras", decay: "lambda", counts: "epochs", signature: "schedule:lambda" },
	],
	...rows("jax", "optax", OPTAX, "steps"),
	...rows("jax", "optax.schedules", OPTAX, "steps"),
]);
