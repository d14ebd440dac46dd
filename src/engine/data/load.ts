/** A table, from its file to the matrices that a run trains on. */
import { defaultMemoryLimit } from "../memory-limit.ts";
import type { DatasetSummary, Fingerprint, Missing, Scaling, Split, Task } from "../protocol/dataset.ts";
import { DEFAULT_DEV_SHARE, DEFAULT_SEED } from "../training/defaults.ts";
import { cacheKey, findTable, keepTable } from "./cache.ts";
import { DiskFile } from "./disk-file.ts";
import { encodeTable, type FittedTable, MemoryRows } from "./encode.ts";
import { expectedShape } from "./expected-shape.ts";
import { featureKind } from "./kinds/index.ts";
import { checkRange, scaleOf } from "./kinds/scale.ts";
import { findLeaks } from "./leaks.ts";
import { dropMissing, refuseMissing } from "./missing.ts";
import { fitNumbers } from "./moments.ts";
import { inputNames, type Preparation } from "./preparation.ts";
import type { RawColumn, RawTable, ReadOptions } from "./raw-table.ts";
import { type LoadControl, readTable } from "./read-table.ts";
import { RowFile } from "./row-file.ts";
import { type OtherFile, openSource, type SourceFile } from "./source-file.ts";
import { splitRows } from "./split.ts";
import { labelRows, type TableChoice } from "./target.ts";
import { TrainingPart } from "./training-part.ts";
import { Turns } from "./turns.ts";
import { checkRows, setLeaksAside, type Understanding, understand } from "./understand.ts";

/** Sizes of a prepared table, known before any of it is laid out. */
export interface TableShape {
	/** rows that are used: training, dev and test */
	rows: number;
	trainRows: number;
	devRows: number;
	testRows: number;
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
	/**
	 * rows x features, row-major: training rows, then dev rows, then test rows, each part in the order of the file; empty,
	 * as y and sourceRow, where the rows are `stored`
	 */
	x: Float32Array;
	/** one a row: standardised target (regression), 0 or 1 (binary), index of the class (multiclass) */
	y: Float32Array;
	/** the rows, where they do not lie in memory; to be closed by who has the table */
	stored?: RowFile;
	/** regression: target = y * deviation + mean */
	targetScale?: { mean: number; deviation: number };
	/** fitted on the training rows only */
	preparation: Preparation;
	fingerprint: Fingerprint;
	/** files that it was read from besides its own */
	others?: readonly OtherFile[];
	/** resolves when the table is kept for the next time, with what went wrong where it could not be */
	caching?: Promise<string | undefined>;
	/** number in the file of each row of x, from 1, the header not counted */
	sourceRow: Uint32Array;
}

export interface LoadOptions extends TableChoice, LoadControl {
	split: Split;
	missing: Missing;
	scaling: Scaling;
	/** Called before most of the table is read, with sizes by its first rows. */
	expected?: (shape: TableShape) => void;
	/**
	 * Called once, when the sizes are known; gives rows x features and rows floats to fill in place, or nothing for rows
	 * that are to lie on the disk.
	 */
	allocate: (shape: TableShape) => { x: Float32Array; y: Float32Array } | undefined;
}

/** What was read in less time is read again. */
const worthMs = 500;

/** Where nothing is said, a table is looked at as a run would split it. */
const usualSplit: Split = { dev: DEFAULT_DEV_SHARE, test: 0, seed: DEFAULT_SEED, stratify: true };

/**
 * Reads a table and says what it understood; nothing of it stays in memory afterwards. In a table that is large beside the
 * memory limit, no column is looked for that gives the target away.
 *
 * @throws InputError, one sentence, for everything that is wrong with the file or the choice
 */
export async function inspectTable(
	path: string,
	choice: TableChoice & { split?: Partial<Split>; missing?: Missing },
	control: LoadControl = {},
): Promise<DatasetSummary> {
	const { memoryLimit = defaultMemoryLimit() } = control;
	const kept = ({ contents }: SourceFile) => contents.size * 4 <= memoryLimit;
	const wanted = (file: SourceFile) => (kept(file) ? neededBy(choice) : () => false);
	const table = await readTable(path, { ...control, memoryLimit, order: orderOf(choice) }, wanted);
	try {
		const understood = await understand(table, choice);
		if (!kept(table.file)) return understood.summary;
		const turns = new Turns(control.signal);
		const { missing = "impute" } = choice;
		const split = { ...usualSplit, ...choice.split };
		return (await share(table, understood, { split, missing, complete: choice.complete }, turns)).summary;
	} finally {
		table.discard();
	}
}

/**
 * Reads a table and prepares it for training: rows without a target left out, missing values treated, split, numbers
 * scaled, categories one-hot. Its file is read once and its cells are held once, in blocks that go as they are encoded.
 *
 * @throws InputError, one sentence, for everything that is wrong with the file or the choice; the signal's reason when it
 *   is aborted
 */
export async function loadTable(path: string, options: LoadOptions): Promise<PreparedTable> {
	const { cache } = options;
	const file = openSource(path);
	const key = cacheKey(file, options);
	const found = cache && (await findTable(cache, key, options));
	if (found) return found;
	const begun = performance.now();
	const isNeeded = neededBy(options);
	const sampled = (columns: readonly RawColumn[], about: number) =>
		options.expected?.(expectedShape(columns, about, options, isNeeded));
	const table = await readTable(file, { ...options, sampled, order: orderOf(options) }, () => isNeeded);
	try {
		const prepared = await prepareTable(table, options);
		const isWorth = performance.now() - begun > worthMs;
		if (cache && isWorth) return { ...prepared, caching: keepTable(cache, key, prepared) };
		prepared.stored?.file.unname();
		return prepared;
	} finally {
		table.discard();
	}
}

/** @returns whether a column may be the target or a feature; whatever is not chosen may be found */
function neededBy({ target, features, columns, complete }: TableChoice): (name: string) => boolean {
	const named = target !== undefined && features !== undefined && new Set(features);
	const asked = new Set(complete);
	return (name) => name === target || asked.has(name) || (columns?.[name]?.use ?? (!named || named.has(name)));
}

function orderOf({ columns }: TableChoice): ReadOptions["order"] {
	return (name) => columns?.[name]?.dates;
}

/** Deals the rows out, and sets aside what gives the target away in those that train. */
async function share(
	table: RawTable,
	understood: Understanding,
	{ split, missing, complete = [] }: Pick<LoadOptions, "split" | "missing" | "complete">,
	turns: Turns,
) {
	const { target, found } = understood;
	const labels = await labelRows(table, target, turns);
	const columns = understood.features.map((i) => table.columns[i]);
	const asked = table.columns.filter(({ name }) => complete.includes(name));
	const incomplete = await dropMissing(labels, asked, turns);
	if (missing === "drop") await dropMissing(labels, columns, turns);
	const parts = await splitRows(labels, target.classes?.length ?? 1, split, turns);
	const leaks = await findLeaks(table, understood.summary.columns, found, target, labels, parts, turns);
	const settled = setLeaksAside(understood, leaks);
	const { trainRows: train, devRows: dev, testRows: test } = parts;
	const classDevRows = target.classes ? { classDevRows: [...parts.devClasses] } : {};
	const dropped = table.rows - train - dev - test;
	const left = {
		...(dropped > 0 ? { droppedRows: dropped } : {}),
		...(incomplete > 0 ? { incompleteRows: incomplete } : {}),
	};
	const summary = { ...settled.summary, ...left, parts: { train, dev, test }, ...classDevRows };
	return { ...settled, summary, labels, split: parts };
}

async function prepareTable(table: RawTable, options: LoadOptions): Promise<PreparedTable> {
	const turns = new Turns(options.signal);
	const understood = await understand(table, options);
	const { summary, target, features, labels, split } = await share(table, understood, options, turns);
	const columns = features.map((i) => table.columns[i]);
	const targetColumn = table.columns[target.column];
	if (options.missing === "refuse") await refuseMissing(table, [targetColumn, ...columns]);
	const used = new Set([targetColumn, ...columns]);
	for (const column of table.columns) if (!used.has(column)) column.cells.clear();
	const { parts, devClasses: _, ...sizes } = split;
	const rows = sizes.trainRows + sizes.devRows + sizes.testRows;
	checkRows(table, rows, "without missing values");

	const training = new TrainingPart(parts, turns);
	const fitted: FittedTable["features"] = [];
	for (const i of features) {
		const column = table.columns[i];
		const { kind } = summary.columns[i];
		fitted.push({ column, prepared: await featureKind(kind).fit(column, training, options.scaling) });
	}
	const targetScale = target.classes ? undefined : await fitTarget(targetColumn, training);
	const featureNames = inputNames({ columns: fitted.map(({ prepared }) => prepared) });
	const classes = target.classes?.map(({ name }) => name);
	const shape: TableShape = {
		rows,
		...sizes,
		features: featureNames.length,
		outputs: target.task === "multiclass" ? classes!.length : 1,
		task: target.task,
	};
	const memory = options.allocate(shape);
	if (memory && (memory.x.length !== rows * shape.features || memory.y.length !== rows)) {
		throw new RangeError(
			`allocate gave ${memory.x.length} and ${memory.y.length} floats for ${rows} x ${shape.features}`,
		);
	}
	const encoded = { features: fitted, target: targetColumn, targetScale, labels, split };
	const stored = memory ? undefined : new RowFile(shape, DiskFile.make(options.cache?.folder ?? options.folder));
	const kept = new MemoryRows(memory ?? { x: new Float32Array(0), y: new Float32Array(0) }, shape);
	try {
		await encodeTable(encoded, stored?.sink() ?? kept, turns);
	} catch (fault) {
		stored?.close();
		throw fault;
	}
	const { x, y, sourceRow } = kept;
	return {
		summary: { ...summary, features: shape.features },
		shape,
		featureNames,
		x,
		y,
		...(stored ? { stored } : {}),
		...(targetScale ? { targetScale } : {}),
		preparation: {
			version: 1,
			columns: fitted.map(({ prepared }) => prepared),
			missing: options.missing,
			target: {
				name: summary.target,
				task: target.task,
				...(classes ? { classes } : {}),
				...(targetScale ? { scale: targetScale } : {}),
			},
		},
		fingerprint: table.file.fingerprint,
		...(table.others ? { others: table.others } : {}),
		sourceRow,
	};
}

/** A regression's target is standardised whatever the features are, so that costs can be compared. */
async function fitTarget(
	{ name, cells }: RawColumn,
	training: TrainingPart,
): Promise<{ mean: number; deviation: number }> {
	if (cells.type !== "numbers") throw new Error(`column ${name} has no numbers`);
	const { shift, scale } = scaleOf("standardize", await fitNumbers(cells, training));
	checkRange(name, { shift, scale }, cells.facts);
	return { mean: shift, deviation: scale };
}
