/** What a text takes of its table, as a run file says it. */
import type { Task } from "../../engine/protocol/dataset.ts";
import type { RunFile } from "../../engine/protocol/run-file.ts";
import { t } from "../../l10n.ts";
import type { CostFact, Facts, TableFact } from "../facts.ts";
import { amount } from "../hints/numbers.ts";
import { inNames } from "./columns.ts";
import type { Assumption } from "./settled.ts";

/** What is known of the table itself. */
export interface KnownTable {
	/** names of its columns */
	columns: readonly string[];
	/** the column that is learned, and what it is by itself */
	target: string;
	task: Task;
	/** whole numbers that are classes or amounts: the other task that they can have */
	otherTask?: Task;
	/** false: texts, of which there are so many different ones */
	numbers: boolean;
	classes?: number;
	rows: number;
	/** columns of which some lack a value that the rows must have which the text leaves */
	complete: readonly string[];
	/** rows that it leaves out; absent where it is not certain which ones it does */
	incomplete?: number;
	/** rows with no target that it does not leave out, so far as that is known */
	targetless?: number;
}

/** The dataset's part of a run, as far as the text tells. */
export interface TableRun {
	dataset: Pick<RunFile["dataset"], "target" | "task" | "features" | "columns" | "complete">;
	read: Assumption[];
	assumed: Assumption[];
	/** why the text and its table do not go together: a sentence */
	problem?: string;
}

/** @returns the table that a text trains on; undefined where nothing of it is read */
export function tableFact({ tables, datasets }: Facts, name: string | undefined): TableFact | undefined {
	return tables.find(({ dataset }) => datasets[dataset].name === name);
}

/**
 * @param taken what the text takes of the table
 * @param table absent while the table is not known; with the target of the text, else the one that is assumed
 */
export function tableRun(
	taken: TableFact | undefined,
	costs: readonly CostFact[],
	table: KnownTable | undefined,
): TableRun {
	const fact = taken && inNames(taken, table?.columns);
	const found: TableRun = { dataset: {}, read: [], assumed: [] };
	const target = fact?.target !== undefined && has(table, fact.target) ? fact.target : undefined;
	const cost = agreedCost(costs);
	if (fact?.target !== undefined && target === undefined) {
		found.problem = t("The table has no column {0}, which the code learns.", fact.target);
	}
	takeTarget(found, fact, target, table);
	takeColumns(found, fact, target, table);
	takeRows(found, fact, table);
	takeTask(found, costs, cost);
	const learned = target ?? table?.target;
	if (cost?.task && table && !found.problem && learned === table.target) {
		const problem = contradiction(cost, cost.task, table, target !== undefined);
		if (problem) found.problem = problem;
	}
	return found;
}

/** A table that is not known may have any column. */
function has(table: KnownTable | undefined, column: string): boolean {
	return !table || table.columns.includes(column);
}

function takeTarget(
	{ dataset, read, assumed }: TableRun,
	fact: TableFact<string> | undefined,
	target?: string,
	table?: KnownTable,
) {
	const name = t("target");
	if (target !== undefined) {
		dataset.target = target;
		read.push({ name, value: target, why: t("it is what the code learns") });
		return;
	}
	const why = fact?.unknownTarget ?? t("what the code learns is not read");
	assumed.push({ name, value: table?.target ?? t("by the table"), why });
}

function takeColumns(
	{ dataset, read, assumed }: TableRun,
	fact: TableFact<string> | undefined,
	target: string | undefined,
	table: KnownTable | undefined,
) {
	const name = t("columns");
	const { features, without = [] } = fact ?? {};
	const foreign = features?.filter((column) => !has(table, column)) ?? [];
	if (foreign.length > 0) {
		const why = t("the table has no such column, the code makes it");
		assumed.push({ name: foreign.join(", "), value: t("left out"), why });
	}
	const there = features?.filter((column) => has(table, column) && column !== target) ?? [];
	const gone = without.filter((column) => has(table, column));
	const why = t("they are what the code takes of the table");
	if (there.length > 0) {
		dataset.features = there;
		const all = target !== undefined && there.length + 1 === table?.columns.length;
		read.push({ name, value: all ? t("all but {0}", target) : there.join(", "), why });
	} else if (gone.length > 0) {
		// What the text keeps from the features is learned, perhaps: the target that is assumed stays one.
		const unused = gone.filter((column) => column !== table?.target);
		if (unused.length > 0) dataset.columns = Object.fromEntries(unused.map((column) => [column, { use: false }]));
		read.push({ name, value: t("all but {0}", gone.join(", ")), why });
	} else if (fact?.takesRest && target !== undefined) read.push({ name, value: t("all but {0}", target), why });
	else assumed.push({ name, value: t("all that can be used"), why: t("which ones the code takes is not read") });
}

function takeRows(
	{ dataset, read, assumed }: TableRun,
	fact: TableFact<string> | undefined,
	table: KnownTable | undefined,
) {
	const name = t("rows");
	const drops = fact !== undefined && fact.complete.length > 0;
	const uncertain = fact?.chosenBy ?? (drops && table && table.incomplete === undefined ? "dropna()" : undefined);
	if (uncertain) {
		assumed.push({ name, value: t("all of them"), why: t("which rows {0} leaves is not known", uncertain) });
	} else if (drops && table) {
		const { rows, incomplete = 0, complete } = table;
		if (complete.length > 0) dataset.complete = [...complete];
		const value = t("{0} of {1}", amount(rows - incomplete), amount(rows));
		const why =
			complete.length > 0
				? t("the code leaves out those with no value in {0}", complete.join(", "))
				: t("the code leaves out those that lack a value");
		read.push({ name, value, why });
	}
	if (table?.targetless) {
		const value = t("without {0}", amount(table.targetless));
		assumed.push({ name, value, why: t("they have no {0}, which is learned", table.target) });
	}
}

/**
 * @param columns of the table, with how many cells lack a value and what stands in them
 * @returns the columns that lack a value and that rows must have one in which the text leaves; undefined where cells that
 *   are no value here are one to its reader
 */
export function completeColumns(
	{ complete, marks, chosenBy }: TableFact<string>,
	columns: readonly { name: string; missing: number; missingMarks?: readonly string[] }[],
): string[] | undefined {
	if (chosenBy) return undefined;
	const asked = columns.filter(
		({ name, missing }) =>
			missing > 0 && complete.some(({ names, without }) => names?.includes(name) ?? !without.includes(name)),
	);
	const known = asked.every(({ missingMarks = [] }) => missingMarks.every((mark) => marks.includes(mark)));
	return known ? asked.map(({ name }) => name) : undefined;
}

function takeTask({ dataset, read, assumed }: TableRun, costs: readonly CostFact[], cost: CostFact | undefined) {
	const name = t("cost");
	const byTarget = t("by the target");
	if (!cost) {
		const titles = [...new Set(costs.map(({ title }) => title))].join(", ");
		const why = costs.length > 0 ? t("the code has several costs: {0}", titles) : t("no cost of a library can be read");
		assumed.push({ name, value: byTarget, why });
	} else if (!cost.task) {
		assumed.push({ name, value: byTarget, why: t("Descent has no {0}", cost.title) });
	} else {
		dataset.task = cost.task;
		const value = TASK_COSTS[cost.task]();
		if (cost.own) read.push({ name, value, why: t("it is {0} in the code", cost.title) });
		else assumed.push({ name, value, why: t("Descent has no {0}", cost.title) });
	}
}

const TASK_COSTS: Record<Task, () => string> = {
	regression: () => t("mean squared error"),
	binary: () => t("cross-entropy of two classes"),
	multiclass: () => t("cross-entropy"),
};

/** @returns the cost, where all that the text has are of one task */
function agreedCost(costs: readonly CostFact[]): CostFact | undefined {
	const [first] = costs;
	if (!first || costs.some(({ task }) => task !== first.task)) return undefined;
	return costs.find(({ own }) => !own) ?? first;
}

/** @param read the text names the target; else it is assumed */
function contradiction({ title }: CostFact, task: Task, table: KnownTable, read: boolean): string | undefined {
	const { target, numbers, classes = 0 } = table;
	const advice = read ? t("Take another cost or another target.") : t("Choose the target in the panel.");
	const amounts = table.task === "regression" && table.otherTask === undefined;
	if (task === "regression" && !numbers) {
		return `${t("{0} is a cost of numbers, and {1} has {2} classes.", title, target, amount(classes))} ${advice}`;
	}
	if (task !== "regression" && amounts) {
		return `${t("{0} is a cost of classes, and {1} has numbers that are none.", title, target)} ${advice}`;
	}
	if (task === "binary" && table.task !== "binary") {
		return `${t("{0} is a cost of two classes, and {1} has {2}.", title, target, amount(classes))} ${advice}`;
	}
	return undefined;
}
