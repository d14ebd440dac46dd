import { dirname } from "node:path";
import type { Backend } from "../backends/backend.ts";
import { loadTensorflow } from "../backends/tensorflow/load.ts";
import { EVALUATION_ROWS as TENSORFLOW_ROWS, TensorflowNetwork } from "../backends/tensorflow/network.ts";
import type { KernelModule } from "../backends/wasm/kernels.ts";
import { createNetwork } from "../backends/wasm/network.ts";
import { type LoadControl, loadTable, type PreparedTable, type TableShape } from "../data/index.ts";
import { InputError } from "../input-error.ts";
import { defaultMemoryLimit } from "../memory-limit.ts";
import { EVALUATION_ROWS, MemoryFault } from "../model/arena.ts";
import { costOfTask, countParameters, initialize, type Network, parameterLayout } from "../model/network.ts";
import { Updater } from "../optimizers/index.ts";
import type { ResolvedRun, RunFile, RunStart } from "../protocol/run.ts";
import { resolveDataset, resolveRun } from "./defaults.ts";
import { Random } from "./random.ts";
import { locator, type Pool } from "./row-order.ts";
import { SAMPLE_ROWS, type Windows, windowsOf } from "./windows.ts";

/** A run with its data loaded and its memory laid out, before the first step. */
export interface PreparedRun {
	start: RunStart;
	table: PreparedTable;
	backend: Backend;
	/** n_x, hidden units, outputs */
	sizes: readonly number[];
	updater: Updater;
	/** how the training rows are shuffled */
	windows: Windows;
	/** where the rows lie of a table that streams */
	pool?: Pool;
	/** goes on with the shuffles; the split and the weights have had their own */
	random: Random;
}

/** Streams of random numbers that must not depend on each other: the same seed gives the same weights for any split. */
const WEIGHT_STREAM = 0x51ed270b;
const SHUFFLE_STREAM = 0x2c1b3c6d;

/** A run is watched, bounded (by half of the free memory unless told otherwise) and ended while its data is read. */
export interface PrepareOptions extends LoadControl {
	/** as many, or, when absent, as many as pay on this machine */
	threads?: number;
	/** where TensorFlow is looked for when the dataset's folder has none, before the engine's own folder */
	folders?: readonly string[];
}

/**
 * Reads the dataset, fills in the defaults and lays everything out in one memory.
 * @param file `dataset.path` must be absolute
 * @throws InputError for anything in the file or the dataset that the user can mend; the signal's reason when it is aborted
 */
export async function prepareRun(
	kernels: KernelModule,
	file: RunFile,
	options: PrepareOptions = {},
): Promise<PreparedRun> {
	const folders = [dirname(file.dataset.path), ...(options.folders ?? []), kernels.directory];
	const tensorflow = file.backend === "tensorflow" && loadTensorflow(folders);
	const { signal, progress, folder, cache, memoryLimit = defaultMemoryLimit() } = options;
	let made: ReturnType<typeof layOut> | undefined;
	const table = await loadTable(file.dataset.path, {
		target: file.dataset.target,
		task: file.dataset.task,
		...resolveDataset(file),
		signal,
		progress,
		memoryLimit,
		folder,
		cache,
		allocate(shape) {
			made?.backend.dispose();
			made = layOut(kernels, file, shape, options.threads, memoryLimit);
			return made.pool ? undefined : made;
		},
	}).catch((fault) => {
		made?.backend.dispose();
		throw fault;
	});
	if (!made) throw new Error("the table was loaded without asking for memory");
	return begin(kernels, table, made, tensorflow);
}

/**
 * Lays a further run out for rows that were read before: no file is touched.
 * @param table read with what `file` says of the dataset; it stays as it is
 * @throws InputError as prepareRun does
 */
export function prepareAgain(
	kernels: KernelModule,
	file: RunFile,
	table: PreparedTable,
	{ threads, memoryLimit = defaultMemoryLimit() }: Pick<PrepareOptions, "threads" | "memoryLimit"> = {},
): PreparedRun {
	if (file.backend === "tensorflow") throw new InputError("Runs of this kind compute with Descent's own kernels only.");
	const made = layOut(kernels, file, table.shape, threads, memoryLimit, false);
	made.x.set(table.x);
	made.y.set(table.y);
	return begin(kernels, { ...table, x: made.x, y: made.y }, made, false);
}

/** Sets a run to before its first step. */
function begin(
	kernels: KernelModule,
	table: PreparedTable,
	made: ReturnType<typeof layOut>,
	tensorflow: ReturnType<typeof loadTensorflow> | false,
): PreparedRun {
	const { run, arena, updater, windows, pool, backend: wasm } = made;
	const { network } = wasm;
	const { sizes } = network;
	const backend = tensorflow ? new TensorflowNetwork(tensorflow, wasm, network, made) : wasm;
	if (table.stored && pool) {
		wasm.locate = locator(table.stored, pool, table.shape.features);
		backend.locate = wasm.locate;
	}
	run.dataset.target = table.summary.target;
	const { seed } = run;
	const { parameters } = parameterLayout(sizes);
	initialize(backend.parameters, parameters, run.model.initialization, new Random(seed ^ WEIGHT_STREAM));
	const { trainRows, devRows, testRows } = table.shape;
	if (run.earlyStopping && devRows === 0) {
		table.stored?.close();
		throw new InputError(
			'Early stopping needs a dev set and no row could be kept for one; leave "earlyStopping" out or use more rows.',
		);
	}
	const stepsPerEpoch = Math.ceil(trainRows / run.batchSize);
	const start: RunStart = {
		name: nameOf(run),
		run,
		summary: table.summary,
		trainRows,
		devRows,
		testRows,
		stepsPerEpoch,
		iterations: stepsPerEpoch * run.epochs,
		parameters: countParameters(sizes),
		memory: arena.plan,
		kernels: kernels.build,
		...(table.stored
			? { streams: { bytes: table.stored.bytes, blockBytes: windows.windowRows * (sizes[0] + 1) * 4 } }
			: {}),
	};
	return {
		start,
		table,
		backend,
		sizes,
		windows,
		...(pool ? { pool } : {}),
		updater,
		random: new Random(seed ^ SHUFFLE_STREAM),
	};
}

/** "adam-0.001", with the decay where there is one */
function nameOf({ optimizer, decay }: ResolvedRun): string {
	return `${optimizer.name}-${optimizer.learningRate}${decay.name === "constant" ? "" : `-${decay.name}`}`;
}

/**
 * Lays the run out. Where it does not fit memory: so that its rows stream from the disk, when they are what takes most of
 * it; else, where the mini-batch is automatic, with the next smaller power of two.
 */
function layOut(
	kernels: KernelModule,
	file: RunFile,
	shape: TableShape,
	threads: number | undefined,
	memoryLimit: number,
	mayStream = true,
): ReturnType<typeof layOutAs> {
	let batchSize = file.batchSize ?? "auto";
	const isAuto = batchSize === "auto";
	for (;;) {
		const run = resolveRun({ ...file, batchSize }, { target: file.dataset.target ?? "", ...shape });
		try {
			return layOutAs(kernels, run, shape, threads, memoryLimit);
		} catch (fault) {
			if (mayStream && fault instanceof MemoryFault && shape.rows * (shape.features + 1) * 4 > memoryLimit / 2) {
				const windows = windowsOf(shape.trainRows, shape.features, run.batchSize);
				try {
					if (windows.count > 1) return layOutAs(kernels, run, shape, threads, memoryLimit, true);
				} catch (other) {
					if (!(other instanceof MemoryFault)) throw other;
				}
			}
			if (!isAuto || run.batchSize === 1 || !(fault instanceof MemoryFault)) throw fault;
			batchSize = 2 ** Math.ceil(Math.log2(run.batchSize) - 1);
		}
	}
}

function layOutAs(
	kernels: KernelModule,
	run: ResolvedRun,
	shape: TableShape,
	threads: number | undefined,
	memoryLimit: number,
	streams = false,
) {
	if (run.cost !== costOfTask[shape.task]) {
		throw new InputError(
			`The cost ${run.cost} does not fit a ${shape.task} target; use ${costOfTask[shape.task]} or leave "cost" out.`,
		);
	}
	const network: Network = {
		sizes: [shape.features, ...run.model.layers, shape.outputs],
		activation: run.model.activation,
		cost: run.cost,
	};
	const updater = new Updater(run.optimizer, run.clip);
	const windows = windowsOf(shape.trainRows, shape.features, run.batchSize);
	const ring = windows.count > 1 ? 2 * windows.windowRows : shape.trainRows;
	const evaluated = run.backend === "tensorflow" ? TENSORFLOW_ROWS : Math.max(run.batchSize, EVALUATION_ROWS);
	const needs = {
		rows: streams ? ring + evaluated + SAMPLE_ROWS : shape.rows,
		ring,
		orderRows: windows.count > 1 ? ring + SAMPLE_ROWS : ring,
		trainRows: shape.trainRows,
		batchSize: run.batchSize,
		updater,
		// TensorFlow has threads of its own, and leaves but the update to these.
		threads: threads ?? (run.backend === "tensorflow" ? 1 : undefined),
		memoryLimit,
	};
	const made = createNetwork(kernels, network, needs);
	const pool: Pool | undefined = streams
		? { x: made.x, y: made.y, evaluated: ring, sample: ring + evaluated }
		: undefined;
	return { run, updater, windows, pool, ...made };
}
