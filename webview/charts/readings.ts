/** The values of every drawn run at one iteration, for the box beside the cursor and for a person who listens. */

import { t } from "../../src/l10n.ts";
import { formatCost, formatInteger, formatRate, formatShare } from "../format.ts";
import type { View } from "./figure.ts";
import type { ReadoutRow } from "./readout.ts";

/** The current run in full, the others by their smoothed cost. */
export function readingsAt({ runs, palette }: View, iteration: number): ReadoutRow[] {
	const rows: ReadoutRow[] = [];
	const index = iteration - 1;
	for (const { view, curves, colour, current } of [...runs].reverse()) {
		if (index >= curves.length) continue;
		const smoothed = formatCost(curves.smoothed.values[index]);
		if (!current) {
			rows.push({ colour, label: view.name, value: smoothed });
			continue;
		}
		rows.push(
			{ colour, label: t("cost"), value: formatCost(curves.cost.values[index]), faint: true },
			{ colour, label: t("smoothed"), value: smoothed },
		);
		const epoch = view.epochs.lastDev(iteration);
		if (epoch?.devCost !== undefined) {
			const number = formatInteger(epoch.epoch);
			rows.push({ colour: palette.dev, label: t("dev, epoch {0}", number), value: formatCost(epoch.devCost) });
			const share = epoch.devAccuracy ?? epoch.devR2;
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
