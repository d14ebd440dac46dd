/** Comma-separated values, as RFC 4180 has them. */
import type { Column } from "../charts/picture.ts";
import { formatSingle } from "../format.ts";

/** @returns one cell: quoted where a comma, a quote or a line's end would tear it */
export function csvCell(text: string): string {
	return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * Every raw value of a chart's columns.
 * @param range first and last iteration
 * @returns a line for each iteration at which a column has a value, the first line names them
 */
export function chartCsv(columns: readonly Column[], range: [number, number]): string {
	const lines = [["iteration", ...columns.map(({ label }) => label)].map(csvCell).join(",")];
	const longest = columns.reduce((most, { curve }) => Math.max(most, curve?.length ?? 0), 0);
	const [first, last] = [Math.max(1, Math.ceil(range[0])), Math.floor(range[1])];
	const write = (at: number): void => {
		const cells = columns.map(({ curve, points }) => {
			const value = curve === undefined ? points?.get(at) : at <= curve.length ? curve.values[at - 1] : undefined;
			return value === undefined ? "" : numberText(value, curve !== undefined);
		});
		lines.push(`${at},${cells.join(",")}`);
	};
	if (longest > 0) for (let at = first; at <= Math.min(last, longest); at++) write(at);
	else {
		const places = new Set(columns.flatMap(({ points }) => [...(points?.keys() ?? [])]));
		for (const at of [...places].sort((a, b) => a - b)) if (at >= first && at <= last) write(at);
	}
	return `${lines.join("\n")}\n`;
}

/** Curves hold 32-bit floats; epochs' figures are 64-bit. */
function numberText(value: number, single: boolean): string {
	if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
	return single ? formatSingle(value) : String(value);
}
