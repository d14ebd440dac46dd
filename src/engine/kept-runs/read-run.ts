/** A kept run as it lies on disk, its torn last lines passed over. */
import type { Stats } from "node:fs";
import { lstat, open, readFile, truncate } from "node:fs/promises";
import { basename, join } from "node:path";
import { InputError } from "../input-error.ts";
import type { RunEvent } from "../protocol/engine.ts";
import { KEPT, type KeptEvent } from "../protocol/kept-run.ts";
import type { EpochSeries, Finding, RateChange, StepBatch } from "../protocol/run.ts";
import { replaceFile } from "../replace-file.ts";
import type { Position } from "../training/checkpoint.ts";
import { EpochsReader, StepsReader, wholeLines } from "./run-csv.ts";

const PIECE_BYTES = 1 << 20;

/**
 * Hands on the stored iterations, in batches.
 * @param last the last iteration that is wanted
 * @returns bytes of the header and of their lines
 * @throws InputError when there is no such file
 */
export function readSteps(folder: string, take: (batch: StepBatch) => void, last?: number): Promise<number> {
	return readLines(join(folder, KEPT.steps), new StepsReader(take, last));
}

/** The same of the epochs; a file that was never made holds none. */
async function readEpochs(folder: string, take: (series: EpochSeries) => void, last?: number): Promise<number> {
	const path = join(folder, KEPT.epochs);
	return (await isOwnFile(path)) ? readLines(path, new EpochsReader(take, last)) : 0;
}

async function readLines(path: string, reader: StepsReader | EpochsReader): Promise<number> {
	const file = await openOwn(path);
	try {
		const piece = Buffer.alloc(PIECE_BYTES);
		while (reader.goesOn) {
			const { bytesRead } = await file.read(piece, 0, PIECE_BYTES, null);
			if (bytesRead === 0) break;
			reader.feed(piece.subarray(0, bytesRead));
		}
	} finally {
		await file.close();
	}
	reader.end();
	return reader.bytes;
}

/**
 * Gives the run's events again: steps, epochs, findings, changes of the learning rate. A process that was killed may have
 * written epochs before their steps: these are passed over.
 */
export async function replay(folder: string, emit: (event: RunEvent) => void): Promise<void> {
	let iterations = 0;
	await readSteps(folder, (batch) => {
		iterations += batch.cost.length;
		emit({ type: "steps", batch });
	});
	await readEpochs(folder, (series) => emit({ type: "epochSeries", series }), iterations);
	for (const finding of await linesOf<Finding>(folder, KEPT.findings)) {
		if (isFinding(finding)) emit({ type: "finding", finding });
	}
	for (const event of await linesOf<KeptEvent>(folder, KEPT.events)) {
		if (isRateChanged(event)) emit({ type: "rateChanged", change: event.change });
	}
}

/**
 * Takes back what was written after a checkpoint, so that the run can go on from there.
 * @throws InputError when the folder holds fewer iterations, or cannot be written
 */
export async function cutBack(
	folder: string,
	{ iteration, rateChanges }: Pick<Position, "iteration" | "rateChanges">,
): Promise<void> {
	let held = 0;
	const bytes = await readSteps(folder, (batch) => (held = batch.first + batch.cost.length - 1), iteration);
	if (held < iteration) {
		throw new InputError(
			`${basename(folder)} cannot go on: its checkpoint is of step ${iteration}, and its ${KEPT.steps} ends at step ${held}.`,
		);
	}
	await truncate(join(folder, KEPT.steps), bytes);
	const epochs = join(folder, KEPT.epochs);
	if (await isOwnFile(epochs)) await truncate(epochs, await readEpochs(folder, () => {}, iteration));
	const findings = await linesOf<Finding>(folder, KEPT.findings);
	// What is told of no step is told again when the run goes on.
	const told = findings.filter((finding) => finding.iteration !== undefined && finding.iteration <= iteration);
	await rewrite(folder, KEPT.findings, jsonLines(told));
	const events = await linesOf<KeptEvent>(folder, KEPT.events);
	let changes = 0;
	const kept = events.filter((event) => {
		if (event.type === "rateChanged") return changes++ < rateChanges.length;
		return !("iteration" in event) || event.iteration <= iteration;
	});
	await rewrite(folder, KEPT.events, jsonLines(kept));
}

const jsonLines = (values: object[]) => values.map((value) => `${JSON.stringify(value)}\n`).join("");

function rewrite(folder: string, name: string, text: string): Promise<void> {
	return replaceFile(join(folder, name), "The run's", (file) => file.writeFile(text));
}

async function textOf(folder: string, name: string): Promise<string> {
	const path = join(folder, name);
	// A file that was never made holds nothing.
	return (await isOwnFile(path)) ? readFile(path, "utf8") : "";
}

/** Whole lines of JSON objects, up to the first line that is none. */
async function linesOf<T extends object>(folder: string, name: string): Promise<T[]> {
	const values: T[] = [];
	for (const line of wholeLines(await textOf(folder, name))) {
		try {
			const value: unknown = JSON.parse(line);
			if (typeof value !== "object" || value === null) break;
			values.push(value as T);
		} catch {
			break;
		}
	}
	return values;
}

export function isFinding({ code, severity, message, advice, iteration, rows }: Finding): boolean {
	const texts = [code, message, advice ?? ""].every((text) => typeof text === "string");
	if (!texts || !["error", "warning", "info"].includes(severity)) return false;
	return (
		(iteration === undefined || Number.isInteger(iteration)) &&
		(rows === undefined || (Array.isArray(rows) && rows.every(isCount)))
	);
}

function isRateChanged(event: KeptEvent): event is Extract<KeptEvent, { type: "rateChanged" }> {
	return event.type === "rateChanged" && isRateChange(event.change);
}

export function isRateChange(change: RateChange | undefined): boolean {
	return isCount(change?.iteration) && Number.isFinite(change?.factor);
}

function isCount(value: unknown): boolean {
	return Number.isInteger(value) && (value as number) >= 0;
}

async function openOwn(path: string) {
	if (!(await isOwnFile(path))) throw new InputError(`${basename(path)} of the run is not there; delete the run.`);
	return open(path, "r");
}

async function isOwnFile(path: string): Promise<boolean> {
	return (await ownFile(path)) !== undefined;
}

/** @returns undefined for a link, too: a workspace that somebody sent must not read from outside itself */
export async function ownFile(path: string): Promise<Stats | undefined> {
	const stats = await lstat(path).catch(() => undefined);
	return stats?.isFile() ? stats : undefined;
}
