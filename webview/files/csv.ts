/** Comma-separated values, as RFC 4180 has them. */
import { firstAbove } from "../charts/epochs.ts";
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
	/** where each column's points are */
	const next = columns.map(({ points }) => firstAbove(points?.at ?? none, points?.at.length ?? 0, first - 1));
	const write = (at: number): void => {
		const cells = columns.map(({ curve, points }, index) => {
			if (curve !== undefined) return at <= curve.length ? numberText(curve.values[at - 1]) : "";
			if (points?.at[next[index]] !== at) return "";
			const value = points.values[next[index]++];
			return Number.isNaN(value) ? "" : numberText(value);
		});
		lines.push(`${at},${cells.join(",")}`);
	};
	if (longest > 0) {
		for (let at = first; at <= Math.min(last, longest); at++) write(at);
	} else {
		const places = new Set(columns.flatMap(({ points }) => [...(points?.at ?? [])]));
		for (const at of [...places].sort((a, b) => a - b)) if (at >= first && at <= last) write(at);
	}
	return `${lines.join("\n")}\n`;
}

const none = new Uint32Array(0);

function numberText(value: number): string {
	if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
	return formatSingle(value);
}
