/** The optimizers' updates as formulas, for libraries that have them otherwise or not at all. */
import type { Hyperparameters } from "../optimizers/optimizer.ts";
import type { OptimizerName } from "../protocol/hyperparameters.ts";
import { add, call, divide, type Expression, type Line, multiply, power, subtract } from "./expression.ts";

/** One update of a tensor W by its gradient dW with the learning rate a, the t-th from 1. */
export interface UpdateRule {
	/** names of the hyperparameters in it */
	constants: (keyof Hyperparameters)[];
	/** what it keeps between two updates, each of W's shape, and what that starts with */
	state: [name: string, start: number][];
	/** in order; the last one is "step", which W loses */
	lines: Line[];
}

/** The step, with what decoupled decay takes besides. */
function descend(h: Hyperparameters, step: Expression): Line {
	return ["step", h.weightDecay > 0 && h.decoupled ? add(step, multiply("a", "weightDecay", "W")) : step];
}

function average(beta: string, of: string, value: Expression): Line {
	return [of, add(multiply(beta, of), multiply(subtract(1, beta), value))];
}

const square = multiply("dW", "dW");
const corrected = (value: Expression, beta: string, t: Expression = "t") => divide(value, subtract(1, power(beta, t)));

function root(h: Hyperparameters, of: Expression, epsilon: Expression = "epsilon"): Expression {
	if (h.epsilonPlacement === "inside") return call("sqrt", add(of, epsilon));
	return add(call("sqrt", of), epsilon);
}

type Rules = Record<OptimizerName, (h: Hyperparameters) => UpdateRule>;

const adam: Rules["adam"] = (h) => {
	return {
		constants: ["beta1", "beta2", "epsilon"],
		state: [["V", 0], ["S", 0], ...(h.amsgrad ? ([["M", 0]] as [string, number][]) : [])],
		lines: [...bothAverages(h), descend(h, divide(multiply("a", corrected("V", "beta1")), "root"))],
	};
};

/** What Adam and NAdam share: V, S and the root. */
function bothAverages(h: Hyperparameters): Line[] {
	const lines = [average("beta1", "V", "dW"), average("beta2", "S", square)];
	if (h.amsgrad) lines.push(["M", call("largest", "M", "S")]);
	const second = corrected(h.amsgrad ? "M" : "S", "beta2");
	const epsilon = h.epsilonUncorrected
		? divide("epsilon", power(subtract(1, power("beta2", "t")), 0.5))
		: ("epsilon" as const);
	return [...lines, ["root", root(h, second, epsilon)]];
}

const RULES: Rules = {
	gradientDescent: (h) => ({ constants: [], state: [], lines: [descend(h, multiply("a", "dW"))] }),
	momentum(h) {
		let gained: Expression = h.form === "classical" ? "dW" : multiply(subtract(1, "beta"), "dW");
		if (h.rateInVelocity) gained = multiply("a", gained);
		let step: Expression = h.nesterov ? add(multiply("beta", "V"), gained) : "V";
		if (h.biasCorrection) step = corrected(step, "beta");
		return {
			constants: ["beta"],
			state: [["V", 0]],
			lines: [["V", add(multiply("beta", "V"), gained)], descend(h, h.rateInVelocity ? step : multiply("a", step))],
		};
	},
	rmsprop: (h) => ({
		constants: ["beta2", "epsilon"],
		state: [["S", 0]],
		lines: [average("beta2", "S", square), descend(h, divide(multiply("a", "dW"), root(h, "S")))],
	}),
	adagrad: (h) => ({
		constants: ["epsilon"],
		state: [["S", h.initialAccumulator]],
		lines: [["S", add("S", square)], descend(h, divide(multiply("a", "dW"), root(h, "S")))],
	}),
	adam,
	adamw: adam,
	nadam(h) {
		const lines = bothAverages(h);
		if (h.constantMomentum) {
			const ahead = corrected(multiply("beta1", "V"), "beta1", add("t", 1));
			const now = corrected(multiply(subtract(1, "beta1"), "dW"), "beta1");
			return {
				constants: ["beta1", "beta2", "epsilon"],
				state: [
					["V", 0],
					["S", 0],
				],
				lines: [
					...lines,
					["ahead", ahead],
					["now", now],
					descend(h, divide(multiply("a", add("ahead", "now")), "root")),
				],
			};
		}
		const momentum = (t: Expression) =>
			multiply("beta1", subtract(1, multiply(0.5, power(0.96, multiply("momentumDecay", t)))));
		const ahead = divide(multiply("uNext", "V"), subtract(1, multiply("P", "uNext")));
		const now = divide(multiply(subtract(1, "u"), "dW"), subtract(1, "P"));
		return {
			constants: ["beta1", "beta2", "epsilon", "momentumDecay"],
			// P is the product of u so far.
			state: [
				["V", 0],
				["S", 0],
				["P", 1],
			],
			lines: [
				["u", momentum("t")],
				["uNext", momentum(add("t", 1))],
				["P", multiply("P", "u")],
				...lines,
				["ahead", ahead],
				["now", now],
				descend(h, divide(multiply("a", add("ahead", "now")), "root")),
			],
		};
	},
	lion: (h) => ({
		constants: ["beta1", "beta2"],
		state: [["V", 0]],
		lines: [
			["u", call("sign", add(multiply("beta1", "V"), multiply(subtract(1, "beta1"), "dW")))],
			average("beta2", "V", "dW"),
			descend(h, multiply("a", "u")),
		],
	}),
};

/** @returns the update as src/engine/optimizers has it, weight decay included */
export function updateRule(name: OptimizerName, h: Hyperparameters): UpdateRule {
	const rule = RULES[name](h);
	if (h.weightDecay === 0) return rule;
	const constants = [...rule.constants, "weightDecay" as const];
	if (h.decoupled) return { ...rule, constants };
	return { ...rule, constants, lines: [["dW", add("dW", multiply("weightDecay", "W"))], ...rule.lines] };
}
