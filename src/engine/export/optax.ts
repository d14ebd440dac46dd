/** A run as a program for JAX with optax. */
import type { Task } from "../protocol/dataset.ts";
import type { Activation } from "../protocol/hyperparameters.ts";
import { type Line, namesIn } from "./expression.ts";
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
	epochWords,
	isFullBatch,
	pythonName,
	rateBody,
	rateWords,
	readData,
	stepsPerEpoch,
	unpack,
	writePython,
} from "./python.ts";
import { updateRule } from "./update-rule.ts";

const ACTIVATIONS: Record<Activation, string> = {
	relu: "jax.nn.relu(z)",
	leakyRelu: "jax.nn.leaky_relu(z, negative_slope=0.01)",
	tanh: "jnp.tanh(z)",
	sigmoid: "jax.nn.sigmoid(z)",
	gelu: "jax.nn.gelu(z, approximate=False)",
};

const LOSSES: Record<Task, string> = {
	regression: "optax.losses.squared_error(model(params, x)[:, 0], y).mean()",
	binary: "optax.losses.sigmoid_binary_cross_entropy(model(params, x)[:, 0], y).mean()",
	multiclass: "optax.losses.softmax_cross_entropy_with_integer_labels(model(params, x), y).mean()",
};

/** @returns the text of a Python file */
export function optaxProgram(program: Program): string {
	const { start, run, sizes } = program;
	const { task } = run.dataset;
	const rateName = isConstant(program) ? "learning_rate" : "schedule";
	const optimizer = libraryOptimizer(program, rateName);
	const rates = new Rates(optimizer?.averaged ? program.h.beta : undefined);
	const schedule = isConstant(program) ? undefined : scheduleOf(program, rates);
	const full = isFullBatch(program);
	const hasDev = start.devRows > 0;
	const labels = task === "multiclass" ? ".astype(np.int32)" : "";
	const array = (name: string) => `jnp.asarray(data["${name}"]${name.startsWith("y") ? labels : ""})`;
	const transforms = [...before(program), optimizer?.call ?? "run_optimizer()"];
	return text(
		"    ",
		docstring(program, "a net in JAX with optax"),
		"",
		"import json",
		schedule?.some((line) => line.includes("math.")) && "import math",
		"from pathlib import Path",
		"",
		"import jax",
		"import jax.numpy as jnp",
		"import numpy as np",
		"import optax",
		"",
		"",
		readData(program),
		`x_train, y_train = ${array("x_train")}, ${array("y_train")}`,
		hasDev && `x_dev, y_dev = ${array("x_dev")}, ${array("y_dev")}`,
		!full && 'orders = data["orders"].astype(np.int32)',
		"",
		`params = [{"W": jnp.asarray(data[f"W{i}"]), "b": jnp.asarray(data[f"b{i}"][0])} for i in range(1, ${sizes.length})]`,
		"",
		"",
		"def model(params, x):",
		`    """A net of ${sizes.join(", ")} units; gives logits."""`,
		"    for layer in params[:-1]:",
		'        z = x @ layer["W"] + layer["b"]',
		`        x = ${ACTIVATIONS[run.model.activation]}`,
		'    return x @ params[-1]["W"] + params[-1]["b"]',
		"",
		"",
		"def loss_function(params, x, y):",
		`    return ${LOSSES[task]}`,
		"",
		"",
		run.l2 > 0 && [
			"def cost_function(params, x, y):",
			'    squares = sum(jnp.sum(layer["W"] ** 2) for layer in params)',
			`    return loss_function(params, x, y) + ${run.l2} / (2 * len(x)) * squares`,
			"",
			"",
		],
		`epochs = ${run.epochs}`,
		!full && `batch_size = ${run.batchSize}`,
		schedule?.some((line) => line.includes("steps_per_epoch")) && stepsPerEpoch(program),
		`learning_rate = ${rates.text(run.optimizer.learningRate)}`,
		schedule,
		optimizer ? undefined : customOptimizer(program, rateName),
		optimizer?.comment,
		transforms.length > 1
			? ["optimizer = optax.chain(", transforms.map((transform) => `    ${transform},`), ")"]
			: `optimizer = ${transforms[0]}`,
		"opt_state = optimizer.init(params)",
		"",
		"",
		"@jax.jit",
		"def update(params, opt_state, x, y):",
		`    cost, gradients = jax.value_and_grad(${run.l2 > 0 ? "cost_function" : "loss_function"})(params, x, y)`,
		"    updates, opt_state = optimizer.update(gradients, opt_state, params)",
		"    return optax.apply_updates(params, updates), opt_state, cost",
		"",
		"",
		!full && ["m = len(x_train)", `key = jax.random.key(${run.seed})`],
		stoppingOf(program) && 'best_cost, best_epoch, best_params = float("inf"), 0, None',
		"costs = []  # of every step",
		"for epoch in range(epochs):",
		full
			? ["    params, opt_state, cost = update(params, opt_state, x_train, y_train)", "    costs.append(float(cost))"]
			: [
					"    key, shuffle_key = jax.random.split(key)",
					"    order = orders[epoch] if epoch < len(orders) else jax.random.permutation(shuffle_key, m)",
					"    epoch_cost = 0.0",
					"    for start in range(0, m, batch_size):",
					"        rows = order[start : start + batch_size]",
					"        params, opt_state, cost = update(params, opt_state, x_train[rows], y_train[rows])",
					"        costs.append(float(cost))",
					"        epoch_cost += costs[-1] * len(rows) / m",
				],
		hasDev && indent("    ", evaluation(task)),
		`    print(f"${epochWords(program, full ? "costs[-1]" : "epoch_cost")}")`,
		indent("    ", stopping(program)),
		stoppingOf(program)?.restoreBest && [
			"if best_params is not None:",
			"    params = best_params",
			'    print(f"the weights are those of epoch {best_epoch}, dev cost {best_cost:.6f}")',
		],
	);
}

function evaluation(task: Task): string[] {
	const cost = "dev_cost = float(loss_function(params, x_dev, y_dev))";
	if (task === "regression") return [cost, "dev_r2 = 1 - dev_cost / float(jnp.var(y_dev))"];
	const right =
		task === "binary" ? "(model(params, x_dev)[:, 0] > 0) == (y_dev > 0)" : "model(params, x_dev).argmax(1) == y_dev";
	return [cost, `dev_accuracy = float(jnp.mean(${right}))`];
}

function stopping(program: Program): string[] {
	const stopping = stoppingOf(program);
	if (!stopping) return [];
	const { minDelta, patience, restoreBest } = stopping;
	return [
		`if dev_cost < best_cost${minDelta > 0 ? ` - ${minDelta}` : ""}:`,
		`    best_cost, best_epoch${restoreBest ? ", best_params" : ""} = dev_cost, epoch + 1${restoreBest ? ", params" : ""}`,
		...(patience === undefined ? [] : [`if epoch + 1 - best_epoch >= ${patience}:`, "    break"]),
	];
}

/** What the gradient passes before the optimizer. */
function before(program: Program): string[] {
	const { clip } = program.run;
	const { h } = program;
	return [
		...(clip.value === undefined ? [] : [`optax.clip(${clip.value})`]),
		...(clip.norm === undefined ? [] : [`optax.clip_by_global_norm(${clip.norm})`]),
		...(h.weightDecay > 0 && !h.decoupled && libraryOptimizer(program, "")
			? [`optax.add_decayed_weights(${h.weightDecay})`]
			: []),
	];
}

/** @returns optax's own optimizer, undefined where it has none that takes the run's steps */
function libraryOptimizer(
	program: Program,
	rate: string,
): { call: string; averaged?: boolean; comment?: string } | undefined {
	const { run, h } = program;
	const { name } = run.optimizer;
	const made = (type: string, ...options: string[]) =>
		`optax.${type}(${[`learning_rate=${rate}`, ...options].join(", ")})`;
	const inside = h.epsilonPlacement === "inside";
	const averages = [`b1=${h.beta1}`, `b2=${h.beta2}`];
	const decoupled = h.weightDecay > 0 && h.decoupled;
	if ((name === "adam" || name === "adamw") && !h.amsgrad && (inside || isPlainAdam(program, false))) {
		const epsilon = inside ? [`eps=0.0`, `eps_root=${h.epsilon}`] : [`eps=${h.epsilon}`];
		const decay = decoupled || (name === "adamw" && h.decoupled) ? [`weight_decay=${h.weightDecay}`] : [];
		return { call: made(decay.length > 0 ? "adamw" : "adam", ...averages, ...epsilon, ...decay) };
	}
	if (name === "lion") return { call: made("lion", ...averages, `weight_decay=${h.decoupled ? h.weightDecay : 0}`) };
	if (decoupled) return undefined;
	if (name === "gradientDescent") return { call: made("sgd") };
	if (name === "rmsprop") {
		return {
			call: made("rmsprop", `decay=${h.beta2}`, `eps=${h.epsilon}`, `eps_in_sqrt=${inside ? "True" : "False"}`),
		};
	}
	if (name === "adagrad" && inside) {
		return { call: made("adagrad", `initial_accumulator_value=${h.initialAccumulator}`, `eps=${h.epsilon}`) };
	}
	if (name === "nadam" && h.constantMomentum && isPlainAdam(program, false)) {
		return { call: made("nadam", ...averages, `eps=${h.epsilon}`) };
	}
	const form = classicalMomentum(program, false);
	if (!form) return undefined;
	const call = made("sgd", `momentum=${h.beta}`, ...(h.nesterov ? ["nesterov=True"] : []));
	if (form === "same") return { call };
	const comment = "# V = b V + (1 - b) dW with the rate a takes the steps of V = b V + dW with a (1 - b).";
	return { call, averaged: true, comment };
}

/** The run's formula as a transformation of gradients. */
function customOptimizer(program: Program, rateName: string): Part {
	const { run, h } = program;
	const rule = updateRule(run.optimizer.name, h);
	const names = rule.state.map(([name]) => name);
	const trees = new Set([...names, "W", "dW"]);
	const dialect = dialectOf("jnp");
	const mapped = ([name, value]: Line): string => {
		const used = namesIn(value).filter((other) => trees.has(other));
		const formula = name === "step" ? `-(${writePython(value, dialect)})` : writePython(value, dialect);
		const target = name === "step" ? "updates" : pythonName(name);
		if (used.length === 0) return `${target} = ${formula}`;
		trees.add(name);
		return `${target} = jax.tree.map(lambda ${used.join(", ")}: ${formula}, ${used.join(", ")})`;
	};
	const start = ([name, value]: [string, number]) =>
		`"${name}": jax.tree.map(${value === 0 ? "jnp.zeros_like" : `lambda W: jnp.full_like(W, ${value})`}, params)`;
	const lines = rule.lines.map(mapped);
	const rate = rateName === "schedule" ? 'schedule(state["t"])' : rateName;
	return [
		constants(rule, program),
		"",
		"",
		"def run_optimizer():",
		`    """The run's ${run.optimizer.name}, which optax has not in this form."""`,
		"",
		"    def init(params):",
		`        return {${['"t": jnp.zeros([], jnp.int32)', ...rule.state.map(start)].join(", ")}}`,
		"",
		"    def update(dW, state, W):",
		`        a, t = ${rate}, state["t"] + 1`,
		typeof unpack(names, String) === "string" && `        ${unpack(names, (name) => `state["${name}"]`)}`,
		indent("        ", lines),
		`        return updates, {${['"t": t', ...names.map((name) => `"${name}": ${name}`)].join(", ")}}`,
		"",
		"    return optax.GradientTransformation(init, update)",
		"",
		"",
	];
}

/** @returns what makes `schedule`, a function of the number of updates so far */
function scheduleOf(program: Program, rates: Rates): string[] {
	const { decay: d } = program;
	const made = (type: string, ...options: string[]) => [
		`schedule = optax.${type}(init_value=learning_rate, ${options.join(", ")})`,
	];
	if (!d.warmup && !program.hasRates) {
		const falling = (length: string, rate: number) =>
			made("exponential_decay", `transition_steps=${length}`, `decay_rate=${rate}`, "staircase=True");
		if (d.name === "exponential" && d.epochBase === 0) return falling("steps_per_epoch", d.base!);
		if (d.name === "staircase" && d.epochBase === 0) return falling(`${d.every} * steps_per_epoch`, d.factor!);
		if (d.name === "cosine" && d.per === "step") {
			const alpha = d.end === 0 ? "0.0" : `${rates.text(d.end!)} / learning_rate`;
			return made("cosine_decay_schedule", "decay_steps=epochs * steps_per_epoch", `alpha=${alpha}`);
		}
		if (d.name === "linear" && d.per === "step") {
			return made("linear_schedule", `end_value=${rates.text(d.end!)}`, "transition_steps=epochs * steps_per_epoch");
		}
	}
	const body = program.hasRates
		? ['return jnp.asarray(data["rates"])[step]']
		: rateBody(program, rates, dialectOf("jnp"));
	return ["", "", "def schedule(step):", ...indent("    ", [`"""${rateWords(program)}"""`, ...body]), "", ""];
}
