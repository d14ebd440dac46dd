/** How far a table has been read, in words. */

import { t } from "../../src/l10n.ts";
import { formatAbout, formatInteger } from "../format.ts";
import type { PanelModel } from "../state.ts";

/** True while a table is read, for a run or to be looked into. */
export function isReading({ state, newest }: PanelModel): boolean {
	return state.inspecting || newest?.phase === "preparing";
}

/** @returns from 0 to 1; undefined before it is known */
export function shareRead({ state: { reading } }: PanelModel): number | undefined {
	return reading && Math.min(1, reading.rows / Math.max(1, reading.about));
}

/** "Reading diamonds.csv: 1,200,000 of about 5,000,000 rows" */
export function readingWords({ state, newest }: PanelModel): string {
	const { reading } = state;
	const dataset = (newest?.phase === "preparing" ? newest.dataset : state.dataset) ?? t("the dataset");
	if (reading === undefined) return t("Reading {0} …", dataset);
	const name = dataset.slice(dataset.lastIndexOf("/") + 1);
	return t("Reading {0}: {1} of about {2} rows", name, formatInteger(reading.rows), formatAbout(reading.about));
}
