/** A table, from its file to the matrices that a run trains on. */
import type { DatasetSummary, Task } from "../protocol/run.ts";
import { encodeColumn, fitColumn, fitScale, inputNames, type Preparation, tooLarge } from "./preparation.ts";
import { type RawTable, readTable } from "./read-table.ts";
import type { Fingerprint } from "./source-file.ts";
import { splitRows } from "./split.ts";
import type { Target } from "./target.ts";
import { understand } from "./understand.ts";

/** Sizes of a prepared table, known before any of it is laid out. */
export interface TableShape {
	/** rows with a target: training and dev */
	rows: number;
	trainRows: number;
	devRows: number;
	/** inputs a row, n_x */
	features: number;
	/** 1 for regression and binary, else the number of classes */
	outputs: number;
	task: Task;
}

export interface PreparedTable {
	summary: DatasetSummary;
	shape: TableShape;
	/** names of the inputs, such as "carat" or "cut=Ideal" */
	featureNames: string[];
	/** rows x features, row-major: training rows, then dev rows, each part in a seeded order */
	x: Float32Array;
	/** one a row: standardised target (regression), 0 or 1 (binary), index of the class (multiclass) */
	y: Float32Array;
	/** regression: target = y * deviation + mean */
	targetScale?: { mean: number; deviation: number };
	/** fitted on the training rows only */
	preparation: Preparation;
	fingerprint: Fingerprint;
	/** number in the file of each row of x, from 1, the header not counted */
	sourceRow: Uint32Array;
}

export interface LoadOptions {
	/** name of a column; guessed when absent */
	target?: string;
	/** guessed from the target when absent */
	task?: Task;
	/** share of the rows kept for the dev set, 0 to below 1 */
	devShare: number;
	/** of the shuffle and split */
	seed: number;
	/** Called once, when the sizes are known; gives rows x features and rows floats to fill in place. */
	allocate: (shape: TableShape) => { x: Float32Array; y: Float32Array };
}

/**
 * Reads a table and says what it understood; nothing of it stays in memory afterwards.
 *
 * @param path a CSV or TSV file
 * @throws InputError, one sentence, for everything that is wrong with the file or the choice
 */
export async function inspectTable(path: string, choice: { target?: string; task?: Task }): Promise<DatasetSummary> {
	const table = await readTable(path);
	const { summary } = await understand(table, choice);
	return summary;
}

/**
 * Reads a table and prepares it for training: rows without a target left out, shuffled, split, missing values imputed,
 * numbers standardised, categories one-hot.
 *
 * @throws InputError, one sentence, for everything that is wrong with the file or the choice
 */
export async function loadTable(path: string, options: LoadOptions): Promise<PreparedTable> {
	const table = await readTable(path);
	const { summary, target, features } = await understand(table, options);
	const classes = target.classes?.length ?? 0;
	const { order, trainRows } = splitRows(target.values, classes, options.devShare, options.seed);
	const train = order.subarray(0, trainRows);

	const columns = features.map((i) => fitColumn(table.columns[i], summary.columns[i].kind, train));
	const targetScale = classes === 0 ? fitScale(target.values, train, 0) : undefined;
	const featureNames = columns.flatMap(inputNames);
	const shape: TableShape = {
		rows: order.length,
		trainRows,
		devRows: order.length - trainRows,
		features: featureNames.length,
		outputs: target.task === "multiclass" ? classes : 1,
		task: target.task,
	};
	const { x, y } = options.allocate(shape);
	if (x.length !== shape.rows * shape.features || y.length !== shape.rows) {
		throw new RangeError(`allocate gave ${x.length} and ${y.length} floats for ${shape.rows} x ${shape.features}`);
	}
	x.fill(0);
	let offset = 0;
	columns.forEach((column, i) => {
		encodeColumn(column, table.columns[features[i]].cells, order, x, offset, shape.features);
		offset += inputNames(column).length;
	});
	writeTarget(table, target, order, targetScale ?? { mean: 0, deviation: 1 }, y);
	return {
		summary: { ...summary, features: shape.features },
		shape,
		featureNames,
		x,
		y,
		...(targetScale ? { targetScale } : {}),
		preparation: {
			version: 1,
			columns,
			target: {
				name: summary.target,
				task: target.task,
				...(target.classes ? { classes: target.classes } : {}),
				...(targetScale ? { scale: targetScale } : {}),
			},
		},
		fingerprint: table.file.fingerprint,
		sourceRow: order.map((row) => row + 1),
	};
}

function writeTarget(
	table: RawTable,
	target: Target,
	order: Uint32Array,
	scale: { mean: number; deviation: number },
	y: Float32Array,
): void {
	for (let i = 0; i < order.length; i++) {
		y[i] = (target.values[order[i]] - scale.mean) / scale.deviation;
		if (!Number.isFinite(y[i])) throw tooLarge(table.columns[target.column].name);
	}
}
