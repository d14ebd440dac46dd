// Entry of the thread that writes down a run: its events, then an "end". Each message is answered, until the first fault.
import { parentPort, workerData } from "node:worker_threads";
import type { RunEvent } from "../protocol/engine.ts";
import { Recorder } from "./recorder.ts";

export type ToRecorder = RunEvent | { type: "continued"; iteration: number } | { type: "end" };
/** a fault is a file system's code, and the last answer */
export type FromRecorder = { type: "taken" } | { type: "fault"; code: string };

const answer = (message: FromRecorder) => parentPort!.postMessage(message);

function guarded(action: () => void): void {
	try {
		action();
	} catch (fault) {
		answer({ type: "fault", code: String((fault as NodeJS.ErrnoException).code ?? fault) });
		parentPort!.close();
	}
}

guarded(() => {
	const recorder = new Recorder(workerData as string);
	parentPort!.on("message", (message: ToRecorder) =>
		guarded(() => {
			if (message.type === "end") recorder.end();
			else recorder.record(message);
			answer({ type: "taken" });
			if (message.type === "end") parentPort!.close();
		}),
	);
});
