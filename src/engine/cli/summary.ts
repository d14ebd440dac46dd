import type { ColumnSummary, DatasetSummary, Histogram } from "../protocol/dataset.ts";

const figure = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 5 });
const whole = new Intl.NumberFormat("en-US");

/** a person reads no more lines than these; images have a column a pixel */
const mostColumns = 60;

/** @returns a table of what was understood of a dataset, for a person to read */
export function summaryLines(summary: DatasetSummary): string[] {
	const { rows, columns, features, target, targetReason, task, taskReason, classes, classRows } = summary;
	const shown = columns.length > mostColumns ? columns.filter((c, i) => i < mostColumns || c.name === target) : columns;
	const cells = shown.map((c) => [
		c.name,
		c.kind,
		c.missing ? `${whole.format(c.missing)}${marks(c)}` : "",
		values(c),
		c.histogram ? bars(c.histogram) : "",
		[c.name === target ? "target" : c.setAside, c.note].filter(Boolean).join("; "),
	]);
	const counted = (name: string, i: number) => `${name} ${classRows ? whole.format(classRows[i]) : ""}`.trim();
	const header = ["column", "kind", "missing", "values", "", "use"];
	const widths = header.map((h, i) => Math.min(64, Math.max(h.length, ...cells.map((row) => row[i].length))));
	const line = (row: string[]) =>
		row
			.map((cell, i) =>
				cell.length > widths[i] && i < widths.length - 1 ? `${cell.slice(0, widths[i] - 1)}…` : cell.padEnd(widths[i]),
			)
			.join("  ")
			.trimEnd();
	return [
		`${summary.path}: ${whole.format(rows)} rows, ${columns.length} columns, ${features} features`,
		...(summary.understood ? [summary.understood] : []),
		`target ${target} (${targetReason}), ${task} (${taskReason})`,
		...(classes ? [`classes ${classes.slice(0, 12).map(counted).join(", ")}${classes.length > 12 ? ", …" : ""}`] : []),
		"",
		line(header),
		line(widths.map((w) => "-".repeat(w))),
		...cells.map(line),
		...(shown.length < columns.length ? [moreLine(columns.filter((c) => !shown.includes(c)))] : []),
	];
}

function moreLine(columns: ColumnSummary[]): string {
	const counts = new Map<string, number>();
	for (const { kind } of columns) counts.set(kind, (counts.get(kind) ?? 0) + 1);
	const counted = [...counts].map(([kind, count]) => `${whole.format(count)} ${kind}`).join(", ");
	return `... and ${whole.format(columns.length)} more columns (${counted}); --json lists every one.`;
}

function values(column: ColumnSummary): string {
	if (column.levels) {
		const shown = column.levels.slice(0, 4).map((l) => `${l.value} ${whole.format(l.count)}`);
		return shown.join(", ") + ((column.distinct ?? column.levels.length) > 4 ? ", …" : "");
	}
	if (column.min === undefined) return "";
	if (column.kind === "date") {
		const words = column.timeOfDay ? timeWords : dayWords;
		return [`${words(column.min)} to ${words(column.max!)}`, ...(column.cycles ?? [])].join(", ");
	}
	const amounts = column.written === undefined ? "" : `, amounts such as ${column.written}`;
	return `${figure.format(column.min)} to ${figure.format(column.max!)}, mean ${figure.format(column.mean!)}${amounts}`;
}

function dayWords(ms: number): string {
	return new Date(ms).toISOString().slice(0, 10);
}

/** @param ms since midnight @returns with seconds where there are any */
function timeWords(ms: number): string {
	return new Date(ms).toISOString().slice(11, ms % 60_000 === 0 ? 16 : 19);
}

/** @returns the texts that stand for no value, an empty one aside */
function marks({ missingMarks = [] }: ColumnSummary): string {
	const shown = missingMarks.filter((mark) => mark !== "");
	return shown.length > 0 ? ` (${shown.join(" ")})` : "";
}

/** @returns a bar for each two bins */
function bars({ counts }: Histogram): string {
	const pairs = Array.from(
		{ length: Math.ceil(counts.length / 2) },
		(_, i) => counts[2 * i] + (counts[2 * i + 1] ?? 0),
	);
	const most = Math.max(...pairs);
	return pairs.map((count) => (count === 0 ? " " : "▁▂▃▄▅▆▇█"[Math.ceil((count / most) * 8) - 1])).join("");
}
