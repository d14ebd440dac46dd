import type { Column } from "../facts.ts";

/** Columns of a table: all but those in `without` where none are named. */
export interface Columns {
	names?: Column[];
	without: Column[];
}

/** More are not listed one by one. */
const MOST_PLACES = 10_000;

/** @returns the column at a place, from the end where it is negative; undefined where that takes the table to tell */
export function columnAt({ names, without }: Columns, place: number): Column | undefined {
	if (names) return names.at(place);
	return without.length === 0 ? place : undefined;
}

/** @returns the columns from one place to before another, as Python slices; undefined where that takes the table to tell */
export function columnsBetween({ names, without }: Columns, from = 0, to?: number): Columns | undefined {
	if (names) return { names: names.slice(from, to), without };
	if (without.length > 0 || Math.max(Math.abs(from), Math.abs(to ?? 0)) > MOST_PLACES) return undefined;
	const fromEnd = to === undefined || to < 0;
	if (from >= 0 && fromEnd) return { without: [...places(0, from), ...places(to ?? 0, 0)] };
	if (from < 0 !== fromEnd) return undefined;
	return { names: places(from, to ?? 0), without };
}

function places(from: number, to: number): number[] {
	return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
}
