import type { PreparedTable } from "../data/index.ts";
import { Turns } from "../data/turns.ts";
import { Random } from "./random.ts";

/** Apart from the streams of weights and shuffles. */
const SAMPLE_STREAM = 0x7f4a7c15;

/**
 * Takes some rows of a table, by chance and in their order: the same ones for the same seed. Training and dev part keep
 * their shares, the test part is left out. Rows on the disk are read into memory, and their file is closed.
 *
 * @param most rows; a table in memory that has no more is given back as it is
 * @throws the signal's reason when it is aborted
 */
export async function sampleRows(
	{ stored, ...table }: PreparedTable,
	most: number,
	seed: number,
	signal?: AbortSignal,
): Promise<PreparedTable> {
	const { trainRows, devRows, testRows, features } = table.shape;
	if (trainRows + devRows + testRows <= most && !stored) return table;
	const wanted = Math.min(most, trainRows + devRows);
	const dev = Math.round((wanted * devRows) / (trainRows + devRows));
	const random = new Random(seed ^ SAMPLE_STREAM);
	const kept = [...draw(trainRows, wanted - dev, random), ...draw(devRows, dev, random).map((row) => trainRows + row)];
	const x = new Float32Array(kept.length * features);
	const y = new Float32Array(kept.length);
	const sourceRow = new Uint32Array(kept.length);
	if (stored) {
		try {
			await stored.readRows(kept, { x, y, sourceRow }, new Turns(signal));
			await table.caching;
		} finally {
			stored.close();
		}
	} else {
		for (const [i, row] of kept.entries()) {
			x.set(table.x.subarray(row * features, (row + 1) * features), i * features);
			y[i] = table.y[row];
			sourceRow[i] = table.sourceRow[row];
		}
	}
	const shape = { ...table.shape, rows: kept.length, trainRows: kept.length - dev, devRows: dev, testRows: 0 };
	return { ...table, shape, x, y, sourceRow };
}

/** @returns `wanted` of the numbers below `rows`, in order (Fan, Muller and Rezucha 1962) */
function draw(rows: number, wanted: number, random: Random): number[] {
	const drawn: number[] = [];
	for (let row = 0; row < rows && drawn.length < wanted; row++) {
		if (random.below(rows - row) < wanted - drawn.length) drawn.push(row);
	}
	return drawn;
}
