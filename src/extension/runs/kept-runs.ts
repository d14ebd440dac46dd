/** Runs kept on disk, as the list needs them: small files only. Anything in the folder may be damaged or foreign. */
import { lstat, open, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { KEPT, type KeptLabel, type KeptRun } from "../../engine/protocol/kept-run.ts";
import type { RunPhase } from "../../engine/protocol/panel.ts";
import type { RunDone } from "../../engine/protocol/run.ts";
import type { Translate } from "../translate.ts";
import { OPTIMIZERS } from "./run-file-of.ts";

export interface StoredRun {
	name: string;
	/** absolute */
	folder: string;
	about: KeptRun;
	/** how it ended, "interrupted" without an end, "running" while another window's engine writes it */
	phase: RunPhase;
	done?: RunDone;
	/** how far it is on disk and its last epoch there, where the run has no end */
	last?: { iteration: number; devCost?: number; devAccuracy?: number; devR2?: number };
	pinned: boolean;
	/** the name that it began with, where it was renamed */
	was?: string;
}

/** A writer touches its file every two seconds. */
const GONE_MS = 10_000;
const TAIL_BYTES = 4096;
const MOST_SMALL_BYTES = 4 << 20;

/** @returns the runs in `.descent/runs`, newest first; folders that hold no run are passed over */
export async function storedRuns(runs: string): Promise<StoredRun[]> {
	// A link is no folder: what it points to is nobody's run.
	const own = await Promise.all([dirname(runs), runs].map((path) => lstat(path).catch(() => undefined)));
	if (!own.every((stats) => stats?.isDirectory())) return [];
	const entries = await readdir(runs, { withFileTypes: true }).catch(() => []);
	const folders = entries.filter((entry) => entry.isDirectory());
	const read = await Promise.all(folders.map(({ name }) => storedRun(join(runs, name), name)));
	return read.filter((run) => run !== undefined).sort((a, b) => (a.about.begun < b.about.begun ? 1 : -1));
}

export async function storedRun(folder: string, name: string): Promise<StoredRun | undefined> {
	const about = keptRun(await readJson(join(folder, KEPT.about)));
	if (!about) return undefined;
	const done = runDone(await readJson(join(folder, KEPT.result)));
	const label = (await readJson(join(folder, KEPT.label))) as KeptLabel | undefined;
	const phase = done?.outcome ?? ((await isWritten(folder)) ? "running" : "interrupted");
	// Another window may be removing the run to make room.
	const last = done ? undefined : await lastOf(folder).catch(() => undefined);
	const was = typeof label?.was === "string" ? { was: label.was } : {};
	return { name, folder, about, phase, done, last, pinned: label?.pinned === true, ...was };
}

/** Whether a process writes to the folder: it lives, and has touched its file a moment ago. */
async function isWritten(folder: string): Promise<boolean> {
	const path = join(folder, KEPT.writer);
	const writer = (await readJson(path)) as { pid?: unknown } | undefined;
	if (typeof writer?.pid !== "number") return false;
	const stats = await lstat(path).catch(() => undefined);
	if (!stats || Date.now() - stats.mtimeMs > GONE_MS) return false;
	try {
		process.kill(writer.pid, 0);
		return true;
	} catch (fault) {
		return (fault as NodeJS.ErrnoException).code === "EPERM";
	}
}

async function lastOf(folder: string): Promise<StoredRun["last"]> {
	const steps = await lastRows(join(folder, KEPT.steps), 4);
	const iteration = steps.at(-1)?.[0];
	if (iteration === undefined) return undefined;
	// A process that was killed may have written an epoch before the last of its steps.
	const epochs = await lastRows(join(folder, KEPT.epochs), 6);
	const epoch = epochs.findLast(([, end]) => end !== undefined && end <= iteration);
	return { iteration, devCost: epoch?.[3], devAccuracy: epoch?.[4], devR2: epoch?.[5] };
}

/** @returns the last whole lines of a CSV that have so many cells and begin with a count */
async function lastRows(path: string, cells: number): Promise<(number | undefined)[][]> {
	const stats = await lstat(path).catch(() => undefined);
	if (!stats?.isFile()) return [];
	const file = await open(path);
	try {
		const tail = Buffer.alloc(Math.min(stats.size, TAIL_BYTES));
		const { bytesRead } = await file.read(tail, 0, tail.length, stats.size - tail.length);
		// The first line begins before the tail, or is the header; the last one may be torn.
		const lines = tail.toString("latin1", 0, bytesRead).split("\n").slice(1, -1);
		const rows = lines.map((line) => line.split(",").map((cell) => (cell === "" ? undefined : Number(cell))));
		return rows.filter((row) => row.length === cells && count(row[0]));
	} finally {
		await file.close();
	}
}

/** @returns bytes of everything in a folder; links count as nothing */
export async function bytesOf(folder: string): Promise<number> {
	const names = await readdir(folder).catch(() => []);
	const sizes = names.map(async (name) => {
		const stats = await lstat(join(folder, name)).catch(() => undefined);
		return stats?.isFile() ? stats.size : 0;
	});
	return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

/** What is known of a run when room is made. */
export interface Sized {
	bytes: number;
	/** ISO 8601 */
	begun: string;
	/** pinned, or going on */
	held: boolean;
}

/** @returns the oldest runs that nobody holds, as many as must go for the rest to be within the limit */
export function tooMany<T extends Sized>(runs: readonly T[], mostBytes: number): T[] {
	let bytes = runs.reduce((sum, run) => sum + run.bytes, 0);
	const going: T[] = [];
	const free = runs.filter(({ held }) => !held).sort((a, b) => (a.begun < b.begun ? -1 : 1));
	for (const run of free) {
		if (bytes <= mostBytes) break;
		bytes -= run.bytes;
		going.push(run);
	}
	return going;
}

/** @returns why a run cannot have this name: one sentence, or undefined when it can on every system */
export function nameProblem(name: string, t: Translate): string | undefined {
	if (name === "") return t("A run needs a name.");
	if (name.length > 80) return t("A name has at most {0} characters.", 80);
	// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
	const [wrong] = /[<>:"/\\|?*\u0000-\u001f]/.exec(name) ?? [];
	if (wrong !== undefined) return t("A name cannot contain {0}: it is the name of a folder.", JSON.stringify(wrong));
	if (/^[ .]|[ .]$/.test(name)) return t("A name cannot begin or end with a space or a dot.");
	if (/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(name))
		return t("{0} is a name that Windows keeps for itself.", name);
	return undefined;
}

/** Whole or not at all. */
export async function writeLabel(folder: string, label: KeptLabel): Promise<void> {
	const path = join(folder, KEPT.label);
	await writeFile(`${path}.tmp`, `${JSON.stringify(label)}\n`);
	await rename(`${path}.tmp`, path);
}

/** @returns what a small file says; undefined when it is not there, no file, too large or no JSON */
async function readJson(path: string): Promise<unknown> {
	try {
		const stats = await lstat(path);
		if (!stats.isFile() || stats.size > MOST_SMALL_BYTES) return undefined;
		return JSON.parse(await readFile(path, "utf8"));
	} catch {
		return undefined;
	}
}

type Check = (value: unknown) => boolean;

const finite: Check = (value) => Number.isFinite(value);
const count: Check = (value) => Number.isInteger(value) && (value as number) >= 0;
const oneOf =
	(words: readonly string[]): Check =>
	(value) =>
		words.includes(value as string);
const optional =
	(shape: unknown): Check =>
	(value) =>
		value === undefined || hasShape(value, shape);

/**
 * What the panel needs of a run is there and such that the panel takes it (webview/messages.ts), as one foreign run would
 * else keep it from every other one. The words are types, lists hold one of them.
 */
const ABOUT = {
	begun: (value: unknown) => typeof value === "string" && !Number.isNaN(Date.parse(value)),
	start: {
		name: "string",
		run: {
			dataset: { path: "string", target: "string", task: oneOf(["regression", "binary", "multiclass"]) },
			model: { layers: [count], activation: "string" },
			optimizer: {
				...{ name: oneOf(OPTIMIZERS), learningRate: finite },
				...{ beta: optional(finite), beta1: optional(finite), beta2: optional(finite) },
			},
			decay: { name: "string", rate: optional(finite), base: optional(finite) },
			...{ batchSize: count, epochs: count, l2: finite, seed: finite },
			clip: optional({ norm: optional(finite), value: optional(finite) }),
		},
		...{ trainRows: count, devRows: count, testRows: count, sampledFrom: optional(count) },
		...{ stepsPerEpoch: count, iterations: count, parameters: count },
		memory: {
			...{ table: finite, miniBatch: finite, parameters: finite, gradients: finite },
			...{ optimizerState: finite, other: finite, total: finite },
		},
		streams: optional({ bytes: finite, blockBytes: finite }),
	},
	dataset: { path: "string", size: finite, mtimeMs: finite, sha256: "string", whole: "boolean" },
};

function keptRun(value: unknown): KeptRun | undefined {
	const about = value as KeptRun;
	if (!hasShape(value, ABOUT) || about.version !== 1) return undefined;
	// Runs that were kept by an older version have it there alone.
	const { size, mtimeMs } = about.dataset;
	return { ...about, start: { ...about.start, fingerprint: { size, mtimeMs } } };
}

function hasShape(value: unknown, shape: unknown): boolean {
	if (typeof shape === "string") return typeof value === shape;
	if (typeof shape === "function") return shape(value);
	if (Array.isArray(shape)) return Array.isArray(value) && value.every((member) => hasShape(member, shape[0]));
	if (typeof value !== "object" || value === null) return false;
	return Object.entries(shape as object).every(([key, of]) => hasShape((value as Record<string, unknown>)[key], of));
}

const OUTCOMES = ["finished", "stoppedEarly", "stopped", "outOfTime", "diverged"];
const FIGURES = ["cost", "devCost", "devAccuracy", "devR2", "testCost", "testAccuracy", "testR2"];
const DONE = {
	...{ outcome: oneOf(OUTCOMES), iterations: count, bestEpoch: optional(count), cost: "number" },
	...{ seconds: finite, stepsPerSecond: finite },
};

/** Figures that are not finite are written as texts. */
function runDone(value: unknown): RunDone | undefined {
	const done = { ...(value as Record<string, unknown> | undefined) };
	for (const key of FIGURES) if (typeof done[key] === "string") done[key] = Number(done[key]);
	if (!hasShape(done, DONE)) return undefined;
	if (FIGURES.some((key) => done[key] !== undefined && typeof done[key] !== "number")) return undefined;
	return { ...(done as unknown as RunDone), rateChanges: Array.isArray(done.rateChanges) ? done.rateChanges : [] };
}
