/** What the dev set says of the model after each epoch, without a unit: accuracy for classes, R² for numbers. */
import type { EpochResult } from "../../src/engine/protocol/run.ts";
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
			values: sampleEpochs(grid, run.view.epochs, shareOf, false),
			colour: run.colour,
			width: run.current ? 2 : 1.5,
			alpha: run.current ? 1 : 0.85,
			dash: run.dash,
			shape: "dots",
		}));
	}

	columns({ runs }: View): Column[] {
		return runs.map((run) => {
			const points = new Map<number, number>();
			for (const epoch of run.view.epochs) {
				const share = shareOf(epoch);
				if (share !== undefined) points.set(epoch.iteration, share);
			}
			return { label: `${run.view.name} ${wordOf(run)}`, points, format: formatShare };
		});
	}

	legend({ runs }: View): LegendEntry[] {
		return runs.map((run) => ({ label: run.view.name, colour: run.colour, dash: run.dash }));
	}

	protected summary({ runs, current }: View): string {
		const run = current ?? runs[runs.length - 1];
		const shares = run?.view.epochs.flatMap((epoch) => shareOf(epoch) ?? []) ?? [];
		if (run === undefined || shares.length === 0) return "Dev accuracy: nothing to show yet.";
		const [first, last] = [formatShare(shares[0]), formatShare(shares[shares.length - 1])];
		return `${titleOf({ runs, current })} of ${run.view.name}: from ${first} to ${last} over ${formatInteger(shares.length)} epochs.`;
	}

	protected override yRange([low, high]: [number, number]): [number, number] {
		const air = Math.max(0.01, (high - low) * 0.06);
		// nothing is above 1; half a line's width is
		return [low - air, high + air > 1 ? 1 + air * 0.2 : high + air];
	}
}

function shareOf({ devAccuracy, devR2 }: EpochResult): number | undefined {
	return devAccuracy ?? devR2;
}

function wordOf(run: DrawnRun | undefined): "dev accuracy" | "dev R²" {
	return run?.view.start?.run.dataset.task === "regression" ? "dev R²" : "dev accuracy";
}

function titleOf({ runs, current }: Pick<View, "runs" | "current">): string {
	return wordOf(current ?? runs[runs.length - 1]) === "dev R²" ? "Dev R²" : "Dev accuracy";
}
