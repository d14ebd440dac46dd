/** From cells to the matrices that a run trains on. */
import { BLOCK_ROWS } from "./cells/blocks.ts";
import { featureKind } from "./kinds/index.ts";
import type { EncodedRows } from "./kinds/kind.ts";
import type { PreparedColumn } from "./preparation.ts";
import type { RawColumn } from "./raw-table.ts";
import { part } from "./row-parts.ts";
import type { SplitRows } from "./split.ts";
import type { Turns } from "./turns.ts";

/** A table with all that is known of it once the training rows were looked at. */
export interface FittedTable {
	/** in the order of the inputs */
	features: { column: RawColumn; prepared: PreparedColumn }[];
	target: RawColumn;
	/** regression: y = (value - mean) / deviation; absent: y is the label */
	targetScale: { mean: number; deviation: number } | undefined;
	/** class of each row of the table */
	labels: Uint16Array;
	split: SplitRows;
}

/**
 * Writes training rows, then dev rows, then test rows, each in the order of the file. Every block of cells is let go as
 * soon as it is written.
 *
 * @param x rows x features, row-major
 * @param y one a row
 * @returns number in the file of each row written, from 1
 */
export async function encodeTable(
	table: FittedTable,
	{ x, y }: { x: Float32Array; y: Float32Array },
	turns: Turns,
): Promise<Uint32Array> {
	const { features, target, labels, split } = table;
	const { parts, trainRows, devRows } = split;
	const stride = x.length / y.length;
	const sourceRow = new Uint32Array(y.length);
	const next = Uint32Array.of(0, trainRows, trainRows + devRows);
	const from = new Int32Array(BLOCK_ROWS);
	const to = new Int32Array(BLOCK_ROWS);
	const places = new Int32Array(BLOCK_ROWS);
	const placeRows = (first: number): number => {
		const end = Math.min(parts.length, first + BLOCK_ROWS);
		let count = 0;
		for (let row = first; row < end; row++) {
			if (parts[row] === part.none) continue;
			const place = next[parts[row]]++;
			sourceRow[place] = row + 1;
			from[count] = row - first;
			to[count] = place * stride;
			places[count++] = place;
		}
		return count;
	};
	const encoders = encodersOf(features);
	for (let first = 0; first < parts.length; first += BLOCK_ROWS) {
		const block = first / BLOCK_ROWS;
		const count = placeRows(first);
		for (const { column, encode, offset } of encoders) {
			encode(block, { count, from, to }, x, offset);
			column.cells.release(block);
			await turns.next();
		}
		const own = { count, from, to: places };
		if (table.targetScale) writeNumbers(target, table.targetScale, block, own, y);
		else for (let k = 0; k < count; k++) y[places[k]] = labels[first + from[k]];
		target.cells.release(block);
	}
	return sourceRow;
}

/** @returns for each column what writes its inputs, and where in a row they begin */
export function encodersOf(features: FittedTable["features"]) {
	let offset = 0;
	return features.map(({ column, prepared }) => {
		const kind = featureKind(prepared.kind);
		const width = kind.inputs(prepared).length;
		const encoder = { column, encode: kind.encoder(prepared, column), offset, width };
		offset += width;
		return encoder;
	});
}

function writeNumbers(
	target: RawColumn,
	{ mean, deviation }: { mean: number; deviation: number },
	block: number,
	{ count, from, to }: EncodedRows,
	y: Float32Array,
): void {
	const values = target.cells.read(block);
	for (let k = 0; k < count; k++) y[to[k]] = (values[from[k]] - mean) / deviation;
}
