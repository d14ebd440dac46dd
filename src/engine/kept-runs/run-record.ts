import { lstat, mkdir, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { Worker } from "node:worker_threads";
import { InputError } from "../input-error.ts";
import type { KeepRequest } from "../protocol/engine.ts";
import { KEPT, type KeptRun } from "../protocol/kept-run.ts";
import type { RunDone, RunStart } from "../protocol/run.ts";
import { replaceFile } from "../replace-file.ts";
import { environmentOf } from "./environment.ts";
import { fingerprintOf } from "./fingerprint.ts";
import type { FromRecorder, ToRecorder } from "./record-thread.ts";

/** So many iterations may wait to be written; then the run waits. Some 12 MB. */
const MOST_WAITING = 1_000_000;

/** A run that is written down while it goes on, by a thread, as writing figures takes longer than computing them may. */
export class RunRecord {
	/** absolute */
	readonly folder: string;
	private readonly thread: Worker;
	/** iterations of each message that was not answered yet */
	private readonly waiting: number[] = [];
	private iterations = 0;
	private wake: (() => void) | undefined;
	/** a file system's code once the folder can no longer be written */
	private fault: string | undefined;
	private readonly failed: (why: string) => void;

	/**
	 * @param directory where the build left the thread's script
	 * @param failed told once, when nothing more can be written
	 */
	constructor(folder: string, directory: string, failed: (why: string) => void) {
		this.folder = folder;
		this.failed = failed;
		this.thread = new Worker(join(directory, "recorder.cjs"), { workerData: folder });
		this.thread.on("message", (message: FromRecorder) => this.answered(message));
		this.thread.on("error", (fault) => this.answered({ type: "fault", code: fault.message }));
	}

	get checkpoint(): string {
		return join(this.folder, KEPT.checkpoint);
	}

	event(event: Exclude<ToRecorder, { type: "end" }>): void {
		if (event.type !== "done") this.post(event, event.type === "steps" ? event.batch.cost.length : 0);
	}

	/** Settles when what waits to be written is bounded; undefined when it is. */
	get room(): Promise<void> | undefined {
		if (this.iterations <= MOST_WAITING || this.fault !== undefined) return undefined;
		return this.until(() => this.iterations <= MOST_WAITING);
	}

	/** Writes what waits, and how the run ended; without that it counts as interrupted. */
	async end(done?: RunDone): Promise<void> {
		if (done && this.fault === undefined) {
			await this.until(() => this.waiting.length === 0);
			await replaceFile(join(this.folder, KEPT.result), "The result", (file) =>
				file.writeFile(`${JSON.stringify(done, finiteOrText, "\t")}\n`),
			).catch(() => this.answered({ type: "fault", code: "EIO" }));
		}
		this.post({ type: "end" }, 0);
		await this.until(() => this.waiting.length === 0);
	}

	private post(message: ToRecorder, iterations: number): void {
		if (this.fault !== undefined) return;
		this.waiting.push(iterations);
		this.iterations += iterations;
		this.thread.postMessage(message);
	}

	private answered(message: FromRecorder): void {
		if (message.type === "fault") {
			if (this.fault !== undefined) return;
			this.fault = message.code;
			this.waiting.length = 0;
			this.failed(message.code === "ENOSPC" ? "the disk is full" : `its folder cannot be written (${message.code})`);
		} else this.iterations -= this.waiting.shift() ?? 0;
		this.wake?.();
	}

	private async until(condition: () => boolean): Promise<void> {
		while (this.fault === undefined && !condition()) {
			await new Promise<void>((resolve) => {
				this.wake = resolve;
			});
		}
		this.wake = undefined;
	}
}

/**
 * Makes a run's folder and writes there what is known before its first step.
 * @param keep `runs` is the folder of all runs; what is missing of it is made
 * @returns the run's folder
 * @throws InputError when it cannot be written
 */
export async function beginFolder(keep: KeepRequest, start: RunStart): Promise<string> {
	const { summary, ...others } = start;
	try {
		await ownFolder(keep.runs);
		const folder = await newFolder(keep, start.name);
		const dataset = await fingerprintOf(summary.path);
		const about: KeptRun = {
			version: 1,
			begun: new Date().toISOString(),
			start: others,
			environment: environmentOf(keep.versions, start),
			dataset: { ...dataset, rows: summary.rows },
		};
		const path = relative(folder, start.run.dataset.path).replaceAll("\\", "/");
		const runFile = { ...start.run, dataset: { ...start.run.dataset, path } };
		await writeJson(join(folder, KEPT.runFile), runFile);
		await writeJson(join(folder, KEPT.about), about);
		return folder;
	} catch (fault) {
		if (fault instanceof InputError) throw fault;
		throw new InputError(`its folder cannot be written (${(fault as NodeJS.ErrnoException).code ?? fault})`);
	}
}

/** Makes `.descent/runs`, over which git passes. A link to another place is not followed. */
async function ownFolder(runs: string): Promise<void> {
	const above = dirname(runs);
	for (const folder of [above, runs]) {
		await mkdir(folder).catch((fault: NodeJS.ErrnoException) => {
			if (fault.code !== "EEXIST") throw fault;
		});
		if (!(await lstat(folder)).isDirectory()) throw new InputError(`${basename(folder)} is no folder of its own`);
	}
	await writeFile(join(above, ".gitignore"), "*\n", { flag: "wx" }).catch((fault: NodeJS.ErrnoException) => {
		if (fault.code !== "EEXIST") throw fault;
	});
}

async function newFolder({ runs, taken }: KeepRequest, name: string): Promise<string> {
	for (let number = 1; ; number++) {
		const numbered = number === 1 ? name : `${name} (${number})`;
		if (taken.includes(numbered)) continue;
		const folder = join(runs, numbered);
		const made = await mkdir(folder).then(
			() => true,
			(fault: NodeJS.ErrnoException) => {
				if (fault.code !== "EEXIST") throw fault;
				return false;
			},
		);
		if (made) return folder;
	}
}

async function writeJson(path: string, value: unknown): Promise<void> {
	const text = `${JSON.stringify(value, null, "\t")}\n`;
	await replaceFile(path, "The run", (file) => file.writeFile(text));
}

/** JSON has no word for a figure that is not finite. */
function finiteOrText(_: string, value: unknown): unknown {
	return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}
