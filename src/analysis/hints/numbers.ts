/** Numbers as hints and hovers write them. */
import { t } from "../../l10n.ts";

/** made with the first large number: it takes milliseconds */
let whole: Intl.NumberFormat | undefined;

/** 1234567 -> "1,234,567", 12.75 -> "12.8", 0.0128 -> "0.0128" */
export function amount(value: number): string {
	if (Math.abs(value) < 100) return String(Number(value.toPrecision(3)));
	whole ??= new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
	return whole.format(value);
}

/** A learning rate to three digits: 0.00769, 7.7e-7 */
export function rateText(value: number): string {
	return String(Number(value.toPrecision(3)));
}

export type Unit = "steps" | "epochs" | "updates" | "calls";

/** "1 step", "10 steps"; calls are those of a schedule's step() */
export function counted(value: number, unit: Unit): string {
	const text = amount(value);
	const one = text === "1";
	switch (unit) {
		case "steps":
			return t(one ? "{0} step" : "{0} steps", text);
		case "epochs":
			return t(one ? "{0} epoch" : "{0} epochs", text);
		case "updates":
			return t(one ? "{0} update" : "{0} updates", text);
		case "calls":
			return t(one ? "{0} call of step()" : "{0} calls of step()", text);
	}
}

/** "782 steps per epoch" */
export function stepsPerEpoch(steps: number): string {
	const text = amount(steps);
	return t(text === "1" ? "{0} step per epoch" : "{0} steps per epoch", text);
}
