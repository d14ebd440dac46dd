/** Tells how the columns of a CSV file are to be read, from cells in several places of it. */
import type { CellType } from "../../duck.ts";
import { isMissing } from "../../missing-marks.ts";
import { readPart, type SourceFile } from "../../source-file.ts";
import { type Dialect, holdsNumbers } from "./dialect.ts";
import { RecordScanner } from "./record-scanner.ts";

export interface ColumnPlan {
	types: CellType[];
	/** texts in numeric columns that stand for no value; DuckDB compares each with every cell, so there should be few */
	missing: string[];
	/** those and others that were seen in each column */
	marks: string[][];
	/** rows of the file, about */
	about: number;
}

/** places below the head that are looked at, so that a mark or a text further down is known before the file is read */
const places = 16;
const placeBytes = 8 * 1024;
/** files below this are read with all digits; above, where 32-bit floats lose none, they cost half the time and space */
const largeBytes = 32 * 2 ** 20;
/** most digits of a decimal that a 32-bit float always gives back; one number in so many is looked at for its digits */
const singleDigits = 6;
const digitsEvery = 8;

/** @throws when the file cannot be read any more */
export function planColumns(file: SourceFile, dialect: Dialect): ColumnPlan {
	const { size } = file.contents;
	const below = rowsBelow(file, dialect);
	const rows = [...dialect.rows, ...below.rows];
	const missing = new Set([""]);
	const marks = dialect.names.map((_, column) => [
		...new Set(rows.map((row) => row[column]).filter((cell) => isMissing(cell))),
	]);
	const types = dialect.names.map((_, column): CellType => {
		if (!holdsNumbers(rows, column, dialect.decimal)) return "VARCHAR";
		const numbers: number[] = [];
		for (const row of rows) {
			const cell = row[column];
			if (isMissing(cell)) missing.add(cell);
			else numbers.push(Number(dialect.decimal === "," ? cell.replace(",", ".") : cell));
		}
		return size >= largeBytes && singlesDo(numbers) ? "FLOAT" : "DOUBLE";
	});
	return { types, missing: [...missing], marks, about: Math.ceil(size / (below.rowBytes ?? dialect.rowBytes)) };
}

/** Whole rows from places all over the file, where no quote can hide what begins and ends a row. */
function rowsBelow(file: SourceFile, dialect: Dialect): { rows: string[][]; rowBytes: number | undefined } {
	const { path, size } = file.contents;
	const rows: string[][] = [];
	if (size <= file.head.length) return { rows, rowBytes: undefined };
	const { marks, names } = dialect;
	let bytes = 0;
	let records = 0;
	for (let place = 1; place <= places; place++) {
		const part = readPart(path, Math.floor((size * place) / (places + 1)), placeBytes);
		const text = new TextDecoder().decode(part);
		if (text.includes(marks.quote)) continue;
		const begin = text.search(/[\r\n]/);
		const end = Math.max(text.lastIndexOf("\n"), text.lastIndexOf("\r"));
		if (begin === end) continue;
		const scanner = new RecordScanner(marks, true, ({ blank, width, cells }) => {
			if (blank) return;
			records++;
			if (width === names.length) rows.push(cells);
		});
		scanner.push(text.slice(begin, end + 1));
		bytes += end - begin;
	}
	return { rows, rowBytes: records > 0 ? bytes / records : undefined };
}

/**
 * Whether 32-bit floats are as good for a column: fractions of few digits, not small beside their distance from 0. Whole
 * numbers may turn out to be classes or identifiers, which must stay exact.
 */
function singlesDo(numbers: number[]): boolean {
	let min = Number.POSITIVE_INFINITY;
	let max = Number.NEGATIVE_INFINITY;
	let fractions = false;
	for (const [i, value] of numbers.entries()) {
		if (i % digitsEvery === 0 && Number(value.toPrecision(singleDigits)) !== value) return false;
		if (!Number.isInteger(value)) fractions = true;
		min = Math.min(min, value);
		max = Math.max(max, value);
	}
	return fractions && Math.max(Math.abs(min), Math.abs(max)) <= 16 * (max - min);
}
