import { hyperparameters } from "../../engine/optimizers/hyperparameters.ts";
import { t } from "../../l10n.ts";
import type { OptimizerFact } from "../facts.ts";
import { find, numberOf } from "../frameworks/signature.ts";
import { optimizerConfig } from "../rates/index.ts";
import type { Words } from "./hint.ts";
import { rateText } from "./numbers.ts";

/** Where an optimizer adds its epsilon. "hat" is beside the root of the average before its bias correction. */
export type EpsilonPlace = "inside" | "outside" | "hat";

/**
 * By the libraries' code. Left out are those that divide by something else: Adamax, and what factors or scales by norms.
 * Every other Adam adds it outside of the corrected root.
 */
const PLACES: Record<string, EpsilonPlace> = {
	"torch.optim.RMSprop": "outside",
	"torch.optim.Adagrad": "outside",
	"torch.optim.Adadelta": "inside",
	"torch.optim.RAdam": "hat",
	"torch.optim.SparseAdam": "hat",
	"transformers.AdamW": "hat",
	"keras.optimizers.Adam": "hat",
	"keras.optimizers.AdamW": "hat",
	"keras.optimizers.RMSprop": "inside",
	"keras.optimizers.Adagrad": "inside",
	"keras.optimizers.Adadelta": "inside",
	"tensorflow.train.AdamOptimizer": "hat",
	"tensorflow.train.RMSPropOptimizer": "inside",
	"optax.adagrad": "inside",
	"optax.adadelta": "inside",
	"optax.radam": "outside",
	"optax.adabelief": "outside",
	"optax.yogi": "outside",
	"optax.nadamw": "outside",
	"optax.lamb": "outside",
	"jax.example_libraries.optimizers.rmsprop": "inside",
	"tfjs.train.rmsprop": "inside",
	"tfjs.train.adadelta": "inside",
};

/** @returns where an optimizer adds its epsilon, undefined when it has none or that is not known */
export function epsilonPlace(o: OptimizerFact): EpsilonPlace | undefined {
	if (o.framework === "runFile") {
		const config = optimizerConfig(o);
		if (!config) return undefined;
		const h = hyperparameters(config);
		return h.epsilonPlacement === "outside" && h.epsilonUncorrected ? "hat" : h.epsilonPlacement;
	}
	if (o.library === "optax.rmsprop") {
		const inside = find(o.parameters, "epsilonInside")?.value;
		return inside === true ? "inside" : inside === false ? "outside" : undefined;
	}
	if (PLACES[o.library]) return PLACES[o.library];
	const adam = o.optimizer === "adam" || o.optimizer === "adamw" || o.optimizer === "nadam";
	return adam ? "outside" : undefined;
}

/** Says where an epsilon is added. */
export function ofEpsilon(o: OptimizerFact, value: number): Words | undefined {
	const place = epsilonPlace(o);
	if (!place || !(value >= 0)) return undefined;
	if (place === "inside") {
		return {
			text: t("inside root"),
			tooltip: t(
				"√(S + ε): with ε {0}, gradients well below {1} make shorter steps. Outside of the root the same ε is felt below {0} only.",
				...[value, rateText(Math.sqrt(value))],
			),
		};
	}
	if (place === "outside") {
		return {
			text: t("outside root"),
			tooltip: t(
				"√S + ε: with ε {0}, gradients well below {0} make shorter steps. Inside of the root the same ε is felt below {1} already.",
				...[value, rateText(Math.sqrt(value))],
			),
		};
	}
	const beta2 = numberOf(o.parameters, "beta2");
	const first = beta2 !== undefined && beta2 > 0 && beta2 < 1 ? value / Math.sqrt(1 - beta2) : undefined;
	const tooltip =
		first === undefined
			? t("√S + ε, beside the root before its bias correction.")
			: t(
					"√S + ε, beside the root before its bias correction: at the first step it acts as {0} would beside the corrected root.",
					rateText(first),
				);
	return { text: t("outside root"), tooltip };
}
