/** Which mini-batch size gets furthest in the same time: real steps of the run itself, timed. */
import type { KernelModule } from "../backends/wasm/kernels.ts";
import { InputError } from "../input-error.ts";
import { MemoryFault } from "../model/arena.ts";
import { stepMemory } from "../model/step-memory.ts";
import type { RunEvent } from "../protocol/engine.ts";
import type { RunFile } from "../protocol/run-file.ts";
import type { BatchSizeSearch, BatchSizeTrial } from "../protocol/searches.ts";
import type { KeptTable } from "../training/kept-table.ts";
import { prepareAgain } from "../training/prepare.ts";
import { Training } from "../training/training.ts";

const SMALLEST = 8;
/** Less and the warm-up of a run shows. */
const LEAST_SECONDS = 0.25;
/** A cost within so much of the lowest is no worse than chance has it. */
const ALIKE = 0.02;
/** No run gets through them in its time. */
const ENDLESS_EPOCHS = 1_000_000;

export interface SearchOptions {
	/** for all sizes together */
	seconds: number;
	threads?: number;
	memoryLimit?: number;
	signal?: AbortSignal;
	/** called after each size */
	tried?: (trial: BatchSizeTrial, of: number) => void;
}

/**
 * Tries powers of two and the full batch, each with the same weights, shuffle and time; the rate stays as it begins, for
 * decays count the epochs of a whole run.
 *
 * @throws InputError for what the run itself could not do; the signal's reason when it is aborted
 */
export async function findBatchSize(
	kernels: KernelModule,
	file: RunFile,
	{ table, trainRows }: KeptTable,
	options: SearchOptions,
): Promise<BatchSizeSearch> {
	const sizes = candidates(table.shape.trainRows, trainRows);
	const seconds = Math.max(LEAST_SECONDS, options.seconds / sizes.length);
	const trials: BatchSizeTrial[] = [];
	for (const batchSize of sizes) {
		options.signal?.throwIfAborted();
		const trial = await tryOut(kernels, { ...file, batchSize }, table, { ...options, seconds });
		trials.push(trial);
		options.tried?.(trial, sizes.length);
	}
	return { rows: trainRows, seconds, ofDev: table.shape.devRows > 0, trials, ...choose(trials) };
}

/**
 * @param rows training rows that the sizes are tried on, a sample where there are more
 * @returns powers of two from 8 on, and all rows where they are there
 */
function candidates(rows: number, all: number): number[] {
	const sizes: number[] = [];
	for (let size = SMALLEST; size < rows; size *= 2) sizes.push(size);
	return rows === all ? [...sizes, rows] : sizes;
}

async function tryOut(
	kernels: KernelModule,
	file: RunFile & { batchSize: number },
	table: KeptTable["table"],
	{ seconds, signal, ...options }: SearchOptions,
): Promise<BatchSizeTrial> {
	const { batchSize } = file;
	const { decay: _decay, earlyStopping: _stopping, ...others } = file;
	try {
		const prepared = prepareAgain(kernels, { ...others, epochs: ENDLESS_EPOCHS }, table, options);
		// A small size that is soon there has time to learn its rows by heart: that is no fault of its size.
		let lowest = Number.POSITIVE_INFINITY;
		const emit = (event: RunEvent) => {
			if (event.type !== "epochs") return;
			for (const { devCost } of event.results) lowest = Math.min(lowest, devCost ?? lowest);
		};
		const training = new Training(prepared, emit, { seconds });
		const stop = () => training.control("stop");
		signal?.addEventListener("abort", stop);
		const done = await training.run().finally(() => signal?.removeEventListener("abort", stop));
		signal?.throwIfAborted();
		const { stepsPerEpoch, trainRows } = prepared.start;
		const { optimizer, h } = prepared.updater;
		return {
			batchSize,
			samplesPerSecond: (done.stepsPerSecond * trainRows) / stepsPerEpoch,
			iterations: done.iterations,
			memory: stepMemory(prepared.sizes, batchSize, optimizer.slots(h).length).total,
			...(done.outcome === "diverged"
				? { failed: "diverged" }
				: { cost: done.devCost === undefined ? done.cost : Math.min(done.devCost, lowest) }),
		};
	} catch (fault) {
		if (fault instanceof MemoryFault) return { batchSize, failed: "memory" };
		throw fault;
	}
}

/** The lowest cost wins; of those that are as good as it, the one that reads the most samples a second. */
function choose(trials: BatchSizeTrial[]): Pick<BatchSizeSearch, "best" | "clear"> {
	const ran = trials.filter((trial) => trial.cost !== undefined && Number.isFinite(trial.cost));
	if (ran.length === 0) throw new InputError("No mini-batch size trains: each run diverged; lower the learning rate.");
	const lowest = Math.min(...ran.map(({ cost }) => cost!));
	const alike = ran.filter(({ cost }) => cost! <= lowest * (1 + ALIKE));
	alike.sort((a, b) => b.samplesPerSecond! - a.samplesPerSecond!);
	return { best: alike[0].batchSize, clear: alike.length <= ran.length / 2 };
}
