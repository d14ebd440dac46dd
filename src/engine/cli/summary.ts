import type { ColumnSummary, DatasetSummary } from "../protocol/run.ts";

const figure = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 5 });
const whole = new Intl.NumberFormat("en-US");

/** @returns a table of what was understood of a dataset, for a person to read */
export function summaryLines(summary: DatasetSummary): string[] {
	const { rows, columns, features, target, targetReason, task, taskReason, classes } = summary;
	const cells = columns.map((c) => [
		c.name,
		c.kind,
		c.missing ? whole.format(c.missing) : "",
		values(c),
		c.name === target ? "target" : (c.setAside ?? ""),
	]);
	const header = ["column", "kind", "missing", "values", "use"];
	const widths = header.map((h, i) => Math.min(48, Math.max(h.length, ...cells.map((row) => row[i].length))));
	const line = (row: string[]) =>
		row
			.map((cell, i) => (cell.length > widths[i] ? `${cell.slice(0, widths[i] - 1)}…` : cell.padEnd(widths[i])))
			.join("  ")
			.trimEnd();
	return [
		`${summary.path}: ${whole.format(rows)} rows, ${columns.length} columns, ${features} features`,
		`target ${target} (${targetReason}), ${task} (${taskReason})`,
		...(classes ? [`classes ${classes.slice(0, 12).join(", ")}${classes.length > 12 ? ", …" : ""}`] : []),
		"",
		line(header),
		line(widths.map((w) => "-".repeat(w))),
		...cells.map(line),
	];
}

function values(column: ColumnSummary): string {
	if (column.levels) {
		const shown = column.levels.slice(0, 4).map((l) => `${l.value} ${whole.format(l.count)}`);
		return shown.join(", ") + ((column.distinct ?? column.levels.length) > 4 ? ", …" : "");
	}
	if (column.min === undefined) return "";
	return `${figure.format(column.min)} to ${figure.format(column.max!)}, mean ${figure.format(column.mean!)}`;
}
