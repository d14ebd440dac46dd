/** The hyperparameters of a run that the form of the next run does not show: an older one, or one of the text in the editor. */

import { t } from "../../src/l10n.ts";
import { element, setCutText, setShown } from "../dom.ts";
import type { PanelModel } from "../state.ts";
import { hyperparametersOf } from "./compare-columns.ts";

export class AsItWasRun {
	readonly element: HTMLElement;
	private readonly name = element("i", { class: "cut" });
	private readonly list = element("dl");
	private runId = "";
	private written = "";

	/** @param use takes them for the next run */
	constructor(use: (runId: string) => void) {
		const button = element(
			"button",
			{ type: "button", class: "link", "data-testid": "use-hyperparameters" },
			t("Use for the next run"),
		);
		button.addEventListener("click", () => use(this.runId));
		this.element = element(
			"section",
			{ class: "as-run", "data-testid": "as-run" },
			element("h2", {}, t("As it was run"), this.name),
			this.list,
			button,
		);
	}

	render({ current, newest }: PanelModel): void {
		const run = current?.start && (current !== newest || current.live) ? current : undefined;
		setShown(this.element, run !== undefined);
		if (run === undefined) return;
		this.runId = run.id;
		setCutText(this.name, run.name);
		const rows = hyperparametersOf(run);
		const key = JSON.stringify(rows);
		if (key === this.written) return;
		this.written = key;
		this.list.replaceChildren(
			...rows.flatMap(([name, value]) => [element("dt", {}, name), element("dd", { title: value }, value)]),
		);
	}
}
