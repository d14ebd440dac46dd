/** Columns of texts that mean numbers or moments. */
import type { DateOrder } from "../../protocol/dataset.ts";
import { type AmountForm, amountFormOf, type DecimalMark, readAmount } from "../amount-text.ts";
import { CycleFacts } from "../dates/cycles.ts";
import { type DateForm, dateFormOf, otherOrder, readDate } from "../dates/date-text.ts";
import { codeAmong, isNumber, readNumber } from "../number-text.ts";
import { BLOCK_ROWS } from "./blocks.ts";
import type { NumberCells } from "./number-cells.ts";
import type { TextCells } from "./text-cells.ts";

/** What a column's texts are read as: numbers, or amounts or moments written in this form. */
export type TextReading = "numbers" | AmountForm | DateForm;

/** @returns whether it gives moments, else numbers */
export function isDates(as: TextReading): as is DateForm {
	return typeof as === "string" && as !== "numbers";
}

/** @returns the number or the milliseconds since 1970 that a text stands for, NaN for none */
export function readText(text: string, as: TextReading): number {
	if (typeof as === "object") return readAmount(text, as);
	return as === "numbers" ? readNumber(text) : readDate(text, as);
}

/** texts are taken for numbers when so many of them are */
const shareOfNumbers = 0.9;

/** @returns what a column's different texts are for the most part, if anything but texts */
export function readingOf(
	texts: readonly string[],
	decimal: DecimalMark | undefined,
	order: DateOrder | undefined,
): TextReading | undefined {
	const amounts = amountFormOf(texts, decimal, shareOfNumbers);
	if (amounts) return amounts;
	if (codeAmong(texts) !== undefined) return undefined;
	return texts.filter(isNumber).length >= shareOfNumbers * texts.length
		? "numbers"
		: dateFormOf(texts, undefined, order);
}

/** A column of numbers that is written as texts, cell by cell. */
export class NumbersOfTexts {
	readonly cells: NumberCells;
	readonly as: TextReading;
	/** of the moments, where they are such */
	readonly cycles = new CycleFacts();
	/** cells whose text is nothing of the kind, and so have no value */
	odd = 0;
	/** the first of them, and its data row, from 1 */
	oddText = "";
	oddRow = 0;
	/** amounts: the first of them that is no plain number */
	example = "";
	/** days and months: the first text that can be read in their order only, and the first that is another day in the other */
	orderShown = "";
	orderOpen = "";
	private readonly other: DateForm | undefined;

	constructor(cells: NumberCells, as: TextReading) {
		this.cells = cells;
		this.as = as;
		this.other = isDates(as) ? otherOrder(as) : undefined;
	}

	/** @param row data row, from 1 @returns the number that the text stands for */
	read(text: string, row: number): number {
		const value = readText(text, this.as);
		if (Number.isNaN(value)) this.note(text, row, 1);
		else if (isDates(this.as)) this.noteDate(text, value);
		return value;
	}

	/** Takes the cells read so far; they are let go. */
	take(texts: TextCells): void {
		const values = texts.texts.map((text) => readText(text, this.as));
		if (typeof this.as === "object") {
			this.example = texts.texts.find((text, code) => !Number.isNaN(values[code]) && !isNumber(text)) ?? "";
		}
		for (const [code, value] of values.entries()) {
			if (Number.isNaN(value)) this.note(texts.texts[code], texts.firstRows[code], texts.counts[code]);
			else if (isDates(this.as)) this.noteDate(texts.texts[code], value);
		}
		const numbers = new Float64Array(BLOCK_ROWS);
		if (texts.memory) {
			for (let block = 0; block * BLOCK_ROWS < texts.rows; block++) {
				const codes = texts.read(block);
				for (let i = 0; i < codes.length; i++) numbers[i] = codes[i] < 0 ? Number.NaN : values[codes[i]];
				this.cells.add(numbers.subarray(0, codes.length));
				texts.release(block);
			}
			return;
		}
		// without their places, but as many of each
		const add = (value: number, count: number) => {
			for (let left = count; left > 0; left -= BLOCK_ROWS) {
				this.cells.add(numbers.subarray(0, Math.min(left, BLOCK_ROWS)).fill(value));
			}
		};
		for (const [code, value] of values.entries()) add(value, texts.counts[code]);
		add(Number.NaN, texts.missing);
	}

	private noteDate(text: string, value: number): void {
		this.cycles.add(value);
		if (this.other === undefined || this.orderShown !== "") return;
		const otherwise = readDate(text, this.other);
		if (Number.isNaN(otherwise)) this.orderShown = /[a-z]{3}/i.test(text) ? "" : text;
		else if (otherwise !== value) this.orderOpen ||= text;
	}

	private note(text: string, row: number, count: number): void {
		this.odd += count;
		if (this.oddRow > 0 && this.oddRow <= row) return;
		this.oddText = text;
		this.oddRow = row;
	}
}
