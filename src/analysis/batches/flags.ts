import { t } from "../../l10n.ts";
import { amount } from "../hints/numbers.ts";

/** What is odd about a mini-batch size. */
export interface BatchFlag {
	/** a few words */
	what: string;
	/** the same, with what to try */
	text: string;
	/** why, in a sentence or two */
	why: string;
	/** the mini-batch size to try */
	fix?: number | "full";
}

export interface Batch {
	size: number;
	/** mini-batches whose gradients are summed for an update; undefined when it cannot be told */
	summed: number | undefined;
	/** m */
	rows?: number;
	dropsLast: boolean;
	/** bytes of a step with a mini-batch of so many rows */
	bytes?: (size: number) => number;
	memory: Memory;
}

/** Bytes that there are, as far as they are known. */
export interface Memory {
	/** free memory, or what the container may take */
	cpu?: number;
	/** the largest graphics processor's */
	gpu?: number;
}

/** Up to this many rows the notes take them all at once (000 §2). */
const FULL_BATCH_ROWS = 2000;
const [LEAST, MOST] = [64, 512];

/** @returns what is odd, the weightiest first; at most one is about the size itself */
export function flagsOf(batch: Batch): BatchFlag[] {
	return [...memoryFlags(batch), ...sizeFlag(batch), ...lastFlag(batch)];
}

function sizeFlag({ size, summed, rows }: Batch): BatchFlag[] {
	const usual = rows === undefined ? LEAST : usualSize(rows);
	if (rows !== undefined && size > rows)
		return [flag(t("more than m"), t("There are {0} rows: a mini-batch cannot hold more.", amount(rows)), usual)];
	if (rows !== undefined && rows > FULL_BATCH_ROWS && size === rows)
		return [
			flag(
				t("one update per epoch"),
				t("Full batch goes through all rows for a single step; mini-batches take a step after each."),
				usual,
			),
		];
	if (rows !== undefined && rows <= FULL_BATCH_ROWS && size < rows && summed === 1)
		return [
			flag(
				t("small data"),
				t("Up to {0} rows are taken all at once: the gradient has no noise.", amount(FULL_BATCH_ROWS)),
				"full",
			),
		];
	if (rows !== undefined && size === rows) return [];
	if (size === 1)
		return [
			flag(
				t("one row at a time"),
				t("A single row leaves nothing to vectorize over, and its gradient is the noisiest."),
				usual,
			),
		];
	const power = nearestPower(size);
	// What counts for the noise of a step is what is summed for it.
	const atOnce = summed === undefined ? undefined : size * summed;
	const outside = atOnce !== undefined && (atOnce < LEAST || atOnce > MOST);
	if (outside && summed === 1) {
		const near = Math.min(MOST, Math.max(LEAST, power));
		return [
			flag(
				size < LEAST ? t("below {0}", LEAST) : t("above {0}", MOST),
				t(
					"Mini-batches of {0} to {1} rows are the usual ones: smaller ones are noisier and leave less to vectorize, larger ones take fewer steps per epoch.",
					...[LEAST, MOST],
				),
				near,
			),
		];
	}
	if (size === power) return [];
	return [
		flag(t("not a power of two"), t("Caches, vector units and graphics processors work in powers of two."), power),
	];
}

/** The one row at the end has a weight as if it were a whole mini-batch. */
function lastFlag({ size, rows, dropsLast }: Batch): BatchFlag[] {
	const leavesOne = (n: number) => rows! % n === 1;
	if (rows === undefined || dropsLast || size < 2 || rows <= size || !leavesOne(size)) return [];
	const distance = (n: number) => Math.abs(Math.log2(n / size));
	const other = [64, 128, 256, 512].sort((a, b) => distance(a) - distance(b)).find((n) => !leavesOne(n));
	const why = t("{0} rows leave one for the last mini-batch: its gradient is mere noise.", amount(rows));
	return [flag(t("last mini-batch of 1"), why, other)];
}

function memoryFlags({ size, bytes, memory }: Batch): BatchFlag[] {
	return [memory.cpu, memory.gpu].flatMap((limit, place) => {
		if (!bytes || limit === undefined || bytes(size) <= limit) return [];
		let fits = 2 ** Math.floor(Math.log2(size));
		while (fits > 1 && bytes(fits) > limit) fits /= 2;
		const possible = bytes(fits) <= limit;
		const [taken, there] = [byteText(bytes(size)), byteText(limit)];
		const [what, why] =
			place === 0
				? [t("does not fit in memory"), t("A step takes {0}, and there are {1} of memory.", taken, there)]
				: [t("does not fit in GPU memory"), t("A step takes {0}, and there are {1} of GPU memory.", taken, there)];
		return [flag(what, why, possible ? fits : undefined)];
	});
}

/** The notes' choice: all rows when there are few, else a power of two that makes some 200 steps per epoch. */
function usualSize(rows: number): number | "full" {
	if (rows <= FULL_BATCH_ROWS) return "full";
	return 2 ** Math.min(9, Math.max(6, Math.round(Math.log2(rows / 200))));
}

function nearestPower(size: number): number {
	const below = 2 ** Math.floor(Math.log2(size));
	return size - below <= 2 * below - size ? below : 2 * below;
}

function name(size: number | "full"): string {
	return size === "full" ? t("full batch") : String(size);
}

function flag(what: string, why: string, fix?: number | "full"): BatchFlag {
	return fix === undefined ? { what, text: what, why } : { what, text: t("{0}: try {1}", what, name(fix)), why, fix };
}

/** 3_145_728 -> "3.1 MB" */
export function byteText(bytes: number): string {
	const [unit, size] = [["GB", 1e9] as const, ["MB", 1e6] as const, ["KB", 1e3] as const].find(
		([, size]) => bytes >= size,
	) ?? ["bytes", 1];
	const value = bytes / size;
	if (unit === "bytes") return t("{0} bytes", amount(Math.round(value)));
	return `${value >= 100 ? amount(Math.round(value)) : value.toFixed(1)} ${unit}`;
}
