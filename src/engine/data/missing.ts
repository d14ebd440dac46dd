/** What is done about features with no value in some rows. */
import { InputError } from "../input-error.ts";
import { BLOCK_ROWS } from "./cells/blocks.ts";
import type { RawColumn, RawTable } from "./raw-table.ts";
import { noLabel } from "./row-parts.ts";
import type { Turns } from "./turns.ts";

/** @throws InputError that names the first cell with no value in one of these columns */
export async function refuseMissing(table: RawTable, columns: RawColumn[]): Promise<void> {
	for (const { name, cells } of columns) {
		const row = cells.firstMissing;
		if (row === 0) continue;
		throw new InputError(
			`${table.file.name}, ${await table.place(row)}, column "${name}": there is no value; fill it in, or let missing values be imputed or dropped.`,
		);
	}
}

/**
 * Leaves out every row with no value in one of these columns.
 *
 * @param labels written in place
 * @returns how many rows they are, whatever label they had
 */
export async function dropMissing(labels: Uint16Array, columns: RawColumn[], turns: Turns): Promise<number> {
	const lacking = columns.filter(({ cells }) => cells.missing > 0);
	let dropped = 0;
	if (lacking.length === 0) return dropped;
	const isMissing = new Uint8Array(BLOCK_ROWS);
	await turns.blocks(labels.length, (first) => {
		isMissing.fill(0);
		for (const { cells } of lacking) {
			const isNumber = cells.type === "numbers";
			const values = cells.read(first / BLOCK_ROWS);
			for (let i = 0; i < values.length; i++) {
				if (isNumber ? Number.isNaN(values[i]) : values[i] < 0) isMissing[i] = 1;
			}
		}
		const end = Math.min(BLOCK_ROWS, labels.length - first);
		for (let i = 0; i < end; i++) {
			if (isMissing[i] === 0) continue;
			labels[first + i] = noLabel;
			dropped++;
		}
	});
	return dropped;
}
