import type { BatchSizeFact, Parameter } from "../facts.ts";
import { find, readArguments } from "../frameworks/signature.ts";
import { remembered } from "../meaning/names.ts";
import { type NamedCall, plainParameter, type Reading, span } from "../reading.ts";
import { pushEpochs } from "./batches.ts";
import { calleeSpan, titleOf } from "./optimizers.ts";

/** Hugging Face's TrainingArguments (transformers 4): the ones that say how it trains. */
const ARGUMENTS = [
	"output_dir, *, learning_rate:learningRate=5e-5, weight_decay:weightDecay=0, adam_beta1:beta1=0.9, adam_beta2:beta2=0.999",
	"adam_epsilon:epsilon=1e-8, max_grad_norm:clipNorm=1, optim=adamw_torch, lr_scheduler_type:schedule=linear",
	"warmup_ratio:warmupShare=0, warmup_steps:warmup=0, num_train_epochs:epochs=3, max_steps:steps=-1",
	"per_device_train_batch_size/per_gpu_train_batch_size:batchSize=8, per_device_eval_batch_size/per_gpu_eval_batch_size:evaluationBatchSize=8",
	"gradient_accumulation_steps:accumulation=1, seed=42",
].join(", ");

const OPTIMIZER_PARAMETERS = ["learningRate", "beta1", "beta2", "epsilon", "weightDecay", "clipNorm"];
const DECAYS: Record<string, string> = {
	linear: "linear",
	cosine: "cosine",
	constant: "constant",
	constant_with_warmup: "constant",
	polynomial: "polynomial",
	cosine_with_restarts: "cyclic",
	inverse_sqrt: "sqrtStep",
	reduce_lr_on_plateau: "plateau",
};

const isArgumentsName = remembered((name) => /^transformers\.(Seq2Seq)?TrainingArguments$|^trl\.\w+Config$/.test(name));

/** True for TrainingArguments and what other libraries derive from it. */
export function isTrainingArguments(reading: Reading, { name, callee }: NamedCall): boolean {
	if (isArgumentsName(name)) return true;
	return callee.kind === "class" && reading.evaluator.ancestry(callee.of).includes("transformers.TrainingArguments");
}

/** TrainingArguments are an optimizer, a schedule, batch sizes and epochs at once. */
export function addTrainingArguments(reading: Reading, site: NamedCall): void {
	const { call, where, name } = site;
	const parameters = readArguments(reading.evaluator, call, where, ARGUMENTS);
	// Libraries on top have other defaults than the ones above.
	const derived = !/^transformers\./.test(name);
	const known = derived ? parameters.filter((p) => p.origin !== "library") : parameters;
	const title = titleOf(name) || "TrainingArguments";
	const base = { framework: "huggingface", at: span(call.at), nameAt: calleeSpan(call) } as const;
	const optim = find(parameters, "optim");
	const text = typeof optim?.value === "string" ? optim.value : undefined;
	reading.optimizerOf.set(call, reading.facts.optimizers.length);
	reading.facts.optimizers.push({
		...base,
		optimizer: text?.startsWith("adamw") ? "adamw" : text === "sgd" ? "gradientDescent" : undefined,
		library: name,
		title,
		parameters: known.filter((p) => OPTIMIZER_PARAMETERS.includes(p.name)).map(plainParameter),
		groups: [],
		schedule: reading.facts.schedules.length,
	});
	const kind = find(parameters, "schedule");
	reading.facts.schedules.push({
		...base,
		library: name,
		title,
		decay: (typeof kind?.value === "string" && DECAYS[kind.value.replace(/^.*\./, "").toLowerCase()]) || "named",
		parameters: known.filter((p) => /^(schedule|warmup|warmupShare|steps)$/.test(p.name)).map(plainParameter),
		counts: "steps",
		moves: "steps",
		optimizer: reading.facts.optimizers.length - 1,
	});
	const accumulation = find(parameters, "accumulation");
	for (const [role, key] of [
		["train", "batchSize"],
		["evaluation", "evaluationBatchSize"],
	] as const) {
		const parameter = find(known, key);
		if (!parameter || (role === "evaluation" && !parameter.at)) continue;
		const fact: BatchSizeFact = {
			...base,
			role,
			parameter: plainParameter({ ...parameter, name: "batchSize" }),
			where: title,
			...(role === "train" && accumulation?.at ? { accumulation: plainParameter(accumulation as Parameter) } : {}),
		};
		reading.madeBy.set(fact, site);
		reading.facts.batchSizes.push(fact);
	}
	const epochs = find(known, "epochs");
	const steps = find(parameters, "steps");
	if (epochs && !(steps?.at && epochs.origin === "library")) pushEpochs(reading, site, "huggingface", epochs, title);
}
