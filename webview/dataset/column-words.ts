/** What is said of a column in words, and which columns a person looks for. */
import type { ColumnSummary, DatasetSummary } from "../../src/engine/protocol/run.ts";
import { formatFigure, formatInteger, formatPercent } from "../format.ts";

/** What a column is for. */
export type Role = "target" | "feature" | "aside";

export function roleOf(column: ColumnSummary, { target }: DatasetSummary): Role {
	if (column.name === target) return "target";
	return column.setAside ? "aside" : "feature";
}

/** What the values are: their range or how often each comes. */
export function valueWords(column: ColumnSummary): string {
	const { kind, levels, distinct, min, max, mean } = column;
	if (levels && levels.length > 0) {
		const shown = levels.map(({ value, count }) => `${value || "(empty)"} ${formatInteger(count)}`).join(", ");
		return distinct !== undefined && distinct > levels.length ? `${shown}, … ${formatInteger(distinct)} in all` : shown;
	}
	if (isKnown(min) && isKnown(max)) {
		if (kind === "date") {
			const cycles = column.cycles?.length ? `; cycles of ${column.cycles.join(", ")}` : "";
			return `${dateWords(min)} to ${dateWords(max)}${cycles}`;
		}
		const middle = isKnown(mean) && min !== max ? `, mean ${formatFigure(mean)}` : "";
		const amounts = column.written === undefined ? "" : `; amounts such as ${column.written}`;
		return min === max ? formatFigure(min) : `${formatFigure(min)} to ${formatFigure(max)}${middle}${amounts}`;
	}
	return distinct ? `${formatInteger(distinct)} different values` : "";
}

/** Why a column is no feature or is the target, else what its values are. */
export function noteOf(column: ColumnSummary, summary: DatasetSummary): string {
	const role = roleOf(column, summary);
	if (role === "target") return summary.targetReason === "chosen" ? "target" : `target: ${summary.targetReason}`;
	return role === "aside" ? `set aside: ${column.setAside}` : "";
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
		const said = [column.name, column.kind, noteOf(column, summary)];
		if (wanted === "" || said.some((words) => words.toLowerCase().includes(wanted))) found.push(i);
	}
	return found;
}

/** A day, or a moment where the time of the day is not midnight. */
export function dateWords(milliseconds: number): string {
	const date = new Date(milliseconds);
	if (Number.isNaN(date.getTime())) return String(milliseconds);
	const text = date.toISOString();
	return text.endsWith("T00:00:00.000Z") ? text.slice(0, 10) : text.slice(0, 16).replace("T", " ");
}

function isKnown(value: number | undefined | null): value is number {
	return typeof value === "number" && Number.isFinite(value);
}
