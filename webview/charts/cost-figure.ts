/** Cost per iteration: the raw cost faint, the smoothed on top, dev costs as points or dotted, other runs behind. */
import { t } from "../../src/l10n.ts";
import { element, setShown, setText } from "../dom.ts";
import { formatCost, formatInteger } from "../format.ts";
import { betaSlider } from "./beta-slider.ts";
import type { Chart } from "./chart.ts";
import type { Grid } from "./decimation.ts";
import { devEntries, devLines } from "./dev-lines.ts";
import { Figure, type FigureChoice, type FigureEvents, scaleSwitch, type View } from "./figure.ts";
import type { Mark } from "./marks.ts";
import type { Column, LegendEntry, Line } from "./picture.ts";
import { smoothedKey, smoothedLines } from "./smoothed-lines.ts";

interface CostEvents extends FigureEvents {
	beta(beta: number): void;
	/** the axis of iterations, of this and the other charts */
	logX(log: boolean): void;
	/** a mark of a cost that is not finite was clicked */
	openRows(runId: string, iteration: number): void;
}

export class CostFigure extends Figure {
	private readonly events: CostEvents;
	private readonly note = element("p", { class: "chart-note", hidden: "", "data-testid": "not-comparable" });
	private readonly others = element(
		"span",
		{ class: "others", hidden: "" },
		element("s", { class: "dev-others" }),
		t("dev of other runs"),
	);

	constructor(chart: Chart, { beta, logX }: { beta: number; logX: boolean }, choice: FigureChoice, events: CostEvents) {
		super(chart, { name: "cost", title: t("Cost per iteration"), ...choice }, events);
		this.events = events;
		chart.element.before(this.note);
		this.key.append(...smoothedKey(), element("s", { class: "dev" }), t("dev"), this.others);
		const iterations = { label: t("Axis of the iterations"), testId: "iterations", log: logX };
		this.footEnd.append(t("iterations"), scaleSwitch({ ...iterations, change: (chosen) => events.logX(chosen) }));
		this.controls.append(betaSlider(beta, (chosen) => events.beta(chosen)));
	}

	/** Says something of all that is drawn, or nothing. */
	setNote(text: string | undefined): void {
		setShown(this.note, text !== undefined);
		setText(this.note, text ?? "");
	}

	override draw(view: View): void {
		this.marks.show(this.brokenCosts(view));
		super.draw(view);
		setShown(this.key, view.current !== undefined);
		setShown(this.others, devEntries(view.runs, "").length > 1);
		setShown(this.controls, view.runs.length > 0);
	}

	protected lines(view: View, grid: Grid): Line[] {
		const lines = smoothedLines(view, grid, ({ cost, smoothed }) => ({ raw: cost, smoothed }));
		return [...lines, ...devLines(view.runs, view.palette.dev, grid)];
	}

	columns({ runs }: View): Column[] {
		return runs.toReversed().flatMap(({ view, curves }): Column[] => [
			{ label: `${view.name} cost`, run: view.name, heading: t("cost"), curve: curves.cost },
			{ label: `${view.name} smoothed`, run: view.name, heading: t("smoothed"), curve: curves.smoothed, last: true },
			{
				label: `${view.name} dev cost`,
				run: view.name,
				heading: t("dev cost"),
				points: view.epochs.points(view.epochs.devCost),
			},
		]);
	}

	legend({ runs, palette }: View): LegendEntry[] {
		const shownFirst = runs.toReversed();
		const entries = shownFirst.map(
			(run): LegendEntry => ({ label: run.view.name, colour: run.colour, dash: run.dash }),
		);
		return [...entries, ...devEntries(shownFirst, palette.dev)];
	}

	protected summary({ runs, current }: View): string {
		const run = current ?? runs[runs.length - 1];
		if (run === undefined) return t("Cost per iteration: nothing to show yet.");
		const { smoothed, length } = run.curves;
		const first = formatCost(smoothed.values[0]);
		const last = formatCost(smoothed.values[length - 1]);
		const sentences = [
			t(
				"Cost per iteration of {0}: from {1} to {2} (smoothed) over {3} iterations.",
				...[run.view.name, first, last, formatInteger(length)],
			),
		];
		const dev = run.view.epochs.lastDev()?.devCost;
		if (dev !== undefined) sentences.push(t("Dev cost {0}.", formatCost(dev)));
		const others = runs.length - 1;
		if (others > 0) sentences.push(t(others === 1 ? "{0} more run drawn." : "{0} more runs drawn.", others));
		return sentences.join(" ");
	}

	private brokenCosts({ runs }: View): Mark[] {
		return runs.flatMap(({ view, curves }) =>
			curves.broken.map((index): Mark => {
				const text = Number.isNaN(curves.cost.values[index]) ? "NaN" : "Inf";
				const iteration = index + 1;
				const label = t(
					"{0}, iteration {1}: the cost is {2}. Show the rows of its mini-batch",
					...[view.name, formatInteger(iteration), text],
				);
				return { iteration, text, label, open: () => this.events.openRows(view.id, iteration) };
			}),
		);
	}
}
