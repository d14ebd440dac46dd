/** Makes of a column's cells what they mean, or what the user says that they mean. */
import { isDeepStrictEqual } from "node:util";
import { InputError } from "../../input-error.ts";
import type { FeatureKind } from "../../protocol/dataset.ts";
import { type AmountForm, amountFormOf } from "../amount-text.ts";
import { BLOCK_ROWS } from "../cells/blocks.ts";
import { NumberCells } from "../cells/number-cells.ts";
import type { TextCells } from "../cells/text-cells.ts";
import { isDates, NumbersOfTexts, readText, type TextReading } from "../cells/text-reading.ts";
import { textsOfNumbers } from "../cells/texts-of-numbers.ts";
import { CycleFacts } from "../dates/cycles.ts";
import { type DateForm, dateFormOf, dateOfNumber, isNumberForm, numberFormOf } from "../dates/date-text.ts";
import type { RawColumn } from "../raw-table.ts";
import { clip } from "./texts.ts";

/**
 * Texts that are all dates become moments, and those that are all amounts numbers; the rest stays what it is, unless the user chose a kind. Then every cell that
 * is nothing of the kind has no value.
 *
 * @param where names file and column
 * @throws InputError when no cell is of the chosen kind, or can be of none
 */
export function settleCells(column: RawColumn, chosen: FeatureKind | undefined, where: string): void {
	const { cells, unread } = column;
	if (unread !== undefined) {
		if (chosen) throw new InputError(`${where}: it holds ${unread}, which are no feature; leave it out.`);
		return;
	}
	if (cells.type === "texts") {
		if (cells.numbers) takeNumbers(column, cells.numbers);
		else if (chosen === undefined) readWhole(column, cells);
	}
	if (chosen) choose(column, chosen, where);
}

/**
 * Reads a column as new rows of a known kind.
 *
 * @throws InputError when it holds anything else
 */
export function readAs(column: RawColumn, as: TextReading, where: string): void {
	const { cells } = column;
	if (cells.type === "texts") {
		const { numbers } = cells;
		if (numbers && isDeepStrictEqual(numbers.as, as)) takeNumbers(column, numbers);
		else if (!cells.cut) readTexts(column, cells, as);
		else throw new InputError(`${where}: it is not written as in training, but for a few cells; correct it.`);
	} else if (typeof as === "object") {
		if (cells.missing < cells.rows && !isPlain(column, as, cells)) {
			const written = as.unit === "%" ? "percents" : "amounts with a decimal comma";
			throw new InputError(`${where}: it holds plain numbers, and the model was trained on ${written}; correct it.`);
		}
	} else if (as !== "numbers") {
		if (isNumberForm(as)) readNumberDates(column, cells, as);
		else if (cells.missing < cells.rows) {
			throw new InputError(`${where}: it holds numbers, and the model was trained on dates; correct it.`);
		}
	}
}

/** Whether plain numbers mean the same among such amounts: 1.234 may have been a thousand. */
function isPlain({ decimal = "." }: RawColumn, as: AmountForm, { facts }: NumberCells): boolean {
	return as.unit !== "%" && (as.decimal === decimal || facts.whole);
}

/** Cells that were too many to be kept as texts are numbers or moments already. */
function takeNumbers(column: RawColumn, numbers: NumbersOfTexts): void {
	column.cells = numbers.cells;
	column.written = numbers;
	if (isDates(numbers.as)) column.date = { form: numbers.as, cycles: numbers.cycles };
}

function readWhole(column: RawColumn, cells: TextCells): void {
	const form = cells.cut
		? undefined
		: (dateFormOf(cells.texts, undefined, column.order) ?? amountFormOf(cells.texts, column.decimal));
	if (form && cells.texts.every((text) => !Number.isNaN(readText(text, form)))) readTexts(column, cells, form);
}

function readTexts(column: RawColumn, cells: TextCells, as: TextReading): void {
	const numbers = new NumbersOfTexts(new NumberCells(cells.memory, false), as);
	numbers.take(cells);
	takeNumbers(column, numbers);
}

function choose(column: RawColumn, chosen: FeatureKind, where: string): void {
	const { cells } = column;
	if (cells.missing === cells.rows) return;
	if (chosen === "categorical") {
		if (cells.type === "texts" && !cells.cut) return;
		const distinct = cells.type === "numbers" ? cells.facts.distinct : undefined;
		if (cells.type === "numbers" && distinct !== undefined && !column.written) column.cells = textsOfNumbers(cells);
		else throw new InputError(`${where}: it has too many different values to be categorical; choose another kind.`);
		return;
	}
	if (chosen === "numeric") {
		if (cells.type === "texts" && !cells.cut) {
			readTexts(column, cells, amountFormOf(cells.texts, column.decimal, 0) ?? "numbers");
		}
		if (column.date || column.cells.missing === cells.rows) throw noneOf(column, cells, where, "a number");
		return;
	}
	if (column.date) return;
	if (cells.type === "texts" && !cells.cut) {
		const form = dateFormOf(cells.texts, 0, column.order);
		if (!form) throw noneOf(column, cells, where, "a date");
		readTexts(column, cells, form);
	} else if (cells.type === "numbers") {
		const form = cells.facts.whole ? numberFormOf(cells.facts.min, cells.facts.max) : undefined;
		if (!form) throw noneOf(column, cells, where, "a date");
		readNumberDates(column, cells, form);
	} else
		throw new InputError(`${where}: it holds over ${cells.texts.length - 1} different texts; choose another kind.`);
}

function noneOf(column: RawColumn, cells: RawColumn["cells"], where: string, what: string): InputError {
	const example = cells.type === "texts" ? cells.texts[0] : (column.written?.oddText ?? String(cells.facts.min));
	return new InputError(`${where}: no value of it is ${what} ("${clip(example)}"); choose another kind.`);
}

function readNumberDates(column: RawColumn, cells: NumberCells, form: DateForm): void {
	const moments = new NumberCells(cells.memory, false);
	const cycles = new CycleFacts();
	const add = (values: Float64Array) => {
		for (let i = 0; i < values.length; i++) {
			values[i] = dateOfNumber(values[i], form);
			cycles.add(values[i]);
		}
		moments.add(values);
	};
	if (cells.memory) {
		for (let block = 0; block * BLOCK_ROWS < cells.rows; block++) {
			add(cells.read(block));
			cells.release(block);
		}
	} else {
		add(Float64Array.of(cells.facts.min, cells.facts.max));
		moments.facts.rows = cells.rows;
		moments.facts.missing = cells.missing;
	}
	column.cells = moments;
	column.date = { form, cycles };
}
