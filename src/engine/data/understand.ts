/** From cells to meaning: kinds, target, task, and which columns are features. */
import { InputError } from "../input-error.ts";
import type { ColumnSummary, DatasetSummary, Task } from "../protocol/run.ts";
import { countLevels, describeColumn, maxLevels, numericFacts } from "./column-kinds.ts";
import { lineOfRow } from "./csv-faults.ts";
import type { RawTable } from "./read-table.ts";
import { chooseTarget, type Target } from "./target.ts";

export interface Understanding {
	summary: DatasetSummary;
	target: Target;
	/** indices of the columns that are features */
	features: number[];
}

const fewestRows = 4;
const maxShownLevels = 20;

/**
 * Says what a table is. The number of features is that of all levels; a split may leave a rare level out.
 *
 * @throws InputError when there is nothing to learn from, or a number is not finite
 */
export async function understand(table: RawTable, choice: { target?: string; task?: Task }): Promise<Understanding> {
	const columns = table.columns.map(describeColumn);
	const target = chooseTarget(table, columns, choice);
	columns[target.column] = describeTarget(table, columns[target.column], target);
	const features = chooseFeatures(table, columns, target.column);
	await checkFinite(table, [...features, target.column]);

	const kept = table.rows - target.missing;
	if (kept < fewestRows) {
		const left = target.missing === 0 ? "" : " with a target";
		throw new InputError(
			`${table.file.name} has ${kept} ${kept === 1 ? "row" : "rows"}${left}; training needs at least ${fewestRows}.`,
		);
	}
	const summary: DatasetSummary = {
		path: table.file.path,
		rows: table.rows,
		columns,
		target: columns[target.column].name,
		targetReason: target.reason,
		task: target.task,
		taskReason: target.taskReason,
		features: features.reduce((sum, i) => sum + encodedWidth(columns[i]), 0),
		...(target.classes ? { classes: target.classes } : {}),
		header: table.dialect.header,
		...(target.missing > 0 ? { droppedRows: target.missing } : {}),
	};
	return { summary, target, features };
}

/** The target is used whatever it looked like; classes show their counts. */
function describeTarget(table: RawTable, summary: ColumnSummary, target: Target): ColumnSummary {
	const { cells } = table.columns[target.column];
	const { setAside: _, ...used } = summary;
	if (used.kind === "identifier" || used.kind === "text")
		used.kind = cells.type === "numeric" ? "numeric" : "categorical";
	if (target.classes === undefined) return used;
	if (cells.type === "text") return { ...used, levels: countLevels(cells).slice(0, maxShownLevels) };
	const codes = Int32Array.from(target.values, (value) => (Number.isNaN(value) ? -1 : value));
	const counted = countLevels({
		type: "text",
		codes,
		texts: target.classes,
		missing: 0,
		cut: false,
		allDifferent: false,
	});
	return { ...used, levels: counted.slice(0, maxShownLevels) };
}

function chooseFeatures(table: RawTable, columns: ColumnSummary[], target: number): number[] {
	const usable = (i: number) => i !== target && columns[i].setAside === undefined;
	const all = columns.map((_, i) => i);
	const features = all.filter(usable);
	if (features.length > 0) return features;
	// a column that counts the rows is better than none: x = 1, 2, 3, ...
	for (const i of all) {
		if (i === target || columns[i].kind !== "identifier" || table.columns[i].cells.type !== "numeric") continue;
		const { setAside: _, ...used } = columns[i];
		columns[i] = { ...used, kind: "numeric" };
		features.push(i);
	}
	if (features.length > 0) return features;
	const other = columns.find((_, i) => i !== target);
	const why = other ? ` ("${other.name}": ${other.setAside})` : "";
	throw new InputError(
		`${table.file.name} has no feature besides the target "${columns[target].name}"${why}; add a column to learn from.`,
	);
}

/** @returns inputs of the model that a column becomes */
function encodedWidth({ kind, distinct }: ColumnSummary): number {
	return kind === "categorical" && distinct !== undefined && distinct > 2 ? Math.min(distinct, maxLevels) : 1;
}

async function checkFinite(table: RawTable, used: number[]): Promise<void> {
	for (const i of used) {
		const { cells, name } = table.columns[i];
		if (cells.type !== "numeric") continue;
		const { infiniteRow, mean } = numericFacts(cells);
		if (infiniteRow > 0) {
			const line = await lineOfRow(table.file, table.dialect, infiniteRow);
			throw new InputError(
				`${table.file.name}, line ${line}, column "${name}": the number is infinite; correct it or leave the cell empty.`,
			);
		}
		if (!Number.isFinite(mean)) {
			throw new InputError(
				`${table.file.name}, column "${name}": the numbers are too large to add up; scale them down.`,
			);
		}
	}
}
