import { EVALUATION_ROWS as TENSORFLOW_ROWS } from "../backends/tensorflow/network.ts";
import type { KernelModule } from "../backends/wasm/kernels.ts";
import { arenaOf, type NetworkRows } from "../backends/wasm/network.ts";
import type { TableShape } from "../data/index.ts";
import { InputError } from "../input-error.ts";
import { type Arena, EVALUATION_ROWS, MemoryFault } from "../model/arena.ts";
import { costOfTask, type Network } from "../model/network.ts";
import { Updater } from "../optimizers/index.ts";
import type { Streams } from "../protocol/run.ts";
import type { ResolvedRun, RunFile } from "../protocol/run-file.ts";
import { resolveRun } from "./defaults.ts";
import { SAMPLE_ROWS, type Windows, windowsOf } from "./windows.ts";

/** A run for a table of known sizes, laid out and not yet allocated. */
export interface Layout {
	run: ResolvedRun;
	network: Network;
	updater: Updater;
	windows: Windows;
	/** the rows stream from the disk */
	streams?: Streams;
	/** of a table that streams: the memory's first row of those that are evaluated, and of the sample */
	evaluated: number;
	sample: number;
	needs: NetworkRows;
	arena: Arena;
}

export interface LayoutOptions {
	threads?: number;
	memoryLimit: number;
	/** the rows may stream where they do not fit */
	mayStream: boolean;
}

/**
 * Lays a run out. Where it does not fit memory: so that its rows stream from the disk, when they are what takes most of
 * it; else, where the mini-batch is automatic, with the next smaller power of two.
 *
 * @throws InputError when the cost is not the task's; MemoryFault when there is no way
 */
export function layOut(kernels: KernelModule, file: RunFile, shape: TableShape, options: LayoutOptions): Layout {
	let batchSize = file.batchSize ?? "auto";
	const isAuto = batchSize === "auto";
	for (;;) {
		const run = resolveRun({ ...file, batchSize }, { target: file.dataset.target ?? "", ...shape });
		try {
			return layOutAs(kernels, run, shape, options, false);
		} catch (fault) {
			if (!(fault instanceof MemoryFault)) throw fault;
			if (options.mayStream && bytesOf(shape.rows, shape) > options.memoryLimit / 2) {
				const windows = windowsOf(shape.trainRows, shape.features, run.batchSize);
				try {
					if (windows.count > 1) return layOutAs(kernels, run, shape, options, true);
				} catch (other) {
					if (!(other instanceof MemoryFault)) throw other;
				}
			}
			if (!isAuto || run.batchSize === 1) throw fault;
			batchSize = 2 ** Math.ceil(Math.log2(run.batchSize) - 1);
		}
	}
}

function layOutAs(
	kernels: KernelModule,
	run: ResolvedRun,
	shape: TableShape,
	{ threads, memoryLimit }: LayoutOptions,
	streams: boolean,
): Layout {
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
	const sample = ring + (run.backend === "tensorflow" ? TENSORFLOW_ROWS : Math.max(run.batchSize, EVALUATION_ROWS));
	const needs = {
		rows: streams ? sample + SAMPLE_ROWS : shape.rows,
		ring,
		orderRows: windows.count > 1 ? ring + SAMPLE_ROWS : ring,
		trainRows: shape.trainRows,
		batchSize: run.batchSize,
		updater,
		// TensorFlow has threads of its own, and leaves but the update to these.
		threads: threads ?? (run.backend === "tensorflow" ? 1 : undefined),
		memoryLimit,
	};
	const arena = arenaOf(kernels, network, needs);
	const onDisk = { bytes: bytesOf(shape.rows, shape), blockBytes: bytesOf(windows.windowRows, shape) };
	return {
		...{ run, network, updater, windows, needs, arena, sample, evaluated: ring },
		...(streams ? { streams: onDisk } : {}),
	};
}

function bytesOf(rows: number, { features }: TableShape): number {
	return rows * (features + 1) * 4;
}
