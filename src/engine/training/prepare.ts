import { dirname } from "node:path";
import type { Backend } from "../backends/backend.ts";
import { loadTensorflow } from "../backends/tensorflow/load.ts";
import { TensorflowNetwork } from "../backends/tensorflow/network.ts";
import type { KernelModule } from "../backends/wasm/kernels.ts";
import { createNetwork } from "../backends/wasm/network.ts";
import { type LoadControl, loadTable, type PreparedTable, type TableShape } from "../data/index.ts";
import { InputError } from "../input-error.ts";
import { defaultMemoryLimit } from "../memory-limit.ts";
import { countParameters, initialize, parameterLayout } from "../model/network.ts";
import type { Updater } from "../optimizers/index.ts";
import type { RunPlan, RunStart } from "../protocol/run.ts";
import type { ResolvedRun, RunFile } from "../protocol/run-file.ts";
import { resolveDataset } from "./defaults.ts";
import { type Layout, layOut } from "./layout.ts";
import { Random } from "./random.ts";
import { locator, type Pool } from "./row-order.ts";
import type { Windows } from "./windows.ts";

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

/** Tables of fewer bytes are there as soon as a plan of them could be read. */
const leastPlanned = 2 ** 24;

/** A run is watched, bounded (by half of the free memory unless told otherwise) and ended while its data is read. */
export interface PrepareOptions extends LoadControl {
	/** told what a large table and its run will take, before most of it is read */
	planned?: (plan: RunPlan) => void;
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
	const { signal, progress, folder, cache, threads, planned, memoryLimit = defaultMemoryLimit() } = options;
	const lay = (shape: TableShape) => layOut(kernels, file, shape, { threads, memoryLimit, mayStream: true });
	let made: ReturnType<typeof allocate> | undefined;
	const table = await loadTable(file.dataset.path, {
		target: file.dataset.target,
		task: file.dataset.task,
		...resolveDataset(file),
		signal,
		progress,
		memoryLimit,
		folder,
		cache,
		expected(shape) {
			const plan = planned && planOf(shape, lay, memoryLimit);
			if (plan) planned(plan);
		},
		allocate(shape) {
			made?.backend.dispose();
			made = allocate(kernels, lay(shape));
			return made.pool ? undefined : made;
		},
	}).catch((fault) => {
		made?.backend.dispose();
		throw fault;
	});
	if (!made) throw new Error("the table was loaded without asking for memory");
	return begin(kernels, file, table, made, tensorflow);
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
	const made = allocate(kernels, layOut(kernels, file, table.shape, { threads, memoryLimit, mayStream: false }));
	made.x.set(table.x);
	made.y.set(table.y);
	return begin(kernels, file, { ...table, x: made.x, y: made.y }, made, false);
}

/** Takes the memory that a layout says. */
function allocate(kernels: KernelModule, layout: Layout) {
	const made = createNetwork(kernels, layout.network, layout.needs);
	const { x, y } = made;
	const { streams, evaluated, sample } = layout;
	const pool: Pool | undefined = streams ? { x, y, evaluated, sample } : undefined;
	return { ...layout, ...made, pool };
}

/** @returns what such a table will take; undefined of a small one, which is read at once, and of one that does not fit */
function planOf(shape: TableShape, lay: (shape: TableShape) => Layout, limit: number): RunPlan | undefined {
	try {
		const { arena, streams } = lay(shape);
		if (arena.plan.table < leastPlanned) return undefined;
		return { rows: shape.rows, memory: arena.plan, limit, ...(streams ? { streams } : {}) };
	} catch (fault) {
		if (fault instanceof InputError) return undefined;
		throw fault;
	}
}

/** Sets a run to before its first step. */
function begin(
	kernels: KernelModule,
	{ batchSize: asked }: RunFile,
	table: PreparedTable,
	made: ReturnType<typeof allocate>,
	tensorflow: ReturnType<typeof loadTensorflow> | false,
): PreparedRun {
	const { run, arena, updater, windows, pool, streams, backend: wasm } = made;
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
		fingerprint: table.fingerprint,
		stepsPerEpoch,
		iterations: stepsPerEpoch * run.epochs,
		parameters: countParameters(sizes),
		memory: arena.plan,
		kernels: kernels.build,
		...(streams ? { streams } : {}),
		...(typeof asked === "number" && asked > run.batchSize ? { askedBatchSize: asked } : {}),
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
