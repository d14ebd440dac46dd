/** The rows that figures may be fitted on. */
import { BLOCK_ROWS } from "./cells/blocks.ts";
import type { NumberCells } from "./cells/number-cells.ts";
import { isTraining } from "./row-parts.ts";
import type { Turns } from "./turns.ts";

const chosen = new Float64Array(BLOCK_ROWS);

/** Gives a table's training rows, a block at a time. */
export class TrainingPart {
	private readonly parts: Uint8Array;
	private readonly turns: Turns;

	/** @param parts what each row is for */
	constructor(parts: Uint8Array, turns: Turns) {
		this.parts = parts;
		this.turns = turns;
	}

	/** @param work gets each block, and what its rows are for */
	blocks(work: (block: number, parts: Uint8Array) => void): Promise<void> {
		return this.turns.blocks(this.parts.length, (first, end) => {
			work(first / BLOCK_ROWS, this.parts.subarray(first, end));
		});
	}

	/** @param work gets the column's numbers in training rows, NaN where there is none, in an array that is used again */
	numbers(cells: NumberCells, work: (values: Float64Array) => void): Promise<void> {
		return this.blocks((block, parts) => {
			const values = cells.read(block);
			let count = 0;
			for (let i = 0; i < values.length; i++) {
				chosen[count] = values[i];
				count += isTraining[parts[i]];
			}
			work(chosen.subarray(0, count));
		});
	}
}
