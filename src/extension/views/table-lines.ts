/**
 * Where rows of a delimited text stand. A quoted cell may go on over several lines, and empty lines are no rows.
 * @param line text of a line, from 0
 * @param count lines there are
 * @param header whether the first row names the columns
 * @param rows numbers of rows, from 1, the header not counted
 * @returns first and last line of each row that there is, in the order of the file
 */
export function linesOfRows(
	line: (index: number) => string,
	count: number,
	header: boolean,
	rows: readonly number[],
): [number, number][] {
	const wanted = new Set(rows);
	const furthest = Math.max(0, ...rows);
	const found: [number, number][] = [];
	let row = header ? -1 : 0;
	for (let first = 0; first < count && row < furthest; first++) {
		let last = first;
		let quoted = oddQuotes(line(first));
		if (!quoted && line(first).trim() === "") continue;
		while (quoted && last + 1 < count) quoted = oddQuotes(line(++last)) !== quoted;
		row++;
		if (wanted.has(row)) found.push([first, last]);
		first = last;
	}
	return found;
}

/** A text with an odd number of quotes begins or ends a quoted cell that goes over lines. */
function oddQuotes(text: string): boolean {
	let odd = false;
	for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) odd = !odd;
	return odd;
}
