import type { RatePreview } from "../protocol/run.ts";
import type { RunFile } from "../protocol/run-file.ts";
import { Schedule } from "../schedules/index.ts";
import { type KeptTable, resolveOn } from "./kept-table.ts";

/**
 * The learning rates of the run that `file` would make.
 * @param most rates, at even distances
 */
export function previewRates(file: RunFile, kept: KeptTable, most: number): RatePreview {
	const run = resolveOn(kept, file);
	const { trainRows } = kept.table.shape;
	// A bounded run makes its steps on the rows of the sample.
	const stepsPerEpoch = Math.ceil(trainRows / Math.min(run.batchSize, trainRows));
	const iterations = stepsPerEpoch * run.epochs;
	const schedule = new Schedule(run.decay, run.optimizer.learningRate, { stepsPerEpoch, iterations });
	const stride = Math.max(1, Math.ceil(iterations / most));
	const rates = new Float32Array(Math.ceil(iterations / stride)).map((_, i) => schedule.rate(1 + i * stride));
	return { iterations, rates, stride };
}
