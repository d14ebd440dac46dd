/** The dev cost of every drawn run: the current run's in the colour that dev costs have, the others' in their own. */
import { t } from "../../src/l10n.ts";
import { type Grid, sampleEpochs } from "./decimation.ts";
import type { DrawnRun } from "./drawn-run.ts";
import type { LegendEntry, Line } from "./picture.ts";

/** tells a dev cost from the training cost of the same run where its points have no room */
const dash = [2, 3];

/** @returns a line for each run, in their order */
export function devLines(runs: readonly DrawnRun[], colour: string, grid: Grid): Line[] {
	return runs.map((run) => ({
		values: sampleEpochs(grid, run.view.epochs, run.view.epochs.devCost),
		colour: run.current ? colour : run.colour,
		width: 1.5,
		alpha: run.current ? 1 : 0.85,
		dash,
		shape: "dots",
		run: run.view.id,
	}));
}

/** @returns what a legend says of them; a run without a dev cost has no entry */
export function devEntries(runs: readonly DrawnRun[], colour: string): LegendEntry[] {
	return runs
		.filter(({ view }) => view.epochs.lastDev() !== undefined)
		.map((run) =>
			run.current
				? { label: t("dev"), colour, dots: true }
				: { label: t("{0} dev", run.view.name), colour: run.colour, dash },
		);
}
