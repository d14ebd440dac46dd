import type { Finding } from "../../protocol/run.ts";
import type { PreparedRun } from "../prepare.ts";
import { figure, smallerRate, whole } from "./words.ts";

/** Row numbers that a finding carries at most. */
const MOST_ROWS = 100;

/** "rows 17, 4302, 5 and 61 more": numbers of rows are names, so that no comma parts their digits. */
function rowsInWords(rows: readonly number[], count: number): string {
	if (count === 1) return `row ${rows[0]}`;
	if (count <= 4) return `rows ${rows.slice(0, -1).join(", ")} and ${rows.at(-1)}`;
	return `rows ${rows.slice(0, 3).join(", ")} and ${whole.format(count - 3)} more`;
}

/**
 * The cost or the gradient is NaN or infinite.
 * @param batch rows of the mini-batch, as the prepared table numbers them
 */
export function divergence(
	{ start, table }: PreparedRun,
	iteration: number,
	cost: number,
	batch: Uint32Array,
): Finding {
	const rows = Array.from(batch.subarray(0, MOST_ROWS), (row) => table.sourceRow[row]);
	const all = batch.length === start.trainRows;
	const where = all
		? `all ${whole.format(batch.length)} training rows`
		: `${rowsInWords(rows, batch.length)} of the table`;
	const [what, still] = Number.isFinite(cost) ? ["gradient", ` while the cost was ${figure(cost)}`] : ["cost", ""];
	return {
		code: "divergence",
		severity: "error",
		message: `The ${what} stopped being a finite number at step ${whole.format(iteration)}${still}, on ${where}.`,
		advice: smallerRate(start.run),
		iteration,
		rows,
	};
}
