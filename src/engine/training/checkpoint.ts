import { createHash } from "node:crypto";
import { open, readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { Preparation } from "../data/index.ts";
import { InputError } from "../input-error.ts";
import type { Fingerprint } from "../protocol/dataset.ts";
import type { CheckpointSummary } from "../protocol/prediction.ts";
import type { EpochResult, RateChange } from "../protocol/run.ts";
import type { ResolvedRun } from "../protocol/run-file.ts";
import { replaceFile } from "../replace-file.ts";
import { decodeSafetensors, encodeSafetensors, readMetadata, type Tensor } from "./safetensors.ts";

/** How far a run has come. */
export interface Position {
	/** iterations and epochs finished */
	iteration: number;
	epoch: number;
	/** rows taken of the epoch that goes on */
	rows: number;
	/** sum over this epoch's steps of cost times rows */
	epochCost: number;
	/** absent before the first step */
	firstCost?: number;
	/** of the first training rows with the weights that the run began with */
	sampleCost?: number;
	lastEpoch?: EpochResult;
	/** early stopping: the epoch of the lowest dev cost */
	best?: EpochResult;
	rateChanges: RateChange[];
	/** spent training */
	seconds: number;
}

/** Where a run stands besides its tensors; JSON as it is. */
export interface Progress {
	version: 4;
	run: ResolvedRun;
	/** how rows become inputs, and outputs answers: with the weights, all that predicting takes */
	preparation: Preparation;
	/** of the dataset when the run read it */
	fingerprint: Fingerprint;
	position: Position;
}

/**
 * Weights ("W1", "b1", ...), optimizer state ("V.W1", ...), early stopping's best weights ("best.W1", ...), "order" of this epoch's rows where they are shuffled as a whole, "random" state, and the
 * progress as metadata: all that a run needs to go on as if it had not been interrupted.
 */
export interface Checkpoint {
	tensors: Map<string, Tensor>;
	progress: Progress;
}

/**
 * Writes a checkpoint whole or not at all.
 * @throws InputError naming the file and what is wrong
 */
export async function writeCheckpoint(path: string, { tensors, progress }: Checkpoint): Promise<void> {
	const descent = JSON.stringify(progress);
	const bytes = encodeSafetensors(tensors, { descent, sha256: digest(tensors, descent) });
	await replaceFile(path, "The checkpoint", (file) => file.writeFile(bytes));
}

/** A changed bit would train and predict on as if nothing was wrong. */
function digest(tensors: Checkpoint["tensors"], descent: string): string {
	const hash = createHash("sha256").update(descent);
	for (const [name, { shape, data }] of tensors) {
		hash.update(`${name} ${shape}`).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
	}
	return hash.digest("hex");
}

/** @throws InputError when the file is no checkpoint, or not as it was written */
export async function readCheckpoint(path: string): Promise<Checkpoint> {
	const name = basename(path);
	const bytes = await readFile(path).catch((fault: NodeJS.ErrnoException) => {
		const why =
			fault.code === "ENOENT"
				? "does not exist; check its path"
				: fault.code === "EISDIR"
					? "is a directory; name a file inside it"
					: "cannot be read; check its permissions";
		throw new InputError(`The checkpoint ${name} ${why}.`);
	});
	try {
		const { tensors, metadata } = decodeSafetensors(bytes);
		if (metadata.sha256 !== digest(tensors, metadata.descent)) throw new RangeError("not as it was written");
		return { tensors, progress: progressOf(metadata) };
	} catch (cause) {
		throw new InputError(`${name} is no checkpoint of Descent, or it is damaged; name another file.`, { cause });
	}
}

/** Looks into a file without reading its tensors. @returns null when it is no whole checkpoint of Descent */
export async function summarizeCheckpoint(path: string): Promise<CheckpointSummary | null> {
	const file = await open(path).catch(() => null);
	if (!file) return null;
	try {
		const { run, preparation, position } = progressOf(await readMetadata(file));
		const { name: optimizer, learningRate } = run.optimizer;
		const { name: target, task } = preparation.target;
		const { iteration, best, lastEpoch } = position;
		return { target, task, dataset: run.dataset.path, optimizer, learningRate, iteration, epoch: best ?? lastEpoch };
	} catch {
		return null;
	} finally {
		await file.close();
	}
}

function progressOf(metadata: Record<string, string>): Progress {
	const progress = JSON.parse(metadata.descent) as Progress;
	if (progress.version !== 4) throw new RangeError(`version ${progress.version}`);
	return progress;
}
