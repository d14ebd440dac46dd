/** What stands in the empty cost chart: the dataset as it was understood and the one thing to do next. */

import { t } from "../../src/l10n.ts";
import { element, setShown, setText } from "../dom.ts";
import { formatInteger } from "../format.ts";
import type { PanelModel } from "../state.ts";
import { type ButtonControl, makeButton } from "../ui.ts";
import { readingWords } from "./reading.ts";
import { describeResult } from "./result.ts";

export class Welcome {
	readonly element: HTMLElement;
	private readonly title = element("p", { class: "welcome-title" });
	private readonly text = element("p", { class: "quiet" });
	private readonly button: ButtonControl;

	constructor(run: () => void) {
		this.button = makeButton({
			label: t("Run training"),
			icon: "play",
			testId: "welcome-run",
			appearance: "primary",
			onClick: run,
		});
		this.element = element("div", { class: "welcome" }, this.title, this.text, this.button.element);
	}

	render(model: PanelModel): void {
		const [title, text] = words(model);
		setText(this.title, title);
		setText(this.text, text);
		setShown(this.button.element, model.canRun && model.state.summary !== undefined);
	}
}

function words(model: PanelModel): [string, string] {
	const { state, current } = model;
	if (!model.received) return ["", ""];
	if (model.busy) return [readingWords(model), t("The curves start with the first step.")];
	if (current?.phase === "failed") return [t("Nothing to draw"), describeResult(current) ?? ""];
	if (current?.phase === "stopped" && current.start === undefined) {
		return [t("Nothing to draw"), t("The reading was ended before the first step; run again to read the table.")];
	}
	if (current !== undefined) return [t("Nothing to draw"), t("Choose a run in the list to show its curve.")];
	const { summary } = state;
	if (state.inspecting) return [readingWords(model), t("Columns, target and task are found by themselves.")];
	if (!state.trusted)
		return [t("Waiting for your trust"), t("The curves appear here once this workspace may be read.")];
	if (summary === undefined && state.datasets.length === 0) {
		return [t("Nothing to train on yet"), t("The curves appear here once there is a table to learn from.")];
	}
	if (summary === undefined) {
		return model.problem === undefined
			? [t("Choose a dataset"), t("There are several tables in this workspace.")]
			: [t("Nothing to train on yet"), t("The curves appear here once the table can be read.")];
	}
	const { rows, features, target, classes } = summary;
	const sizes = [formatInteger(rows), formatInteger(features)] as const;
	return [
		t("Ready to learn {0}", target),
		classes === undefined
			? t("{0} rows with {1} features predict a number.", ...sizes)
			: t("{0} rows with {1} features predict one of {2} classes.", ...sizes, formatInteger(classes.length)),
	];
}
