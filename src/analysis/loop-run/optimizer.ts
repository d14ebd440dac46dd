import { hyperparameters, parametersOf } from "../../engine/optimizers/hyperparameters.ts";
import type { Clip, OptimizerConfig, Preset } from "../../engine/protocol/hyperparameters.ts";
import { t } from "../../l10n.ts";
import type { Facts, OptimizerFact, Parameter, Source } from "../facts.ts";
import { find } from "../frameworks/signature.ts";
import { type Assumption, reason } from "./settled.ts";

const PRESETS: Partial<Record<Source, Preset>> = {
	pytorch: "pytorch",
	lightning: "pytorch",
	huggingface: "pytorch",
	keras: "keras",
	tfjs: "tfjs",
	jax: "optax",
};

/** Parameters of the libraries that the engine has not, by our name, and what they are when they do nothing. */
const IDLE: Record<string, unknown[]> = {
	dampening: [0],
	centered: [false],
	momentum: [0, null],
	epsilonRoot: [0],
	learningRateDecay: [0],
	initialScale: [0],
	nesterov: [false],
};

/** Words for a sentence. */
const WORDS: Record<string, () => string> = {
	learningRate: () => t("learning rate"),
	beta: () => t("momentum"),
	weightDecay: () => t("weight decay"),
	initialAccumulator: () => t("initial accumulator"),
	momentumDecay: () => t("momentum decay"),
};

/**
 * Takes the optimizer that the text trains with, in its library's own variant.
 * @returns index: its place among the facts, undefined when there is none
 */
export function optimizerOf(
	facts: Facts,
	assumed: Assumption[],
): { optimizer: OptimizerConfig; clip?: Clip; index?: number } {
	const index = chosenOptimizer(facts);
	const fact = facts.optimizers[index];
	if (!fact) return { optimizer: withoutLibrary(facts, assumed) };
	if (facts.optimizers.length > 1) {
		const why = t("of {0} optimizers one can be followed", facts.optimizers.length);
		assumed.push({ name: t("optimizer"), value: fact.title, why });
	}
	const optimizer = configOf(fact, facts, assumed);
	const clip = clipOf(fact, facts, assumed);
	return { optimizer, index, ...(clip ? { clip } : {}) };
}

/** @returns the place among the facts of the optimizer that is followed: the first that the engine has, else the first */
export function chosenOptimizer({ optimizers }: Facts): number {
	return Math.max(
		0,
		optimizers.findIndex(({ optimizer }) => optimizer !== undefined),
	);
}

/** Own formulas, or a rate without an optimizer: the notes' gradient descent. */
function withoutLibrary({ rates }: Facts, assumed: Assumption[]): OptimizerConfig {
	const rate = rates.find(({ value }) => isRate(value));
	assumed.push({
		name: t("optimizer"),
		value: "gradientDescent",
		why: t("the code names none of a library"),
	});
	if (rate) return { name: "gradientDescent", learningRate: rate.value as number };
	const { learningRate } = hyperparameters({ name: "gradientDescent" });
	const why = rates[0] ? reason(rates[0]) : t("the code names none");
	assumed.push({ name: t("learning rate"), value: String(learningRate), why });
	return { name: "gradientDescent" };
}

function configOf(fact: OptimizerFact, facts: Facts, assumed: Assumption[]): OptimizerConfig {
	const name = fact.optimizer ?? (/sgd/i.test(fact.title) ? "momentum" : "adam");
	const preset = PRESETS[fact.framework];
	const config: OptimizerConfig = { name, ...(preset ? { preset } : {}) };
	if (fact.optimizer === undefined) {
		const why =
			name === "momentum"
				? t("its momentum cannot be read")
				: t("Descent has no {0}; curves only resemble it", fact.title);
		assumed.push({ name: t("optimizer"), value: name, why });
	}
	const own = new Set<string>(parametersOf(name));
	const given: Record<string, unknown> = {};
	for (const p of fact.parameters) {
		if (p.name === "learningRate" && fact.schedule !== undefined) continue;
		if (own.has(p.name)) {
			if (p.value !== undefined && p.value !== null && !p.unknown) given[p.name] = p.value;
			else if (p.unknown || p.name === "learningRate") assumeDefault(p, config, assumed);
		} else if (p.name === "epsilonInside" && own.has("epsilonPlacement")) {
			if (typeof p.value === "boolean") given.epsilonPlacement = p.value ? "inside" : "outside";
		} else if (Object.hasOwn(IDLE, p.name) && !IDLE[p.name].includes(p.value)) {
			assumed.push({ name: p.written, value: t("none"), why: t("Descent has no such parameter") });
		}
	}
	if (fact.library.endsWith(".amsgrad")) given.amsgrad = true;
	const scheduled = fact.schedule === undefined ? undefined : facts.schedules[fact.schedule];
	const first = scheduled && find(scheduled.parameters, "learningRate");
	if (scheduled && isRate(first?.value)) given.learningRate = first!.value;
	else if (scheduled && first) assumeDefault(first, config, assumed);
	if (fact.groups.length > 0) {
		assumed.push({
			name: t("parameter groups"),
			value: t("one for all"),
			why: t("the groups' own values are left out"),
		});
	}
	return { ...config, ...given };
}

function assumeDefault(p: Parameter, config: OptimizerConfig, assumed: Assumption[]): void {
	const value = hyperparameters(config)[p.name as keyof ReturnType<typeof hyperparameters>];
	assumed.push({ name: WORDS[p.name]?.() ?? p.written, value: String(value), why: reason(p) });
}

/** Keras clips by its optimizer; in PyTorch a call does, in Lightning the trainer. */
function clipOf(fact: OptimizerFact, { clips }: Facts, assumed: Assumption[]): Clip | undefined {
	const clip: Clip = {};
	const norm = fact.parameters.find((p) => p.name === "clipNorm" && p.value !== null);
	const value = find(fact.parameters, "clipValue");
	if (isRate(norm?.value)) {
		clip.norm = norm!.value as number;
		if (norm!.written === "clipnorm") {
			assumed.push({
				name: "clipnorm",
				value: t("of the whole gradient"),
				why: t("Keras clips each variable by itself"),
			});
		}
	}
	if (isRate(value?.value)) clip.value = value!.value as number;
	for (const by of ["norm", "value"] as const) {
		const limits = clips.flatMap((found) =>
			found.by === by && found.limit.value !== null && found.limit.value !== 0 ? [found.limit] : [],
		);
		const [limit] = limits;
		if (!limit) continue;
		const agreed = limits.every((other) => other.value === limit.value);
		if (agreed && isRate(limit.value)) clip[by] = limit.value;
		else {
			const why = agreed ? reason(limit) : t("the code has several limits");
			assumed.push({ name: t("clipping"), value: t("none"), why });
		}
	}
	return clip.norm !== undefined || clip.value !== undefined ? clip : undefined;
}

function isRate(value: unknown): value is number {
	return typeof value === "number" && value > 0;
}
