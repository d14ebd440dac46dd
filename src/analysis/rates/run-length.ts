import type { BatchSizeFact, Facts, ScheduleFact } from "../facts.ts";

/** How long a run is, as far as the text and the dataset tell. */
export interface KnownRun {
	/** training rows */
	rows?: number;
	epochs?: number;
	/** updates of the weights in an epoch */
	stepsPerEpoch?: number;
}

/** @param m rows of the dataset that the text trains on, unless the text itself tells */
export function knownRun(facts: Facts, m?: number): KnownRun {
	const rows = trainingRows(facts, m);
	const training = facts.batchSizes.filter((b) => b.role === "train");
	const steps = only(training.map((b) => stepsOf(b, rows)));
	// Gradients that are summed over batches: how the last, smaller group is treated differs from loop to loop.
	const summed = training.some((b) => b.accumulation && b.accumulation.value !== 1);
	return {
		rows: only(training.map((b) => b.rows ?? rows)) ?? (training.length === 0 ? rows : undefined),
		epochs: only(facts.epochs.map(({ parameter }) => positive(parameter.value))),
		stepsPerEpoch: summed ? undefined : steps,
	};
}

/** @returns of the rows of a dataset those that train; undefined when the program keeps some of them and it is not told how many */
export function trainingRows(facts: Facts, rows: number | undefined): number | undefined {
	if (rows === undefined || facts.heldOut.length === 0) return rows;
	const [{ value }] = facts.heldOut;
	if (facts.heldOut.length === 1 && Array.isArray(value)) return firstPart(value, rows);
	// Of a split of a split nobody knows what it is of.
	if (facts.heldOut.length > 1 || typeof value !== "number" || !(value >= 0)) return undefined;
	const kept = rows - (value < 1 ? Math.ceil(rows * value) : value);
	// 1.5, as it may stand there while it is typed, is no number of rows.
	return kept >= 1 && Number.isInteger(kept) ? kept : undefined;
}

/** @returns rows of the first part, as PyTorch's random_split shares them out; undefined for lengths that are not all rows */
function firstPart(lengths: readonly number[], rows: number): number | undefined {
	// int(0.8 * len(data)), beside the rest
	if (lengths.length === 1 && lengths[0] > 0 && lengths[0] < 1) return Math.floor(lengths[0] * rows) || undefined;
	const sum = lengths.reduce((all, length) => all + length, 0);
	if (sum === rows) return lengths[0] >= 1 && lengths.every(Number.isInteger) ? lengths[0] : undefined;
	if (Math.abs(sum - 1) > 1e-9 || lengths.some((length) => length < 0)) return undefined;
	const floors = lengths.map((share) => Math.floor(share * rows));
	// What is left over goes to the parts one by one, from the first on.
	const left = rows - floors.reduce((all, length) => all + length, 0);
	const first = floors[0] + (left > 0 ? 1 : 0);
	return first >= 1 ? first : undefined;
}

/** @returns mini-batches that an epoch takes; undefined when the rows or the batch size are not known */
export function stepsOf(batch: BatchSizeFact, rows?: number): number | undefined {
	const m = batch.rows ?? rows;
	if (m === undefined || m < 1) return undefined;
	const size = batch.parameter.value === "full" ? m : positive(batch.parameter.value);
	if (size === undefined) return undefined;
	const steps = batch.dropsLast ? Math.floor(m / size) : Math.ceil(m / size);
	return steps >= 1 ? steps : undefined;
}

/** @returns how often a schedule moves in an epoch, undefined when that is not known */
export function movesPerEpoch(schedule: ScheduleFact, run: KnownRun): number | undefined {
	if (schedule.moves === "epochs") return 1;
	return schedule.moves === "steps" ? run.stepsPerEpoch : undefined;
}

/** @returns the value that all agree on */
function only(values: (number | undefined)[]): number | undefined {
	return new Set(values).size === 1 ? values[0] : undefined;
}

function positive(value: unknown): number | undefined {
	return typeof value === "number" && Number.isInteger(value) && value >= 1 ? value : undefined;
}
