import { isDeepStrictEqual } from "node:util";
import type { DecayConfig, OptimizerConfig } from "../../engine/protocol/hyperparameters.ts";
import type { FormPatch, RunForm } from "../../engine/protocol/panel.ts";
import type { ResolvedRun, RunFile } from "../../engine/protocol/run-file.ts";

/** Which members of the form each optimizer takes. */
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

/** Names of all optimizers. */
export const OPTIMIZERS: readonly string[] = Object.keys(OPTIMIZER_FIELDS);

/** @returns the run file that the panel's form stands for; what the form leaves out takes the engine's default */
export function runFileOf(form: RunForm, dataset: RunFile["dataset"]): RunFile {
	return withForm({ dataset: { ...dataset }, optimizer: { name: "adam" }, decay: { name: "constant" } }, form);
}

/** @returns what a run file says of the members of the form */
export function formOf({ optimizer, decay, model, batchSize, epochs, l2, seed }: RunFile): RunForm {
	const form: RunForm = {
		optimizer: optimizer?.name,
		learningRate: optimizer?.learningRate,
		decay: decay?.name,
		decayRate: decay?.name === "inverseTime" ? decay.rate : undefined,
		decayBase: decay?.name === "exponential" ? decay.base : undefined,
		layers: model?.layers,
		activation: model?.activation,
		...{ batchSize, epochs, l2, seed },
	};
	for (const field of OPTIMIZER_FIELDS[optimizer?.name ?? "adam"]) form[field] = optimizer?.[field];
	return withoutAbsent(form);
}

/** @returns the change that leaves nothing of another form */
export function wholePatch(form: FormPatch): FormPatch {
	const members: Record<keyof RunForm, null> = {
		...{ optimizer: null, learningRate: null, beta: null, beta1: null, beta2: null, weightDecay: null },
		...{ decay: null, decayRate: null, decayBase: null },
		...{ batchSize: null, epochs: null, layers: null, activation: null, l2: null, seed: null },
	};
	return { ...members, ...form };
}

/**
 * @param file that the form is to be written to
 * @param said what a person has set in it already
 * @param resolve fills in every default of a run file
 * @returns the change that makes the same run, without the members that nobody has set and that are defaults anyway
 */
export async function leanPatch(
	file: RunFile,
	said: RunForm,
	form: FormPatch,
	resolve: (file: RunFile) => Promise<ResolvedRun>,
): Promise<FormPatch> {
	const wanted = await resolve(withForm(file, form));
	let lean = form;
	for (const member of Object.keys(form) as (keyof RunForm)[]) {
		if (form[member] === null || said[member] !== undefined) continue;
		const without = { ...lean, [member]: null };
		if (isDeepStrictEqual(await resolve(withForm(file, without)), wanted)) lean = without;
	}
	return lean;
}

/**
 * @param patch null members go back to the engine's default
 * @returns the run file with the members of the form changed that the patch names; what else it says stays, as long as
 *   the optimizer and the decay are the ones that it says it of
 */
export function withForm(file: RunFile, patch: FormPatch): RunFile {
	const { dataset, ...others } = file;
	const form = withoutAbsent({ ...formOf(file), ...patch }) as RunForm;
	const { layers, activation, batchSize, epochs, l2, seed } = form;
	const model = withoutAbsent({ ...file.model, layers, activation });
	return {
		dataset,
		...withoutAbsent({
			...others,
			optimizer: optimizerOf(file.optimizer, form),
			decay: decayOf(file.decay, form),
			model: file.model || Object.keys(model).length > 0 ? model : undefined,
			...{ batchSize, epochs, l2, seed },
		}),
	};
}

function optimizerOf(old: OptimizerConfig | undefined, form: RunForm): OptimizerConfig | undefined {
	const name = form.optimizer ?? "adam";
	const kept = name === (old?.name ?? "adam") ? old : { preset: old?.preset };
	const optimizer: OptimizerConfig = { ...kept, name, learningRate: form.learningRate };
	for (const field of OPTIMIZER_FIELDS[name]) optimizer[field] = form[field];
	const said = withoutAbsent(optimizer);
	return old || form.optimizer || Object.keys(said).length > 1 ? said : undefined;
}

function decayOf(old: DecayConfig | undefined, form: RunForm): DecayConfig | undefined {
	const name = form.decay ?? "constant";
	const kept = name === (old?.name ?? "constant") ? old : { warmup: old?.warmup };
	const decay: DecayConfig = { ...kept, name };
	if (name === "inverseTime") decay.rate = form.decayRate;
	if (name === "exponential") decay.base = form.decayBase;
	return old || form.decay ? withoutAbsent(decay) : undefined;
}

/** Absent keys, not undefined ones: the engine refuses what it does not know. */
function withoutAbsent<T extends object>(value: T): T {
	return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined && v !== null)) as T;
}
