import { hyperparameters } from "../../engine/optimizers/hyperparameters.ts";
import { t } from "../../l10n.ts";
import type { OptimizerFact, Parameter } from "../facts.ts";
import { find } from "../frameworks/signature.ts";
import { optimizerConfig, rateOf } from "../rates/index.ts";
import type { Text, Words } from "./hint.ts";
import { amount, counted, rateText } from "./numbers.ts";

/** beta2 of these is no average of squares: a maximum, a controlled sum, or (Lion) of the gradients themselves. */
const NO_SQUARES = /\.(Adamax|adamax|yogi)$/;
/** An optimizer of JAX's examples whose momentum is an average. */
const AVERAGED = "jax.example_libraries.optimizers.adagrad";

/** Says what a beta comes to. */
export function ofBeta({ run }: Text, o: OptimizerFact, p: Parameter, value: number): Words | undefined {
	if (!(value > 0 && value < 1)) return undefined;
	const steps = 1 / (1 - value);
	// An average over hardly more than the newest value.
	if (steps < 1.5) return undefined;
	const lion = o.optimizer === "lion";
	const epochs = run.stepsPerEpoch
		? ` ${t("That is {0} of this dataset.", counted(steps / run.stepsPerEpoch, "epochs"))}`
		: "";
	const text = t("about {0} steps", amount(Math.round(steps)));
	if (p.name === "beta" || p.name === "momentum") return ofMomentum(o, p, value, text);
	if (p.name === (lion ? "beta2" : "beta1")) {
		const back = t(
			"The gradients' average reaches back about 1 / (1 − {0}) = {1} steps: a gradient older than that weighs less than 1/e of the newest.",
			...[value, amount(steps)],
		);
		return { text, tooltip: back + epochs };
	}
	if ((p.name === "beta2" && !NO_SQUARES.test(o.library)) || p.name === "rho") {
		const back = t(
			"The average of the squared gradients reaches back about 1 / (1 − {0}) = {1} steps: a gradient older than that weighs less than 1/e of the newest.",
			...[value, amount(steps)],
		);
		return { text, tooltip: back + epochs };
	}
	return undefined;
}

/**
 * PyTorch, Keras, TensorFlow.js and optax add the whole gradient to the velocity, V = bV + dW, where the notes average:
 * a gradient that stays acts up to 1 / (1 - b) times.
 */
function ofMomentum(o: OptimizerFact, p: Parameter, beta: number, average: string): Words | undefined {
	const config = optimizerConfig(o);
	if (o.framework === "runFile" && !config) return undefined;
	const h = config && hyperparameters(config);
	if (h?.form === "ewa" || o.library === AVERAGED) {
		const tooltip = t(
			"V = βV + (1 − β)dW averages the gradients over about 1 / (1 − {0}) = {1} steps: a gradient older than that weighs less than 1/e of the newest.",
			...[beta, amount(1 / (1 - beta))],
		);
		return { text: average, tooltip };
	}
	const dampening = p.name === "beta" ? find(o.parameters, "dampening") : undefined;
	if (dampening && typeof dampening.value !== "number") return undefined;
	const share = 1 - ((dampening?.value as number | undefined) ?? 0);
	const factor = share / (1 - beta);
	const steps = Math.round(1 / (1 - beta));
	if (!(share > 0)) return undefined;
	const gain = `×${amount(factor)}`;
	const step = p.name === "momentum" ? "dW/√S" : o.framework === "keras" ? "αdW" : "dW";
	const rate = rateOf(o);
	const rates =
		rate && rate > 0 ? ` ${t("A learning rate of {0} acts as {1}.", rateText(rate), rateText(rate * factor))}` : "";
	if (h?.biasCorrection) {
		const corrected = t(
			"V = βV + {0} adds up to 1 / (1 − {1}) = {2} times a gradient that stays, and the bias correction makes it so from the first step on.",
			...[step, beta, amount(factor)],
		);
		return { text: t("acts as a {0}", gain), tooltip: corrected + rates };
	}
	const at = (t: number) => amount(share * ((1 - beta ** t) / (1 - beta)) + (1 - share) * beta ** (t - 1));
	const grows = t(
		"×{0} at step 1, ×{1} at step {2}, ×{3} at step {4}",
		...[at(1), at(steps), steps, at(2 * steps), 2 * steps],
	);
	const sum =
		share !== 1
			? t(
					"V = βV + (1 − dampening)dW adds up to (1 − {0}) / (1 − {1}) = {2} times a gradient that stays. The first step is undamped: it takes the whole gradient ({3}).",
					...[amount(1 - share), beta, amount(factor), grows],
				)
			: t(
					"V = βV + {0} adds up to 1 / (1 − {1}) = {2} times a gradient that stays. It takes some steps: the first one is undamped, the plain gradient ({3}).",
					...[step, beta, amount(factor), grows],
				);
	return { text: t("acts as a {0} after about {1} steps", gain, amount(steps)), tooltip: sum + rates };
}
