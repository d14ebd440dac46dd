import { t } from "../../l10n.ts";
import type { Facts, OptimizerFact, Parameter, Span } from "../facts.ts";
import { isCount } from "../loop-run/writing.ts";
import type { Case } from "./finding.ts";

/** Largest learning rate that is still said to be usual, by optimizer. Those that are not here are not judged. */
const MOST: Record<string, number> = {
	adam: 0.1,
	adamw: 0.1,
	nadam: 0.1,
	rmsprop: 0.1,
	lion: 0.01,
	adagrad: 1,
	gradientDescent: 10,
	momentum: 10,
};

/** Hyperparameters with which an optimizer cannot learn, or hardly. */
export function ranges(c: Case): void {
	batchSizes(c);
	for (const optimizer of c.reading.facts.optimizers)
		judgeOptimizer({ report: c.report, facts: c.reading.facts }, optimizer, c.text);
}

/** Sizes that no library takes. What an option is by default may stand for something else. */
function batchSizes({ reading, report }: Case): void {
	for (const { parameter, where } of reading.facts.batchSizes) {
		const { value, at, origin } = parameter;
		if (typeof value !== "number" || isCount(value) || !at || origin === "default" || where === "variable") continue;
		report(
			{
				code: "batch-size-range",
				message: t("The mini-batch size is {0}: {1} takes whole numbers of at least 1.", value, where),
				advice: t("Take a whole number, such as 32."),
			},
			at,
		);
	}
}

type Judge = Pick<Case, "report"> & { facts: Facts };

/** Also of optimizers that a run file names. */
export function judgeOptimizer(c: Judge, o: OptimizerFact, text: string): void {
	for (const parameters of [o.parameters, ...o.groups]) {
		for (const p of parameters) if (p.at && typeof p.value === "number") judge(c, o, p, p.value, p.at, text);
	}
	const [beta1, beta2] = ["beta1", "beta2"].map((name) => o.parameters.find((p) => p.name === name));
	if (
		beta1?.at &&
		typeof beta1.value === "number" &&
		typeof beta2?.value === "number" &&
		beta2.value < beta1.value &&
		beta1.value < 1 &&
		beta1.value >= 0.99
	) {
		c.report(
			{
				code: "beta-range",
				message: t(
					"beta1 is {0} and beta2 {1}: averages of {2} and {3} steps, the other way round than usual.",
					...[beta1.value, beta2.value, steps(beta1.value), steps(beta2.value)],
				),
				advice: t("beta1 comes first: (0.9, 0.999)."),
			},
			beta1.at,
			"warning",
		);
	}
}

function steps(beta: number): string {
	return String(Math.round(1 / (1 - beta)));
}

function judge(c: Judge, o: OptimizerFact, p: Parameter, value: number, at: Span, text: string): void {
	const { title } = o;
	if (p.name === "learningRate") {
		const scheduled =
			o.schedule !== undefined ||
			c.facts.schedules.length > 0 ||
			/param_groups|set_value|\.lr\s*=|learning_rate\.assign/.test(text);
		if (value < 0 || (value === 0 && !scheduled)) {
			c.report(
				{
					code: "learning-rate-range",
					message:
						value === 0
							? t("The learning rate is 0: nothing is learned.")
							: t("The learning rate is {0}: the cost is climbed instead of descended.", value),
					advice: t("Take a rate above 0."),
				},
				at,
				"error",
			);
			return;
		}
		const most = o.optimizer && MOST[o.optimizer];
		if (most !== undefined && value > most) {
			c.report(
				{
					code: "learning-rate-range",
					message: t("The learning rate is {0}; {1} is rarely stable above {2}.", value, title, most),
					advice: t("Try a rate ten times lower, or find one by a learning-rate range test."),
				},
				at,
			);
		}
		return;
	}
	const beta =
		p.name === "beta1" || p.name === "beta2" || p.name === "beta" || p.name === "rho" || p.name === "momentum";
	if (beta && (value < 0 || value >= 1)) {
		c.report(
			{
				code: "beta-range",
				message:
					value >= 1
						? t("{0} has {1} for {2}: the average never forgets and grows without bound.", p.written, value, p.name)
						: t("{0} has {1} for {2}: the average changes its sign at every step.", p.written, value, p.name),
				advice: t("Take a value from 0 to below 1, such as 0.9."),
			},
			at,
		);
	} else if (p.name === "epsilon" && value < 0) {
		c.report(
			{
				code: "beta-range",
				message: t("epsilon is {0}: the root may become 0 or negative.", value),
				advice: t("Take a small value above 0, such as 1e-8."),
			},
			at,
		);
	} else if (p.name === "weightDecay" && o.library === "torch.optim.Adam" && value >= 0.01) {
		c.report(
			{
				code: "adam-weight-decay",
				message: t(
					"Adam adds weight_decay {0} to the gradient, where its averages scale it away; AdamW takes it off the weights.",
					value,
				),
				advice: t("Use AdamW unless the L2 term in the cost is meant."),
				fix: { title: t("Use {0}", "AdamW"), edits: [{ ...o.nameAt, text: "AdamW" }] },
			},
			at,
		);
	}
}
