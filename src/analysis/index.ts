/**
 * What is made of a text's facts. `analyzer.ts` gets them out of the text; it brings tree-sitter, which is loaded where
 * texts are read only.
 */
export type { TextKind } from "./analyzer.ts";
export { byteText, type Memory } from "./batches/flags.ts";
export { type BatchFix, BESIDE_ICON, type Lens, lensesOf, type Surroundings } from "./batches/lenses.ts";

export type * from "./facts.ts";
export { SEVERITIES } from "./findings/finding.ts";
export { ignoreHere } from "./findings/ignore.ts";
export { type Data, type Hint, hintsOf } from "./hints/index.ts";
export { type Hover, hoverAt, type Palette, type Picture } from "./hovers/index.ts";
export { inNames } from "./loop-run/columns.ts";
export { type Assumption, type LoopRun, loopRun, mended } from "./loop-run/loop-run.ts";
export { completeColumns, type KnownTable, type TableRun, tableFact, tableRun } from "./loop-run/table.ts";
export { batchSizeEdit, chosenBatchSize, learningRateEdit } from "./loop-run/writing.ts";
export { stepsOf, trainingRows } from "./rates/run-length.ts";

/** Lines and columns of a text, both from 1. */
export class Lines {
	private readonly starts: number[] = [0];

	constructor(text: string) {
		for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) this.starts.push(at + 1);
	}

	place(offset: number): { line: number; column: number } {
		let low = 0;
		let high = this.starts.length - 1;
		while (low < high) {
			const middle = (low + high + 1) >> 1;
			if (this.starts[middle] <= offset) low = middle;
			else high = middle - 1;
		}
		return { line: low + 1, column: offset - this.starts[low] + 1 };
	}

	/** @returns the offset of a line and column, both from 1; of a line after the last one, of the last one */
	offset(line: number, column: number): number {
		return this.starts[Math.min(line, this.starts.length) - 1] + column - 1;
	}
}
