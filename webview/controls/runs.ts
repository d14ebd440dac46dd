/**
 * The runs, newest first: the charts' legend, and what each one reached. A click on a name turns the panel to that run,
 * one on its colour shows or hides its curves.
 */

import { t } from "../../src/l10n.ts";
import { element, icon, onPointed, setAttribute, setCutText, setShown, setText } from "../dom.ts";
import { formatCost } from "../format.ts";
import { phaseWords } from "../phase-words.ts";
import { kindsOf } from "../run-kinds.ts";
import type { RunView } from "../run-view.ts";
import type { PanelModel } from "../state.ts";
import { runColours } from "../theme.ts";

interface RunRow {
	item: HTMLLIElement;
	/** shows or hides the curves */
	toggle: HTMLButtonElement;
	/** turns to the run */
	button: HTMLButtonElement;
	swatch: HTMLElement;
	name: HTMLElement;
	/** what it learned from, where runs differ in that */
	kind: HTMLElement;
	/** what the value is, for who does not see the section's heading */
	meaning: HTMLElement;
	value: HTMLElement;
	visible: boolean;
}

interface RunsEvents {
	draw(runId: string, drawn: boolean): void;
	show(runId: string): void;
	/** which one the pointer is over, if any */
	point(runId: string | undefined): void;
}

export class RunsSection {
	readonly element: HTMLElement;
	private readonly list = element("ul", { class: "runs", "data-testid": "runs" });
	private readonly rows = new Map<string, RunRow>();
	private readonly events: RunsEvents;

	constructor(events: RunsEvents) {
		this.events = events;
		const caption = element("i", { class: "quiet" }, t("dev cost"));
		onPointed(this.list, (runId) => events.point(runId));
		this.element = element("section", { class: "legend" }, element("h2", {}, t("Runs"), caption), this.list);
	}

	render(model: PanelModel): void {
		// What ended before it started has nothing to show or to compare; the findings say why it failed.
		const runs = model.state.runs.filter((run) => run.phase === "preparing" || run.start !== undefined);
		setShown(this.element, runs.length > 0);
		const ids = new Set(runs.map((run) => run.id));
		for (const [id, row] of this.rows) {
			if (ids.has(id)) continue;
			row.item.remove();
			this.rows.delete(id);
		}
		const kinds = kindsOf(runs);
		for (const run of runs) {
			let row = this.rows.get(run.id);
			if (row === undefined) {
				row = this.makeRow(run.id);
				this.rows.set(run.id, row);
				this.list.prepend(row.item);
			}
			renderRow(row, run, model, kinds.get(run.id));
		}
	}

	private makeRow(runId: string): RunRow {
		const swatch = element("s");
		const name = element("span", { class: "name" });
		const kind = element("span", { class: "kind" });
		const meaning = element("span", { class: "unseen" });
		const value = element("i");
		const toggle = element("button", { type: "button", class: "toggle" }, swatch, icon("eye-closed"));
		const button = element(
			"button",
			{ type: "button", class: "show" },
			element("span", { class: "names" }, name, kind),
			meaning,
			value,
		);
		const item = element("li", { "data-run": runId }, toggle, button);
		const row: RunRow = { item, toggle, button, swatch, name, kind, meaning, value, visible: true };
		toggle.addEventListener("click", () => this.events.draw(runId, !row.visible));
		button.addEventListener("click", () => this.events.show(runId));
		return row;
	}
}

function renderRow(row: RunRow, run: RunView, model: PanelModel, kind: string | undefined): void {
	row.visible = run.visible;
	const place = run.colour;
	row.swatch.className = place < runColours.length ? "swatch" : "swatch dash";
	row.swatch.style.setProperty("--run", `var(${runColours[place % runColours.length]})`);
	setCutText(row.name, run.name);
	setShown(row.kind, kind !== undefined);
	setText(row.kind, kind === undefined ? "" : ` ${kind}`);
	const target = run.start?.run.dataset.target;
	row.button.title = target === undefined ? run.dataset : `${run.dataset}, ${target}`;
	const value = outcomeOf(run, model);
	setText(row.value, value.text);
	row.value.title = `${value.meaning} ${value.text}`.trim();
	row.item.className = `${run.id === model.current?.id ? "current" : ""} ${run.visible ? "" : "hidden-run"}`.trim();
	setAttribute(row.button, "aria-current", String(run.id === model.current?.id));
	setAttribute(row.toggle, "aria-pressed", String(run.visible));
	const label = t("Draw the curves of {0}", run.name);
	setAttribute(row.toggle, "aria-label", label);
	setAttribute(row.toggle, "title", label);
	setText(row.meaning, `, ${value.meaning} `);
}

/** The dev cost where there is one, else the cost, else the state. */
function outcomeOf(run: RunView, model: PanelModel): { text: string; meaning: string } {
	const devCost = run.done?.devCost ?? run.epochs.lastDev()?.devCost;
	const phase = { text: phaseWords[run.phase].toLowerCase(), meaning: "" };
	if (run.phase === "failed" || run.phase === "diverged") return phase;
	if (devCost !== undefined) return { text: formatCost(devCost), meaning: t("dev cost") };
	const curves = model.curvesFor(run.id);
	const cost = run.done?.cost ?? (curves === undefined ? undefined : curves.smoothed.values[curves.length - 1]);
	return cost === undefined ? phase : { text: formatCost(cost), meaning: t("cost") };
}
