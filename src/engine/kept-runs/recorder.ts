import { closeSync, constants, fstatSync, openSync, rmSync, utimesSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { RunEvent } from "../protocol/engine.ts";
import { KEPT, type KeptEvent } from "../protocol/kept-run.ts";
import { EPOCHS_HEADER, epochLine, STEPS_HEADER, stepLines } from "./run-csv.ts";

/** Whoever reads the folder takes a writer for gone that has not touched its file for some times as long. */
export const TOUCH_MS = 2000;

/**
 * Appends what happens to a run to the files of its folder, at once: a killed process leaves whole lines and at most a
 * torn last one. It blocks, and so has a thread of its own.
 */
export class Recorder {
	private readonly folder: string;
	private readonly steps: number;
	private readonly epochs: number;
	private readonly findings: number;
	private readonly events: number;
	private readonly touching: NodeJS.Timeout;

	/** @throws a file system's error */
	constructor(folder: string) {
		this.folder = folder;
		const writer = join(folder, KEPT.writer);
		writeFileSync(writer, `${JSON.stringify({ pid: process.pid })}\n`);
		this.touching = setInterval(() => touch(writer), TOUCH_MS);
		this.steps = openToAppend(join(folder, KEPT.steps), STEPS_HEADER);
		this.epochs = openToAppend(join(folder, KEPT.epochs), EPOCHS_HEADER);
		this.findings = openToAppend(join(folder, KEPT.findings), "");
		this.events = openToAppend(join(folder, KEPT.events), "");
	}

	/** @throws a file system's error */
	record(event: RunEvent | { type: "continued"; iteration: number }): void {
		switch (event.type) {
			case "steps":
				append(this.steps, stepLines(event.batch));
				break;
			case "epochs":
				append(this.epochs, event.results.map(epochLine).join(""));
				break;
			case "finding":
				append(this.findings, `${JSON.stringify(event.finding)}\n`);
				break;
			case "rateChanged":
			case "paused":
			case "resumed":
			case "continued":
				this.event(event);
				break;
			case "failed":
				this.event({ type: "failed", message: event.fault.message });
				break;
		}
	}

	/** Closes the files; the folder is nobody's any more. */
	end(): void {
		clearInterval(this.touching);
		for (const file of [this.steps, this.epochs, this.findings, this.events]) closeSync(file);
		rmSync(join(this.folder, KEPT.writer), { force: true });
	}

	private event(event: { [T in KeptEvent["type"]]: Omit<Extract<KeptEvent, { type: T }>, "time"> }[KeptEvent["type"]]) {
		append(this.events, `${JSON.stringify({ time: new Date().toISOString(), ...event })}\n`);
	}
}

/** The file is where it seems to be: a link is not followed, where the system knows how. */
function openToAppend(path: string, header: string): number {
	const file = openSync(
		path,
		constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0),
		0o644,
	);
	if (fstatSync(file).size === 0) append(file, header);
	return file;
}

function append(file: number, text: string): void {
	const bytes = Buffer.from(text);
	for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
}

function touch(path: string): void {
	const now = new Date();
	try {
		utimesSync(path, now, now);
	} catch {
		// Somebody removed the folder; the next write says so.
	}
}
