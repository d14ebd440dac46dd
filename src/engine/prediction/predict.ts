/** Predicts the rows of a table with what a checkpoint holds. */
import { realpath } from "node:fs/promises";
import { basename } from "node:path";
import type { KernelModule } from "../backends/wasm/kernels.ts";
import { type LoadControl, readNewRows } from "../data/index.ts";
import { Turns } from "../data/turns.ts";
import { InputError } from "../input-error.ts";
import { defaultMemoryLimit } from "../memory-limit.ts";
import type { PredictionSummary } from "../protocol/prediction.ts";
import { replaceFile } from "../replace-file.ts";
import type { Checkpoint } from "../training/checkpoint.ts";
import { type Answer, answer, columnsOf, csvLine } from "./answers.ts";
import { type ModelOptions, modelOf } from "./model.ts";

const progressMs = 100;

export interface PredictOptions extends ModelOptions, LoadControl {
	/** called ten times a second, and at the end, with the rows predicted, of so many */
	predicted?: (rows: number, of: number) => void;
}

/**
 * Predicts row after row, in the order of the file.
 *
 * @param dataset path of a table with the columns that the model was trained on; its target need not be there
 * @param write gets the answers to some rows, in order, undefined for a row that is skipped; awaited before the next
 * @throws InputError for everything about the table that the user can mend; the signal's reason when it is aborted
 */
export async function predict(
	kernels: KernelModule,
	checkpoint: Checkpoint,
	dataset: string,
	write: (answers: (Answer | undefined)[]) => Promise<void>,
	{ predicted, ...options }: PredictOptions = {},
): Promise<PredictionSummary> {
	const { preparation, run } = checkpoint.progress;
	const { target } = preparation;
	const { memoryLimit = defaultMemoryLimit() } = options;
	const lenient = Object.entries(run.dataset.columns ?? {}).filter(([, { kind }]) => kind !== undefined);
	const table = await readNewRows(dataset, preparation, new Set(lenient.map(([name]) => name)), {
		...options,
		memoryLimit,
	});
	let skipped = 0;
	try {
		const model = modelOf(kernels, checkpoint, { ...options, memoryLimit });
		try {
			const turns = new Turns(options.signal);
			let told = performance.now();
			for (let first = 0; first < table.rows; ) {
				const count = table.encode(first, model.rows, model.x);
				const logits = model.backend.logits(0, count);
				const answers = Array.from({ length: count }, (_, k) => {
					if (table.skipped[first + k] === 0) return answer(target, logits, k);
					skipped++;
					return undefined;
				});
				await write(answers);
				await turns.next();
				first += count;
				if (first < table.rows && performance.now() - told < progressMs) continue;
				told = performance.now();
				predicted?.(first, table.rows);
			}
		} finally {
			model.backend.dispose();
		}
	} finally {
		table.discard();
	}
	return { rows: table.rows, target: target.name, task: target.task, ignored: table.ignored, skipped };
}

/**
 * Predicts into a CSV file, whole or not at all: a line a row, empty cells for a skipped one.
 *
 * @throws InputError as predict does, and when the file cannot be written or is the table itself
 */
export async function predictToFile(
	kernels: KernelModule,
	checkpoint: Checkpoint,
	dataset: string,
	output: string,
	options: PredictOptions = {},
): Promise<PredictionSummary> {
	const [from, to] = await Promise.all([dataset, output].map((path) => realpath(path).catch(() => path)));
	if (from === to) {
		throw new InputError(`${basename(output)} is the table that is predicted; name another file for the predictions.`);
	}
	const header = columnsOf(checkpoint.progress.preparation.target);
	let summary: PredictionSummary | undefined;
	await replaceFile(output, "The file", async (file) => {
		await file.write(csvLine(header, header.length));
		const write = async (answers: (Answer | undefined)[]) => {
			await file.write(answers.map((given) => csvLine(given && cellsOf(given), header.length)).join(""));
		};
		summary = await predict(kernels, checkpoint, dataset, write, options);
	});
	return summary!;
}

/** @returns an answer as a line of the file has it */
export function cellsOf({ prediction, probabilities = [] }: Answer): (string | number)[] {
	return [prediction, ...probabilities];
}
