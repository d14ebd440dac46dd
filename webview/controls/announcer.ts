/** The panel's one live region: what a screen reader says by itself, politely and at most every five seconds. */

import { t } from "../../src/l10n.ts";
import { engineWords } from "../../src/words/engine-words.ts";
import { element } from "../dom.ts";
import { formatCost, formatInteger } from "../format.ts";
import { phaseWords } from "../phase-words.ts";
import type { PanelModel } from "../state.ts";
import { describeResult } from "./result.ts";

const every = 5000;

export class Announcer {
	readonly element = element("p", { class: "unseen", "aria-live": "polite" });
	private last = "";
	private saidAt = Number.NEGATIVE_INFINITY;
	private next = "";
	private timer: number | undefined;

	/** Speaks of a change of state, a new finding or a problem; the newest word wins. */
	render(model: PanelModel): void {
		const run = model.current;
		const parts: string[] = [];
		if (run !== undefined) {
			const last = run.epochs.last;
			const name = run.start === undefined ? "" : ` ${run.name}`;
			parts.push(describeResult(run) ?? `${phaseWords[run.phase]}${name}`);
			if (run.phase === "running" && last !== undefined) {
				parts.push(t("epoch {0}, cost {1}", formatInteger(last.epoch), formatCost(last.cost)));
			}
			const finding = run.findings[run.findings.length - 1];
			if (finding !== undefined) parts.push(engineWords(finding.message));
		}
		if (model.problem !== undefined) parts.push(model.problem);
		const text = parts.join(". ");
		if (text === this.last) return;
		this.last = text;
		this.later(text);
	}

	/** Answers a person's own key press. */
	say(text: string): void {
		this.element.textContent = text;
		this.saidAt = performance.now();
	}

	private later(text: string): void {
		this.next = text;
		if (this.timer !== undefined) return;
		const wait = Math.max(0, this.saidAt + every - performance.now());
		this.timer = window.setTimeout(() => {
			this.timer = undefined;
			this.say(this.next);
		}, wait);
	}
}
