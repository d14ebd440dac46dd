import { hyperparameters } from "../../engine/optimizers/hyperparameters.ts";
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
	const epochs = run.stepsPerEpoch ? ` That is ${counted(steps / run.stepsPerEpoch, "epochs")} of this dataset.` : "";
	const text = `about ${counted(Math.round(steps), "steps")}`;
	const weight = `1 / (1 − ${value}) = ${amount(steps)} steps: a gradient older than that weighs less than 1/e of the newest.`;
	if (p.name === "beta" || p.name === "momentum") return ofMomentum(o, p, value, { text, tooltip: weight });
	if (p.name === "beta1" && !lion)
		return { text, tooltip: `The gradients' average reaches back about ${weight}${epochs}` };
	if (p.name === "beta2" && lion)
		return { text, tooltip: `The gradients' average reaches back about ${weight}${epochs}` };
	if ((p.name === "beta2" && !NO_SQUARES.test(o.library)) || p.name === "rho") {
		return { text, tooltip: `The average of the squared gradients reaches back about ${weight}${epochs}` };
	}
	return undefined;
}

/**
 * PyTorch, Keras, TensorFlow.js and optax add the whole gradient to the velocity, V = bV + dW, where the notes average:
 * a gradient that stays acts up to 1 / (1 - b) times.
 */
function ofMomentum(o: OptimizerFact, p: Parameter, beta: number, average: Words): Words | undefined {
	const config = optimizerConfig(o);
	if (o.framework === "runFile" && !config) return undefined;
	const h = config && hyperparameters(config);
	if (h?.form === "ewa" || o.library === AVERAGED) {
		const tooltip = `V = βV + (1 − β)dW averages the gradients over about ${average.tooltip}`;
		return { text: average.text, tooltip };
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
	const rates = rate && rate > 0 ? ` A learning rate of ${rateText(rate)} acts as ${rateText(rate * factor)}.` : "";
	if (h?.biasCorrection) {
		return {
			text: `acts as a ${gain}`,
			tooltip: `V = βV + ${step} adds up to 1 / (1 − ${beta}) = ${amount(factor)} times a gradient that stays, and the bias correction makes it so from the first step on.${rates}`,
		};
	}
	const at = (t: number) => amount(share * ((1 - beta ** t) / (1 - beta)) + (1 - share) * beta ** (t - 1));
	const grows = `×${at(1)} at step 1, ×${at(steps)} at step ${steps}, ×${at(2 * steps)} at step ${2 * steps}`;
	if (share !== 1) {
		return {
			text: `acts as a ${gain} after about ${counted(steps, "steps")}`,
			tooltip: `V = βV + (1 − dampening)dW adds up to (1 − ${amount(1 - share)}) / (1 − ${beta}) = ${amount(factor)} times a gradient that stays. The first step is undamped: it takes the whole gradient (${grows}).${rates}`,
		};
	}
	return {
		text: `acts as a ${gain} after about ${counted(steps, "steps")}`,
		tooltip: `V = βV + ${step} adds up to 1 / (1 − ${beta}) = ${amount(factor)} times a gradient that stays. It takes some steps: the first one is undamped, the plain gradient (${grows}).${rates}`,
	};
}
