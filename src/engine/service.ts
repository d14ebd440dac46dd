import { loadKernels } from "./backends/wasm/kernels.ts";
import { inspectTable } from "./data/index.ts";
import { InputError } from "./input-error.ts";
import { predictToFile } from "./prediction/predict.ts";
import type { EngineCalls, EngineFault, EngineMethod, EngineToHost, HostToEngine } from "./protocol/engine.ts";
import { checkRunFile, parseRunFile } from "./run-file.ts";
import { readCheckpoint } from "./training/checkpoint.ts";
import { prepareRun } from "./training/prepare.ts";
import { Training } from "./training/training.ts";

type Handlers = { [M in EngineMethod]: (params: never) => Promise<ReturnType<EngineCalls[M]>> };

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

	const handlers: Handlers = {
		async inspect({ path, ...choice }: Parameters<EngineCalls["inspect"]>[0]) {
			return inspectTable(path, choice);
		},
		async checkRunFile({ path, text }: Parameters<EngineCalls["checkRunFile"]>[0]) {
			return parseRunFile(path, text);
		},
		async train({ runId, file }: Parameters<EngineCalls["train"]>[0]) {
			const reading = new AbortController();
			preparing.set(runId, reading);
			const { signal } = reading;
			const prepared = await loadKernels(directory)
				.then((kernels) => prepareRun(kernels, checkRunFile(file), { signal }))
				.finally(() => preparing.delete(runId));
			const training = new Training(prepared, (event) => send({ type: "event", runId, event }));
			runs.set(runId, training);
			if (signal.aborted) training.control("stop");
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
			const working = new AbortController();
			preparing.set(runId, working);
			try {
				const kernels = await loadKernels(directory);
				return await predictToFile(kernels, await readCheckpoint(checkpoint), dataset, output, {
					signal: working.signal,
					predicted: (rows, of) => send({ type: "event", runId, event: { type: "predicted", rows, of } }),
				});
			} finally {
				preparing.delete(runId);
			}
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
