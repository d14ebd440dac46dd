/** Tells tables in text that have comments, or whose cells are parted by any number of spaces. */
import { isMissing } from "../../missing-marks.ts";
import { isNumber } from "../../number-text.ts";
import { chooseDelimiter } from "./dialect.ts";

/** What is to be tidied. */
export interface Untidiness {
	/** lines that begin with it are left empty */
	comment?: "#" | "%";
	/** byte of the mark before a comment that names the columns; only the mark is left out then */
	header?: number;
	/** spaces and tabs outside quotes part the cells, however many: they become one tab, and go at a line's ends */
	spaces: boolean;
}

interface Line {
	text: string;
	/** byte that it begins with */
	at: number;
}

const sampleBytes = 64 * 1024;
/** share of the rows that have as many cells where a delimiter parts them */
const mostOfRows = 0.9;
/** a line, or several where a quoted cell spans them */
const wholeLine = /(?:(?<![^,;|\t \r\n])"(?:[^"]|"")*"|[^\r\n])+/g;
const severalNumbers = /^\s*[-+]?[\d.]+(e[-+]?\d+)?(\s+[-+]?[\d.]+(e[-+]?\d+)?)+\s*$/i;

/** @returns what the first bytes of a table show to be tidied, undefined when nothing is */
export function findUntidiness(head: Uint8Array, complete: boolean): Untidiness | undefined {
	// one character a byte, so that places in it are places in the file
	const sample = Buffer.from(head.subarray(0, sampleBytes))
		.toString("latin1")
		.replace(/^\xef\xbb\xbf/, "   ");
	const lines = [...sample.matchAll(wholeLine)].map((found): Line => ({ text: found[0], at: found.index }));
	if (!complete || sample.length < head.length) lines.pop();
	const mark = (["#", "%"] as const).find((mark) => lines.some((line) => isComment(line, mark)));
	const rows = lines.filter((line) => !mark || !isComment(line, mark));
	if (rows.length === 0) return undefined;
	const texts = rows.map(({ text }) => text);
	const { delimiter, share } = chooseDelimiter(texts.join("\n"), true, '"', '"');
	const spaces = partedBySpaces(texts, delimiter, share);
	const comments =
		mark && understandComments(lines, rows, mark, (text) => (spaces ? words(text) : text.split(delimiter)));
	return spaces || comments ? { spaces, ...comments } : undefined;
}

function isComment({ text }: Line, mark: string): boolean {
	return text.trimStart().startsWith(mark);
}

/** @returns undefined where the mark is what a first cell is or begins with */
function understandComments(
	lines: Line[],
	rows: Line[],
	mark: "#" | "%",
	cellsOf: (text: string) => string[],
): Pick<Untidiness, "comment" | "header"> | undefined {
	const comments = lines
		.filter((line) => isComment(line, mark))
		.map(({ text, at }) => {
			const place = text.indexOf(mark);
			return { at: at + place, cells: cellsOf(text.slice(place + 1).trim()) };
		});
	const width = cellsOf(rows[0].text).length;
	const alone = comments.some(({ cells }) => cells.length === width && cells[0] === "");
	const numbered = rows.slice(1).every(({ text }) => isNumber(cellsOf(text)[0]));
	const alike = comments.some(({ at, cells }) => at > rows[0].at && cells.length === width);
	if (alone || (alike && !numbered)) return undefined;
	const last = comments.filter(({ at }) => at < rows[0].at).at(-1);
	if (last?.cells.length !== width || last.cells.some((cell) => isNumber(cell) || isMissing(cell))) {
		return { comment: mark };
	}
	return { comment: mark, header: last.at };
}

/** Whether all rows have as many words, and nothing else parts them as well. */
function partedBySpaces(rows: string[], delimiter: string, share: number): boolean {
	const width = words(rows[0]).length;
	if (width < 2 || rows.some((row) => words(row).length !== width)) return false;
	if (share < mostOfRows) return true;
	// a tab before the last cell, or decimal commas: then cells between them hold several numbers
	const several = rows.filter((row) => row.split(delimiter).some((cell) => severalNumbers.test(cell))).length;
	return (delimiter === "\t" || delimiter === ",") && several * 2 > rows.length;
}

function words(line: string): string[] {
	return line.match(/"(?:[^"]|"")*"|[^\s"]\S*/g) ?? [];
}
