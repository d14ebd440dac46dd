import { hyperparameters, parametersOf } from "../../engine/optimizers/hyperparameters.ts";
import { decays } from "../../engine/schedules/index.ts";
import { t } from "../../l10n.ts";
import type { Constant, OptimizerFact, Parameter, ScheduleFact } from "../facts.ts";
import { OPTIMIZERS } from "../frameworks/optimizers.ts";
import { SCHEDULES } from "../frameworks/schedules.ts";
import { defaultsOf } from "../frameworks/signature.ts";
import { escaped } from "../hints/hint.ts";
import { optimizerConfig } from "../rates/index.ts";

/** Signs that formulas write for hyperparameters. */
const SIGNS: Record<string, string> = {
	learningRate: "α",
	beta: "β",
	beta1: "β₁",
	beta2: "β₂",
	rho: "ρ",
	momentum: "μ",
	epsilon: "ε",
	epsilonRoot: "ε_root",
	weightDecay: "λ",
};

interface Value {
	/** our name */
	name: string;
	/** as the library calls it */
	written: string;
	text: string;
}

/** @returns a line of the values that the text gives, and one of the defaults; "" when there is neither */
export function optimizerValues(o: OptimizerFact): string {
	if (o.framework === "runFile") return runFileValues(o);
	const signature = OPTIMIZERS.get(o.library)?.signature;
	return valueLines(o.parameters, signature ? defaultsOf(signature) : new Map(), SIGNS);
}

export function scheduleValues(s: ScheduleFact): string {
	const signature = SCHEDULES.get(s.library)?.signature;
	const own = s.framework === "runFile" && Object.hasOwn(decays, s.decay) ? decays[s.decay as "constant"].defaults : {};
	const defaults = signature ? defaultsOf(signature) : new Map(Object.entries(own) as [string, Constant][]);
	return valueLines(s.parameters, defaults, {});
}

function valueLines(
	parameters: readonly Parameter[],
	defaults: Map<string, Constant>,
	signs: Record<string, string>,
): string {
	const here = parameters.filter((p) => p.at).map((p) => ({ name: p.name, written: p.written, text: valueText(p) }));
	const standard = [...defaults].flatMap(([name, value]): Value[] => {
		// What is off or empty unless it is asked for says nothing.
		if (value === null || value === false || typeof value === "object" || name === "last_epoch") return [];
		return [{ name, written: parameters.find((p) => p.name === name)?.written ?? name, text: String(value) }];
	});
	return together(line(t("Here"), here, signs), line(t("Defaults"), standard, signs));
}

function runFileValues(o: OptimizerFact): string {
	const config = optimizerConfig(o);
	if (!config) return "";
	const { name, preset } = config;
	const standard = hyperparameters({ name, ...(preset && { preset }) });
	const shown = parametersOf(name).filter((key) => standard[key] !== false && standard[key] !== 0);
	const here = o.parameters.map((p) => ({ name: p.name, written: p.written, text: valueText(p) }));
	const values = shown.map((key) => ({ name: key, written: key, text: String(standard[key]) }));
	return together(
		line(t("Here"), here, SIGNS),
		line(preset ? t("Defaults of {0}", preset) : t("Defaults"), values, SIGNS),
	);
}

/** One below the other in a paragraph: two spaces break a line in Markdown. */
function together(...texts: string[]): string {
	return texts.filter((text) => text !== "").join("  \n");
}

function line(title: string, values: Value[], signs: Record<string, string>): string {
	if (values.length === 0) return "";
	const texts = values.map(({ name, written, text }, i) => {
		// Both of a pair are called the same.
		const called =
			values[i - 1]?.written === written && signs[name] ? undefined : `\`${written.replace(/[`\s]/g, "")}\``;
		return [signs[name], called, escaped(text)].filter(Boolean).join(" ");
	});
	return `**${title}** ${texts.join(" · ")}`;
}

function valueText(p: Parameter): string {
	if (p.follows) return t("follows {0}", p.follows);
	if (p.unknown) return t("not known");
	return Array.isArray(p.value) ? `[${p.value.join(", ")}]` : p.value === null ? t("none") : String(p.value);
}
