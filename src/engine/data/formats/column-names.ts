import { InputError } from "../../input-error.ts";

/** more take minutes and gigabytes before a row of them is read */
const mostColumns = 50_000;

/** @throws InputError when a file has more columns than are read */
export function checkColumns(file: string, count: number): void {
	if (count <= mostColumns) return;
	throw new InputError(`${file} has ${count} columns, over ${mostColumns}; give every row the same ones, and fewer.`);
}

/**
 * @param file its name, for messages
 * @param given a name for each column, if the file has any
 * @returns one a column: unique, never empty, on one line
 * @throws InputError when they are too many
 */
export function columnNames(file: string, given: readonly string[] | undefined, width: number): string[] {
	checkColumns(file, width);
	const names: string[] = [];
	const taken = new Set<string>();
	for (let column = 0; column < width; column++) {
		const own = given?.[column].replace(/[\p{Cc}\s]+/gu, " ").trim() || `column${column}`;
		let name = own;
		for (let copy = 1; taken.has(name); copy++) name = `${own}_${copy}`;
		taken.add(name);
		names.push(name);
	}
	return names;
}
