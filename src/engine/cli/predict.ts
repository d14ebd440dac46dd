import { once } from "node:events";
import { basename, dirname, resolve } from "node:path";
import { loadKernels } from "../backends/wasm/kernels.ts";
import { InputError } from "../input-error.ts";
import { type Answer, columnsOf, csvLine } from "../prediction/answers.ts";
import { cellsOf, type PredictOptions, predict, predictToFile } from "../prediction/predict.ts";
import type { BackendName } from "../protocol/hyperparameters.ts";
import type { PredictionSummary } from "../protocol/prediction.ts";
import { type Checkpoint, readCheckpoint } from "../training/checkpoint.ts";
import { type Arguments, memoryLimitOf, threadsOf } from "./arguments.ts";
import { showReading } from "./terminal-report.ts";

/** `descent predict`: answers to a table's rows, into a file or on standard output. */
export async function predictCommand(args: Arguments, directory: string): Promise<number> {
	const { operands, overrides, own, json } = args;
	if (operands.length !== 2) {
		throw new InputError(
			`"descent predict" takes CHECKPOINT and DATASET, not ${operands.length}; "descent predict --help" says how.`,
		);
	}
	const [checkpointPath, dataset] = operands.map((path) => resolve(path));
	const checkpoint = await readCheckpoint(checkpointPath);
	const kernels = await loadKernels(directory);
	const output = own.output === undefined ? undefined : resolve(own.output as string);
	// a reader that went away (| head) is no fault
	const stopping = new AbortController();
	const gone = new Error("standard output was closed");
	process.stdout.on("error", () => stopping.abort(gone));
	const stop = () => stopping.abort(new InputError("The prediction was stopped before its end; no file was written."));
	process.once("SIGINT", stop);
	const options: PredictOptions = {
		backend: overrides.backend as BackendName | undefined,
		threads: threadsOf(args),
		memoryLimit: memoryLimitOf(args),
		folders: [dirname(checkpointPath), process.cwd()],
		signal: stopping.signal,
		progress: output && !json ? showReading : undefined,
	};
	try {
		const summary = output
			? await predictToFile(kernels, checkpoint, dataset, output, options)
			: await predict(kernels, checkpoint, dataset, printer(checkpoint, json), options);
		if (json) console.log(JSON.stringify({ type: "done", ...summary, ...(output ? { output } : {}) }));
		else if (output) console.log(`\r${resultLine(summary, output)}`);
		const unknown = ignoredLine(dataset, summary);
		if (unknown && !json) console.error(unknown);
	} catch (fault) {
		if (fault !== gone) throw fault;
	} finally {
		process.off("SIGINT", stop);
	}
	return 0;
}

/** @returns what prints answers, a line each; with the header before them where it is CSV */
function printer(checkpoint: Checkpoint, json: boolean): (answers: (Answer | undefined)[]) => Promise<void> {
	const { target } = checkpoint.progress.preparation;
	const header = columnsOf(target);
	let row = 0;
	const line = (given: Answer | undefined) => {
		row++;
		if (!json) return csvLine(given && cellsOf(given), header.length);
		const { prediction = null, probabilities } = given ?? {};
		const named = probabilities && Object.fromEntries(probabilities.map((value, i) => [target.classes![i], value]));
		return `${JSON.stringify({ type: "prediction", row, prediction, ...(named ? { probabilities: named } : {}) })}\n`;
	};
	return async (answers) => {
		const first = row === 0 && !json ? csvLine(header, header.length) : "";
		if (!process.stdout.write(first + answers.map(line).join(""))) await once(process.stdout, "drain");
	};
}

const whole = new Intl.NumberFormat("en-US");

function resultLine({ rows, skipped, target }: PredictionSummary, output: string): string {
	const left = skipped > 0 ? `; ${whole.format(skipped)} lack a value and have no prediction` : "";
	return `${target} of ${whole.format(rows)} rows predicted into ${basename(output)}${left}`;
}

function ignoredLine(dataset: string, { ignored }: PredictionSummary): string | undefined {
	if (ignored.length === 0) return undefined;
	const names = ignored.slice(0, 5).join(", ") + (ignored.length > 5 ? ", ..." : "");
	return `${basename(dataset)}: the model does not use ${names}.`;
}
