import type { ColumnSummary } from "../../protocol/dataset.ts";
import type { TextCells } from "../cells/text-cells.ts";
import { codeAmong } from "../number-text.ts";
import type { RawColumn } from "../raw-table.ts";

const maxShownLevels = 20;

/** @returns the cells of a column that is known to hold texts */
export function textsOf({ name, cells }: RawColumn): TextCells {
	if (cells.type !== "texts") throw new Error(`column ${name} has no texts`);
	return cells;
}

/** @returns what every column of texts is said of */
export function textSummary(
	{ name }: RawColumn,
	{ cut, missing, texts, counts }: TextCells,
): Omit<ColumnSummary, "kind"> {
	const code = codeAmong(texts);
	const told =
		code === undefined
			? {}
			: { note: `codes, as "${clip(code)}" begins with 0; choose numeric if they count something` };
	const counted = cut ? {} : { distinct: texts.length, levels: shownLevels(texts, counts) };
	return { name, missing, ...told, ...counted };
}

/** @returns levels with their rows, most frequent first, then by name, at most 20 */
export function shownLevels(values: readonly string[], counts: readonly number[]): { value: string; count: number }[] {
	return values
		.map((value, i) => ({ value, count: counts[i] }))
		.sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
		.slice(0, maxShownLevels);
}

/** A cell's text as a message may show it: short and on one line. */
export function clip(raw: string): string {
	const text = raw.replace(/[\p{Cc}\s]+/gu, " ");
	return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
