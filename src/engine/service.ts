import { type KernelModule, loadKernels } from "./backends/wasm/kernels.ts";
import { inspectTable } from "./data/index.ts";
import { InputError } from "./input-error.ts";
import { predictToFile } from "./prediction/predict.ts";
import type {
	EngineCalls,
	EngineFault,
	EngineMethod,
	EngineToHost,
	HostToEngine,
	RunBounds,
	RunEvent,
} from "./protocol/engine.ts";
import type { RunFile } from "./protocol/run.ts";
import { checkRunFile, parseRunFile } from "./run-file.ts";
import { readCheckpoint } from "./training/checkpoint.ts";
import { resolveRun } from "./training/defaults.ts";
import { TableKeeper } from "./training/kept-table.ts";
import { type PreparedRun, type PrepareOptions, prepareAgain, prepareRun } from "./training/prepare.ts";
import { Training } from "./training/training.ts";
import { findBatchSize } from "./tuning/batch-size.ts";

type Handlers = { [M in EngineMethod]: (params: never) => Promise<ReturnType<EngineCalls[M]>> };

/** Rows that mini-batch sizes are tried on: enough for the largest sizes that pay, and soon read again. */
const MOST_SEARCHED_ROWS = 200_000;

/** A run was told to stop while its data was read, or a prediction before it was done. */
class Stopped extends Error {
	override readonly message = "It was stopped before it had a result.";
}

/** @returns what the host is told of something thrown */
function faultOf(thrown: unknown): EngineFault {
	if (thrown instanceof Stopped) return { kind: "stopped", message: thrown.message };
	if (thrown instanceof InputError) return { kind: "input", message: thrown.message };
	if (thrown instanceof Error) return { kind: "internal", message: thrown.message, stack: thrown.stack };
	return { kind: "internal", message: String(thrown) };
}

/**
 * The engine behind its messages, without a process: `send` gets every answer and event.
 * @param directory where the build left the kernels
 * @returns takes one message; every call is answered exactly once
 */
export function createService(directory: string, send: (message: EngineToHost) => void) {
	const runs = new Map<string, Training>();
	/** runs whose data is being read, and predictions; aborted when they are told to stop */
	const preparing = new Map<string, AbortController>();
	const tables = new TableKeeper();

	/** Lets "stop" end what is done before there is a run, or without one. */
	async function abortable<T>(id: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
		const working = new AbortController();
		preparing.set(id, working);
		try {
			return await work(working.signal);
		} finally {
			preparing.delete(id);
		}
	}

	async function prepareBounded(
		kernels: KernelModule,
		file: RunFile,
		{ rows }: RunBounds,
		options: PrepareOptions,
	): Promise<PreparedRun> {
		const { table, trainRows } = await tables.get(file, rows, options);
		// The size of the mini-batches and the number of updates are those of the whole table.
		const { batchSize, epochs } = resolveRun(file, { target: table.summary.target, task: table.shape.task, trainRows });
		const prepared = prepareAgain(kernels, { ...file, batchSize, epochs }, table, options);
		if (trainRows > table.shape.trainRows) prepared.start.sampledFrom = trainRows;
		return prepared;
	}

	const handlers: Handlers = {
		async inspect({ path, ...choice }: Parameters<EngineCalls["inspect"]>[0]) {
			return inspectTable(path, choice);
		},
		async checkRunFile({ path, text }: Parameters<EngineCalls["checkRunFile"]>[0]) {
			return parseRunFile(path, text);
		},
		async train({ runId, file, bounds }: Parameters<EngineCalls["train"]>[0]) {
			const run = checkRunFile(file);
			const { prepared, stopped } = await abortable(runId, async (signal) => {
				const kernels = await loadKernels(directory);
				const prepared = bounds
					? await prepareBounded(kernels, run, bounds, { signal })
					: await prepareRun(kernels, run, { signal });
				return { prepared, stopped: signal.aborted };
			});
			const emit = (event: RunEvent) => send({ type: "event", runId, event });
			const training = new Training(prepared, emit, { seconds: bounds?.seconds });
			runs.set(runId, training);
			if (stopped) training.control("stop");
			// The answer goes out first, then the first step runs.
			setImmediate(() => {
				training
					.run()
					.catch((thrown) => send({ type: "event", runId, event: { type: "failed", fault: faultOf(thrown) } }))
					.finally(() => runs.delete(runId));
			});
			return prepared.start;
		},
		async predict({ runId, checkpoint, dataset, output }: Parameters<EngineCalls["predict"]>[0]) {
			return abortable(runId, async (signal) => {
				const kernels = await loadKernels(directory);
				return predictToFile(kernels, await readCheckpoint(checkpoint), dataset, output, {
					signal,
					predicted: (rows, of) => send({ type: "event", runId, event: { type: "predicted", rows, of } }),
				});
			});
		},
		async findBatchSize({ runId, file, seconds }: Parameters<EngineCalls["findBatchSize"]>[0]) {
			const run = checkRunFile(file);
			return abortable(runId, async (signal) => {
				const table = await tables.get(run, MOST_SEARCHED_ROWS, { signal });
				return findBatchSize(await loadKernels(directory), run, table, {
					seconds,
					signal,
					tried: (trial, of) => send({ type: "event", runId, event: { type: "tried", trial, of } }),
				});
			});
		},
		async control({ runId, action }: Parameters<EngineCalls["control"]>[0]) {
			if (action === "stop") preparing.get(runId)?.abort(new Stopped());
			runs.get(runId)?.control(action);
			return null;
		},
		async scaleRate({ runId, factor }: Parameters<EngineCalls["scaleRate"]>[0]) {
			if (!(Number.isFinite(factor) && factor > 0)) {
				throw new InputError(`The learning rate can be multiplied by a number above 0, not by ${factor}.`);
			}
			runs.get(runId)?.scaleRate(factor);
			return null;
		},
	};

	return async (message: HostToEngine): Promise<void> => {
		const { id, method, params } = message;
		try {
			send({ type: "result", id, result: await handlers[method](params as never) });
		} catch (thrown) {
			send({ type: "fault", id, fault: faultOf(thrown) });
		}
	};
}
