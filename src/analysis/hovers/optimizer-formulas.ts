/**
 * What each optimizer does to the weights W, in its library's own variant. Written after the libraries' documentation and
 * code: PyTorch 2, Keras 3, optax 0.2, TensorFlow.js 4. Every line is computed before the next one; dW is the gradient,
 * λ the weight decay, t the number of the update from 1.
 */

import { hyperparameters } from "../../engine/optimizers/hyperparameters.ts";
import { t } from "../../l10n.ts";
import type { OptimizerFact } from "../facts.ts";
import { find } from "../frameworks/signature.ts";
import { epsilonPlace } from "../hints/epsilons.ts";
import { optimizerConfig } from "../rates/index.ts";

type Lines = (o: OptimizerFact) => string[];

/** True when the text turns an option on; what is not known counts as off. */
const on = (o: OptimizerFact, name: string): boolean => find(o.parameters, name)?.value === true;

/** True when a number is given that is not 0, or one that is not known. */
function has(o: OptimizerFact, name: string): boolean {
	const p = find(o.parameters, name);
	return p !== undefined && (p.unknown !== undefined || (typeof p.value === "number" && p.value !== 0));
}

const COUPLED = "dW ← dW + λW";
const DECOUPLED = "W ← W − αλW";
const V = "V ← β₁V + (1 − β₁)dW";
const S = "S ← β₂S + (1 − β₂)dW²";
const CORRECTED = "Vc = V / (1 − β₁ᵗ),  Sc = S / (1 − β₂ᵗ)";

/** Weight decay where there is one: in the gradient, or off the weights. */
function decayed(o: OptimizerFact, lines: string[], coupled: boolean): string[] {
	if (!has(o, "weightDecay")) return lines;
	return coupled ? [COUPLED, ...lines] : [DECOUPLED, ...lines];
}

const torch =
	(lines: Lines): Lines =>
	(o) =>
		decayed(o, lines(o), true);
const decoupled =
	(lines: Lines): Lines =>
	(o) =>
		decayed(o, lines(o), false);
/** optax adds λW to the update, which the rate then scales. */
const added =
	(lines: Lines): Lines =>
	(o) =>
		has(o, "weightDecay")
			? lines(o).map((line) => line.replace(/^W ← W − α · (.*)$/, "W ← W − α · ($1 + λW)"))
			: lines(o);

/** "Vc / (√Sc + ε)", with epsilon where the library has it */
function overRoot(o: OptimizerFact, above: string, root: string, beside = "ε"): string {
	return epsilonPlace(o) === "inside" ? `${above} / √(${root} + ε)` : `${above} / (√${root} + ${beside})`;
}

const adam: Lines = (o) => {
	const hat = epsilonPlace(o) === "hat";
	const root = has(o, "epsilonRoot") ? "(Sc + ε_root)" : "Sc";
	if (!on(o, "amsgrad") && !o.library.endsWith(".amsgrad")) {
		if (!hat) return [V, S, CORRECTED, `W ← W − α · ${overRoot(o, "Vc", root)}`];
		return [V, S, "W ← W − α · √(1 − β₂ᵗ) / (1 − β₁ᵗ) · V / (√S + ε)"];
	}
	if (o.framework === "jax") return [V, S, CORRECTED, "M ← max(M, Sc)", "W ← W − α · Vc / (√M + ε)"];
	if (hat) return [V, S, "M ← max(M, S)", "W ← W − α · √(1 − β₂ᵗ) / (1 − β₁ᵗ) · V / (√M + ε)"];
	return [V, S, "M ← max(M, S)", "Vc = V / (1 − β₁ᵗ),  Mc = M / (1 − β₂ᵗ)", `W ← W − α · ${overRoot(o, "Vc", "Mc")}`];
};

const nadamScheduled =
	(decay: string): Lines =>
	(o) => [
		`μₜ = β₁(1 − ½ · 0.96^${decay})`,
		V,
		S,
		"N = μₜ₊₁V / (1 − μ₁···μₜ₊₁) + (1 − μₜ)dW / (1 − μ₁···μₜ)",
		`W ← W − α · ${overRoot(o, "N", "Sc")},  Sc = S / (1 − β₂ᵗ)`,
	];

const nadamPlain: Lines = (o) => [
	V,
	S,
	"N = β₁V / (1 − β₁ᵗ⁺¹) + (1 − β₁)dW / (1 − β₁ᵗ)",
	`W ← W − α · ${overRoot(o, "N", "Sc")},  Sc = S / (1 − β₂ᵗ)`,
];

/** Gradient descent, or momentum as every library has it: V adds the gradients up. */
const sgd: Lines = (o) => {
	if (o.optimizer === "gradientDescent") return ["W ← W − α · dW"];
	const damped = has(o, "dampening");
	const velocity = damped ? `V ← βV + (1 − dampening)dW   ${t("(first step: V = dW)")}` : "V ← βV + dW";
	return [velocity, on(o, "nesterov") ? "W ← W − α · (dW + βV)" : "W ← W − α · V"];
};

const kerasSgd: Lines = (o) => {
	if (o.optimizer === "gradientDescent") return ["W ← W − α · dW"];
	return ["V ← βV − α · dW", on(o, "nesterov") ? "W ← W + βV − α · dW" : "W ← W + V"];
};

const rmsprop: Lines = (o) => {
	const centered = on(o, "centered");
	const root = centered ? "(S − G²)" : "S";
	const inside = epsilonPlace(o) === "inside";
	const step = inside ? `dW / √(${centered ? "S − G²" : "S"} + ε)` : `dW / (√${root} + ε)`;
	const averages = [S, ...(centered ? ["G ← β₂G + (1 − β₂)dW"] : [])];
	return has(o, "momentum") ? [...averages, `V ← μV + ${step}`, "W ← W − α · V"] : [...averages, `W ← W − α · ${step}`];
};

const adagrad: Lines = (o) => {
	const start = find(o.parameters, "initialAccumulator");
	const from = typeof start?.value === "number" && start.value > 0 ? `   ${t("(S begins with {0})", start.value)}` : "";
	const place = epsilonPlace(o);
	const step = place === "inside" ? "dW / √(S + ε)" : place ? "dW / (√S + ε)" : "dW / √S";
	const rate = has(o, "learningRateDecay") ? "α / (1 + (t − 1) · lr_decay)" : "α";
	return [`S ← S + dW²${from}`, `W ← W − ${rate} · ${step}`];
};

const adadelta: Lines = () => [
	"S ← ρS + (1 − ρ)dW²",
	"D = √(U + ε) / √(S + ε) · dW",
	"U ← ρU + (1 − ρ)D²",
	"W ← W − α · D",
];

const adamax =
	(largest: string, step = "V / S"): Lines =>
	() => [V, largest, `W ← W − α / (1 − β₁ᵗ) · ${step}`];

const radam =
	(step: string): Lines =>
	() => [
		V,
		S,
		"ρ∞ = 2 / (1 − β₂) − 1,  ρₜ = ρ∞ − 2tβ₂ᵗ / (1 − β₂ᵗ)",
		`ρₜ > 5:  W ← W − α · r · ${step}`,
		`${t("else:")}    W ← W − α · Vc,  Vc = V / (1 − β₁ᵗ)`,
		"r = √((ρₜ − 4)(ρₜ − 2)ρ∞ / ((ρ∞ − 4)(ρ∞ − 2)ρₜ))",
	];

const lion: Lines = () => ["U = sign(β₁V + (1 − β₁)dW)", "W ← W − α · U", "V ← β₂V + (1 − β₂)dW"];

const adafactor: Lines = () => [
	t("R ← β̂R + (1 − β̂) · row means of dW²,  C likewise of columns"),
	t("U = dW / √(R Cᵀ / mean R),  cut to a root mean square of 1"),
	"W ← W − α · U",
];

const lbfgs: Lines = () => [t("H ≈ inverse curvature of the last steps s = ΔW, y = ΔdW"), "W ← W − α · H dW"];

/** By the library's name of it. */
const FORMULAS: Record<string, Lines> = {
	"torch.optim.SGD": torch(sgd),
	"torch.optim.Adam": torch(adam),
	"torch.optim.AdamW": decoupled(adam),
	"torch.optim.Adamax": torch(adamax("S ← max(β₂S, |dW| + ε)")),
	"torch.optim.NAdam": torch(nadamScheduled("(t · momentum_decay)")),
	"torch.optim.RAdam": torch(radam("Vc · √(1 − β₂ᵗ) / (√S + ε)")),
	"torch.optim.SparseAdam": adam,
	"torch.optim.RMSprop": torch(rmsprop),
	"torch.optim.Adagrad": torch(adagrad),
	"torch.optim.Adadelta": torch(adadelta),
	"torch.optim.ASGD": torch(() => [
		"η = α / (1 + λ₀αt)^alpha",
		"W ← (1 − λ₀η)W − η · dW",
		`A ← A + (W − A) / max(1, t − t₀)   ${t("(the average, from t₀ on)")}`,
	]),
	"torch.optim.Rprop": () => [
		t("same sign as before:  Δ ← 1.2 · Δ   (at most 50)"),
		t("sign has changed:     Δ ← 0.5 · Δ,  dW ← 0   (at least 1e-6)"),
		`W ← W − sign(dW) · Δ   ${t("(Δ begins with lr)")}`,
	],
	"torch.optim.LBFGS": lbfgs,
	"transformers.AdamW": decoupled(adam),
	"transformers.Adafactor": adafactor,
	"lion_pytorch.Lion": decoupled(lion),
	"bitsandbytes.optim.AdamW8bit": decoupled(adam),
	"bitsandbytes.optim.Adam8bit": torch(adam),
	"apex.optimizers.FusedAdam": decoupled(adam),
	"keras.optimizers.SGD": decoupled(kerasSgd),
	"keras.optimizers.Adam": decoupled(adam),
	"keras.optimizers.AdamW": decoupled(adam),
	"keras.optimizers.Adamax": decoupled(adamax("S ← max(β₂S, |dW|)", "V / (S + ε)")),
	"keras.optimizers.Nadam": decoupled(nadamScheduled("t")),
	"keras.optimizers.RMSprop": decoupled(rmsprop),
	"keras.optimizers.Adagrad": decoupled(adagrad),
	"keras.optimizers.Adadelta": decoupled(adadelta),
	"keras.optimizers.Ftrl": () => [
		"S′ = S + dW²",
		"Z ← Z + dW − (√S′ − √S) / α · W,  S ← S′",
		`W ← (sign(Z) · l1 − Z) / (√S / α + 2 · l2)   ${t("where |Z| > l1, else 0")}`,
	],
	"keras.optimizers.Lion": decoupled(lion),
	"keras.optimizers.Adafactor": adafactor,
	"tensorflow.train.AdamOptimizer": adam,
	"tensorflow.train.GradientDescentOptimizer": sgd,
	"tensorflow.train.MomentumOptimizer": sgd,
	"tensorflow.train.AdagradOptimizer": adagrad,
	"tensorflow.train.RMSPropOptimizer": rmsprop,
	"optax.sgd": sgd,
	"optax.adam": adam,
	"optax.adamw": added(adam),
	"optax.nadam": nadamPlain,
	"optax.nadamw": added(nadamPlain),
	"optax.adamax": adamax("S ← max(β₂S, |dW| + ε)"),
	"optax.adabelief": () => [V, "S ← β₂S + (1 − β₂)(dW − V)² + ε_root", CORRECTED, "W ← W − α · Vc / (√Sc + ε)"],
	"optax.radam": radam("Vc / (√Sc + ε)"),
	"optax.amsgrad": adam,
	"optax.yogi": () => [V, "S ← S − (1 − β₂) · sign(S − dW²) · dW²", CORRECTED, "W ← W − α · Vc / (√Sc + ε)"],
	"optax.rmsprop": rmsprop,
	"optax.adagrad": adagrad,
	"optax.adadelta": adadelta,
	"optax.lion": added(lion),
	"optax.lamb": () => [
		V,
		S,
		CORRECTED,
		"U = Vc / (√Sc + ε) + λW",
		`W ← W − α · ‖W‖ / ‖U‖ · U   ${t("(layer by layer)")}`,
	],
	"optax.lars": () => [
		"U = dW + λW",
		`V ← momentum · V + trust · ‖W‖ / ‖U‖ · α · U   ${t("(layer by layer)")}`,
		"W ← W − V",
	],
	"optax.adafactor": adafactor,
	"optax.noisy_sgd": () => [t("W ← W − α · (dW + noise),  variance η / (1 + t)^γ")],
	"optax.lbfgs": lbfgs,
	"optax.scale_by_adam": () => [V, S, CORRECTED, t("update = Vc / (√(Sc + ε_root) + ε)   (no learning rate yet)")],
	"jax.example_libraries.optimizers.sgd": sgd,
	"jax.example_libraries.optimizers.momentum": () => ["V ← βV + dW", "W ← W − α · V"],
	"jax.example_libraries.optimizers.nesterov": () => ["V ← βV + dW", "W ← W − α · (dW + βV)"],
	"jax.example_libraries.optimizers.adam": adam,
	"jax.example_libraries.optimizers.rmsprop": rmsprop,
	"jax.example_libraries.optimizers.adagrad": () => ["S ← S + dW²", "V ← μV + (1 − μ)dW / √S", "W ← W − α · V"],
	"flax.optim.Adam": decoupled(adam),
	"flax.optim.Momentum": torch((o) => ["V ← βV + dW", on(o, "nesterov") ? "W ← W − α · (dW + βV)" : "W ← W − α · V"]),
	"flax.optim.GradientDescent": () => ["W ← W − α · dW"],
	"tfjs.train.sgd": sgd,
	"tfjs.train.momentum": sgd,
	"tfjs.train.adam": adam,
	"tfjs.train.adamax": adamax("S ← max(β₂S, |dW|)", "V / (S + ε)"),
	"tfjs.train.rmsprop": rmsprop,
	"tfjs.train.adagrad": adagrad,
	"tfjs.train.adadelta": adadelta,
};

/** @returns the update, a line for each of its parts; undefined for an optimizer that is not known */
export function optimizerFormula(o: OptimizerFact): string[] | undefined {
	if (o.framework === "runFile") return runFileFormula(o);
	if (o.framework === "huggingface") return o.optimizer === "adamw" ? decayed(o, adam(o), false) : undefined;
	return FORMULAS[o.library]?.(o);
}

/** By the engine's own hyperparameters: the preset and what the file says. */
function runFileFormula(o: OptimizerFact): string[] | undefined {
	const config = optimizerConfig(o);
	if (!config) return undefined;
	const h = hyperparameters(config);
	const value = (name: string, v: number | boolean) => ({ name, written: name, value: v, origin: "library" }) as const;
	const settled: OptimizerFact = {
		...o,
		parameters: [
			value("amsgrad", h.amsgrad),
			value("weightDecay", h.weightDecay),
			value("initialAccumulator", h.initialAccumulator),
		],
	};
	// The place of epsilon is asked of the file itself.
	const place = epsilonPlace(o);
	const asIt = (lines: string[]) => decayed(settled, lines, !h.decoupled);
	const root = (above: string, s: string) => (place === "inside" ? `${above} / √(${s} + ε)` : `${above} / (√${s} + ε)`);
	switch (config.name) {
		case "gradientDescent":
			return asIt(["W ← W − α · dW"]);
		case "momentum":
			return asIt(momentumLines(h));
		case "rmsprop":
			return asIt([S, `W ← W − α · ${root("dW", "S")}`]);
		case "adagrad":
			return asIt([
				`S ← S + dW²${h.initialAccumulator > 0 ? `   ${t("(S begins with {0})", h.initialAccumulator)}` : ""}`,
				`W ← W − α · ${root("dW", "S")}`,
			]);
		case "lion":
			return asIt(lion(o));
		case "nadam": {
			const n = h.constantMomentum
				? nadamPlain(o)
				: nadamScheduled(h.momentumDecay === 1 ? "t" : `(${h.momentumDecay} · t)`)(o);
			return asIt(n);
		}
		default:
			if (place === "hat") return asIt([V, S, "W ← W − α · √(1 − β₂ᵗ) / (1 − β₁ᵗ) · V / (√S + ε)"]);
			if (h.amsgrad)
				return asIt([
					V,
					S,
					"M ← max(M, S)",
					"Vc = V / (1 − β₁ᵗ),  Mc = M / (1 − β₂ᵗ)",
					`W ← W − α · ${root("Vc", "Mc")}`,
				]);
			return asIt([V, S, CORRECTED, `W ← W − α · ${root("Vc", "Sc")}`]);
	}
}

function momentumLines(h: ReturnType<typeof hyperparameters>): string[] {
	const gradient = h.form === "classical" ? "dW" : "(1 − β)dW";
	if (h.rateInVelocity) {
		const step = h.form === "classical" ? "α · dW" : "α(1 − β)dW";
		return [`V ← βV + ${step}`, h.nesterov ? `W ← W − βV − ${step}` : "W ← W − V"];
	}
	const corrected = h.biasCorrection ? " / (1 − βᵗ)" : "";
	const step = h.nesterov ? `(βV + ${gradient})` : "V";
	return [`V ← βV + ${gradient}`, `W ← W − α · ${step}${corrected}`];
}
