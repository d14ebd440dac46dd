import { join } from "node:path";
import { type KernelModule, loadKernels } from "./backends/wasm/kernels.ts";
import { checkColumns, clearCache, inspectTable, type LoadControl, type TableCache } from "./data/index.ts";
import { exportLoop } from "./export/index.ts";
import { InputError } from "./input-error.ts";
import { equalRunFile } from "./kept-runs/equal-run-file.ts";
import { fingerprintOf } from "./kept-runs/fingerprint.ts";
import { cutBack, replay } from "./kept-runs/read-run.ts";
import { beginFolder, RunRecord } from "./kept-runs/run-record.ts";
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
import { KEPT } from "./protocol/kept-run.ts";
import type { Finding } from "./protocol/run.ts";
import type { RunFile } from "./protocol/run-file.ts";
import { checkRunFile, parseRunFile, readRunFile } from "./run-file.ts";
import { type Checkpoint, readCheckpoint, summarizeCheckpoint, writeCheckpoint } from "./training/checkpoint.ts";
import { resolveRun } from "./training/defaults.ts";
import { MOST_SEARCHED_ROWS, resolveOn, TableKeeper } from "./training/kept-table.ts";
import { type PreparedRun, type PrepareOptions, prepareAgain, prepareRun } from "./training/prepare.ts";
import { previewRates } from "./training/rate-preview.ts";
import { Training } from "./training/training.ts";
import { findBatchSize } from "./tuning/batch-size.ts";
import { findLearningRate } from "./tuning/learning-rate.ts";

type Handlers = { [M in EngineMethod]: (params: never) => Promise<ReturnType<EngineCalls[M]>> };

/** A run was told to stop while its data was read, or a prediction before it was done. */
class Stopped extends Error {
	override readonly message = "It was stopped before it had a result.";
}

/** A kept run that is killed loses at most so much of its work, and the rest of an epoch. */
const CHECKPOINT_MS = 10_000;

interface Launch {
	record?: RunRecord;
	resume?: Checkpoint;
	/** the run ends before its first step */
	stopped: boolean;
	/** of training, at most */
	seconds?: number;
	before(emit: (event: RunEvent) => void): unknown;
}

function notKeptFinding(why: string): Finding {
	return {
		code: "run-not-kept",
		severity: "warning",
		message: `The run goes on, but nothing more of it is kept on disk: ${why}.`,
		advice: "Make room or mend the folder .descent, then run again to have the run kept.",
	};
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
 * @param cache where tables are kept for the next time, and what does not fit memory; absent: the system's temporary files
 * @returns `receive` takes one message; every call is answered exactly once
 */
export function createService(directory: string, send: (message: EngineToHost) => void, cache?: TableCache) {
	const runs = new Map<string, Training>();
	/** of those runs that are kept on disk */
	const records = new Map<string, RunRecord>();
	/** what reads a table: runs before their first step, inspections, predictions; aborted when told to stop */
	const preparing = new Map<string, AbortController>();
	const tables = new TableKeeper();
	/** of the last call */
	let memoryLimit: number | undefined;
	/** of the last run that ended with weights that are worth something */
	let held: { runId: string; checkpoint: Checkpoint } | undefined;

	/** @param work may be told to stop, and tells how far it has read */
	async function reading<T>(
		runId: string,
		work: (control: { signal: AbortSignal } & LoadControl, emit: (event: RunEvent) => void) => Promise<T>,
	): Promise<T> {
		const working = new AbortController();
		preparing.set(runId, working);
		const emit = (event: RunEvent) => send({ type: "event", runId, event });
		const progress = (rows: number, about: number) => emit({ type: "reading", rows, about });
		try {
			return await work({ signal: working.signal, progress, cache, folder: cache?.folder, memoryLimit }, emit);
		} finally {
			preparing.delete(runId);
		}
	}

	async function weightsOf(checkpoint: Parameters<EngineCalls["predict"]>[0]["checkpoint"]): Promise<Checkpoint> {
		return typeof checkpoint === "string" ? readCheckpoint(checkpoint) : checkpointOf(checkpoint.runId);
	}

	/** @throws InputError when the run's weights are not there any more */
	function checkpointOf(runId: string): Checkpoint {
		const running = runs.get(runId)?.snapshot();
		if (running) return running;
		if (held?.runId === runId) return held.checkpoint;
		throw new InputError("The weights of this run are no longer held; run it again.");
	}

	async function prepareBounded(
		kernels: KernelModule,
		file: RunFile,
		{ rows }: RunBounds,
		options: PrepareOptions,
	): Promise<PreparedRun> {
		const kept = await tables.get(file, rows, options);
		const { table, trainRows } = kept;
		// The size of the mini-batches and the number of updates are those of the whole table.
		const { batchSize, epochs } = resolveOn(kept, file);
		const prepared = prepareAgain(kernels, { ...file, batchSize, epochs }, table, options);
		if (trainRows > table.shape.trainRows) prepared.start.sampledFrom = trainRows;
		return prepared;
	}

	async function prepare(runId: string, file: RunFile, bounds?: RunBounds) {
		const run = checkRunFile(file);
		return reading(runId, async (control, emit) => {
			const kernels = await loadKernels(directory);
			const prepared = bounds
				? await prepareBounded(kernels, run, bounds, control)
				: await prepareRun(kernels, run, { ...control, planned: (plan) => emit({ type: "planned", plan }) });
			return { prepared, stopped: control.signal.aborted };
		});
	}

	/** A disk that fills up in mid-run costs what is kept of the run, not the run. */
	function recordIn(folder: string, runId: string): RunRecord {
		return new RunRecord(folder, directory, (why) =>
			send({ type: "event", runId, event: { type: "finding", finding: notKeptFinding(why) } }),
		);
	}

	/** The call's answer goes out first, then what comes before the first step, then that. */
	function launch(runId: string, prepared: PreparedRun, { record, resume, stopped, seconds, before }: Launch): void {
		const emit = (event: RunEvent) => send({ type: "event", runId, event });
		const training = new Training(
			prepared,
			(event) => {
				record?.event(event);
				// A run has ended when its folder says so.
				if (event.type !== "done") emit(event);
			},
			{
				resume,
				seconds,
				checkpoint: record && { path: record.checkpoint, everyMs: CHECKPOINT_MS, optional: true },
				room: () => record?.room,
			},
		);
		runs.set(runId, training);
		if (record) records.set(runId, record);
		if (stopped) training.control("stop");
		setImmediate(async () => {
			try {
				await before(emit);
				const done = await training.run();
				if (done.outcome !== "diverged") held = { runId, checkpoint: training.snapshot() };
				await record?.end(done);
				emit({ type: "done", done });
			} catch (thrown) {
				const failed = { type: "failed", fault: faultOf(thrown) } as const;
				record?.event(failed);
				await record?.end();
				emit(failed);
			} finally {
				runs.delete(runId);
				records.delete(runId);
			}
		});
	}

	const handlers: Handlers = {
		async inspect({ runId, path, ...choice }: Parameters<EngineCalls["inspect"]>[0]) {
			if (runId === undefined) return inspectTable(path, choice, { memoryLimit });
			return reading(runId, (control) => inspectTable(path, choice, control));
		},
		async checkRunFile({ path, text }: Parameters<EngineCalls["checkRunFile"]>[0]) {
			return parseRunFile(path, text);
		},
		async train({ runId, file, bounds, keep }: Parameters<EngineCalls["train"]>[0]) {
			const { prepared, stopped } = await prepare(runId, file, bounds);
			let record: RunRecord | undefined;
			let notKept: Finding | undefined;
			if (keep) {
				try {
					prepared.start.kept = await beginFolder(keep, prepared.start);
					record = recordIn(prepared.start.kept, runId);
				} catch (thrown) {
					if (!(thrown instanceof InputError)) throw thrown;
					notKept = notKeptFinding(thrown.message);
				}
			}
			launch(runId, prepared, {
				record,
				stopped,
				seconds: bounds?.seconds,
				before: (emit) => notKept && emit({ type: "finding", finding: notKept }),
			});
			return prepared.start;
		},
		async continueRun({ runId, folder }: Parameters<EngineCalls["continueRun"]>[0]) {
			const resume = await readCheckpoint(join(folder, KEPT.checkpoint));
			const { dataset } = await readRunFile(join(folder, KEPT.runFile));
			const { run, position } = resume.progress;
			const { iteration } = position;
			// The workspace may lie elsewhere by now.
			const file = { ...run, dataset: { ...run.dataset, path: dataset.path } };
			const { prepared, stopped } = await prepare(runId, file);
			await cutBack(folder, position);
			prepared.start.kept = folder;
			const record = recordIn(folder, runId);
			record.event({ type: "continued", iteration });
			launch(runId, prepared, { record, stopped, resume, before: (emit) => replay(folder, emit) });
			return prepared.start;
		},
		async replayRun({ runId, folder }: Parameters<EngineCalls["replayRun"]>[0]) {
			await replay(folder, (event) => send({ type: "event", runId, event }));
			return null;
		},
		async fingerprint({ path }: Parameters<EngineCalls["fingerprint"]>[0]) {
			return fingerprintOf(path);
		},
		async runFileOf({ start, rateChanges }: Parameters<EngineCalls["runFileOf"]>[0]) {
			return equalRunFile(start, rateChanges);
		},
		async exportLoop({ runId, file, name, library, output, most }: Parameters<EngineCalls["exportLoop"]>[0]) {
			const run = checkRunFile(file);
			const mayWrite = (bytes: number) => most === undefined || bytes <= most;
			return reading(runId, async (control) =>
				exportLoop(await loadKernels(directory), run, { library, output, name, mayWrite }, control),
			);
		},
		async predict({ runId, checkpoint, dataset, output }: Parameters<EngineCalls["predict"]>[0]) {
			return reading(runId, async (control, emit) =>
				predictToFile(await loadKernels(directory), await weightsOf(checkpoint), dataset, output, {
					...control,
					predicted: (rows, of) => emit({ type: "predicted", rows, of }),
				}),
			);
		},
		async checkColumns({ runId, checkpoint, dataset }: Parameters<EngineCalls["checkColumns"]>[0]) {
			return reading(runId, async (control) => {
				const { progress } = await weightsOf(checkpoint);
				await checkColumns(dataset, progress.preparation, control);
				return null;
			});
		},
		async checkpoints({ paths }: Parameters<EngineCalls["checkpoints"]>[0]) {
			return Promise.all(paths.map(summarizeCheckpoint));
		},
		async saveCheckpoint({ runId, path }: Parameters<EngineCalls["saveCheckpoint"]>[0]) {
			await writeCheckpoint(path, checkpointOf(runId));
			return null;
		},
		async rates({ file, most }: Parameters<EngineCalls["rates"]>[0]) {
			const run = "text" in file ? parseRunFile(file.path, file.text) : checkRunFile(file);
			const kept = tables.peek(run);
			return kept ? previewRates(run, kept, most) : null;
		},
		async resolve({ file, start }: Parameters<EngineCalls["resolve"]>[0]) {
			const { run, trainRows, sampledFrom, devRows } = start;
			const { target, task } = run.dataset;
			return resolveRun(checkRunFile(file), { target, task, trainRows: sampledFrom ?? trainRows, devRows });
		},
		async findBatchSize({ runId, file, seconds }: Parameters<EngineCalls["findBatchSize"]>[0]) {
			const run = checkRunFile(file);
			return reading(runId, async (control, emit) => {
				const table = await tables.get(run, MOST_SEARCHED_ROWS, control);
				return findBatchSize(await loadKernels(directory), run, table, {
					seconds,
					signal: control.signal,
					memoryLimit,
					tried: (trial, of) => emit({ type: "tried", trial, of }),
				});
			});
		},
		async findLearningRate({ runId, file }: Parameters<EngineCalls["findLearningRate"]>[0]) {
			const run = checkRunFile(file);
			return reading(runId, async (control, emit) => {
				const table = await tables.get(run, MOST_SEARCHED_ROWS, control);
				return findLearningRate(await loadKernels(directory), run, table, {
					signal: control.signal,
					memoryLimit,
					ranged: (runs, of) => emit({ type: "ranged", runs, of }),
				});
			});
		},
		async clearCache() {
			return cache ? clearCache(cache.folder) : { tables: 0, bytes: 0 };
		},
		async control({ runId, action }: Parameters<EngineCalls["control"]>[0]) {
			if (action === "stop") preparing.get(runId)?.abort(new Stopped());
			runs.get(runId)?.control(action);
			return null;
		},
		async changeRate({ runId, request }: Parameters<EngineCalls["changeRate"]>[0]) {
			runs.get(runId)?.changeRate(request);
			return null;
		},
	};

	return {
		async receive({ id, method, params, ...call }: HostToEngine): Promise<void> {
			memoryLimit = call.memoryLimit;
			try {
				send({ type: "result", id, result: await handlers[method](params as never) });
			} catch (thrown) {
				send({ type: "fault", id, fault: faultOf(thrown) });
			}
		},
		/** The process must end: runs that are kept on disk lose nothing of what they have done. */
		async suspend(): Promise<void> {
			await Promise.all(
				[...records].map(async ([runId, record]) => {
					await runs.get(runId)?.suspend();
					await record.end();
				}),
			);
		},
	};
}
