/** Which column is learned, and as what. */
import { InputError } from "../input-error.ts";
import type { ColumnChoice, ColumnSummary, Task } from "../protocol/dataset.ts";
import { BLOCK_ROWS } from "./cells/blocks.ts";
import type { NumberCells } from "./cells/number-cells.ts";
import type { NumberFacts } from "./cells/number-facts.ts";
import type { TextCells } from "./cells/text-cells.ts";
import { clip } from "./kinds/texts.ts";
import { unknownColumn } from "./nearest-name.ts";
import { codeAmong } from "./number-text.ts";
import type { RawTable } from "./raw-table.ts";
import { noLabel } from "./row-parts.ts";
import type { Turns } from "./turns.ts";

/** What the user settled about a table; what is absent is guessed. */
export interface TableChoice {
	/** name of a column */
	target?: string;
	task?: Task;
	/** names of columns; absent: all that can be features */
	features?: string[];
	/** by name */
	columns?: Record<string, ColumnChoice>;
	/** names of columns that rows must have a value in */
	complete?: string[];
}

export interface Target {
	/** index of its column */
	column: number;
	reason: string;
	task: Task;
	taskReason: string;
	/** the task that whole numbers of which there are few could have been taken for */
	otherTask?: Task;
	/** classification: names of the classes and their rows, in the order of their indices */
	classes?: { name: string; count: number }[];
	/** index of the class of each text, or of each number; absent for regression */
	classOf?: Int32Array | Map<number, number>;
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
/** of whole numbers with at most so many different values it is said what they were taken for */
const mostExplained = 20;

/**
 * Settles target and task.
 *
 * @param choice what the user said; what is absent is guessed, the target not among the chosen features
 * @throws InputError when the chosen column is not there or holds nothing that can be learned so
 */
export function chooseTarget(table: RawTable, summaries: ColumnSummary[], choice: TableChoice): Target {
	const { column, reason } = findTarget(table, summaries, choice);
	const { name, cells, unread } = table.columns[column];
	const where = `${table.file.name}, column "${name}"`;
	if (summaries[column].kind === "empty") {
		throw new InputError(`${where}: the target has no value in any row; choose another target.`);
	}
	if (unread !== undefined) throw new InputError(`${where}: a target cannot have ${unread}; choose another target.`);
	if (summaries[column].kind === "date") {
		throw new InputError(`${where}: the target is a date; choose a column of numbers or classes.`);
	}
	if (cells.type === "numbers" && summaries[column].kind === "text") {
		throw new InputError(
			`${where}: ${summaries[column].setAside}; correct it, or say that the column is numeric, and such rows are left out.`,
		);
	}
	const found =
		cells.type === "numbers" ? numericTarget(cells, where, choice.task) : textTarget(cells, where, choice.task);
	return { column, reason, ...found };
}

function findTarget(
	table: RawTable,
	summaries: ColumnSummary[],
	{ target: chosen, features = [], columns = {} }: TableChoice,
): { column: number; reason: string } {
	if (chosen !== undefined) {
		const column = table.columns.findIndex(({ name }) => name === chosen);
		if (column >= 0) return { column, reason: "chosen" };
		throw unknownColumn(table, chosen, "for the target");
	}
	const taken = new Set(features);
	const usable = summaries.flatMap(({ setAside, name, kind }, i) =>
		setAside || kind === "date" || taken.has(name) || columns[name]?.use !== undefined ? [] : [i],
	);
	if (usable.length === 0) throw noColumn(table, summaries);
	const names = new Map<string, number>();
	// beside x and z, y is a coordinate
	const coordinates =
		summaries.some(({ name }) => /^z$/i.test(name)) && summaries.some(({ name }) => /^x$/i.test(name));
	for (const column of usable) names.set(summaries[column].name.toLowerCase(), column);
	if (coordinates) names.delete("y");
	// a price or a class may be a feature of what the last column rates; "y" there may be a coordinate
	const end = usable[usable.length - 1];
	const ending = summaries[end].name.toLowerCase();
	if (ending !== "y" && names.get(ending) === end && targetNames.includes(ending)) {
		return { column: end, reason: "named like a target" };
	}
	for (const name of targetNames) {
		const column = names.get(name);
		if (column !== undefined) return { column, reason: "named like a target" };
	}
	for (const ending of targetEndings) {
		for (const [name, column] of names) {
			if (name.endsWith(ending)) return { column, reason: "named like a target" };
		}
	}
	const last = end === summaries.length - 1;
	return { column: end, reason: last ? "last column" : "last usable column" };
}

function noColumn(table: RawTable, summaries: ColumnSummary[]): InputError {
	const same = summaries.find(({ kind }) => kind === "constant" || kind === "empty");
	const aside = summaries.find(({ setAside }) => setAside !== undefined) ?? summaries[0];
	const why = same
		? `"${same.name}" has ${same.setAside}`
		: `"${aside.name}" is set aside: ${aside.setAside ?? `a ${aside.kind} is no target`}`;
	return new InputError(`${table.file.name} has no column to learn from (${why}); add columns whose values differ.`);
}

type Found = Omit<Target, "column" | "reason">;

function numericTarget({ facts }: NumberCells, where: string, task: Task | undefined): Found {
	const { distinct, missing, whole, rows } = facts;
	if (distinct === 1) throw oneValue(where, String(facts.min));
	const many = distinct === undefined ? `over ${maxClasses}` : String(distinct);
	const few =
		whole && distinct !== undefined && distinct <= maxGuessedClasses && rows - missing >= distinct * rowsOfClass;
	const settled = task ?? (whole && distinct === 2 ? "binary" : few ? "multiclass" : "regression");
	const guess = guessOf(settled, facts);
	const doubtful = whole && distinct !== undefined && distinct > 2 && distinct <= mostExplained;
	const other = doubtful ? ({ otherTask: settled === "regression" ? "multiclass" : "regression" } as const) : {};
	if (settled === "regression") return { task: settled, taskReason: task ? "chosen" : guess, ...other, missing };
	const counted = facts.counted();
	checkClasses(where, settled, many, counted.length);
	// cells may be kept in 32 bits
	const entries = counted.flatMap(({ value }, i) => [
		[value, i],
		[Math.fround(value), i],
	]) as [number, number][];
	return {
		task: settled,
		taskReason: task ? "chosen" : guess,
		...other,
		classes: counted.map(({ value, count }) => ({ name: String(value), count })),
		classOf: new Map(entries),
		missing,
	};
}

/** Whole numbers of which there are few may be classes or amounts, such as ratings: says what they were taken for. */
function guessOf(task: Task, { whole, distinct, min, max }: NumberFacts): string {
	if (task === "binary") return "two whole numbers";
	if (!whole || distinct === undefined || distinct > mostExplained) return "numbers";
	const numbers = `${distinct} whole numbers from ${min} to ${max}`;
	if (task === "regression") return `${numbers}, taken as amounts; for classes choose the task multiclass`;
	return `${numbers}, taken as classes; for amounts, such as ratings, choose the task regression`;
}

function textTarget(cells: TextCells, where: string, task: Task | undefined): Found {
	const { texts, counts, missing } = cells;
	const many = cells.cut ? `over ${texts.length - 1}` : String(texts.length);
	if (texts.length === 1) throw oneValue(where, texts[0]);
	if (task === "regression") {
		const code = codeAmong(texts);
		if (code !== undefined) {
			throw new InputError(
				`${where}: regression needs numbers and "${clip(code)}" is a code, as it begins with 0; say that the column is numeric if it counts something.`,
			);
		}
		const example = texts.find((text) => Number.isNaN(Number(text))) ?? texts[0];
		throw new InputError(
			`${where}: regression needs numbers and "${clip(example)}" is none; choose another target or a classification task.`,
		);
	}
	const chosen = task !== undefined;
	const settled = task ?? (texts.length === 2 ? "binary" : "multiclass");
	checkClasses(where, settled, many, cells.cut ? Number.POSITIVE_INFINITY : texts.length);
	const sorted = texts.map((_, code) => code).sort((a, b) => (texts[a] < texts[b] ? -1 : 1));
	const classOf = new Int32Array(texts.length);
	sorted.forEach((code, i) => {
		classOf[code] = i;
	});
	return {
		task: settled,
		taskReason: chosen ? "chosen" : `${many} classes`,
		classes: sorted.map((code) => ({ name: texts[code], count: counts[code] })),
		classOf,
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

/** @returns the class of each row of the table, 0 for regression; noLabel where there is no target */
export async function labelRows(table: RawTable, target: Target, turns: Turns): Promise<Uint16Array> {
	const { cells } = table.columns[target.column];
	const { classOf } = target;
	const labels = new Uint16Array(table.rows);
	if (classOf === undefined && target.missing === 0) return labels;
	await turns.blocks(table.rows, (first) => {
		const values = cells.read(first / BLOCK_ROWS);
		for (let i = 0; i < values.length; i++) {
			const value = values[i];
			let label = noLabel;
			if (classOf === undefined) label = Number.isNaN(value) ? noLabel : 0;
			else if (classOf instanceof Map) label = classOf.get(value) ?? noLabel;
			else if (value >= 0) label = classOf[value];
			labels[first + i] = label;
		}
	});
	return labels;
}
