/** A run as a program for PyTorch. */
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
	epochWords,
	isFullBatch,
	plainPython,
	rateBody,
	rateWords,
	readData,
	unpack,
	updateLines,
} from "./python.ts";
import { updateRule } from "./update-rule.ts";

const ACTIVATIONS: Record<Activation, string> = {
	relu: "ReLU()",
	leakyRelu: "LeakyReLU(0.01)",
	tanh: "Tanh()",
	sigmoid: "Sigmoid()",
	gelu: "GELU()",
};

const LOSSES = {
	regression: "torch.nn.MSELoss()",
	binary: "torch.nn.BCEWithLogitsLoss()",
	multiclass: "torch.nn.CrossEntropyLoss()",
};

/** @returns the text of a Python file */
export function pytorchProgram(program: Program): string {
	const { start, run, sizes } = program;
	const { task } = run.dataset;
	const optimizer = libraryOptimizer(program);
	const rates = new Rates(optimizer?.averaged ? program.h.beta : undefined);
	const schedule = scheduleOf(program, rates);
	const rule = optimizer ? undefined : updateRule(run.optimizer.name, program.h);
	const full = isFullBatch(program);
	const hasDev = start.devRows > 0;
	const rowNames = full ? ["x_train", "y_train"] : ["x", "y"];
	const usesMath = schedule?.rule?.some((line) => line.includes("math."));
	return text(
		"    ",
		docstring(program, "PyTorch"),
		"",
		stoppingOf(program) && "import copy",
		"import json",
		usesMath && "import math",
		"from pathlib import Path",
		"",
		"import numpy as np",
		"import torch",
		"",
		`torch.manual_seed(${run.seed})`,
		"",
		"",
		readData(program),
		'x_train, y_train = torch.tensor(data["x_train"]), torch.tensor(data["y_train"])',
		hasDev && 'x_dev, y_dev = torch.tensor(data["x_dev"]), torch.tensor(data["y_dev"])',
		task === "multiclass" && [`y_train${hasDev ? ", y_dev" : ""} = y_train.long()${hasDev ? ", y_dev.long()" : ""}`],
		!full && 'orders = torch.tensor(data["orders"].astype(np.int64))',
		"",
		"model = torch.nn.Sequential(",
		sizes
			.slice(1)
			.flatMap((units, i) => [
				`    torch.nn.Linear(${sizes[i]}, ${units}),`,
				...(i < sizes.length - 2 ? [`    torch.nn.${ACTIVATIONS[run.model.activation]},`] : []),
			]),
		")",
		"layers = [layer for layer in model if isinstance(layer, torch.nn.Linear)]",
		"with torch.no_grad():",
		"    for i, layer in enumerate(layers, start=1):",
		'        layer.weight.copy_(torch.tensor(data[f"W{i}"].T))',
		'        layer.bias.copy_(torch.tensor(data[f"b{i}"][0]))',
		`loss_function = ${LOSSES[task]}`,
		"",
		`learning_rate = ${rates.text(run.optimizer.learningRate)}`,
		optimizer?.comment?.map((line) => `# ${line}`),
		rule ? ["", "", customOptimizer(program), "", ""] : `optimizer = ${optimizer!.call}`,
		rule && "optimizer = Optimizer(model.parameters(), lr=learning_rate)",
		schedule?.rule && ["", "", schedule.rule, "", ""],
		schedule && `scheduler = ${schedule.call}`,
		"",
		!full && ["m = len(x_train)", `batch_size = ${run.batchSize}`],
		`epochs = ${run.epochs}`,
		run.l2 > 0 && `l2 = ${run.l2}`,
		stoppingOf(program) && 'best_cost, best_epoch, best_weights = float("inf"), 0, None',
		"costs = []  # of every step",
		"for epoch in range(epochs):",
		!full && "    order = orders[epoch] if epoch < len(orders) else torch.randperm(m)",
		"    model.train()",
		!full && [
			"    epoch_cost = 0.0",
			"    for start in range(0, m, batch_size):",
			"        rows = order[start : start + batch_size]",
			"        x, y = x_train[rows], y_train[rows]",
		],
		indent(
			full ? "    " : "        ",
			[
				"optimizer.zero_grad()",
				`cost = loss_function(${outputs(task, rowNames[0])}, ${rowNames[1]})`,
				run.l2 > 0 && `cost = cost + l2 / (2 * len(${rowNames[0]})) * sum((layer.weight**2).sum() for layer in layers)`,
				"cost.backward()",
				run.clip.value !== undefined && `torch.nn.utils.clip_grad_value_(model.parameters(), ${run.clip.value})`,
				run.clip.norm !== undefined && `torch.nn.utils.clip_grad_norm_(model.parameters(), ${run.clip.norm})`,
				"optimizer.step()",
				schedule?.per === "step" && "scheduler.step()",
				"costs.append(cost.item())",
				!full && "epoch_cost += costs[-1] * len(rows) / m",
			].filter((line) => line !== false),
		),
		schedule?.per === "epoch" && "    scheduler.step()",
		hasDev && indent("    ", ["model.eval()", "with torch.no_grad():", ...indent("    ", evaluation(task))]),
		`    print(f"${epochWords(program, full ? "costs[-1]" : "epoch_cost")}")`,
		indent("    ", stopping(program)),
		stoppingOf(program)?.restoreBest && [
			"if best_weights is not None:",
			"    model.load_state_dict(best_weights)",
			'    print(f"the weights are those of epoch {best_epoch}, dev cost {best_cost:.6f}")',
		],
	);
}

function outputs(task: Task, x: string): string {
	return task === "multiclass" ? `model(${x})` : `model(${x}).squeeze(1)`;
}

function evaluation(task: Task): string[] {
	const right = task === "binary" ? "(z > 0) == (y_dev > 0)" : "z.argmax(1) == y_dev";
	return [
		`z = ${outputs(task, "x_dev")}`,
		"dev_cost = loss_function(z, y_dev).item()",
		task === "regression"
			? "dev_r2 = 1 - dev_cost / y_dev.var(unbiased=False).item()"
			: `dev_accuracy = (${right}).float().mean().item()`,
	];
}

function stopping(program: Program): string[] {
	const stopping = stoppingOf(program);
	if (!stopping) return [];
	const { minDelta, patience, restoreBest } = stopping;
	return [
		`if dev_cost < best_cost${minDelta > 0 ? ` - ${minDelta}` : ""}:`,
		"    best_cost, best_epoch = dev_cost, epoch + 1",
		...(restoreBest ? ["    best_weights = copy.deepcopy(model.state_dict())"] : []),
		...(patience === undefined ? [] : [`if epoch + 1 - best_epoch >= ${patience}:`, "    break"]),
	];
}

/** @returns PyTorch's own optimizer, undefined where it has none that takes the run's steps */
function libraryOptimizer(program: Program): { call: string; averaged?: boolean; comment?: string[] } | undefined {
	const { run, h } = program;
	const { name } = run.optimizer;
	const decay = h.weightDecay > 0 ? `, weight_decay=${h.weightDecay}` : "";
	const decoupled = decay !== "" && h.decoupled;
	const made = (type: string, ...options: string[]) =>
		`torch.optim.${type}(model.parameters(), lr=learning_rate${options.map((o) => `, ${o}`).join("")}${decay})`;
	const betas = `betas=(${h.beta1}, ${h.beta2})`;
	const epsilon = `eps=${h.epsilon}`;
	if ((name === "adam" || name === "adamw") && isPlainAdam(program, false)) {
		const amsgrad = h.amsgrad ? ["amsgrad=True"] : [];
		// AdamW has a decay of its own where none is given.
		const type = h.decoupled && (decay !== "" || name === "adamw") ? "AdamW" : "Adam";
		const none = type === "AdamW" && decay === "" ? ["weight_decay=0"] : [];
		return { call: made(type, betas, epsilon, ...amsgrad, ...none) };
	}
	if (decoupled) return undefined;
	if (name === "gradientDescent") return { call: made("SGD") };
	if (name === "rmsprop" && h.epsilonPlacement === "outside") {
		return { call: made("RMSprop", `alpha=${h.beta2}`, epsilon) };
	}
	if (name === "adagrad" && h.epsilonPlacement === "outside") {
		const start = h.initialAccumulator > 0 ? [`initial_accumulator_value=${h.initialAccumulator}`] : [];
		return { call: made("Adagrad", ...start, epsilon) };
	}
	if (name === "nadam" && !h.constantMomentum && isPlainAdam(program, false)) {
		const comment = ["Before PyTorch 2.0, NAdam took other steps."];
		return { call: made("NAdam", betas, epsilon, `momentum_decay=${h.momentumDecay}`), comment };
	}
	const form = classicalMomentum(program, false);
	if (!form) return undefined;
	const call = made("SGD", `momentum=${h.beta}`, ...(h.nesterov ? ["nesterov=True"] : []));
	if (form === "same") return { call };
	return {
		call,
		averaged: true,
		comment: ["V = b V + (1 - b) dW with the rate a takes the steps of V = b V + dW with a (1 - b)."],
	};
}

/** The run's formula as an optimizer of PyTorch's kind. */
function customOptimizer(program: Program): Part {
	const { run, h } = program;
	const rule = updateRule(run.optimizer.name, h);
	const names = rule.state.map(([name]) => name);
	const usesTime = updateLines(rule, plainPython).some((line) => /\bt\b/.test(line));
	const start = ([name, value]: [string, number]) =>
		`${name}=${value === 0 ? "torch.zeros_like(W)" : `torch.full_like(W, ${value})`}`;
	const begin = [...(usesTime ? ["t=0"] : []), ...rule.state.map(start)].join(", ");
	const lines = updateLines(rule, dialectOf("torch"));
	return [
		constants(rule, program),
		rule.constants.length > 0 && ["", ""],
		"class Optimizer(torch.optim.Optimizer):",
		`    """The run's ${run.optimizer.name}, which PyTorch has not in this form."""`,
		"",
		"    def __init__(self, parameters, lr):",
		'        super().__init__(parameters, {"lr": lr})',
		"",
		"    @torch.no_grad()",
		"    def step(self):",
		"        for group in self.param_groups:",
		'            a = group["lr"]',
		'            for W in group["params"]:',
		"                dW = W.grad",
		begin !== "" && [
			"                state = self.state[W]",
			"                if not state:",
			`                    state.update(${begin})`,
		],
		usesTime && '                t = state["t"] = state["t"] + 1',
		indent("                ", [
			...[unpack(names, (name) => `state["${name}"]`)].filter((line) => typeof line === "string"),
			...lines.slice(0, -1),
			lines.at(-1)!.replace(/^step = /, "W -= "),
		]),
		names.length > 0 && `                state.update(${names.map((name) => `${name}=${name}`).join(", ")})`,
	];
}

/** @returns what moves the rate, and how often; undefined when it stays */
function scheduleOf(
	program: Program,
	rates: Rates,
): { call: string; per: "step" | "epoch"; rule?: string[] } | undefined {
	if (isConstant(program)) return undefined;
	const { decay: d, run, start } = program;
	const made = (type: string, options: string) => `torch.optim.lr_scheduler.${type}(optimizer, ${options})`;
	const ruled = (body: string[]) => {
		const rule = ["def rate_of(step):", ...indent("    ", [`"""${rateWords(program)}"""`, ...body])];
		return { call: made("LambdaLR", "lambda step: rate_of(step) / learning_rate"), per: "step", rule } as const;
	};
	// The scheduler also asks for the rate after the last step.
	if (program.hasRates) return ruled(['return data["rates"][min(step, len(data["rates"]) - 1)]']);
	const per = d.per ?? "step";
	const length = per === "epoch" ? run.epochs : start.iterations;
	if (!d.warmup) {
		if (d.name === "exponential" && d.epochBase === 0)
			return { call: made("ExponentialLR", `gamma=${d.base}`), per: "epoch" };
		if (d.name === "staircase" && d.epochBase === 0) {
			return { call: made("StepLR", `step_size=${d.every}, gamma=${d.factor}`), per: "epoch" };
		}
		if (d.name === "cosine") {
			return { call: made("CosineAnnealingLR", `T_max=${length}, eta_min=${rates.text(d.end!)}`), per };
		}
		if (d.name === "linear") {
			const end = d.end === 0 ? "0" : `${rates.text(d.end!)} / learning_rate`;
			return { call: made("LinearLR", `start_factor=1.0, end_factor=${end}, total_iters=${length}`), per };
		}
		if (d.name === "oneCycle") {
			const options = `max_lr=learning_rate, total_steps=${start.iterations}, pct_start=${d.rise}, div_factor=${d.startDivisor}, final_div_factor=${d.endDivisor}`;
			return { call: made("OneCycleLR", `${options}, cycle_momentum=False`), per: "step" };
		}
	}
	return ruled(rateBody(program, rates, plainPython));
}
