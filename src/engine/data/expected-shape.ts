/** What a table will be, by its first rows. */
import { maxLevels } from "./kinds/categorical.ts";
import type { LoadOptions, TableShape } from "./load.ts";
import type { RawColumn } from "./raw-table.ts";

/** whole numbers of so few kinds are taken as classes */
const mostClasses = 10;

/**
 * @param columns as far as they were read
 * @param about rows in all
 * @returns sizes that let say what a run will take; the table may turn out to be another
 */
export function expectedShape(
	columns: readonly RawColumn[],
	about: number,
	{ target, task, split }: Pick<LoadOptions, "target" | "task" | "split">,
	isNeeded: (name: string) => boolean,
): TableShape {
	const label = columns.find(({ name }) => name === target) ?? columns[columns.length - 1];
	let features = 0;
	for (const column of columns) if (column !== label && isNeeded(column.name)) features += widthOf(column);
	const levels = levelsOf(label);
	const guess = levels === undefined ? "regression" : levels > 2 ? "multiclass" : "binary";
	const settled = task ?? guess;
	const devRows = Math.round(about * split.dev);
	const testRows = Math.round(about * split.test);
	return {
		rows: about,
		trainRows: about - devRows - testRows,
		...{ devRows, testRows },
		features: Math.max(1, features),
		outputs: settled === "multiclass" ? Math.max(2, levels ?? 2) : 1,
		task: settled,
	};
}

/** @returns inputs that a column becomes */
function widthOf({ cells, unread }: RawColumn): number {
	if (unread !== undefined) return 0;
	if (cells.type === "numbers") return cells.facts.distinct === 1 ? 0 : 1;
	const levels = cells.texts.length;
	if (levels < 2 || (levels > 2 && cells.allDifferent)) return 0;
	return levels === 2 ? 1 : Math.min(levels, maxLevels + 1);
}

/** @returns classes that a column would have, undefined where it would have none */
function levelsOf({ cells }: RawColumn): number | undefined {
	if (cells.type === "texts") return cells.texts.length;
	const { distinct, whole } = cells.facts;
	return whole && distinct !== undefined && distinct <= mostClasses ? distinct : undefined;
}
