/** What the dev set says of the model after each epoch, without a unit: accuracy for classes, R² for numbers. */

import { t } from "../../src/l10n.ts";
import { setText } from "../dom.ts";
import { formatInteger, formatShare } from "../format.ts";
import type { Chart } from "./chart.ts";
import { type Grid, sampleEpochs } from "./decimation.ts";
import type { DrawnRun } from "./drawn-run.ts";
import { Figure, type FigureChoice, type FigureEvents, type View } from "./figure.ts";
import type { Column, LegendEntry, Line } from "./picture.ts";

export class DevFigure extends Figure {
	constructor(chart: Chart, choice: FigureChoice, events: FigureEvents) {
		super(chart, { name: "dev", title: t("Dev accuracy"), ...choice, log: undefined }, events);
	}

	override draw(view: View): void {
		setText(this.element.querySelector("h2")!, titleOf(view));
		super.draw(view);
	}

	protected lines({ runs, current }: View, grid: Grid): Line[] {
		const r2 = ofNumbers(current ?? runs[runs.length - 1]);
		return runs
			.filter((run) => ofNumbers(run) === r2)
			.map((run) => ({
				values: sampleEpochs(grid, run.view.epochs, run.view.epochs.devShare),
				colour: run.colour,
				width: 1.5,
				alpha: run.current ? 1 : 0.85,
				dash: run.dash,
				shape: "dottedLine",
				run: run.view.id,
			}));
	}

	columns({ runs }: View): Column[] {
		return runs.toReversed().map((run) => ({
			label: `${run.view.name} ${ofNumbers(run) ? "dev R²" : "dev accuracy"}`,
			run: run.view.name,
			heading: ofNumbers(run) ? t("dev R²") : t("dev accuracy"),
			points: run.view.epochs.points(run.view.epochs.devShare),
			format: formatShare,
		}));
	}

	legend({ runs }: View): LegendEntry[] {
		return runs.toReversed().map((run) => ({ label: run.view.name, colour: run.colour, dash: run.dash }));
	}

	protected summary({ runs, current }: View): string {
		const run = current ?? runs[runs.length - 1];
		const epochs = run?.view.epochs;
		if (run === undefined || epochs === undefined || epochs.length === 0)
			return t("Dev accuracy: nothing to show yet.");
		const { values } = epochs.devShare;
		const [first, last] = [formatShare(values[0]), formatShare(values[epochs.length - 1])];
		const figures = [run.view.name, first, last, formatInteger(epochs.length)];
		return ofNumbers(run)
			? t("Dev R² of {0}: from {1} to {2} over {3} epochs.", ...figures)
			: t("Dev accuracy of {0}: from {1} to {2} over {3} epochs.", ...figures);
	}

	/** There is one figure an epoch. */
	protected override drawn({ runs, range: [first, last] }: View, _grid: Grid, lines: readonly Line[]) {
		const counted = runs.map(({ view: { epochs } }) => epochs.firstAfter(last) - epochs.firstAfter(first - 1));
		const epochs = counted.reduce((sum, count) => sum + Math.max(0, count), 0);
		const points = lines.reduce((sum, { values }) => sum + values.filter((value) => value !== null).length, 0);
		return points < epochs ? ([points, epochs] satisfies [number, number]) : undefined;
	}

	protected override yRange([low, high]: [number, number]): [number, number] {
		const air = Math.max(0.01, (high - low) * 0.06);
		// nothing is above 1; half a line's width is
		return [low - air, high + air > 1 ? 1 + air * 0.2 : high + air];
	}
}

/** Whether a run learns numbers: their R² is shown, of classes the accuracy. */
function ofNumbers(run: DrawnRun | undefined): boolean {
	return run?.view.start?.run.dataset.task === "regression";
}

function titleOf({ runs, current }: Pick<View, "runs" | "current">): string {
	return ofNumbers(current ?? runs[runs.length - 1]) ? t("Dev R²") : t("Dev accuracy");
}
