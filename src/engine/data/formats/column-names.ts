/**
 * @param given a name for each column, if the file has any
 * @returns one a column: unique, never empty, on one line
 */
export function columnNames(given: readonly string[] | undefined, width: number): string[] {
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
