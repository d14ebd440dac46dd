/**
 * The learning rate that each schedule gives, in its library's own names where they matter. k counts calls of step() in
 * PyTorch, updates in Keras and optax, from 0; a0 is the rate that it begins with.
 */
import { t } from "../../l10n.ts";
import type { ScheduleFact } from "../facts.ts";
import { find } from "../frameworks/signature.ts";

/** @param peak the highest rate, as the library calls it */
const up = (peak: string) => t("up:    α from {0} / div_factor to {0}, over pct_start of the steps", peak);
const straight = () => t("k < warmup_steps:  α from init_value to peak_value in a straight line");
/** What comes after a condition, as far to the right as the formula behind the condition. */
const then = (formula: string, width: number) => t("then:") + " ".repeat(width - "then:".length) + formula;
const WARMUP = "k < warmup:  α = α₀ · k / warmup";

/** Formulas are the same in every language; words beside them are put into the window's. */
const BY_TITLE: Record<string, () => string[]> = {
	StepLR: () => ["α = α₀ · gamma^⌊k / step_size⌋"],
	MultiStepLR: () => ["α = α₀ · gamma^(milestones ≤ k)"],
	ExponentialLR: () => ["α = α₀ · gamma^k"],
	CosineAnnealingLR: () => ["α = eta_min + (α₀ − eta_min)(1 + cos(π k / T_max)) / 2", t("after T_max it climbs again")],
	CosineAnnealingWarmRestarts: () => [
		"α = eta_min + (α₀ − eta_min)(1 + cos(π T_cur / T_i)) / 2",
		t("T_cur counts from the last restart; T_i = T_0, T_0 · T_mult, T_0 · T_mult², ..."),
	],
	LinearLR: () => ["α = α₀ · (start_factor + (end_factor − start_factor) · min(k / total_iters, 1))"],
	ConstantLR: () => ["k < total_iters:  α = α₀ · factor", then("α = α₀", 18)],
	PolynomialLR: () => ["α = α₀ · (1 − min(k, total_iters) / total_iters)^power"],
	OneCycleLR: () => [
		up("max_lr"),
		t("down:  to {0} / (div_factor · final_div_factor)", "max_lr"),
		t("by half a cosine each (anneal_strategy)"),
	],
	CyclicLR: () => [
		"α = base_lr + (max_lr − base_lr) · x",
		t("x rises from 0 to 1 in step_size_up calls and falls again, over and over"),
	],
	ReduceLROnPlateau: () => [t("no progress for more than `patience` epochs:  α ← α · factor")],
	LambdaLR: () => ["α = α₀ · lr_lambda(k)"],
	MultiplicativeLR: () => ["α ← α · lr_lambda(k)"],
	get_scheduler: () => [t("the schedule that `name` says")],
	SequentialLR: () => [t("one schedule after the other; each begins at its milestone")],
	ChainedScheduler: () => [t("α = α₀ · the product of the schedules' factors")],
	LearningRateScheduler: () => ["α = schedule(epoch, α)"],
	get_constant_schedule: () => ["α = α₀"],
	get_constant_schedule_with_warmup: () => [WARMUP, then("α = α₀", 13)],
	get_linear_schedule_with_warmup: () => [WARMUP, then("α = α₀ · (steps − k) / (steps − warmup)", 13)],
	get_cosine_schedule_with_warmup: () => [
		WARMUP,
		then("α = α₀ · (1 + cos(2π · num_cycles · p)) / 2", 13),
		"p = (k − warmup) / (steps − warmup)",
	],
	get_cosine_with_hard_restarts_schedule_with_warmup: () => [
		WARMUP,
		then("α = α₀ · (1 + cos(π · (num_cycles · p mod 1))) / 2", 13),
		"p = (k − warmup) / (steps − warmup)",
	],
	get_polynomial_decay_schedule_with_warmup: () => [
		WARMUP,
		then("α = lr_end + (α₀ − lr_end)(1 − (k − warmup) / (steps − warmup))^power", 13),
	],
	ExponentialDecay: () => ["α = α₀ · decay_rate^(k / decay_steps)"],
	InverseTimeDecay: () => ["α = α₀ / (1 + decay_rate · k / decay_steps)"],
	PiecewiseConstantDecay: () => [
		"k ≤ boundaries[0]:  α = values[0]",
		t("then values[1], values[2], ... after each boundary"),
	],
	PolynomialDecay: () => ["α = end + (α₀ − end)(1 − min(k, decay_steps) / decay_steps)^power"],
	CosineDecay: () => ["α = α₀ · (alpha + (1 − alpha)(1 + cos(π · min(k, decay_steps) / decay_steps)) / 2)"],
	CosineDecayRestarts: () => [
		"α = α₀ · (alpha + (1 − alpha) · m_mulⁱ · (1 + cos(π p)) / 2)",
		t("p is the share of the i-th cycle that is over; cycles grow by t_mul"),
	],
	constant_schedule: () => ["α = value"],
	cosine_decay_schedule: () => [
		"α = α₀ · (alpha + (1 − alpha) · ((1 + cos(π · min(k / decay_steps, 1))) / 2)^exponent)",
	],
	linear_schedule: () => ["α = α₀ + (end_value − α₀) · p,  p = clip((k − transition_begin) / transition_steps, 0, 1)"],
	polynomial_schedule: () => [
		"α = end_value + (α₀ − end_value)(1 − p)^power",
		"p = clip((k − transition_begin) / transition_steps, 0, 1)",
	],
	piecewise_constant_schedule: () => [t("α = α₀ · the product of the scales whose boundary has come")],
	warmup_cosine_decay_schedule: () => [
		straight(),
		then(t("by half a cosine to end_value at decay_steps, which hold the warm-up too"), 19),
	],
	warmup_exponential_decay_schedule: () => [
		straight(),
		then("α = peak_value · decay_rate^((k − warmup_steps) / transition_steps)", 19),
	],
	warmup_constant_schedule: () => [straight(), then("α = peak_value", 19)],
	cosine_onecycle_schedule: () => [
		up("peak_value"),
		t("down:  to peak_value / (div_factor · final_div_factor), by half a cosine each"),
	],
	linear_onecycle_schedule: () => [
		t("up:    α from peak_value / div_factor to peak_value, until pct_start of the steps"),
		t("down:  back to peak_value / div_factor, until pct_final"),
		t("end:   to peak_value / (div_factor · final_div_factor)"),
	],
	sgdr_schedule: () => [t("cosines with warm-ups, one after the other")],
	join_schedules: () => [t("one schedule after the other; each counts from its boundary")],
	piecewise_constant: () => [
		"x ≤ boundaries[0]:  α = values[0]",
		t("then values[1], values[2], ... after each boundary"),
	],
	polynomial_decay: () => ["α = end + (α₀ − end)(1 − min(k, decay_steps) / decay_steps)^power"],
	cosine_decay: () => ["α = α₀ · (alpha + (1 − alpha)(1 + cos(π · min(k, decay_steps) / decay_steps)) / 2)"],
};

const OPTAX_EXPONENTIAL = ["α = α₀ · decay_rate^((k − transition_begin) / transition_steps)"];
const TENSORFLOW_EXPONENTIAL = ["α = α₀ · decay_rate^(k / decay_steps)"];

/** The engine's, by a run file's names. */
const RUN_FILE: Record<string, (epochBase?: number) => string[]> = {
	constant: () => ["α = α₀"],
	inverseTime: (base = 1) => [t("α = α₀ / (1 + rate · epoch),  the first epoch is {0}", base)],
	exponential: (base = 0) => [t("α = α₀ · base^epoch,  the first epoch is {0}", base)],
	sqrtEpoch: (base = 1) => [t("α = k / √epoch · α₀,  the first epoch is {0}", base)],
	sqrtStep: () => [t("α = k / √t · α₀,  t the number of the mini-batch from 1")],
	staircase: () => ["α = α₀ · factor^⌊epoch / every⌋"],
	piecewise: () => [t("α = the rate of the last point that has come")],
	cosine: () => [t("α = end + (α₀ − end)(1 + cos(π p)) / 2,  p the share of the run that is over")],
	linear: () => [t("α = α₀ + (end − α₀) · p,  p the share of the run that is over")],
	oneCycle: () => [
		t("up:    α from α₀ / startDivisor to α₀, over `rise` of the steps"),
		t("down:  to α₀ / (startDivisor · endDivisor), by half a cosine each"),
	],
	manual: () => [t("α = α₀ until it is changed by hand")],
};

const TRAINER: Record<string, string> = {
	linear: "get_linear_schedule_with_warmup",
	cosine: "get_cosine_schedule_with_warmup",
	cyclic: "get_cosine_with_hard_restarts_schedule_with_warmup",
	polynomial: "get_polynomial_decay_schedule_with_warmup",
};

/** @returns the formula, a line for each of its parts; undefined for a schedule that is not known */
export function scheduleFormula(s: ScheduleFact): string[] | undefined {
	const staircase = find(s.parameters, "staircase")?.value === true;
	const stairs = (lines: string[]) =>
		staircase ? lines.map((line) => line.replace(/(\([^()]*\)|k) \/ (\w+_steps)/, "⌊$1 / $2⌋")) : lines;
	if (s.framework === "runFile") {
		if (!Object.hasOwn(RUN_FILE, s.decay)) return undefined;
		const base = find(s.parameters, "epochBase")?.value;
		const lines = RUN_FILE[s.decay](typeof base === "number" ? base : undefined);
		return find(s.parameters, "warmup") ? [...lines, t("before: α rises evenly in `warmup` steps")] : lines;
	}
	if (s.framework === "huggingface" || s.title === "get_scheduler") {
		if (s.decay === "constant") return ["α = α₀"];
		return BY_TITLE[TRAINER[s.decay] ?? s.title]?.();
	}
	if (s.title === "CosineDecay" && find(s.parameters, "peak")?.at) {
		return [
			t("k < warmup_steps:  α from initial_learning_rate to warmup_target in a straight line"),
			t("then, α₀ the target and k from there:"),
			...BY_TITLE.CosineDecay(),
		];
	}
	if (s.title === "exponential_decay")
		return stairs(s.framework === "jax" ? OPTAX_EXPONENTIAL : TENSORFLOW_EXPONENTIAL);
	return Object.hasOwn(BY_TITLE, s.title) ? stairs(BY_TITLE[s.title]()) : undefined;
}
