import { costOfTask } from "../model/network.ts";
import { fillOptimizer } from "../optimizers/index.ts";
import type { Task } from "../protocol/dataset.ts";
import type { ResolvedRun, RunFile } from "../protocol/run-file.ts";
import { fillDecay } from "../schedules/index.ts";

/** Up to this many training rows the notes take them all at once (000 §2: 2,000). */
const FULL_BATCH_ROWS = 2000;
/** A run makes about this many updates unless told otherwise. */
const USUAL_UPDATES = 2000;
export const DEFAULT_DEV_SHARE = 0.2;
export const DEFAULT_SEED = 0;

/** @returns mini-batch size by the notes: all rows up to 2,000, else a power of two from 64 to 512, about 200 steps an epoch */
export function defaultBatchSize(trainRows: number): number {
	if (trainRows <= FULL_BATCH_ROWS) return trainRows;
	const power = Math.round(Math.log2(trainRows / 200));
	return 2 ** Math.min(9, Math.max(6, power));
}

/** @returns epochs that make about 2,000 updates, from 10 to 2,000 */
export function defaultEpochs(stepsPerEpoch: number): number {
	return Math.min(2000, Math.max(10, Math.round(USUAL_UPDATES / stepsPerEpoch)));
}

/** @returns epochs without a lower dev cost that early stopping waits for: a tenth of the run, from 3 to 100 */
export function defaultPatience(epochs: number): number {
	return Math.min(100, Math.max(3, Math.round(epochs / 10)));
}

/** More epochs than a run has: nothing ends it early. */
const NEVER = 10_000_000;

/**
 * Early stopping where the run file does not speak of it. Some 2,000 updates on all of a few rows at once learn their noise
 * by heart, so that such a run ends with the weights of its lowest dev cost; it still makes all its epochs. Where the file
 * says how long to train or on how many rows at once, it is taken at its word. (On mini-batches of many rows the
 * accuracy goes on rising after the lowest dev cost.)
 */
function defaultEarlyStopping(
	{ epochs, batchSize }: RunFile,
	{ trainRows, devRows }: { trainRows: number; devRows: number },
): ResolvedRun["earlyStopping"] {
	const lengthIsOurs = epochs === undefined && (batchSize === undefined || batchSize === "auto");
	if (!lengthIsOurs || trainRows > FULL_BATCH_ROWS || devRows === 0) return undefined;
	return { patience: NEVER, minDelta: 0, restoreBest: true };
}

/** Fills in how a dataset is prepared, which must be known before it is read. */
export function resolveDataset({ dataset, seed = DEFAULT_SEED }: RunFile) {
	const { features, columns, complete, split, missing = "impute", scaling = "standardize" } = dataset;
	return {
		...(features ? { features } : {}),
		...(columns ? { columns } : {}),
		...(complete ? { complete } : {}),
		split: { dev: DEFAULT_DEV_SHARE, test: 0, seed, stratify: true, ...split },
		missing,
		scaling,
	};
}

/**
 * Fills in every default for a dataset of so many rows.
 * @param data what was settled while the table was read
 */
export function resolveRun(
	file: RunFile,
	data: { target: string; task: Task; trainRows: number; devRows: number },
): ResolvedRun {
	const { trainRows } = data;
	const asked = file.batchSize ?? "auto";
	const batchSize =
		asked === "auto" ? defaultBatchSize(trainRows) : asked === "full" ? trainRows : Math.min(asked, trainRows);
	const activation = file.model?.activation ?? "relu";
	const name = file.optimizer?.name ?? "adam";
	const decay = file.decay?.name ?? "constant";
	const epochs = file.epochs ?? defaultEpochs(Math.ceil(trainRows / batchSize));
	const earlyStopping = file.earlyStopping
		? { patience: defaultPatience(epochs), minDelta: 0, restoreBest: true, ...file.earlyStopping }
		: defaultEarlyStopping(file, data);
	return {
		dataset: {
			path: file.dataset.path,
			target: data.target,
			task: data.task,
			...resolveDataset(file),
		},
		model: {
			layers: file.model?.layers ?? [64, 32],
			activation,
			initialization:
				file.model?.initialization ?? (activation === "tanh" || activation === "sigmoid" ? "xavier" : "he"),
		},
		cost: file.cost ?? costOfTask[data.task],
		optimizer: fillOptimizer({ ...file.optimizer, name }),
		decay: fillDecay({ ...file.decay, name: decay }),
		batchSize,
		epochs,
		l2: file.l2 ?? 0,
		clip: file.clip ?? {},
		seed: file.seed ?? DEFAULT_SEED,
		backend: file.backend ?? "wasm",
		...(earlyStopping ? { earlyStopping } : {}),
	};
}
