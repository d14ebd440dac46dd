/** A run as a program for Keras 3. */
import type { Task } from "../protocol/dataset.ts";
import type { Activation } from "../protocol/hyperparameters.ts";
import {
	classicalMomentum,
	indent,
	isConstant,
	isPlainAdam,
	type Part,
	type Program,
	Rates,
	stoppingOf,
	text,
} from "./program.ts";
import {
	constants,
	dialectOf,
	docstring,
	isFullBatch,
	rateBody,
	rateWords,
	readData,
	stepsPerEpoch,
	unpack,
	updateLines,
} from "./python.ts";
import { updateRule } from "./update-rule.ts";

const ACTIVATIONS: Record<Activation, string> = {
	relu: '"relu"',
	leakyRelu: "keras.layers.LeakyReLU(negative_slope=0.01)",
	tanh: '"tanh"',
	sigmoid: '"sigmoid"',
	gelu: '"gelu"',
};

const LOSSES: Record<Task, string> = {
	regression: "keras.losses.MeanSquaredError()",
	binary: "keras.losses.BinaryCrossentropy(from_logits=True)",
	multiclass: "keras.losses.SparseCategoricalCrossentropy(from_logits=True)",
};

/** The cost without the L2 term, and how good the answers are. */
const METRICS: Record<Task, [loss: string, score: string]> = {
	regression: ['keras.metrics.MeanSquaredError(name="mean_loss")', 'keras.metrics.R2Score(name="r2")'],
	binary: [
		'keras.metrics.BinaryCrossentropy(from_logits=True, name="mean_loss")',
		'keras.metrics.BinaryAccuracy(threshold=0.0, name="accuracy")',
	],
	multiclass: [
		'keras.metrics.SparseCategoricalCrossentropy(from_logits=True, name="mean_loss")',
		'keras.metrics.SparseCategoricalAccuracy(name="accuracy")',
	],
};

/** @returns the text of a Python file */
export function kerasProgram(program: Program): string {
	const { start, run, sizes } = program;
	const { task } = run.dataset;
	const rateName = isConstant(program) ? "learning_rate" : "schedule";
	const optimizer = libraryOptimizer(program, rateName);
	const rates = new Rates(optimizer?.averaged ? program.h.beta : undefined);
	const schedule = isConstant(program) ? undefined : scheduleOf(program, rates);
	const full = isFullBatch(program);
	const hasDev = start.devRows > 0;
	const hasL2 = run.l2 > 0;
	const stopping = stoppingOf(program);
	const column = task === "multiclass" ? ".astype(np.int32)" : "[:, None]";
	const [meanLoss, score] = METRICS[task];
	return text(
		"    ",
		docstring(program, "Keras"),
		"",
		"import json",
		(!full || schedule?.some((line) => line.includes("math."))) && "import math",
		"from pathlib import Path",
		"",
		"import keras",
		"import numpy as np",
		"",
		`keras.utils.set_random_seed(${run.seed})`,
		"",
		"",
		readData(program),
		`x_train, y_train = data["x_train"], data["y_train"]${column}`,
		hasDev && `x_dev, y_dev = data["x_dev"], data["y_dev"]${column}`,
		"",
		"model = keras.Sequential(",
		"    [",
		`        keras.Input(shape=(${sizes[0]},)),`,
		run.model.layers.map(
			(units) => `        keras.layers.Dense(${units}, activation=${ACTIVATIONS[run.model.activation]}),`,
		),
		`        keras.layers.Dense(${sizes.at(-1)}),`,
		"    ]",
		")",
		`model.set_weights([array for i in range(1, ${sizes.length}) for array in (data[f"W{i}"], data[f"b{i}"][0])])`,
		`loss_function = ${LOSSES[task]}`,
		"",
		hasL2 && [
			"",
			"def cost_function(y, z):",
			'    """The loss and the L2 term of the rows, of which the last mini-batch has fewer."""',
			'    rows = keras.ops.cast(keras.ops.shape(z)[0], "float32")',
			"    squares = sum(keras.ops.sum(keras.ops.square(layer.kernel)) for layer in model.layers)",
			`    return loss_function(y, z) + ${run.l2} / (2 * rows) * squares`,
			"",
			"",
		],
		`epochs = ${run.epochs}`,
		!full && `batch_size = ${run.batchSize}`,
		schedule?.some((line) => line.includes("steps_per_epoch")) && stepsPerEpoch(program),
		`learning_rate = ${rates.text(run.optimizer.learningRate)}`,
		schedule,
		optimizer ? undefined : customOptimizer(program),
		optimizer?.comment,
		`optimizer = ${optimizer?.call ?? `Optimizer(learning_rate=${rateName}${clipOptions(program)})`}`,
		"model.compile(",
		"    optimizer=optimizer,",
		`    loss=${hasL2 ? "cost_function" : "loss_function"},`,
		hasL2 ? `    metrics=[${meanLoss}, ${score}],` : `    metrics=[${score}],`,
		")",
		!full && [batches(program), "batches = Batches()"],
		"model.fit(",
		full ? ["    x_train,", "    y_train,", "    batch_size=len(x_train),"] : "    batches,",
		"    shuffle=False,",
		"    epochs=epochs,",
		hasDev && ["    validation_data=(x_dev, y_dev),", "    validation_batch_size=1024,"],
		(stopping || !full) && [
			"    callbacks=[",
			!full && "        keras.callbacks.LambdaCallback(on_epoch_begin=batches.shuffle),",
			stopping && [
				"        keras.callbacks.EarlyStopping(",
				`            monitor="${hasL2 ? "val_mean_loss" : "val_loss"}",`,
				'            mode="min",',
				`            patience=${stopping.patience ?? "epochs"},`,
				stopping.minDelta > 0 && `            min_delta=${stopping.minDelta},`,
				`            restore_best_weights=${stopping.restoreBest ? "True" : "False"},`,
				"        ),",
			],
			"    ],",
		],
		"    verbose=2,",
		")",
	);
}

/** Mini-batches of the run's own rows, which `fit` does not shuffle as the run did. */
function batches({ run }: Program): Part {
	return [
		"",
		"",
		"class Batches(keras.utils.PyDataset):",
		'    """The run\'s mini-batches in its first epochs, then others in each epoch."""',
		"",
		"    def __init__(self):",
		"        super().__init__()",
		`        self.rng = np.random.default_rng(${run.seed})`,
		'        self.order = data["orders"][0]',
		"",
		"    def __len__(self):",
		"        return math.ceil(len(x_train) / batch_size)",
		"",
		"    def __getitem__(self, index):",
		"        rows = self.order[index * batch_size : (index + 1) * batch_size]",
		"        return x_train[rows], y_train[rows]",
		"",
		"    def shuffle(self, epoch, logs=None):",
		'        orders = data["orders"]',
		"        self.order = orders[epoch] if epoch < len(orders) else self.rng.permutation(len(x_train))",
		"",
		"",
	];
}

/** Keras clips by one of both; clipping by value is then the program's own. */
function clipOptions({ run: { clip } }: Program): string {
	if (clip.norm !== undefined) return `, global_clipnorm=${clip.norm}`;
	return clip.value === undefined ? "" : `, clipvalue=${clip.value}`;
}

/** @returns Keras's own optimizer, undefined where it has none that takes the run's steps */
function libraryOptimizer(
	program: Program,
	rate: string,
): { call: string; averaged?: boolean; comment?: string } | undefined {
	const { run, h } = program;
	const { name } = run.optimizer;
	if (run.clip.value !== undefined && run.clip.norm !== undefined) return undefined;
	if (h.weightDecay > 0 && !h.decoupled) return undefined;
	const decay = h.weightDecay > 0 ? [`weight_decay=${h.weightDecay}`] : [];
	const made = (type: string, ...options: string[]) =>
		`keras.optimizers.${type}(${[`learning_rate=${rate}`, ...options, ...decay].join(", ")}${clipOptions(program)})`;
	const averages = [`beta_1=${h.beta1}`, `beta_2=${h.beta2}`];
	const epsilon = `epsilon=${h.epsilon}`;
	if ((name === "adam" || name === "adamw") && isPlainAdam(program, true)) {
		const isW = name === "adamw" && decay.length > 0;
		const comment = h.epsilonUncorrected
			? undefined
			: "# Keras adds epsilon to the root before it is corrected; so small a one shows in no cost.";
		return {
			call: made(isW ? "AdamW" : "Adam", ...averages, epsilon, ...(h.amsgrad ? ["amsgrad=True"] : [])),
			comment,
		};
	}
	if (name === "gradientDescent") return { call: made("SGD") };
	if (name === "rmsprop" && h.epsilonPlacement === "inside")
		return { call: made("RMSprop", `rho=${h.beta2}`, epsilon) };
	if (name === "adagrad" && h.epsilonPlacement === "inside") {
		return { call: made("Adagrad", `initial_accumulator_value=${h.initialAccumulator}`, epsilon) };
	}
	if (name === "nadam" && !h.constantMomentum && h.momentumDecay === 1 && isPlainAdam(program, false)) {
		return { call: made("Nadam", ...averages, epsilon) };
	}
	if (name === "lion") return { call: made("Lion", ...averages) };
	const form = classicalMomentum(program, true);
	if (!form) return undefined;
	const call = made("SGD", `momentum=${h.beta}`, ...(h.nesterov ? ["nesterov=True"] : []));
	if (form === "same") return { call };
	const comment = "# V = b V + (1 - b) dW with the rate a takes the steps of V = b V + dW with a (1 - b).";
	return { call, averaged: true, comment };
}

/** The run's formula as an optimizer of Keras's kind. */
function customOptimizer(program: Program): Part {
	const { run, h } = program;
	const { clip } = run;
	const rule = updateRule(run.optimizer.name, h);
	const names = rule.state.map(([name]) => name);
	const lines = updateLines(rule, dialectOf("keras.ops"));
	const usesTime = lines.some((line) => /\bt\b/.test(line));
	const slot = ([name, value]: [string, number]) => {
		const initial = value === 0 ? "" : `, initializer=keras.initializers.Constant(${value})`;
		return `        self.${name} = [self.add_variable_from_reference(v, "${name}"${initial}) for v in variables]`;
	};
	return [
		constants(rule, program),
		"",
		"",
		"class Optimizer(keras.optimizers.Optimizer):",
		`    """The run's ${run.optimizer.name}, which Keras has not in this form."""`,
		names.length > 0 && [
			"",
			"    def build(self, variables):",
			"        super().build(variables)",
			rule.state.map(slot),
		],
		clip.value !== undefined &&
			clip.norm !== undefined && [
				"",
				"    def apply(self, grads, trainable_variables=None):",
				"        # Keras itself clips by value or by norm, not both.",
				`        clipped = [keras.ops.clip(gradient, -${clip.value}, ${clip.value}) for gradient in grads]`,
				"        return super().apply(clipped, trainable_variables)",
			],
		"",
		"    def update_step(self, dW, W, a):",
		'        a = keras.ops.cast(a, "float32")',
		usesTime && '        t = keras.ops.cast(self.iterations + 1, "float32")',
		names.length > 0 && [
			"        i = self._get_variable_index(W)",
			`        ${unpack(names, (name) => `self.${name}[i]`)}`,
		],
		indent("        ", lines),
		names.map((name) => `        self.assign(self.${name}[i], ${name})`),
		"        self.assign_sub(W, step)",
		"",
		"",
	];
}

/** @returns what makes `schedule` */
function scheduleOf(program: Program, rates: Rates): string[] {
	const { decay: d } = program;
	const made = (type: string, ...options: string[]) => [
		`schedule = keras.optimizers.schedules.${type}(initial_learning_rate=learning_rate, ${options.join(", ")})`,
	];
	if (!d.warmup && !program.hasRates) {
		const falling = (length: string, rate: number, type = "ExponentialDecay") =>
			made(type, `decay_steps=${length}`, `decay_rate=${rate}`, "staircase=True");
		if (d.name === "exponential" && d.epochBase === 0) return falling("steps_per_epoch", d.base!);
		if (d.name === "staircase" && d.epochBase === 0) return falling(`${d.every} * steps_per_epoch`, d.factor!);
		if (d.name === "inverseTime" && d.epochBase === 0) return falling("steps_per_epoch", d.rate!, "InverseTimeDecay");
		if (d.name === "cosine" && d.per === "step") {
			const alpha = d.end === 0 ? "0.0" : `${rates.text(d.end!)} / learning_rate`;
			return made("CosineDecay", "decay_steps=epochs * steps_per_epoch", `alpha=${alpha}`);
		}
		if (d.name === "linear" && d.per === "step") {
			return made(
				"PolynomialDecay",
				"decay_steps=epochs * steps_per_epoch",
				`end_learning_rate=${rates.text(d.end!)}`,
				"power=1.0",
			);
		}
	}
	const body = program.hasRates
		? ['return keras.ops.take(keras.ops.convert_to_tensor(data["rates"]), keras.ops.cast(step, "int32"))']
		: ['step = keras.ops.cast(step, "float32")', ...rateBody(program, rates, dialectOf("keras.ops"))];
	return [
		"",
		"",
		"class Schedule(keras.optimizers.schedules.LearningRateSchedule):",
		`    """${rateWords(program)}"""`,
		"",
		"    def __call__(self, step):",
		...indent("        ", body),
		"",
		"    def get_config(self):",
		"        return {}",
		"",
		"",
		"schedule = Schedule()",
	];
}
