import type { Facts, OptimizerFact, Parameter, Span } from "../facts.ts";
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
	for (const optimizer of c.reading.facts.optimizers)
		judgeOptimizer({ report: c.report, facts: c.reading.facts }, optimizer, c.text);
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
				message: `beta1 is ${beta1.value} and beta2 ${beta2.value}: averages of ${steps(beta1.value)} and ${steps(beta2.value)} steps, the other way round than usual.`,
				advice: "beta1 comes first: (0.9, 0.999).",
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
			const what = value === 0 ? "nothing is learned" : "the cost is climbed instead of descended";
			c.report(
				{
					code: "learning-rate-range",
					message: `The learning rate is ${value}: ${what}.`,
					advice: "Take a rate above 0.",
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
					message: `The learning rate is ${value}; ${title} is rarely stable above ${most}.`,
					advice: "Try a rate ten times lower, or find one by a learning-rate range test.",
				},
				at,
			);
		}
		return;
	}
	const beta =
		p.name === "beta1" || p.name === "beta2" || p.name === "beta" || p.name === "rho" || p.name === "momentum";
	if (beta && (value < 0 || value >= 1)) {
		const what =
			value >= 1 ? "the average never forgets and grows without bound" : "the average changes its sign at every step";
		c.report(
			{
				code: "beta-range",
				message: `${p.written} has ${value} for ${p.name}: ${what}.`,
				advice: "Take a value from 0 to below 1, such as 0.9.",
			},
			at,
		);
	} else if (p.name === "epsilon" && value < 0) {
		c.report(
			{
				code: "beta-range",
				message: `epsilon is ${value}: the root may become 0 or negative.`,
				advice: "Take a small value above 0, such as 1e-8.",
			},
			at,
		);
	} else if (p.name === "weightDecay" && o.library === "torch.optim.Adam" && value >= 0.01) {
		c.report(
			{
				code: "adam-weight-decay",
				message: `Adam adds weight_decay ${value} to the gradient, where its averages scale it away; AdamW takes it off the weights.`,
				advice: "Use AdamW unless the L2 term in the cost is meant.",
				fix: { title: "Use AdamW", edits: [{ ...o.nameAt, text: "AdamW" }] },
			},
			at,
		);
	}
}
