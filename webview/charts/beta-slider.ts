/** The slider that smooths the cost: its betas in the order of how far back they look, each with its meaning in words. */

import { t } from "../../src/l10n.ts";
import { element, setText } from "../dom.ts";
import { formatHorizon } from "../format.ts";

/** The slider's stops: a beta in between would say nothing more. */
const betas = [0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999];

export function betaSlider(beta: number, choose: (beta: number) => void): HTMLElement {
	const place = Math.max(0, betas.indexOf(beta));
	const slider = element("input", {
		type: "range",
		min: "0",
		max: String(betas.length - 1),
		step: "1",
		"aria-label": t("Smoothing beta"),
		"data-testid": "smoothing-beta",
	});
	slider.value = String(place);
	const value = element("b");
	const meaning = element("i");
	const describe = (chosen: number): void => {
		setText(value, String(chosen));
		setText(meaning, chosen === 0 ? t("no smoothing") : formatHorizon(chosen));
		slider.setAttribute("aria-valuetext", `${chosen}, ${meaning.textContent}`);
		slider.style.setProperty("--filled", `${(Number(slider.value) / (betas.length - 1)) * 100}%`);
	};
	slider.addEventListener("input", () => {
		const chosen = betas[Number(slider.value)];
		describe(chosen);
		choose(chosen);
	});
	describe(betas[place]);
	const tip = t("Smoothing: an exponentially weighted average with bias correction, over every raw point");
	return element("label", { class: "beta", title: tip }, "β", slider, value, meaning);
}

/** What a preference that was kept may hold. */
export function isBeta(value: unknown): value is number {
	return betas.includes(value as number);
}
