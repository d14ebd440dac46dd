import { BLOCK_ROWS } from "./blocks.ts";
import type { NumberCells } from "./number-cells.ts";
import { TextCells } from "./text-cells.ts";

/** @returns the same cells, each number a text; of numbers of which there are few different ones */
export function textsOfNumbers(cells: NumberCells): TextCells {
	const texts = new TextCells(cells.memory);
	const codeOf = new Map<number, number>();
	for (const { value, count } of cells.facts.counted()) {
		const code = texts.addText(String(value), count);
		codeOf.set(value, code);
		// cells may be kept in 32 bits
		codeOf.set(Math.fround(value), code);
	}
	texts.missing = cells.missing;
	texts.firstMissing = cells.firstMissing;
	for (let block = 0; block * BLOCK_ROWS < cells.rows; block++) {
		if (cells.memory) texts.addCodes(Int32Array.from(cells.read(block), (value) => codeOf.get(value) ?? -1));
		cells.release(block);
	}
	texts.rows = cells.rows;
	return texts;
}
