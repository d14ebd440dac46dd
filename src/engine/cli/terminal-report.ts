import { basename } from "node:path";
import { inBytes } from "../memory-limit.ts";
import type { DatasetSummary } from "../protocol/dataset.ts";
import type { RunEvent } from "../protocol/engine.ts";
import type { EpochResult, RunDone, RunPlan, RunStart } from "../protocol/run.ts";

/** Says what a run will take, before its dataset is read. */
export function showPlan({ rows, memory, limit, streams }: RunPlan): void {
	const { table, miniBatch, total } = memory;
	const onDisk = streams ? `, table of ${inBytes(streams.bytes)} streamed from disk` : "";
	console.log(
		`About ${whole.format(rows)} rows, ${inBytes(total)} of ${inBytes(limit)}: ` +
			`table ${inBytes(table)}, mini-batch ${inBytes(miniBatch)}, model ${inBytes(total - table - miniBatch)}${onDisk}`,
	);
}

/** Says on a terminal how far the dataset has been read. */
export function showReading(rows: number, about: number): void {
	if (!process.stdout.isTTY) return;
	process.stdout.write(`\r\x1b[2KReading: ${whole.format(rows)} of about ${whole.format(about)} rows`);
}

const figure = (value: number) => (Number.isFinite(value) ? value.toPrecision(4) : String(value));
const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** A progress bar on a terminal; elsewhere a line an epoch would flood a log, so only start, findings and end. */
export class TerminalReport {
	private readonly start: RunStart;
	private readonly begun = performance.now();
	private cost = Number.NaN;
	private rate = 0;
	private iteration = 0;
	private dev: EpochResult | undefined;

	constructor(start: RunStart) {
		this.start = start;
		const { run, summary, trainRows, devRows, testRows } = start;
		this.clear();
		if (summary.understood) console.log(`${basename(summary.path)}: ${summary.understood}`);
		const layers = [summary.features, ...run.model.layers].join("-");
		console.log(
			`${summary.target} (${run.dataset.task}; ${summary.targetReason}) from ${summary.features} features; ` +
				`${whole.format(trainRows)} training and ${whole.format(devRows)} dev rows` +
				(testRows > 0 ? `, ${whole.format(testRows)} test rows for the end` : "") +
				(summary.droppedRows ? `; ${whole.format(summary.droppedRows)} rows left out for lack of a value` : ""),
		);
		for (const line of [...asideLines(start), ...noteLines(summary)]) console.log(line);
		console.log(
			`${run.optimizer.name} ${run.optimizer.learningRate}, ${run.decay.name} decay, mini-batch ${run.batchSize}, ` +
				`${whole.format(run.epochs)} epochs of ${whole.format(start.stepsPerEpoch)} steps, net ${layers}, ` +
				`${(start.memory.total / 2 ** 20).toFixed(1)} MiB, backend ${run.backend}`,
		);
	}

	event(event: RunEvent): void {
		if (event.type === "steps") {
			const { batch } = event;
			const last = batch.cost.length - 1;
			this.iteration = batch.first + last;
			this.cost = batch.cost[last];
			this.rate = batch.learningRate[last];
			this.draw();
		} else if (event.type === "epochs") {
			this.dev = event.results.at(-1);
		} else if (event.type === "finding") {
			const { message, advice } = event.finding;
			this.clear();
			console.log(advice ? `${message} ${advice}` : message);
		} else if (event.type === "done") {
			this.clear();
			console.log(resultLine(event.done));
		}
	}

	private draw(): void {
		if (!process.stdout.isTTY) return;
		const { iterations } = this.start;
		const done = this.iteration / iterations;
		const seconds = (performance.now() - this.begun) / 1000;
		const left = Math.ceil((seconds / done) * (1 - done));
		const width = 24;
		const filled = Math.round(done * width);
		const score = this.dev?.devAccuracy ?? this.dev?.devR2;
		const parts = [
			`${"█".repeat(filled)}${"░".repeat(width - filled)} ${String(Math.floor(done * 100)).padStart(3)}%`,
			`cost ${figure(this.cost)}`,
			...(score === undefined
				? []
				: [`${this.dev?.devR2 === undefined ? "dev accuracy" : "dev R²"} ${score.toFixed(3)}`]),
			`rate ${Number(this.rate.toPrecision(3))}`,
			`${whole.format(this.iteration / seconds)} steps/s`,
			`${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")} left`,
		];
		process.stdout.write(`\r\x1b[2K${parts.join("  ").slice(0, (process.stdout.columns ?? 120) - 1)}`);
	}

	private clear(): void {
		if (process.stdout.isTTY) process.stdout.write("\r\x1b[2K");
	}
}

/** columns that are spoken of before a run; "descent inspect" has them all */
const mostAside = 3;
const mostNotes = 5;

/** @returns which columns were set aside and why, without those that were left out by choice */
function asideLines({ run, summary }: RunStart): string[] {
	const { features, columns: chosen, target } = run.dataset;
	if (features) return [];
	const aside = summary.columns.filter(
		({ name, setAside }) => setAside && name !== target && chosen?.[name]?.use !== false,
	);
	if (aside.length === 0) return [];
	// what gives the target away is the most surprising one to miss
	const shown = aside.toSorted((a, b) => Number(b.leak ?? false) - Number(a.leak ?? false)).slice(0, mostAside);
	const more = aside.length > mostAside ? `, and ${whole.format(aside.length - mostAside)} more` : "";
	return [`set aside: ${shown.map(({ name, setAside }) => `${name} (${setAside})`).join(", ")}${more}`];
}

/** @returns what was told or guessed of columns that are used, a line each */
function noteLines({ columns, target }: DatasetSummary): string[] {
	const noted = columns.filter(({ name, note, setAside }) => note && (name === target || !setAside));
	const lines = noted.slice(0, mostNotes).map(({ name, note }) => `${name}: ${note}`);
	return noted.length > mostNotes ? [...lines, `... and notes on ${noted.length - mostNotes} more columns`] : lines;
}

const OUTCOME: Record<RunDone["outcome"], string> = {
	finished: "Finished",
	stoppedEarly: "Stopped early",
	stopped: "Stopped",
	outOfTime: "Out of time",
	diverged: "Diverged",
};

/** @returns the last line of a run: what came of it */
function resultLine(done: RunDone): string {
	const parts = [`cost ${figure(done.cost)}`];
	if (done.devCost !== undefined) parts.push(`dev cost ${figure(done.devCost)}`);
	if (done.devAccuracy !== undefined) parts.push(`dev accuracy ${done.devAccuracy.toFixed(3)}`);
	if (done.devR2 !== undefined) parts.push(`dev R² ${done.devR2.toFixed(3)}`);
	if (done.bestEpoch !== undefined) parts.push(`weights of epoch ${whole.format(done.bestEpoch)}`);
	if (done.testCost !== undefined) parts.push(`test cost ${figure(done.testCost)}`);
	if (done.testAccuracy !== undefined) parts.push(`test accuracy ${done.testAccuracy.toFixed(3)}`);
	if (done.testR2 !== undefined) parts.push(`test R² ${done.testR2.toFixed(3)}`);
	parts.push(`${whole.format(done.stepsPerSecond)} steps/s`, `${done.seconds.toFixed(2)} s`);
	return `${OUTCOME[done.outcome]}: ${parts.join(", ")}`;
}
