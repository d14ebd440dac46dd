/** From cells to meaning: kinds, target, task, and which columns are features. */
import { InputError } from "../input-error.ts";
import type { ColumnSummary, DatasetSummary } from "../protocol/dataset.ts";
import { isDates } from "./cells/text-reading.ts";
import { describeColumn, featureKind, possibleKinds } from "./kinds/index.ts";
import { mixtureOf } from "./kinds/set-aside.ts";
import { settleCells } from "./kinds/settle.ts";
import { shownLevels } from "./kinds/texts.ts";
import { unknownColumn } from "./nearest-name.ts";
import type { RawColumn, RawTable } from "./raw-table.ts";
import { chooseTarget, type TableChoice, type Target } from "./target.ts";

export interface Understanding {
	summary: DatasetSummary;
	target: Target;
	/** indices of the columns that are features */
	features: number[];
	/** those of them that the user did not ask for */
	found: number[];
}

const fewestRows = 4;

/**
 * Says what a table is, and settles its cells accordingly. The number of features is that of all levels; a split may
 * leave a rare level out.
 *
 * @throws InputError when there is nothing to learn from, or a number is not finite
 */
export async function understand(table: RawTable, choice: TableChoice): Promise<Understanding> {
	const names = new Set(table.columns.map(({ name }) => name));
	for (const [use, chosen] of [
		["for a feature", choice.features ?? []],
		["that a kind or use is chosen for", Object.keys(choice.columns ?? {})],
		["that rows must have a value in", choice.complete ?? []],
	] as const) {
		const unknown = chosen.find((name) => !names.has(name));
		if (unknown !== undefined) throw unknownColumn(table, unknown, use);
	}
	const columns = table.columns.map((column) => {
		const kind = choice.columns?.[column.name]?.kind;
		const others = possibleKinds(column);
		settleCells(column, kind, `${table.file.name}, column "${column.name}"`);
		return describeColumn(column, others, kind);
	});
	const target = chooseTarget(table, columns, choice);
	columns[target.column] = describeTarget(table, columns[target.column], target);
	const { features, found } = chooseFeatures(table, columns, target.column, choice);
	await checkFinite(
		table,
		[...features, target.column].map((i) => table.columns[i]),
	);
	checkRows(table, table.rows - target.missing, "with a target");
	const summary: DatasetSummary = {
		path: table.file.path,
		rows: table.rows,
		columns,
		target: columns[target.column].name,
		targetReason: target.reason,
		task: target.task,
		taskReason: target.taskReason,
		...(target.otherTask ? { otherTask: target.otherTask } : {}),
		features: countInputs(columns, features),
		...(target.classes ? { classes: target.classes.map(({ name }) => name) } : {}),
		...(target.classes ? { classRows: target.classes.map(({ count }) => count) } : {}),
		header: table.header,
		...(table.understood === undefined ? {} : { understood: table.understood }),
		...(target.missing > 0 ? { droppedRows: target.missing, targetlessRows: target.missing } : {}),
	};
	return { summary, target, features, found };
}

function countInputs(columns: ColumnSummary[], features: number[]): number {
	return features.reduce((sum, i) => sum + featureKind(columns[i].kind).width(columns[i]), 0);
}

/**
 * Sets columns aside that give the target away, unless nothing else would be left.
 *
 * @param leaks why, by the index of the column
 */
export function setLeaksAside(
	{ summary, features, ...others }: Understanding,
	leaks: Map<number, string>,
): Understanding {
	const left = features.filter((i) => !leaks.has(i));
	const columns = summary.columns.map((column, i) => {
		const why = leaks.get(i);
		if (why === undefined) return column;
		return { ...column, leak: true as const, ...(left.length > 0 ? { setAside: why } : {}) };
	});
	if (left.length === 0) return { summary: { ...summary, columns }, features, ...others };
	return { summary: { ...summary, columns, features: countInputs(columns, left) }, features: left, ...others };
}

/**
 * @param words what the rows have that are kept, where not all are
 * @throws InputError when too few are left to train on
 */
export function checkRows(table: RawTable, kept: number, words: string): void {
	if (kept >= fewestRows) return;
	const left = kept === table.rows ? "" : ` ${words}`;
	throw new InputError(
		`${table.file.name} has ${kept} ${kept === 1 ? "row" : "rows"}${left}; training needs at least ${fewestRows}.`,
	);
}

/** The target is used whatever it looked like; classes show their counts. */
function describeTarget(table: RawTable, summary: ColumnSummary, { column, classes }: Target): ColumnSummary {
	const { cells } = table.columns[column];
	const { setAside: _, ...used } = summary;
	if (used.kind === "identifier" || used.kind === "text")
		used.kind = cells.type === "numbers" ? "numeric" : "categorical";
	if (classes === undefined) return used;
	const names = classes.map(({ name }) => name);
	const counts = classes.map(({ count }) => count);
	const { histogram: _histogram, ...shown } = used;
	return { ...shown, levels: shownLevels(names, counts) };
}

function chooseFeatures(
	table: RawTable,
	columns: ColumnSummary[],
	target: number,
	choice: TableChoice,
): Pick<Understanding, "features" | "found"> {
	const named = choice.features && new Set(choice.features);
	const features: number[] = [];
	const found: number[] = [];
	for (const [i, column] of columns.entries()) {
		const { name } = column;
		if (i === target) {
			if (!named?.has(name)) continue;
			throw new InputError(
				`${table.file.name}, column "${name}": the target cannot be a feature too; leave it out of the features.`,
			);
		}
		const chosen = choice.columns?.[name]?.use;
		const use = chosen ?? named?.has(name);
		if (use === false) column.setAside ??= chosen === false ? "left out by choice" : "not among the chosen features";
		else if (use) columns[i] = asFeature(table, table.columns[i], column);
		else if (column.setAside === undefined) found.push(i);
		if (columns[i].setAside === undefined) features.push(i);
	}
	if (features.length > 0) return { features, found };
	// a column that counts the rows is better than none: x = 1, 2, 3, ...
	for (const [i, column] of columns.entries()) {
		if (column.kind !== "identifier" || column.unusable || choice.columns?.[column.name]?.use === false) continue;
		if (i === target || named) continue;
		columns[i] = asFeature(table, table.columns[i], column);
		features.push(i);
	}
	if (features.length > 0) return { features, found };
	const other = columns.find((_, i) => i !== target);
	const why = other ? ` ("${other.name}": ${[other.setAside, other.note].filter(Boolean).join("; ")})` : "";
	throw new InputError(
		`${table.file.name} has no feature besides the target "${columns[target].name}"${why}; add a column to learn from.`,
	);
}

/** Makes a feature of a column that was set aside. @throws InputError when it cannot be one */
function asFeature({ file }: RawTable, column: RawColumn, summary: ColumnSummary): ColumnSummary {
	const { setAside, ...used } = summary;
	if (setAside === undefined) return summary;
	const where = `${file.name}, column "${column.name}"`;
	if (summary.unusable) {
		throw new InputError(`${where}: it cannot be a feature (${setAside}); leave it out of the features.`);
	}
	const { cells, date } = column;
	if (cells.type === "numbers") return { ...used, kind: date ? "date" : "numeric" };
	if (summary.kind !== "text") return used;
	const mixture = mixtureOf(column);
	const kind = mixture === undefined ? "categorical" : isDates(mixture) ? "date" : "numeric";
	settleCells(column, kind, where);
	const { setAside: _, ...again } = describeColumn(column, summary.otherKinds ?? [], kind);
	return again;
}

/** @throws InputError for a number that is none to count with, in one of these columns */
export async function checkFinite(table: RawTable, used: RawColumn[]): Promise<void> {
	for (const { cells, name } of used) {
		if (cells.type !== "numbers" || cells.missing === cells.rows) continue;
		const { infiniteRow, mean } = cells.facts;
		if (infiniteRow > 0) {
			const place = await table.place(infiniteRow);
			throw new InputError(
				`${table.file.name}, ${place}, column "${name}": the number is infinite; correct it or leave the cell empty.`,
			);
		}
		if (!Number.isFinite(mean)) {
			throw new InputError(
				`${table.file.name}, column "${name}": the numbers are too large to add up; scale them down.`,
			);
		}
	}
}
