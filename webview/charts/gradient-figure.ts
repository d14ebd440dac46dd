/** The gradient's norm at every iteration, before any clipping. */

import { t } from "../../src/l10n.ts";
import { formatCost, formatInteger } from "../format.ts";
import type { Chart } from "./chart.ts";
import { type Grid, sampleCurve } from "./decimation.ts";
import { Figure, type FigureChoice, type FigureEvents, type View } from "./figure.ts";
import type { Column, LegendEntry, Line } from "./picture.ts";

export class GradientFigure extends Figure {
	constructor(chart: Chart, choice: FigureChoice, events: FigureEvents) {
		super(chart, { name: "gradient", title: t("Gradient norm"), ...choice }, events);
	}

	protected lines({ runs }: View, grid: Grid): Line[] {
		return runs.map((run) => ({
			values: sampleCurve(grid, run.curves.gradientNorm),
			colour: run.colour,
			width: run.current ? 1.5 : 1,
			alpha: run.current ? 1 : 0.6,
			dash: run.dash,
			shape: "line",
			run: run.view.id,
		}));
	}

	columns({ runs }: View): Column[] {
		return runs.toReversed().map(({ view, curves }) => ({
			label: `${view.name} gradient norm`,
			run: view.name,
			heading: t("gradient norm"),
			curve: curves.gradientNorm,
		}));
	}

	legend({ runs }: View): LegendEntry[] {
		return runs.toReversed().map((run) => ({ label: run.view.name, colour: run.colour, dash: run.dash }));
	}

	protected summary({ runs, current }: View): string {
		const run = current ?? runs[runs.length - 1];
		if (run === undefined) return t("Gradient norm: nothing to show yet.");
		const { gradientNorm, length } = run.curves;
		const first = formatCost(gradientNorm.values[0]);
		const last = formatCost(gradientNorm.values[length - 1]);
		const figures = [run.view.name, first, last, formatInteger(length)];
		return t("Gradient norm of {0}: from {1} to {2} over {3} iterations.", ...figures);
	}
}
