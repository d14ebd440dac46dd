/** What is said of a column in words, and which columns a person looks for. */
import type { ColumnSummary, DatasetSummary } from "../../src/engine/protocol/dataset.ts";
import { t } from "../../src/l10n.ts";
import { engineWords } from "../../src/words/engine-words.ts";
import { formatFigure, formatInteger, formatPercent } from "../format.ts";

/** What a column is for. */
export type Role = "target" | "feature" | "aside";

export function roleOf(column: ColumnSummary, { target }: DatasetSummary): Role {
	if (column.name === target) return "target";
	return column.setAside ? "aside" : "feature";
}

/** A kind of columns, or "set aside". */
export function kindWords(kind: string): string {
	const words: Record<string, string> = {
		numeric: t("numeric"),
		boolean: t("boolean"),
		identifier: t("identifier"),
		categorical: t("categorical"),
		date: t("date"),
		text: t("text"),
		constant: t("constant"),
		empty: t("empty"),
		"set aside": t("set aside"),
	};
	return words[kind] ?? kind;
}

/** What the values are: their range or how often each comes, and what had to be guessed of how they are written. */
export function valueWords(column: ColumnSummary): string {
	const { note } = column;
	return [spreadWords(column), note ? engineWords(note) : ""].filter(Boolean).join("; ");
}

function spreadWords(column: ColumnSummary): string {
	const { kind, levels, distinct, min, max, mean, timeOfDay } = column;
	if (levels && levels.length > 0) {
		const shown = levels.map(({ value, count }) => `${value || t("(empty)")} ${formatInteger(count)}`).join(", ");
		return distinct !== undefined && distinct > levels.length
			? t("{0}, … {1} in all", shown, formatInteger(distinct))
			: shown;
	}
	if (isKnown(min) && isKnown(max)) {
		if (kind === "date") {
			const range = t("{0} to {1}", dateWords(min, timeOfDay), dateWords(max, timeOfDay));
			return column.cycles?.length ? t("{0}; cycles of {1}", range, column.cycles.map(engineWords).join(", ")) : range;
		}
		if (min === max) return formatFigure(min);
		const range = t("{0} to {1}", formatFigure(min), formatFigure(max));
		const spread = isKnown(mean) ? t("{0}, mean {1}", range, formatFigure(mean)) : range;
		return column.written === undefined ? spread : t("{0}; amounts such as {1}", spread, column.written);
	}
	return distinct ? t("{0} different values", formatInteger(distinct)) : "";
}

/** Why a column is no feature or is the target, else what its values are. */
export function noteOf(column: ColumnSummary, summary: DatasetSummary): string {
	const role = roleOf(column, summary);
	if (role === "target")
		return summary.targetReason === "chosen" ? t("target") : t("target: {0}", engineWords(summary.targetReason));
	return role === "aside" ? t("set aside: {0}", engineWords(column.setAside ?? "")) : "";
}

/** "12 (3.5 %)", nothing where no cell is missing. */
export function missingWords(missing: number, rows: number): string {
	return missing === 0 ? "" : `${formatInteger(missing)} (${formatPercent(missing / rows)})`;
}

/** Columns by what they are, in the order of the table: their numbers are shown as filters. */
export function countColumns(summary: DatasetSummary): Map<string, number> {
	const counts = new Map<string, number>();
	let aside = 0;
	for (const column of summary.columns) {
		if (roleOf(column, summary) === "aside") aside++;
		else counts.set(column.kind, (counts.get(column.kind) ?? 0) + 1);
	}
	if (aside > 0) counts.set("set aside", aside);
	return counts;
}

/**
 * @param text part of a name, a kind or a reason, in any case
 * @param group a key of countColumns
 * @returns indices of the columns that match both
 */
export function filterColumns(summary: DatasetSummary, text: string, group: string | undefined): number[] {
	const wanted = text.trim().toLowerCase();
	const found: number[] = [];
	for (const [i, column] of summary.columns.entries()) {
		const aside = roleOf(column, summary) === "aside";
		if (group !== undefined && group !== (aside ? "set aside" : column.kind)) continue;
		const said = [column.name, column.kind, kindWords(column.kind), noteOf(column, summary)];
		if (wanted === "" || said.some((words) => words.toLowerCase().includes(wanted))) found.push(i);
	}
	return found;
}

/** A day, or a moment where the time of the day is not midnight. @param timeOfDay there is no day, see `ColumnSummary` */
export function dateWords(milliseconds: number, timeOfDay = false): string {
	const date = new Date(milliseconds);
	if (Number.isNaN(date.getTime())) return String(milliseconds);
	const text = date.toISOString();
	if (timeOfDay) return text.slice(11, milliseconds % 60_000 === 0 ? 16 : 19);
	return text.endsWith("T00:00:00.000Z") ? text.slice(0, 10) : text.slice(0, 16).replace("T", " ");
}

function isKnown(value: number | undefined | null): value is number {
	return typeof value === "number" && Number.isFinite(value);
}
