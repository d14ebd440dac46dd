import { fileChanged } from "../data/index.ts";
import { InputError } from "../input-error.ts";
import type { RunControl, RunEvent } from "../protocol/engine.ts";
import type { EpochResult, RunDone } from "../protocol/run.ts";
import { Schedule } from "../schedules/index.ts";
import { factorAt } from "../schedules/schedule.ts";
import { type Checkpoint, type Position, writeCheckpoint } from "./checkpoint.ts";
import { StepBuffer } from "./metrics.ts";
import type { PreparedRun } from "./prepare.ts";
import { restore, takeSnapshot } from "./snapshot.ts";

/** Steps run this long before controls are looked at. */
const SLICE_MS = 8;
/** At most 30 batches of metrics a second. */
const FLUSH_MS = 1000 / 30;
/** The file behind the run is looked at this often. */
const WATCH_MS = 1000;

type EndReason = RunDone["outcome"];

export interface TrainingOptions {
	resume?: Checkpoint;
	/** a checkpoint is written at the start, after an epoch when the last one is older than this, and at the end */
	checkpoint?: { path: string; everyMs: number };
}

/** The training loop of one run: steps in slices, so that pause, resume, step and stop act within some milliseconds. */
export class Training {
	private paused = false;
	private stopping = false;
	private singleSteps = 0;
	private wake: (() => void) | undefined;

	/** how far it has come; what a checkpoint keeps */
	private readonly at: Position = { iteration: 0, epoch: 0, rows: 0, epochCost: 0, rateChanges: [], seconds: 0 };
	private lastFlush = 0;
	private lastWatch = performance.now();
	private fileReported = false;
	private readonly metrics = new StepBuffer();
	/** epochs go out right before the steps that end them, in the same flush */
	private endedEpochs: EpochResult[] = [];
	private readonly order: Uint32Array;
	private readonly schedule: Schedule;
	private rateFactor = 1;
	private readonly devVariance: number;

	private readonly prepared: PreparedRun;
	private readonly checkpoint: TrainingOptions["checkpoint"];
	private savedEpoch = -1;
	private savedAt = 0;
	private readonly emit: (event: RunEvent) => void;

	/**
	 * @param emit gets the run's events in order; metrics at most 30 times a second
	 * @param options resume: goes on from there, as if it had not been interrupted; checkpoint: where and how often
	 */
	constructor(prepared: PreparedRun, emit: (event: RunEvent) => void, options: TrainingOptions = {}) {
		this.prepared = prepared;
		this.emit = emit;
		this.checkpoint = options.checkpoint;
		const { start, table } = prepared;
		this.schedule = new Schedule(start.run.decay, start.run.optimizer.learningRate, start);
		if (options.resume) {
			const { position, order } = restore(prepared, options.resume);
			this.at = position;
			this.order = order;
			this.metrics.startAt(position.iteration + 1);
			this.rateFactor = factorAt(position.rateChanges, position.iteration + 1);
			prepared.backend.setOrder(order);
		} else this.order = Uint32Array.from({ length: start.trainRows }, (_, i) => i);
		this.devVariance = variance(table.y.subarray(start.trainRows));
	}

	control(action: RunControl): void {
		if (action === "stop") this.stopping = true;
		else if (action === "step") {
			if (this.paused) this.singleSteps++;
			else this.pause();
		} else if (action === "pause") this.pause();
		else if (this.paused) {
			this.paused = false;
			this.emit({ type: "resumed" });
		}
		this.wake?.();
	}

	/** Multiplies the learning rate of every further step. */
	scaleRate(factor: number): void {
		this.rateFactor *= factor;
		const change = { iteration: this.at.iteration + 1, factor };
		this.at.rateChanges.push(change);
		this.emit({ type: "rateChanged", change });
	}

	/** Runs to the end, to a stop or to a cost that is not finite. */
	async run(): Promise<RunDone> {
		const { iterations } = this.prepared.start;
		let outcome: EndReason = "finished";
		this.lookAtSplit();
		// The first one tells whether the place can be written at all, before any work is done.
		await this.save();
		while (this.at.iteration < iterations) {
			if (this.stopping) {
				outcome = "stopped";
				break;
			}
			if (this.paused && this.singleSteps === 0) {
				this.flush();
				await new Promise<void>((resolve) => {
					this.wake = resolve;
				});
				this.wake = undefined;
				continue;
			}
			const begin = performance.now();
			const finite = this.slice(begin);
			const end = performance.now();
			this.at.seconds += (end - begin) / 1000;
			if (end - this.lastFlush >= FLUSH_MS || this.paused) this.flush();
			if (!finite) {
				outcome = "diverged";
				break;
			}
			if (end - this.lastWatch >= WATCH_MS) await this.watchFile();
			if (this.checkpoint && this.at.epoch > this.savedEpoch && end - this.savedAt >= this.checkpoint.everyMs) {
				await this.trySave();
			}
			await new Promise(setImmediate);
		}
		this.flush();
		// A diverged net is worth nothing: the last whole checkpoint stays.
		if (outcome !== "diverged") await this.trySave();
		return this.finish(outcome);
	}

	private async save(): Promise<void> {
		if (!this.checkpoint) return;
		await writeCheckpoint(this.checkpoint.path, takeSnapshot(this.prepared, this.at, this.order));
		this.savedEpoch = this.at.epoch;
		this.savedAt = performance.now();
	}

	/** A disk that fills up in mid-run costs the checkpoint, not the run. */
	private async trySave(): Promise<void> {
		try {
			await this.save();
		} catch (fault) {
			if (!(fault instanceof InputError)) throw fault;
			this.savedAt = performance.now();
			this.emit({
				type: "finding",
				finding: { code: "checkpoint-failed", severity: "warning", message: fault.message },
			});
		}
	}

	private pause(): void {
		if (this.paused) return;
		this.paused = true;
		this.flush();
		this.emit({ type: "paused", iteration: this.at.iteration });
	}

	/** @returns false when the cost was not finite */
	private slice(begin: number): boolean {
		const { iterations } = this.prepared.start;
		do {
			if (!this.step()) return false;
			if (this.singleSteps > 0) {
				this.singleSteps--;
				return true;
			}
		} while (this.at.iteration < iterations && performance.now() - begin < SLICE_MS);
		return true;
	}

	private step(): boolean {
		const { backend, updater, random, start } = this.prepared;
		const { run, trainRows } = start;
		if (this.at.rows === 0 && run.batchSize < trainRows) {
			random.shuffle(this.order);
			backend.setOrder(this.order);
		}
		const rows = Math.min(run.batchSize, trainRows - this.at.rows);
		const rate = this.schedule.rate(this.at.iteration + 1) * this.rateFactor;
		const { cost, gradientNorm } = backend.computeGradients(this.at.rows, rows, run.l2);
		if (this.at.iteration === 0) this.at.firstCost = cost;
		this.at.iteration++;
		this.metrics.push(cost, rate, gradientNorm);
		this.at.epochCost += cost * rows;
		this.at.rows += rows;
		if (!Number.isFinite(cost)) return false;
		backend.update(updater, gradientNorm, rate, this.at.iteration);
		if (this.at.rows === trainRows) this.endEpoch();
		return true;
	}

	private endEpoch(): void {
		const { trainRows } = this.prepared.start;
		this.at.epoch++;
		this.at.lastEpoch = {
			epoch: this.at.epoch,
			iteration: this.at.iteration,
			cost: this.at.epochCost / trainRows,
			...this.evaluateDev(),
		};
		this.at.rows = 0;
		this.at.epochCost = 0;
		this.endedEpochs.push(this.at.lastEpoch);
	}

	private evaluateDev(): Pick<EpochResult, "devCost" | "devAccuracy" | "devR2"> {
		const { start, backend } = this.prepared;
		if (start.devRows === 0) return {};
		const { cost, right, rows } = backend.evaluate(start.trainRows, start.devRows);
		if (start.run.dataset.task !== "regression") return { devCost: cost, devAccuracy: right / rows };
		return { devCost: cost, devR2: this.devVariance > 0 ? 1 - cost / this.devVariance : undefined };
	}

	private flush(): void {
		if (this.endedEpochs.length > 0) this.emit({ type: "epochs", results: this.endedEpochs });
		this.endedEpochs = [];
		if (this.metrics.length > 0) this.emit({ type: "steps", batch: this.metrics.flush() });
		this.lastFlush = performance.now();
	}

	private async watchFile(): Promise<void> {
		this.lastWatch = performance.now();
		if (this.fileReported) return;
		const { table } = this.prepared;
		const state = await fileChanged(table.summary.path, table.fingerprint);
		if (state === "unchanged") return;
		this.fileReported = true;
		this.emit({
			type: "finding",
			finding: {
				code: "dataset-changed",
				severity: "warning",
				message:
					state === "missing"
						? "The dataset was deleted or moved while this run was going on; the run goes on with the rows that it has read."
						: "The dataset changed on disk while this run was going on; the run goes on with the rows that it has read.",
				advice: state === "missing" ? "Put the file back before the next run." : "Run again to train on the new rows.",
				iteration: this.at.iteration,
			},
		});
	}

	/** Classes of a single row cannot be in both parts: with many of them the dev set is smaller than asked for. */
	private lookAtSplit(): void {
		const { run, trainRows, devRows } = this.prepared.start;
		const rows = trainRows + devRows;
		if (devRows >= 0.5 * Math.floor(rows * run.dataset.devShare)) return;
		this.emit({
			type: "finding",
			finding: {
				code: "small-dev-set",
				severity: "warning",
				message: `Only ${devRows} of ${rows} rows could be kept for the dev set: most classes have a single row.`,
				advice: "Choose a target with fewer classes, or regression if its values are numbers.",
			},
		});
	}

	/** What the end of a run says of its learning rate. */
	private lookAtCost(outcome: EndReason, cost: number): void {
		const smaller = `Try a learning rate ten times smaller than ${this.prepared.start.run.optimizer.learningRate}.`;
		const iteration = this.at.iteration;
		if (outcome === "diverged") {
			const message = `The cost stopped being a finite number at step ${iteration.toLocaleString("en-US")}.`;
			const finding = { code: "divergence", severity: "error", message, advice: smaller, iteration } as const;
			this.emit({ type: "finding", finding });
		} else if (iteration > 1 && cost > (this.at.firstCost ?? Number.POSITIVE_INFINITY)) {
			const [from, to] = [this.at.firstCost ?? 0, cost].map((c) => c.toPrecision(3));
			const message = `The cost ended at ${to}, above the ${from} that it began with: nothing was learned.`;
			this.emit({ type: "finding", finding: { code: "cost-rose", severity: "warning", message, advice: smaller } });
		}
	}

	private finish(outcome: EndReason): RunDone {
		const midEpoch = this.at.rows > 0;
		const dev = !midEpoch && this.at.lastEpoch ? this.at.lastEpoch : this.at.iteration > 0 ? this.evaluateDev() : {};
		const cost = midEpoch || !this.at.lastEpoch ? this.at.epochCost / this.at.rows : this.at.lastEpoch.cost;
		this.lookAtCost(outcome, cost);
		const done: RunDone = {
			outcome,
			iterations: this.at.iteration,
			cost,
			devCost: dev.devCost,
			devAccuracy: dev.devAccuracy,
			devR2: dev.devR2,
			rateChanges: this.at.rateChanges,
			seconds: this.at.seconds,
			stepsPerSecond: this.at.seconds > 0 ? this.at.iteration / this.at.seconds : 0,
		};
		this.emit({ type: "done", done });
		return done;
	}
}

function variance(values: Float32Array): number {
	let mean = 0;
	for (const v of values) mean += v / values.length;
	let sum = 0;
	for (const v of values) sum += (v - mean) ** 2 / values.length;
	return sum;
}
