import type { ColumnSummary, Scaling } from "../../protocol/dataset.ts";
import type { PreparedColumn } from "../preparation.ts";
import type { RawColumn } from "../raw-table.ts";
import type { TrainingPart } from "../training-part.ts";

/** Says what a column is when it is of one kind, and gives undefined when it is not. */
export type Describe = (column: RawColumn) => ColumnSummary | undefined;

/** Rows of one block that go into the matrix. */
export interface EncodedRows {
	count: number;
	/** places in the block, by k below count */
	from: Int32Array;
	/** each row's first input in x */
	to: Int32Array;
}

/** Writes every input of a column in these rows of a block. @param offset of the column's first input in a row */
export type Encode = (block: number, rows: EncodedRows, x: Float32Array, offset: number) => void;

/** One kind of feature: from its cells to the inputs of a model. */
export interface FeatureKind<P extends PreparedColumn = PreparedColumn> {
	/** inputs that such a column becomes, at most */
	width(summary: ColumnSummary): number;
	/** Finds the figures on the training rows, and looks at no other. @throws InputError when the column cannot be encoded */
	fit(column: RawColumn, training: TrainingPart, scaling: Scaling): Promise<P>;
	/** @returns a name for each input */
	inputs(prepared: P): string[];
	/** @returns what encodes the cells of this column, of the table that it was fitted on or of another */
	encoder(prepared: P, column: RawColumn): Encode;
}
