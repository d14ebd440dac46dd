/** A noisy curve of every drawn run: its average, and of the current run the raw values faint behind it. */
import { t } from "../../src/l10n.ts";
import { element } from "../dom.ts";
import type { Curve } from "./curve.ts";
import { type Grid, sampleCurve } from "./decimation.ts";
import type { DrawnRun } from "./drawn-run.ts";
import type { View } from "./figure.ts";
import type { Line } from "./picture.ts";
import type { RunCurves } from "./run-curves.ts";

interface Noisy {
	raw: Curve;
	smoothed: Curve;
}

/** @returns lines of other runs between the current run's raw and smoothed ones */
export function smoothedLines(
	{ runs, current, palette }: View,
	grid: Grid,
	noisy: (curves: RunCurves) => Noisy,
): Line[] {
	const line = (curve: Curve, { colour, view }: DrawnRun, style: Pick<Line, "width" | "alpha" | "dash">): Line => ({
		...{ values: sampleCurve(grid, curve), colour, shape: "line", run: view.id },
		...style,
	});
	const lines = runs
		.filter((run) => !run.current)
		.map((run) => line(noisy(run.curves).smoothed, run, { width: 1.5, alpha: 0.85, dash: run.dash }));
	if (current === undefined) return lines;
	const { raw, smoothed } = noisy(current.curves);
	const faint = { width: 1, alpha: palette.highContrast ? 0.55 : 0.3 };
	return [line(raw, current, faint), ...lines, line(smoothed, current, { width: 2, alpha: 1 })];
}

/** @returns what a caption says of them */
export function smoothedKey(): (Node | string)[] {
	return [element("s", { class: "raw" }), t("raw"), element("s", { class: "smoothed" }), t("smoothed")];
}
