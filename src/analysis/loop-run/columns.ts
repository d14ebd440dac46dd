import type { Column, TableFact } from "../facts.ts";

/**
 * @param columns of the table, in its order; absent while they are not known
 * @returns what a text takes of it by names alone: what it takes by places that are not certain is as if it were not read
 */
export function inNames(fact: TableFact, columns: readonly string[] | undefined): TableFact<string> {
	const { dataset, unknownTarget, marks, places } = fact;
	const known = columns && keepsPlaces(columns, places) ? columns : undefined;
	const nameOf = (column: Column) => (typeof column === "string" ? column : known?.at(column));
	/** @returns undefined when some have no certain name; a slice may go beyond the last */
	const named = (some: readonly Column[] = []) =>
		known || some.every((column) => typeof column === "string")
			? some.flatMap((column) => nameOf(column) ?? [])
			: undefined;
	const target = fact.target === undefined ? undefined : (nameOf(fact.target) ?? (known && String(fact.target)));
	const without = named(fact.without);
	const features = fact.features && without && named(fact.features)?.filter((name) => name !== target);
	const complete = fact.complete.flatMap((rows) => {
		const [names, others] = [rows.names && named(rows.names), named(rows.without)];
		return others && (names || !rows.names) ? [{ without: others, ...(names ? { names } : {}) }] : [];
	});
	const certain = complete.length === fact.complete.length;
	const chosenBy = fact.chosenBy ?? (certain ? undefined : "dropna()");
	return {
		dataset,
		marks,
		without: without?.filter((name) => name !== target) ?? [],
		complete: certain ? complete : [],
		...(target !== undefined ? { target } : {}),
		...(unknownTarget ? { unknownTarget } : {}),
		...(features?.length ? { features: features.filter((name) => !without?.includes(name)) } : {}),
		...(without && fact.takesRest ? { takesRest: true } : {}),
		...(chosenBy ? { chosenBy } : {}),
	};
}

/** Whether places in the program are those of the file. */
function keepsPlaces(columns: readonly string[], places: TableFact["places"]): boolean {
	if (!places) return true;
	const { assigned, columns: count = columns.length } = places;
	return count === columns.length && assigned.every((name) => columns.includes(name));
}
