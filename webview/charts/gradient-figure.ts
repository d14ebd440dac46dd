/** The gradient's norm at every iteration, before any clipping: raw faint, smoothed as much as the cost on top. */
import { t } from "../../src/l10n.ts";
import { setShown } from "../dom.ts";
import { formatCost, formatInteger } from "../format.ts";
import type { Chart } from "./chart.ts";
import type { Grid } from "./decimation.ts";
import { Figure, type FigureChoice, type FigureEvents, type View } from "./figure.ts";
import type { Column, LegendEntry, Line } from "./picture.ts";
import { smoothedKey, smoothedLines } from "./smoothed-lines.ts";

export class GradientFigure extends Figure {
	constructor(chart: Chart, choice: FigureChoice, events: FigureEvents) {
		super(chart, { name: "gradient", title: t("Gradient norm"), ...choice }, events);
		this.key.append(...smoothedKey());
	}

	override draw(view: View): void {
		super.draw(view);
		setShown(this.key, view.current !== undefined);
	}

	protected lines(view: View, grid: Grid): Line[] {
		return smoothedLines(view, grid, ({ gradientNorm, smoothedNorm }) => ({
			raw: gradientNorm,
			smoothed: smoothedNorm,
		}));
	}

	columns({ runs }: View): Column[] {
		return runs.toReversed().flatMap(({ view, curves }): Column[] => [
			{
				label: `${view.name} gradient norm`,
				run: view.name,
				heading: t("gradient norm"),
				curve: curves.gradientNorm,
			},
			{
				label: `${view.name} smoothed gradient norm`,
				run: view.name,
				heading: t("smoothed"),
				curve: curves.smoothedNorm,
				last: true,
			},
		]);
	}

	legend({ runs }: View): LegendEntry[] {
		return runs.toReversed().map((run) => ({ label: run.view.name, colour: run.colour, dash: run.dash }));
	}

	protected summary({ runs, current }: View): string {
		const run = current ?? runs[runs.length - 1];
		if (run === undefined) return t("Gradient norm: nothing to show yet.");
		const { smoothedNorm, length } = run.curves;
		const first = formatCost(smoothedNorm.values[0]);
		const last = formatCost(smoothedNorm.values[length - 1]);
		const figures = [run.view.name, first, last, formatInteger(length)];
		return t("Gradient norm of {0}: from {1} to {2} (smoothed) over {3} iterations.", ...figures);
	}
}
