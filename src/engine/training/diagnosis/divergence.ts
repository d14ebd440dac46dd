import type { Finding } from "../../protocol/run.ts";
import type { ResolvedRun } from "../../protocol/run-file.ts";
import type { PreparedRun } from "../prepare.ts";
import { figure, smallerRate, whole } from "./words.ts";

/** Row numbers that a finding carries at most. */
const MOST_ROWS = 100;
/** A cost this many times where it began has exploded, finite or not. */
const EXPLODED = 1e4;
/** Steps in a row that a cost must stay there: one bad mini-batch is none. */
const STAYS = 20;

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
	const rows = Array.from(batch.subarray(0, MOST_ROWS), (row) => table.stored?.sourceRow(row) ?? table.sourceRow[row]);
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

/** Watches for a cost that is finite and absurd, such as Adam's with a learning rate of a million. */
export class Explosion {
	private readonly run: ResolvedRun;
	private readonly start: number;
	private readonly limit: number;
	private readonly now: () => number;
	private above = 0;
	private looks = 3;

	/**
	 * @param start cost of the sample before the first step
	 * @param now cost of the same rows with the weights of the moment: unlike a step's, it has no L2 term and no bad luck
	 */
	constructor(run: ResolvedRun, start: number, now: () => number) {
		this.run = run;
		this.start = start;
		this.limit = EXPLODED * Math.max(start, 1e-3);
		this.now = now;
	}

	step(iteration: number, cost: number): Finding | undefined {
		if (cost <= this.limit) this.above = 0;
		else if (++this.above === STAYS && this.looks > 0) {
			this.looks--;
			this.above = 0;
			const now = this.now();
			if (now <= this.limit) return undefined;
			this.looks = 0;
			return {
				code: "explosion",
				severity: "warning",
				message: `The cost has been more than 10,000 times where it began for ${STAYS} steps: ${figure(now)} after ${figure(this.start)}.`,
				advice: smallerRate(this.run),
				iteration,
			};
		}
		return undefined;
	}
}
