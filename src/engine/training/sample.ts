import type { PreparedTable } from "../data/index.ts";
import { Random } from "./random.ts";

/** Apart from the streams of weights and shuffles. */
const SAMPLE_STREAM = 0x7f4a7c15;

/**
 * Takes some rows of a table, by chance and in their order: the same ones for the same seed. Training and dev part keep
 * their shares, the test part is left out.
 *
 * @param most rows; a table that has no more is given back as it is
 */
export function sampleRows(table: PreparedTable, most: number, seed: number): PreparedTable {
	const { trainRows, devRows, testRows, features } = table.shape;
	if (trainRows + devRows + testRows <= most) return table;
	const dev = Math.round((most * devRows) / (trainRows + devRows));
	const random = new Random(seed ^ SAMPLE_STREAM);
	const kept = [...draw(trainRows, most - dev, random), ...draw(devRows, dev, random).map((row) => trainRows + row)];
	const x = new Float32Array(kept.length * features);
	kept.forEach((row, i) => {
		x.set(table.x.subarray(row * features, (row + 1) * features), i * features);
	});
	return {
		...table,
		shape: { ...table.shape, rows: kept.length, trainRows: kept.length - dev, devRows: dev, testRows: 0 },
		x,
		y: Float32Array.from(kept, (row) => table.y[row]),
		sourceRow: Uint32Array.from(kept, (row) => table.sourceRow[row]),
	};
}

/** @returns `wanted` of the numbers below `rows`, in order (Fan, Muller and Rezucha 1962) */
function draw(rows: number, wanted: number, random: Random): number[] {
	const drawn: number[] = [];
	for (let row = 0; row < rows && drawn.length < wanted; row++) {
		if (random.below(rows - row) < wanted - drawn.length) drawn.push(row);
	}
	return drawn;
}
