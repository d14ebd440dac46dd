/** How cells become the numbers that a model takes: fitted on training rows, then the same for every row. */
import type { Missing, Task } from "../protocol/dataset.ts";
import type { BooleanColumn } from "./kinds/boolean.ts";
import type { CategoricalColumn } from "./kinds/categorical.ts";
import type { DateColumn } from "./kinds/date.ts";
import { featureKind } from "./kinds/index.ts";
import type { NumericColumn } from "./kinds/numeric.ts";

/** One feature column. Every figure is of the training part. */
export type PreparedColumn = NumericColumn | BooleanColumn | CategoricalColumn | DateColumn;

/** Everything that turns a row of the file into inputs, and the model's output into an answer. JSON as it is. */
export interface Preparation {
	version: 1;
	/** in the order of the inputs */
	columns: PreparedColumn[];
	/** what was done about features with no value */
	missing: Missing;
	target: {
		name: string;
		task: Task;
		/** classification: names in the order of their indices */
		classes?: string[];
		/** regression: y = (value - mean) / deviation */
		scale?: { mean: number; deviation: number };
	};
}

/** @returns names of the inputs, such as "carat" or "cut=Ideal" */
export function inputNames({ columns }: Pick<Preparation, "columns">): string[] {
	return columns.flatMap((column) => featureKind(column.kind).inputs(column));
}
