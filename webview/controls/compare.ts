/** The runs side by side: what they reached and the hyperparameters in which they differ, sorted by any column. */

import type { DecayName } from "../../src/engine/protocol/hyperparameters.ts";
import type { RunPhase } from "../../src/engine/protocol/panel.ts";
import type { ResolvedRun } from "../../src/engine/protocol/run-file.ts";
import { t } from "../../src/l10n.ts";
import { decayNames } from "../decay-names.ts";
import { element, icon, onPointed, setAttribute, setShown, setText } from "../dom.ts";
import { csvCell } from "../files/csv.ts";
import { formatCost, formatInteger, formatMoment, formatRate, formatSeconds, formatShare } from "../format.ts";
import { kindsOf, notComparable } from "../run-kinds.ts";
import type { RunView } from "../run-view.ts";
import type { PanelModel } from "../state.ts";
import { runColours } from "../theme.ts";
import { bestRun } from "./best-run.ts";
import { phaseWords } from "./state-line.ts";

interface CompareColumn {
	/** in files */
	name: string;
	/** on the screen */
	label: string;
	/** a hyperparameter is a column only where runs differ in it */
	hyperparameter: boolean;
	/** undefined: the run has none */
	value(run: RunView): number | string | undefined;
	format(value: number): string;
	/** how a text is written on the screen, where not as in files */
	shown?(value: string): string;
}

const lastEpoch = (run: RunView) => run.epochs.last;
const numbers = (
	name: string,
	label: string,
	value: (run: RunView) => number | undefined,
	format = formatRate,
): CompareColumn => ({
	name,
	label,
	hyperparameter: true,
	value,
	format,
});
const words = (name: string, label: string, value: (run: RunView) => string | undefined): CompareColumn => ({
	name,
	label,
	hyperparameter: true,
	value,
	format: String,
});
const result = (...column: Parameters<typeof numbers>): CompareColumn => ({
	...numbers(...column),
	hyperparameter: false,
});

/** The default for little data, and what early stopping may ask for: other weights than those of the last step. */
function keptWeights({ earlyStopping }: ResolvedRun): "best" | "last" {
	return earlyStopping?.restoreBest ? "best" : "last";
}

/** Hyperparameters, then results. */
const columns: readonly CompareColumn[] = [
	words("dataset", t("dataset"), (run) => run.dataset),
	words("data as of", t("data as of"), (run) => run.start && formatMoment(run.start.fingerprint.mtimeMs)),
	words("target", t("target"), (run) => run.start?.run.dataset.target),
	words("optimizer", t("optimizer"), (run) => run.start?.run.optimizer.name),
	numbers("learning rate", t("learning rate"), (run) => run.start?.run.optimizer.learningRate),
	numbers("β", "β", (run) => run.start?.run.optimizer.beta),
	numbers("β₁", "β₁", (run) => run.start?.run.optimizer.beta1),
	numbers("β₂", "β₂", (run) => run.start?.run.optimizer.beta2),
	numbers("weight decay", t("weight decay"), (run) => run.start?.run.optimizer.weightDecay),
	{
		...words("decay", t("decay"), (run) => decayWords(run)),
		shown: (words) => words.replace(/^\w+/, (name) => decayNames[name as DecayName] ?? name),
	},
	numbers("changes by hand", t("changes by hand"), (run) => run.rateChanges.length, formatInteger),
	numbers("mini-batch", t("mini-batch"), (run) => run.start?.run.batchSize, formatInteger),
	numbers("epochs", t("epochs"), (run) => run.start?.run.epochs, formatInteger),
	{
		...words("weights", t("weights kept"), (run) => run.start && keptWeights(run.start.run)),
		shown: (weights) => (weights === "best" ? t("of the lowest dev cost") : t("of the last step")),
	},
	{
		...words("hidden layers", t("hidden layers"), (run) => run.start?.run.model.layers.join(", ") || "none"),
		shown: (widths) => (widths === "none" ? t("none") : widths),
	},
	words("activation", t("activation"), (run) => run.start?.run.model.activation),
	numbers("L2 λ", "L2 λ", (run) => run.start?.run.l2),
	numbers("seed", t("seed"), (run) => run.start?.run.seed, formatInteger),
	{
		...words("state", t("state"), (run) => run.phase),
		hyperparameter: false,
		shown: (phase) => phaseWords[phase as RunPhase],
	},
	result("steps", t("steps"), (run) => run.done?.iterations ?? run.iteration, formatInteger),
	result("cost", t("cost"), (run) => run.done?.cost ?? lastEpoch(run)?.cost, formatCost),
	result("dev cost", t("dev cost"), (run) => run.done?.devCost ?? lastEpoch(run)?.devCost, formatCost),
	result("dev accuracy", t("dev accuracy"), (run) => run.done?.devAccuracy ?? lastEpoch(run)?.devAccuracy, formatShare),
	result("dev R²", t("dev R²"), (run) => run.done?.devR2 ?? lastEpoch(run)?.devR2, formatShare),
	result("steps/s", t("steps/s"), (run) => run.done?.stepsPerSecond, formatInteger),
	result("seconds", t("seconds"), (run) => run.done?.seconds, formatSeconds),
];

/** A column by whose values the runs are sorted. */
export interface Sort {
	name: string;
	down: boolean;
}

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

/** @returns every hyperparameter that a run has, as it was run: its name and value */
export function hyperparametersOf(run: RunView): [name: string, value: string][] {
	const had = columns.filter(({ hyperparameter }) => hyperparameter);
	return had.map((column): [string, string] => [column.label, cellText(column, run)]).filter(([, text]) => text !== "");
}

function comparable(model: PanelModel): RunView[] {
	// the curves are ahead of the last state
	return model.state.runs
		.filter((run) => run.start !== undefined)
		.map((run) => ({ ...run, iteration: model.iterationsOf(run) }));
}

/** @returns columns to show: every result that some run has, and hyperparameters in which runs differ; the others in words */
export function split(runs: readonly RunView[]): { shown: CompareColumn[]; same: string } {
	const shown: CompareColumn[] = [];
	const same: string[] = [];
	for (const column of columns) {
		const texts = new Set(runs.map((run) => cellText(column, run)));
		if (texts.size === 1 && texts.has("")) continue;
		if (column.hyperparameter && texts.size === 1) same.push(`${column.label} ${[...texts][0]}`);
		else shown.push(column);
	}
	return { shown, same: same.join(", ") };
}

/** @returns the runs in the order of a column's values, those without one last; without a column, newest first */
export function sortRuns(runs: readonly RunView[], shown: readonly CompareColumn[], sort: Sort | undefined): RunView[] {
	if (sort === undefined) return [...runs].reverse();
	const column = shown.find(({ name }) => name === sort.name);
	const value = (run: RunView) => (sort.name === "run" ? run.name : column?.value(run));
	const sign = sort.down ? -1 : 1;
	const missing = (found: unknown) => found === undefined || Number.isNaN(found);
	return [...runs].sort((a, b) => {
		const [left, right] = [value(a), value(b)];
		if (missing(left) || missing(right)) return Number(missing(left)) - Number(missing(right));
		if (typeof left === "number" && typeof right === "number") return sign * (left - right);
		return sign * String(left).localeCompare(String(right), "en", { numeric: true });
	});
}

function isNumber(column: CompareColumn, run: RunView): boolean {
	return typeof column.value(run) === "number";
}

function cellText(column: CompareColumn, run: RunView): string {
	const value = column.value(run);
	if (value === undefined) return "";
	return typeof value === "number" ? column.format(value) : (column.shown?.(value) ?? value);
}

function decayWords({ start, schedule }: RunView): string | undefined {
	if (start === undefined || schedule !== undefined) return schedule;
	const { name, rate, base } = start.run.decay;
	const parameter = base ?? rate;
	return parameter === undefined ? name : `${name} ${formatRate(parameter)}`;
}
