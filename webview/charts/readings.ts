/** The values of every drawn run at one iteration, for the box beside the cursor and for a person who listens. */

import { t } from "../../src/l10n.ts";
import { formatCost, formatInteger, formatRate, formatShare } from "../format.ts";
import type { DrawnRun } from "./drawn-run.ts";

export interface ReadoutRow {
	colour: string;
	label: string;
	value: string;
	/** the smoothed line or another faint mark */
	faint?: boolean;
}

/** What is drawn, and the colour of dev costs. */
interface Drawn {
	runs: readonly DrawnRun[];
	palette: { dev: string };
}

/** The current run in full, the others by their smoothed cost and what the dev set said last. */
export function readingsAt({ runs, palette }: Drawn, iteration: number): ReadoutRow[] {
	const rows: ReadoutRow[] = [];
	const index = iteration - 1;
	for (const { view, curves, colour, current } of runs.toReversed()) {
		if (!curves.holds(index)) continue;
		const smoothed = formatCost(curves.smoothed.values[index]);
		const epoch = view.epochs.lastDev(iteration);
		const share = epoch?.devAccuracy ?? epoch?.devR2;
		if (!current) {
			const dev = epoch?.devCost === undefined ? [] : [t("dev {0}", formatCost(epoch.devCost))];
			const value = [smoothed, ...dev, ...(share === undefined ? [] : [formatShare(share)])].join(" · ");
			rows.push({ colour, label: view.name, value });
			continue;
		}
		rows.push(
			{ colour, label: t("cost"), value: formatCost(curves.cost.values[index]), faint: true },
			{ colour, label: t("smoothed"), value: smoothed },
		);
		if (epoch?.devCost !== undefined) {
			const number = formatInteger(epoch.epoch);
			rows.push({ colour: palette.dev, label: t("dev, epoch {0}", number), value: formatCost(epoch.devCost) });
			const label = epoch.devAccuracy === undefined ? t("dev R²") : t("dev accuracy");
			if (share !== undefined) rows.push({ colour: "transparent", label, value: formatShare(share) });
		}
		rows.push(
			{ colour: "transparent", label: t("rate"), value: formatRate(curves.learningRate.values[index]) },
			{ colour: "transparent", label: t("gradient norm"), value: formatCost(curves.gradientNorm.values[index]) },
		);
	}
	return rows;
}
