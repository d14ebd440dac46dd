/**
 * All figures of a kept run in one binary file, so that a million of them are there again at once. The window that has shown
 * the run writes it and a new one reads it; the text files remain the truth.
 */
import { open } from "node:fs/promises";
import { join } from "node:path";
import { KEPT } from "../protocol/kept-run.ts";
import type { RunSeries } from "../protocol/panel.ts";
import type { EpochSeries, Finding, RateChange } from "../protocol/run.ts";
import { replaceFile } from "../replace-file.ts";
import { readSafetensors, type Tensor, writeSafetensors } from "../training/safetensors.ts";
import { isFinding, isRateChange, ownFile } from "./read-run.ts";

export interface PackedRun {
	steps: RunSeries;
	epochs: EpochSeries;
	findings: readonly Finding[];
	rateChanges: readonly RateChange[];
}

/** What is said beside the curves. */
interface About extends Pick<PackedRun, "findings" | "rateChanges"> {
	version: 1;
	/** of the text files, as they were */
	sources: string;
	epochs: Pick<EpochSeries, "first" | "stepsPerEpoch" | "share">;
}

const STEP_CURVES = ["cost", "learningRate", "gradientNorm"] as const;
const EPOCH_CURVES = ["cost", "devCost", "devShare"] as const;

/**
 * @param packed what the run's text files say; it must not change meanwhile
 * @throws InputError when the folder cannot be written
 */
export async function writePacked(folder: string, { steps, epochs, ...others }: PackedRun): Promise<void> {
	const sources = await sourcesOf(folder);
	const { first, stepsPerEpoch, share } = epochs;
	const { findings, rateChanges } = others;
	const about: About = { version: 1, sources, findings, rateChanges, epochs: { first, stepsPerEpoch, share } };
	const tensors = new Map<string, Tensor>();
	const add = (name: string, data: Float32Array) => tensors.set(name, { shape: [data.length], data });
	for (const name of STEP_CURVES) add(name, steps[name]);
	for (const name of EPOCH_CURVES) add(`epochs.${name}`, epochs[name]);
	await replaceFile(join(folder, KEPT.packed), "The run's", (file) =>
		writeSafetensors(file, tensors, { run: JSON.stringify(about) }),
	);
}

/** @returns undefined where there is none, or one that is not of the run's text files as they are now */
export async function readPacked(folder: string): Promise<PackedRun | undefined> {
	const path = join(folder, KEPT.packed);
	if (!(await ownFile(path))) return undefined;
	const file = await open(path);
	try {
		const { tensors, metadata } = await readSafetensors(file);
		const { version, sources, epochs, findings, rateChanges } = JSON.parse(metadata.run) as About;
		if (version !== 1 || sources !== (await sourcesOf(folder))) return undefined;
		const { first, stepsPerEpoch, share } = epochs;
		if (![first, stepsPerEpoch].every(Number.isInteger) || !["accuracy", "r2"].includes(share)) return undefined;
		if (!findings.every(isFinding) || !rateChanges.every(isRateChange)) return undefined;
		return {
			steps: curvesOf(tensors, STEP_CURVES, ""),
			epochs: { first, stepsPerEpoch, share, ...curvesOf(tensors, EPOCH_CURVES, "epochs.") },
			findings,
			rateChanges,
		};
	} catch {
		// Whatever is wrong with it, the text files are there.
		return undefined;
	} finally {
		await file.close();
	}
}

/** Sizes and times of the text files. */
async function sourcesOf(folder: string): Promise<string> {
	const files = [KEPT.steps, KEPT.epochs, KEPT.findings, KEPT.events].map(async (name) => {
		const stats = await ownFile(join(folder, name));
		return stats ? `${stats.size} ${stats.mtimeMs}` : "";
	});
	return (await Promise.all(files)).join(", ");
}

/** @throws RangeError when one is missing, or not as long as the others */
function curvesOf<Name extends string>(
	tensors: ReadonlyMap<string, Tensor>,
	names: readonly Name[],
	prefix: string,
): Record<Name, Float32Array> {
	const curves = names.map((name) => tensors.get(prefix + name)?.data);
	if (!curves.every((curve) => curve instanceof Float32Array && curve.length === curves[0]?.length)) {
		throw new RangeError("the curves are not of one length");
	}
	return Object.fromEntries(names.map((name, i) => [name, curves[i]])) as Record<Name, Float32Array>;
}
