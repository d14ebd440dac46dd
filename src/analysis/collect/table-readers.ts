import { argument } from "../meaning/meaning.ts";
import { remembered } from "../meaning/names.ts";
import type { Where } from "../meaning/survey.ts";
import type { Reading } from "../reading.ts";
import type { Call, Expression } from "../syntax/code.ts";
import type { Taken } from "./taken.ts";

/** Functions that read a table from a file. */
export const isReader = remembered((name) =>
	/^((pandas|polars)\.(read_(csv|table|parquet|json|excel|feather|ndjson)|scan_(csv|parquet|ndjson))|numpy\.(loadtxt|genfromtxt))$/.test(
		name,
	),
);
/** What Pandas reads as no value. */
const PANDAS = [
	...["", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA"],
	...["NULL", "NaN", "None", "n/a", "nan", "null"],
];

/** @returns a table as it is read: pd.read_csv("a.csv", usecols=["x", "y"]) */
export function readTable(reading: Reading, name: string, call: Call, where: Where): Taken | undefined {
	const chosen = argument(call, "usecols") ?? argument(call, "columns");
	const names = chosen && (textsOf(reading, chosen, where) ?? placesOf(reading, chosen, where));
	const named = argument(call, "names") ?? argument(call, "new_columns");
	const given = named && textsOf(reading, named, where);
	if ((chosen && !names) || (named && (!given || chosen)) || argument(call, "unpack")) return undefined;
	const numpy = name.startsWith("numpy.");
	// Only NumPy gives columns in the order in which they are asked for.
	const moved = argument(call, "index_col") || (chosen && !numpy);
	return {
		reader: call,
		without: [],
		single: false,
		complete: [],
		marks: numpy ? undefined : marksOf(reading, name, call, where),
		...(names ? { names } : {}),
		...(given ? { given } : {}),
		...(moved ? { moved: true } : {}),
	};
}

/** na_values=["?"] are added to Pandas' own, unless keep_default_na=False */
function marksOf(reading: Reading, name: string, call: Call, where: Where): string[] | undefined {
	const polars = name.startsWith("polars.");
	const given = argument(call, polars ? "null_values" : "na_values");
	const told = given ? textsOf(reading, given, where) : [];
	const own = polars ? [""] : argument(call, "keep_default_na") || argument(call, "na_filter") ? undefined : PANDAS;
	return told && own && [...own, ...told];
}

/** Pandas calls the columns of a table without a header after their places. */
export function isHeadless(reader: Call): boolean {
	const header = argument(reader, "header");
	return header?.kind === "constant" && header.value === null && !argument(reader, "names");
}

/** @returns texts that are all known: "a", ["a", "b"] */
export function textsOf(reading: Reading, e: Expression, where: Where): string[] | undefined {
	const m = reading.evaluate(e, where);
	if (m.kind === "constant") return typeof m.value === "string" ? [m.value] : undefined;
	if (m.kind !== "sequence") return undefined;
	const values = m.items.map((item) => reading.evaluator.constant(item, m.where));
	return values.every((value) => typeof value === "string") ? (values as string[]) : undefined;
}

/** @returns whole numbers that are all known: [0, 3] */
export function placesOf(reading: Reading, e: Expression, where: Where): number[] | undefined {
	const m = reading.evaluate(e, where);
	if (m.kind !== "sequence") return undefined;
	const places = m.items.map((item) => placeOf(reading, item, m.where));
	return places.includes(undefined) ? undefined : (places as number[]);
}

export function placeOf(reading: Reading, e: Expression, where: Where): number | undefined {
	const value = reading.number(e, where);
	return Number.isInteger(value) ? value : undefined;
}
