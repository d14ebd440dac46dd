/** The runs side by side: what they reached and the hyperparameters in which they differ, sorted by any column. */

import { t } from "../../src/l10n.ts";
import { element, icon, onPointed, setAttribute, setShown, setText } from "../dom.ts";
import { csvCell } from "../files/csv.ts";
import { kindsOf, notComparable } from "../run-kinds.ts";
import type { RunView } from "../run-view.ts";
import type { PanelModel } from "../state.ts";
import { runColours } from "../theme.ts";
import { bestRun } from "./best-run.ts";
import { type CompareColumn, cellText, columns, isNumber, type Sort, sortRuns, split } from "./compare-columns.ts";

/** While a run goes on, its numbers are written at most this often, in ms. */
const every = 500;

interface CompareEvents {
	/** turns to a run */
	show(runId: string): void;
	/** which one the pointer is over, if any */
	point(runId: string | undefined): void;
	/** absent: in the order in which they ran */
	sort(sort: Sort | undefined): void;
}

export class CompareTable {
	readonly element: HTMLElement;
	private readonly head = element("tr");
	private readonly body = element("tbody");
	private readonly best = element("p", { class: "best", "data-testid": "compare-best", hidden: "" });
	private readonly same = element("p", { class: "quiet", "data-testid": "compare-same" });
	private readonly note = element("p", { class: "quiet", hidden: "" }, notComparable);
	private sort: Sort | undefined;
	private written = "";
	private writtenAt = Number.NEGATIVE_INFINITY;
	private timer: number | undefined;
	private model: PanelModel | undefined;
	private readonly events: CompareEvents;

	/** @param sort as it was chosen before */
	constructor(sort: Sort | undefined, events: CompareEvents) {
		this.sort = sort;
		this.events = events;
		onPointed(this.body, (runId) => events.point(runId));
		const table = element("table", {}, element("thead", {}, this.head), this.body);
		this.element = element(
			"section",
			{ class: "compare", "data-testid": "compare", hidden: "" },
			element("h2", {}, t("Compare runs")),
			this.best,
			element("div", { class: "scroll", role: "region", "aria-label": t("Compare runs"), tabindex: "0" }, table),
			this.note,
			this.same,
		);
	}

	render(model: PanelModel): void {
		this.model = model;
		const runs = comparable(model);
		setShown(this.element, runs.length > 1);
		if (runs.length < 2) return;
		clearTimeout(this.timer);
		const wait = model.busy ? this.writtenAt + every - performance.now() : 0;
		if (wait > 0) this.timer = window.setTimeout(() => this.write(model), wait);
		else this.write(model);
	}

	/** @returns every value of every run; undefined when there are no two runs */
	csv(model: PanelModel): string | undefined {
		const runs = comparable(model);
		if (runs.length < 2) return undefined;
		const lines = [["run", ...columns.map(({ name }) => name)]];
		for (const run of runs) lines.push([run.name, ...columns.map((column) => String(column.value(run) ?? ""))]);
		return `${lines.map((cells) => cells.map(csvCell).join(",")).join("\n")}\n`;
	}

	private write(model: PanelModel): void {
		const all = comparable(model);
		this.writtenAt = performance.now();
		const { shown, same } = split(all);
		setShown(this.note, kindsOf(all).size > 0);
		const sorted = sortRuns(all, shown, this.sort);
		const best = bestRun(all, model.current);
		const key = JSON.stringify([
			this.sort,
			best?.words,
			model.current?.id,
			sorted.map((run) => [run.id, run.name, ...shown.map((column) => cellText(column, run))]),
		]);
		if (key === this.written) return;
		this.written = key;
		const { sort: focused, run: focusedRun } = (document.activeElement as HTMLElement | null)?.dataset ?? {};
		this.head.replaceChildren(
			this.heading("run", t("run"), false),
			...shown.map((column) =>
				this.heading(
					column.name,
					column.label,
					sorted.some((run) => isNumber(column, run)),
				),
			),
		);
		this.body.replaceChildren(...sorted.map((run) => this.row(run, shown, model, run.id === best?.run.id)));
		setShown(this.best, best !== undefined);
		if (best) this.best.replaceChildren(icon("star-full"), best.words);
		setText(this.same, same === "" ? "" : t("The same in all of them: {0}.", same));
		const again =
			focused !== undefined
				? this.head.querySelector<HTMLElement>(`[data-sort="${CSS.escape(focused)}"]`)
				: focusedRun && this.body.querySelector<HTMLElement>(`.to-run[data-run="${CSS.escape(focusedRun)}"]`);
		if (again) again.focus();
	}

	private row(run: RunView, shown: readonly CompareColumn[], model: PanelModel, best: boolean): HTMLElement {
		const place = run.colour;
		const swatch = element("s", { class: place < runColours.length ? "swatch" : "swatch dash" });
		swatch.style.setProperty("--run", `var(${runColours[place % runColours.length]})`);
		const current = run.id === model.current?.id;
		const name = element("button", { type: "button", class: "to-run", "data-run": run.id, title: run.name }, run.name);
		name.setAttribute("aria-current", String(current));
		name.addEventListener("click", () => this.events.show(run.id));
		const cells = shown.map((column) => {
			const cell = element("td", {}, cellText(column, run));
			if (column.hyperparameter) cell.className = "differs";
			if (isNumber(column, run)) cell.classList.add("number");
			return cell;
		});
		const star = best ? [icon("star-full")] : [];
		const head = element("th", { scope: "row" }, element("div", {}, swatch, name, ...star));
		return element("tr", { class: current ? "current" : "", "data-run": run.id }, head, ...cells);
	}

	private heading(name: string, label: string, number: boolean): HTMLElement {
		const sorted = this.sort?.name === name ? this.sort : undefined;
		const button = element("button", { type: "button", class: "sorter", "data-sort": name }, label);
		if (sorted !== undefined) button.append(icon(sorted.down ? "arrow-down" : "arrow-up"));
		button.addEventListener("click", () => {
			// up, down, and back to the order in which they ran
			this.sort = sorted === undefined ? { name, down: false } : sorted.down ? undefined : { name, down: true };
			this.events.sort(this.sort);
			if (this.model !== undefined) this.write(this.model);
		});
		const cell = element("th", { scope: "col", class: number ? "number" : "" }, button);
		if (sorted !== undefined) setAttribute(cell, "aria-sort", sorted.down ? "descending" : "ascending");
		return cell;
	}
}

function comparable(model: PanelModel): RunView[] {
	// the curves are ahead of the last state
	return model.state.runs
		.filter((run) => run.start !== undefined)
		.map((run) => ({ ...run, iteration: model.iterationsOf(run) }));
}
