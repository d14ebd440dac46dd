/** What the dev set says of the model after each epoch, without a unit: accuracy for classes, R² for numbers. */
import { setText } from "../dom.ts";
import { formatInteger, formatShare } from "../format.ts";
import type { Chart } from "./chart.ts";
import { type Grid, sampleEpochs } from "./decimation.ts";
import type { DrawnRun } from "./drawn-run.ts";
import { Figure, type FigureEvents, type View } from "./figure.ts";
import { byPlace } from "./gradient-figure.ts";
import type { Column, LegendEntry, Line } from "./picture.ts";

export class DevFigure extends Figure {
	constructor(chart: Chart, events: FigureEvents) {
		super(chart, { name: "dev", title: "Dev accuracy", log: undefined }, events);
	}

	override draw(view: View): void {
		setText(this.element.querySelector("h2")!, titleOf(view));
		super.draw(view);
	}

	protected lines({ runs, current }: View, grid: Grid): Line[] {
		const word = wordOf(current ?? runs[runs.length - 1]);
		return byPlace(runs.filter((run) => wordOf(run) === word)).map((run) => ({
			values: sampleEpochs(grid, run.view.epochs, run.view.epochs.devShare, false),
			colour: run.colour,
			width: 1.5,
			alpha: run.current ? 1 : 0.85,
			dash: run.dash,
			shape: "dottedLine",
		}));
	}

	columns({ runs }: View): Column[] {
		return runs.map((run) => ({
			label: `${run.view.name} ${wordOf(run)}`,
			points: run.view.epochs.points(run.view.epochs.devShare),
			format: formatShare,
		}));
	}

	legend({ runs }: View): LegendEntry[] {
		return runs.map((run) => ({ label: run.view.name, colour: run.colour, dash: run.dash }));
	}

	protected summary({ runs, current }: View): string {
		const run = current ?? runs[runs.length - 1];
		const epochs = run?.view.epochs;
		if (run === undefined || epochs === undefined || epochs.length === 0) return "Dev accuracy: nothing to show yet.";
		const { values } = epochs.devShare;
		const [first, last] = [formatShare(values[0]), formatShare(values[epochs.length - 1])];
		return `${titleOf({ runs, current })} of ${run.view.name}: from ${first} to ${last} over ${formatInteger(epochs.length)} epochs.`;
	}

	protected override yRange([low, high]: [number, number]): [number, number] {
		const air = Math.max(0.01, (high - low) * 0.06);
		// nothing is above 1; half a line's width is
		return [low - air, high + air > 1 ? 1 + air * 0.2 : high + air];
	}
}

function wordOf(run: DrawnRun | undefined): "dev accuracy" | "dev R²" {
	return run?.view.start?.run.dataset.task === "regression" ? "dev R²" : "dev accuracy";
}

function titleOf({ runs, current }: Pick<View, "runs" | "current">): string {
	return wordOf(current ?? runs[runs.length - 1]) === "dev R²" ? "Dev R²" : "Dev accuracy";
}
