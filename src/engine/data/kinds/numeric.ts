import type { AmountForm } from "../amount-text.ts";
import type { NumberCells } from "../cells/number-cells.ts";
import { fitNumbers } from "../moments.ts";
import type { RawColumn } from "../raw-table.ts";
import type { Describe, FeatureKind } from "./kind.ts";
import { checkRange, type Scale, scaleOf } from "./scale.ts";

/** (value - shift) / scale, where there is no value with impute in its place */
export interface NumericColumn extends Scale {
	name: string;
	kind: "numeric";
	/** where they are written as amounts */
	form?: AmountForm;
	impute: number;
}

/** @returns what every column of numbers is said of */
export function numberSummary({ name, written }: RawColumn, { facts }: NumberCells) {
	const { missing, min, max, mean, distinct } = facts;
	const histogram = facts.histogram();
	return {
		name,
		missing,
		...(distinct === undefined ? {} : { distinct }),
		min,
		max,
		mean,
		...(written?.example ? { written: written.example } : {}),
		...(histogram ? { histogram } : {}),
	};
}

export const describeNumeric: Describe = (column) =>
	column.cells.type === "numbers" ? { ...numberSummary(column, column.cells), kind: "numeric" } : undefined;

export const numeric: FeatureKind<NumericColumn> = {
	width: () => 1,

	async fit(column, training, scaling) {
		const cells = numbersOf(column);
		const moments = await fitNumbers(cells, training);
		const scale = scaleOf(scaling, moments);
		checkRange(column.name, scale, cells.facts);
		const { as } = column.written ?? {};
		const form = typeof as === "object" ? { form: as } : {};
		return { name: column.name, kind: "numeric", ...form, impute: moments.impute, ...scale };
	},

	inputs: ({ name }) => [name],

	encoder({ impute, shift, scale }, column) {
		const cells = numbersOf(column);
		return (block, { count, from, to }, x, offset) => {
			const values = cells.held(block);
			for (let k = 0; k < count; k++) {
				const value = values[from[k]];
				x[to[k] + offset] = ((Number.isNaN(value) ? impute : value) - shift) / scale;
			}
		};
	},
};

/** @returns the cells of a column that is known to hold numbers */
export function numbersOf({ name, cells }: RawColumn): NumberCells {
	if (cells.type !== "numbers") throw new Error(`column ${name} has no numbers`);
	return cells;
}
