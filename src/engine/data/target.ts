/** Which column is learned, and as what. */
import { InputError } from "../input-error.ts";
import type { ColumnSummary, Task } from "../protocol/run.ts";
import type { Cells, NumericCells } from "./column-cells.ts";
import { clip, numericFacts } from "./column-kinds.ts";
import type { RawTable } from "./read-table.ts";

export interface Target {
	/** index of its column */
	column: number;
	reason: string;
	task: Task;
	taskReason: string;
	/** one a row: the value (regression) or the index of its class; NaN where there is none */
	values: Float64Array;
	/** names of the classes, in the order of their indices */
	classes?: string[];
	/** rows without a target */
	missing: number;
}

/** Names that targets go by in known tables, the surest first. */
const targetNames = [
	...[
		"target",
		"label",
		"labels",
		"survived",
		"class",
		"outcome",
		"species",
		"diagnosis",
		"saleprice",
		"price",
		"medv",
	],
	...["churn", "default", "quality", "income", "salary", "output", "response", "result", "mpg", "rating", "score", "y"],
];
const targetEndings = ["target", "label", "class", "outcome", "price"];
const maxClasses = 1000;
/** whole numbers with at most so many different values are taken as classes */
const maxGuessedClasses = 10;
/** ... when each comes at least so often on average */
const rowsOfClass = 3;

/**
 * Settles target and task.
 *
 * @param choice what the user said; what is absent is guessed
 * @throws InputError when the chosen column is not there or holds nothing that can be learned so
 */
export function chooseTarget(
	table: RawTable,
	summaries: ColumnSummary[],
	choice: { target?: string; task?: Task },
): Target {
	const { column, reason } = findTarget(table, summaries, choice.target);
	const { name, cells } = table.columns[column];
	const where = `${table.file.name}, column "${name}"`;
	if (summaries[column].kind === "empty") {
		throw new InputError(`${where}: the target has no value in any row; choose another target.`);
	}
	const found = cells.type === "numeric" ? numericTarget(cells, where, choice.task) : undefined;
	return { column, reason, ...(found ?? textTarget(cells, where, choice.task)) };
}

function findTarget(
	table: RawTable,
	summaries: ColumnSummary[],
	chosen: string | undefined,
): { column: number; reason: string } {
	if (chosen !== undefined) {
		const column = table.columns.findIndex(({ name }) => name === chosen);
		if (column >= 0) return { column, reason: "chosen" };
		const names = table.columns.slice(0, 20).map(({ name }) => name);
		const more = table.columns.length > names.length ? ", ..." : "";
		throw new InputError(
			`${table.file.name} has no column "${chosen}" for the target; choose one of ${names.join(", ")}${more}.`,
		);
	}
	const usable = summaries.flatMap((summary, i) => (summary.setAside === undefined ? [i] : []));
	if (usable.length === 0) throw noColumn(table, summaries);
	const names = new Map<string, number>();
	// beside x and z, y is a coordinate
	const coordinates =
		summaries.some(({ name }) => /^z$/i.test(name)) && summaries.some(({ name }) => /^x$/i.test(name));
	for (const column of usable) names.set(summaries[column].name.toLowerCase(), column);
	if (coordinates) names.delete("y");
	for (const name of targetNames) {
		const column = names.get(name);
		if (column !== undefined) return { column, reason: "named like a target" };
	}
	for (const ending of targetEndings) {
		for (const [name, column] of names) {
			if (name.endsWith(ending)) return { column, reason: "named like a target" };
		}
	}
	const column = usable[usable.length - 1];
	const last = column === summaries.length - 1;
	return { column, reason: last ? "last column" : "last usable column" };
}

function noColumn(table: RawTable, summaries: ColumnSummary[]): InputError {
	const same = summaries.find(({ kind }) => kind === "constant" || kind === "empty");
	const why = same
		? `"${same.name}" has ${same.setAside}`
		: `"${summaries[0].name}" is set aside: ${summaries[0].setAside}`;
	return new InputError(`${table.file.name} has no column to learn from (${why}); add columns whose values differ.`);
}

type Found = Omit<Target, "column" | "reason">;

function numericTarget(cells: NumericCells, where: string, task: Task | undefined): Found {
	const { values } = cells;
	const facts = numericFacts(cells);
	const { distinct, missing } = facts;
	if (distinct === 1) throw oneValue(where, String(facts.min));
	const many = distinct === undefined ? `over ${maxClasses}` : String(distinct);
	const chosen = task !== undefined;
	if (task === undefined) {
		if (facts.whole && distinct === 2) task = "binary";
		else if (
			facts.whole &&
			distinct !== undefined &&
			distinct <= maxGuessedClasses &&
			values.length - missing >= distinct * rowsOfClass
		) {
			task = "multiclass";
		} else task = "regression";
	}
	if (task === "regression") {
		return { task, taskReason: chosen ? "chosen" : "numbers", values, missing };
	}
	const classes =
		distinct === undefined ? [] : [...new Set(values.filter((value) => !Number.isNaN(value)))].sort(byValue);
	checkClasses(where, task, many, classes.length);
	const index = new Map(classes.map((value, i) => [value, i]));
	const codes = values.map((value) => index.get(value) ?? Number.NaN);
	const guess =
		task === "binary" ? "two whole numbers" : `only ${many} whole numbers: classes; regression may be chosen`;
	return { task, taskReason: chosen ? "chosen" : guess, values: codes, classes: classes.map(String), missing };
}

function byValue(a: number, b: number): number {
	return a - b;
}

function textTarget(cells: Cells, where: string, task: Task | undefined): Found {
	if (cells.type !== "text") throw new Error("not a text column");
	const { texts, missing } = cells;
	const many = cells.cut ? `over ${texts.length - 1}` : String(texts.length);
	if (texts.length === 1) throw oneValue(where, texts[0]);
	if (task === "regression") {
		const example = texts.find((text) => Number.isNaN(Number(text))) ?? texts[0];
		throw new InputError(
			`${where}: regression needs numbers and "${clip(example)}" is none; choose another target or a classification task.`,
		);
	}
	const chosen = task !== undefined;
	const settled = task ?? (texts.length === 2 ? "binary" : "multiclass");
	checkClasses(where, settled, many, cells.cut ? Number.POSITIVE_INFINITY : texts.length);
	const sorted = texts.map((_, code) => code).sort((a, b) => (texts[a] < texts[b] ? -1 : 1));
	const index = new Float64Array(texts.length);
	sorted.forEach((code, i) => {
		index[code] = i;
	});
	return {
		task: settled,
		taskReason: chosen ? "chosen" : `${many} classes`,
		values: Float64Array.from(cells.codes, (code) => (code < 0 ? Number.NaN : index[code])),
		classes: sorted.map((code) => texts[code]),
		missing,
	};
}

function checkClasses(where: string, task: Task, many: string, count: number): void {
	if (task === "binary" && count !== 2) {
		throw new InputError(`${where}: a binary target needs two values and this has ${many}; choose multiclass.`);
	}
	if (count === 0 || count > maxClasses) {
		throw new InputError(
			`${where}: ${many} different values are too many classes (at most ${maxClasses}); choose another target.`,
		);
	}
}

function oneValue(where: string, value: string): InputError {
	return new InputError(
		`${where}: the target has one value only ("${clip(value)}"); choose another target or add rows that differ.`,
	);
}
