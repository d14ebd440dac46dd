/** The numbers of a chart in as many rows as a person can read. */
import { formatCost } from "../format.ts";
import { firstAbove } from "./epochs.ts";
import type { Column } from "./picture.ts";

/** rows of a table; a person who wants others zooms in */
const mostRows = 50;
export interface TableRow {
	/** the first and the last iteration that it speaks of */
	first: number;
	last: number;
	/** a text for each column, empty where there is no value */
	cells: string[];
}

/** @returns at most `mostRows` rows that cover the iterations of the range, up to `end` */
export function tableRows(columns: readonly Column[], range: [number, number], end: number): TableRow[] {
	const first = Math.max(1, Math.ceil(range[0]));
	const last = Math.min(end, Math.floor(range[1]));
	if (!columns.some(({ curve }) => curve !== undefined)) return pointRows(columns, first, last);
	const span = Math.max(1, Math.ceil((last - first + 1) / mostRows));
	const rows: TableRow[] = [];
	for (let from = first; from <= last; from += span) {
		const to = Math.min(last, from + span - 1);
		rows.push({ first: from, last: to, cells: columns.map((column) => cell(column, from, to)) });
	}
	return rows;
}

/** One row for each iteration at which a column has a value; of too many, evenly chosen ones. */
function pointRows(columns: readonly Column[], first: number, last: number): TableRow[] {
	const all = new Set<number>();
	for (const { points } of columns) {
		if (points === undefined) continue;
		const places = points.at.subarray(
			firstAbove(points.at, points.at.length, first - 1),
			firstAbove(points.at, points.at.length, last),
		);
		for (const at of evenly(places)) all.add(at);
	}
	const chosen = evenly([...all].sort((a, b) => a - b));
	return chosen.map((at) => ({ first: at, last: at, cells: columns.map((column) => cell(column, at, at)) }));
}

/** At most `mostRows` of the places, the last one among them. */
function evenly(places: ArrayLike<number>): number[] {
	const stride = Math.max(1, Math.ceil(places.length / mostRows));
	const chosen: number[] = [];
	for (let i = (places.length - 1) % stride; i < places.length; i += stride) if (i >= 0) chosen.push(places[i]);
	return chosen;
}

function cell(column: Column, first: number, last: number): string {
	const { curve, points } = column;
	const figure = (value: number) => figureOf(value, column.format ?? formatCost);
	if (points !== undefined) {
		for (let i = firstAbove(points.at, points.at.length, last) - 1; i >= 0 && points.at[i] >= first; i--) {
			if (!Number.isNaN(points.values[i])) return figure(points.values[i]);
		}
		return "";
	}
	if (curve === undefined) return "";
	const end = Math.min(last, curve.length);
	if (end < first) return "";
	if (column.last || first === end) return figure(curve.values[end - 1]);
	let low = Number.POSITIVE_INFINITY;
	let high = Number.NEGATIVE_INFINITY;
	let broken = Number.NaN;
	let whole = true;
	for (let i = first - 1; i < end; i++) {
		const value = curve.values[i];
		if (value - value !== 0) {
			broken = value;
			whole = false;
			continue;
		}
		if (value < low) low = value;
		if (value > high) high = value;
	}
	if (low > high) return figure(broken);
	const text = low === high ? figure(low) : `${figure(low)} – ${figure(high)}`;
	return whole ? text : `${text}, ${figure(broken)}`;
}

function figureOf(value: number, format: (value: number) => string): string {
	if (Number.isNaN(value)) return "NaN";
	return Number.isFinite(value) ? format(value) : value > 0 ? "∞" : "−∞";
}
