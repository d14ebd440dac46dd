import type { RunForm } from "../../engine/protocol/panel.ts";
import type { DecayConfig, OptimizerConfig, RunFile, Task } from "../../engine/protocol/run.ts";

/** Which members of the form each optimizer and decay takes. */
const OPTIMIZER_FIELDS = {
	gradientDescent: [],
	momentum: ["beta"],
	rmsprop: ["beta2"],
	adam: ["beta1", "beta2"],
	adamw: ["beta1", "beta2", "weightDecay"],
	adagrad: [],
	nadam: ["beta1", "beta2"],
	lion: ["beta1", "beta2", "weightDecay"],
} as const;

/** @returns the run file that the panel's form stands for; what the form leaves out takes the engine's default */
export function runFileOf(form: RunForm, dataset: { path: string; target?: string; task?: Task }): RunFile {
	const name = form.optimizer ?? "adam";
	const optimizer: OptimizerConfig = { name };
	if (form.learningRate !== undefined) optimizer.learningRate = form.learningRate;
	for (const field of OPTIMIZER_FIELDS[name]) if (form[field] !== undefined) optimizer[field] = form[field];

	const decay: DecayConfig = { name: form.decay ?? "constant" };
	if (decay.name === "inverseTime" && form.decayRate !== undefined) decay.rate = form.decayRate;
	if (decay.name === "exponential" && form.decayBase !== undefined) decay.base = form.decayBase;

	const file: RunFile = { dataset: { ...dataset }, optimizer, decay };
	if (form.layers || form.activation) {
		file.model = {};
		if (form.layers) file.model.layers = form.layers;
		if (form.activation) file.model.activation = form.activation;
	}
	if (form.batchSize !== undefined) file.batchSize = form.batchSize;
	if (form.epochs !== undefined) file.epochs = form.epochs;
	if (form.l2 !== undefined) file.l2 = form.l2;
	if (form.seed !== undefined) file.seed = form.seed;
	// An absent key, not an undefined one: the engine refuses what it does not know.
	if (file.dataset.target === undefined) delete file.dataset.target;
	if (file.dataset.task === undefined) delete file.dataset.task;
	return file;
}
