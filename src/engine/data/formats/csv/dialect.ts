/** Finds how a CSV file is written from its first bytes: delimiter, quotes, header. */
import { InputError } from "../../../input-error.ts";
import type { DecimalMark } from "../../amount-text.ts";
import { isMissing } from "../../missing-marks.ts";
import { codeAmong, isNumber } from "../../number-text.ts";
import type { SourceFile } from "../../source-file.ts";
import { columnNames } from "../column-names.ts";
import { textHead } from "./head.ts";
import { type CsvRecord, type Marks, RecordScanner } from "./record-scanner.ts";

export interface Dialect {
	marks: Marks;
	/** "," in files with decimal commas */
	decimal: DecimalMark;
	header: boolean;
	/** lines before the first record: blank ones and titles */
	skip: number;
	/** of them those that are not blank */
	titles: number;
	/** one name a column, unique, never empty */
	names: string[];
	/** rows of the sample, the header not among them */
	rows: string[][];
	/** bytes of a row, about */
	rowBytes: number;
}

/** in order of preference where two fit equally well: a decimal comma beside a semicolon is common */
const delimiters = ["\t", ";", "|", ","];
const sampleCharacters = 64 * 1024;
/** each delimiter is tried on so much, and the header told by so many rows below it */
const trialCharacters = 8 * 1024;
const headerRows = 100;
/** lines above the header */
const mostTitles = 10;
/** rows that a sample should have before it is cut */
const sampleRows = 20;
const decimalCommaNumber = /^\s*[+-]?(?:\d+,\d+)(?:[eE][+-]?\d+)?\s*$/;

/**
 * Sniffs a file's dialect from its head.
 *
 * @throws InputError when it is not text, there is a header only, one column only, or the header does not fit the rows
 */
export function sniffDialect(file: SourceFile): Dialect {
	const head = textHead(file);
	const text = new TextDecoder().decode(head);
	const whole = head.length === file.contents.size;
	const short = text.length <= sampleCharacters || text.slice(0, sampleCharacters).split("\n").length < sampleRows;
	const sample = short ? text : text.slice(0, sampleCharacters);
	const complete = whole && short;

	const quote = !text.includes('"') && /(^|[,;\t|])'[^'\n]*'([,;\t|\r\n]|$)/m.test(sample) ? "'" : '"';
	const escapeMark = sample.includes(`\\${quote}`) && !sample.includes(quote + quote) ? "\\" : quote;
	const marks = {
		delimiter: chooseDelimiter(sample, complete, quote, escapeMark).delimiter,
		quote,
		escape: escapeMark,
	};
	const records = scan(sample, complete, marks, true);
	const written = records.filter((record) => !record.blank);
	const titles = countTitles(written);
	const rows = written.slice(titles);
	if (rows.length === 0 && !complete) {
		throw new InputError(
			`${file.name}, line 1: the line does not end in the first ${sample.length >> 10} KB; check its quotes.`,
		);
	}
	if (rows.length === 0) throw new InputError(`${file.name} has no rows; it needs a header line and rows.`);
	if (rows[0].fault === "unclosed quote") {
		throw new InputError(
			`${file.name}, line ${rows[0].line}: a quote is opened here and never closed; close it or double it.`,
		);
	}
	const width = checkWidth(file.name, rows);

	const body = rows.filter((row) => row.width === width).map((row) => row.cells);
	const header = hasHeader(body);
	if (header && rows.length === 1 && complete) {
		throw new InputError(`${file.name} has a header but no rows; add rows below line ${rows[0].line}.`);
	}
	if (width === 1) {
		throw new InputError(`${file.name} has one column only; a table needs at least one feature and a target.`);
	}
	const cells = header ? body.slice(1) : body;
	const decimal = marks.delimiter !== "," && usesDecimalComma(cells) ? "," : ".";
	const sampleLines = records.at(-1)?.line ?? 1;
	return {
		marks,
		decimal,
		header,
		skip: titles > 0 ? rows[0].line - 1 : Math.max(0, records.indexOf(rows[0])),
		titles,
		names: columnNames(file.name, header ? body[0] : undefined, width),
		rows: cells,
		rowBytes: (head.length * (sample.length / text.length)) / sampleLines,
	};
}

/**
 * Lines above the header that have one cell, such as the title of a report. What follows must be a header beyond doubt:
 * words in all columns, and numbers below one of them.
 *
 * @param rows those of the sample that are not blank
 */
function countTitles(rows: CsvRecord[]): number {
	const { width } = commonWidth(rows);
	const first = rows.findIndex(({ cells }) => cells.filter((cell) => !isMissing(cell)).length > 1);
	if (width < 2 || first < 1 || first > mostTitles || rows.length < first + 3) return 0;
	const isTitle = ({ cells }: CsvRecord) => !isMissing(cells[0]) && !isNumber(cells[0]);
	const body = rows.slice(first).filter((row) => row.width === width);
	const [header, ...below] = body.map(({ cells }) => cells);
	if (body[0] !== rows[first] || !rows.slice(0, first).every(isTitle)) return 0;
	if (header.some((cell) => isMissing(cell) || isNumber(cell))) return 0;
	const some = below.slice(0, headerRows);
	return header.some((_, column) => looksNumeric(some, column, ".", 1)) ? first : 0;
}

function scan(sample: string, complete: boolean, marks: Marks, keepText: boolean): CsvRecord[] {
	const records: CsvRecord[] = [];
	const scanner = new RecordScanner(marks, keepText, (record) => records.push(record));
	scanner.push(sample);
	// the last record of a cut sample is cut itself
	if (complete) scanner.end();
	return records;
}

/** @returns what parts the cells of a sample, and the share of its lines that have as many */
export function chooseDelimiter(
	sample: string,
	complete: boolean,
	quote: string,
	escapeMark: string,
): { delimiter: string; share: number } {
	let best = ",";
	let bestShare = 0;
	const cut = sample.length > trialCharacters && sample.slice(0, trialCharacters).split("\n").length >= sampleRows;
	const trial = cut ? sample.slice(0, trialCharacters) : sample;
	for (const delimiter of delimiters) {
		const records = scan(trial, complete && !cut, { delimiter, quote, escape: escapeMark }, false).filter(
			(record) => !record.blank,
		);
		const { width, count } = commonWidth(records);
		if (width < 2) continue;
		const share = count / records.length;
		if (share > bestShare) {
			best = delimiter;
			bestShare = share;
		}
	}
	return { delimiter: best, share: bestShare };
}

function commonWidth(records: CsvRecord[]): { width: number; count: number } {
	const counts = new Map<number, number>();
	for (const record of records) counts.set(record.width, (counts.get(record.width) ?? 0) + 1);
	let common = { width: 0, count: 0 };
	for (const [width, count] of counts) if (count > common.count) common = { width, count };
	return common;
}

/** DuckDB compares every row with the first; a first line that is the odd one out is named here. */
function checkWidth(name: string, rows: CsvRecord[]): number {
	const first = rows[0];
	const rest = commonWidth(rows.slice(1));
	const agrees = rows.some((row, i) => i > 0 && row.width === first.width);
	if (rest.width !== 0 && rest.width !== first.width && !agrees) {
		const have = `${first.width} ${first.width === 1 ? "cell" : "cells"}`;
		throw new InputError(
			`${name}, line ${first.line}: ${have} where the next line has ${rows[1].width}; give every line the same cells.`,
		);
	}
	return first.width;
}

/**
 * A first row is a header when no cell of it is a number and it does not read like the rows below: a numeric column
 * below one of its words, or words that do not come again in their columns.
 */
function hasHeader(body: string[][]): boolean {
	const first = body[0];
	if (first.some((cell) => isNumber(cell) || decimalCommaNumber.test(cell) || /^\d{4}-\d\d-\d\d/.test(cell)))
		return false;
	if (first.every(isMissing)) return false;
	if (body.length === 1) return true;
	const below = body.slice(1, 1 + headerRows);
	if (first.some((cell, column) => !isMissing(cell) && looksNumeric(below, column, ".", 1))) return true;
	const repeated = first.filter((cell, column) => below.some((row) => row[column] === cell)).length;
	return repeated * 2 < first.length;
}

/** @returns whether a column's cells are all numbers or missing, and so many numbers at least */
export function looksNumeric(rows: string[][], column: number, decimal: DecimalMark, atLeast = 0): boolean {
	let numbers = 0;
	for (const row of rows) {
		const cell = row[column];
		if (isMissing(cell)) continue;
		if (!isNumber(cell) && !(decimal === "," && decimalCommaNumber.test(cell))) return false;
		numbers++;
	}
	return numbers >= atLeast;
}

/** @returns whether a column's cells are numbers that count something; codes are texts, which keep their zeros */
export function holdsNumbers(rows: string[][], column: number, decimal: DecimalMark): boolean {
	if (!looksNumeric(rows, column, decimal)) return false;
	return codeAmong(rows.map((row) => row[column]).filter((cell) => !isMissing(cell))) === undefined;
}

function usesDecimalComma(rows: string[][]): boolean {
	let commas = 0;
	for (const row of rows) {
		for (const cell of row) {
			if (decimalCommaNumber.test(cell)) commas++;
			else if (cell.includes(".") && isNumber(cell)) return false;
		}
	}
	return commas > 0;
}
