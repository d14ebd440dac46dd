/** From cells to meaning: kinds, target, task, and which columns are features. */
import { InputError } from "../input-error.ts";
import type { ColumnSummary, DatasetSummary } from "../protocol/run.ts";
import { describeColumn, featureKind } from "./kinds/index.ts";
import { shownLevels } from "./kinds/texts.ts";
import { unknownColumn } from "./nearest-name.ts";
import type { RawTable } from "./raw-table.ts";
import { chooseTarget, type TableChoice, type Target } from "./target.ts";

export interface Understanding {
	summary: DatasetSummary;
	target: Target;
	/** indices of the columns that are features */
	features: number[];
}

const fewestRows = 4;

/**
 * Says what a table is. The number of features is that of all levels; a split may leave a rare level out.
 *
 * @throws InputError when there is nothing to learn from, or a number is not finite
 */
export async function understand(table: RawTable, choice: TableChoice): Promise<Understanding> {
	const names = new Set(table.columns.map(({ name }) => name));
	const unknown = choice.features?.find((name) => !names.has(name));
	if (unknown !== undefined) throw unknownColumn(table, unknown, "for a feature");
	const columns = table.columns.map(describeColumn);
	const target = chooseTarget(table, columns, choice);
	columns[target.column] = describeTarget(table, columns[target.column], target);
	const features = chooseFeatures(table, columns, target.column, choice.features);
	await checkFinite(table, [...features, target.column]);
	checkRows(table, table.rows - target.missing, "with a target");
	const summary: DatasetSummary = {
		path: table.file.path,
		rows: table.rows,
		columns,
		target: columns[target.column].name,
		targetReason: target.reason,
		task: target.task,
		taskReason: target.taskReason,
		features: features.reduce((sum, i) => sum + featureKind(columns[i].kind).width(columns[i]), 0),
		...(target.classes ? { classes: target.classes.map(({ name }) => name) } : {}),
		header: table.header,
		...(target.missing > 0 ? { droppedRows: target.missing } : {}),
	};
	return { summary, target, features };
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
	return { ...used, levels: shownLevels(names, counts) };
}

function chooseFeatures(
	table: RawTable,
	columns: ColumnSummary[],
	target: number,
	chosen: string[] | undefined,
): number[] {
	if (chosen) return chosenFeatures(table, columns, target, chosen);
	const all = columns.map((_, i) => i);
	const features = all.filter((i) => i !== target && columns[i].setAside === undefined);
	if (features.length > 0) return features;
	// a column that counts the rows is better than none: x = 1, 2, 3, ...
	for (const i of all) if (i !== target && useNumbers(table, columns, i)) features.push(i);
	if (features.length > 0) return features;
	const other = columns.find((_, i) => i !== target);
	const why = other ? ` ("${other.name}": ${other.setAside})` : "";
	throw new InputError(
		`${table.file.name} has no feature besides the target "${columns[target].name}"${why}; add a column to learn from.`,
	);
}

/** @returns the chosen columns in the order of the file; the others are set aside */
function chosenFeatures(table: RawTable, columns: ColumnSummary[], target: number, chosen: string[]): number[] {
	const names = new Set(chosen);
	return columns.flatMap((column, i) => {
		const wanted = names.has(column.name);
		if (i === target) {
			if (!wanted) return [];
			throw new InputError(
				`${table.file.name}, column "${column.name}": the target cannot be a feature too; leave it out of the features.`,
			);
		}
		if (!wanted) {
			column.setAside ??= "not among the chosen features";
			return [];
		}
		if (column.setAside === undefined || useNumbers(table, columns, i)) return [i];
		throw new InputError(
			`${table.file.name}, column "${column.name}": it cannot be a feature (${column.setAside}); leave it out of the features.`,
		);
	});
}

/** Makes a feature of numbers that were set aside because they number the rows. @returns false for any other column */
function useNumbers(table: RawTable, columns: ColumnSummary[], i: number): boolean {
	if (columns[i].kind !== "identifier" || table.columns[i].cells.type !== "numbers") return false;
	const { setAside: _, ...used } = columns[i];
	columns[i] = { ...used, kind: "numeric" };
	return true;
}

async function checkFinite(table: RawTable, used: number[]): Promise<void> {
	for (const i of used) {
		const { cells, name } = table.columns[i];
		if (cells.type !== "numbers") continue;
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
