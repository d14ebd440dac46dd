import { fileChanged } from "../data/index.ts";
import { InputError } from "../input-error.ts";
import type { RunControl, RunEvent } from "../protocol/engine.ts";
import type { EpochResult, Finding, RunDone } from "../protocol/run.ts";
import { Schedule } from "../schedules/index.ts";
import { factorAt } from "../schedules/schedule.ts";
import { type Checkpoint, type Position, writeCheckpoint } from "./checkpoint.ts";
import { costRose, datasetChanged, divergence, smallDevSet } from "./findings.ts";
import { StepBuffer } from "./metrics.ts";
import type { PreparedRun } from "./prepare.ts";
import { restore, takeSnapshot } from "./snapshot.ts";

/** Steps run this long before controls are looked at. */
const SLICE_MS = 8;
/** Steps that are shorter are taken together between two looks at the clock. */
const LOOK_MS = 0.25;
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
	private stepsPerLook = 1;
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

	/** Runs to the end, to a stop or to a cost that is not finite, and ends what computes. */
	async run(): Promise<RunDone> {
		try {
			return await this.steps();
		} finally {
			this.prepared.backend.dispose();
		}
	}

	private async steps(): Promise<RunDone> {
		const { run, trainRows, devRows, iterations } = this.prepared.start;
		let outcome: EndReason = "finished";
		this.report(smallDevSet(run, trainRows, devRows));
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
			this.report({ code: "checkpoint-failed", severity: "warning", message: fault.message });
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
		const first = this.at.iteration;
		let ms = 0;
		while (ms < SLICE_MS && this.at.iteration < iterations) {
			const look = Math.min(iterations, this.at.iteration + this.stepsPerLook);
			while (this.at.iteration < look) {
				if (!this.step()) return false;
				if (this.singleSteps > 0) {
					this.singleSteps--;
					return true;
				}
			}
			ms = performance.now() - begin;
		}
		this.stepsPerLook = Math.max(1, Math.min(256, Math.floor(((this.at.iteration - first) * LOOK_MS) / ms)));
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
		this.report(datasetChanged(state, this.at.iteration));
	}

	private report(finding: Finding | undefined): void {
		if (finding) this.emit({ type: "finding", finding });
	}

	private finish(outcome: EndReason): RunDone {
		const midEpoch = this.at.rows > 0;
		const dev = !midEpoch && this.at.lastEpoch ? this.at.lastEpoch : this.at.iteration > 0 ? this.evaluateDev() : {};
		const cost = midEpoch || !this.at.lastEpoch ? this.at.epochCost / this.at.rows : this.at.lastEpoch.cost;
		const { run } = this.prepared.start;
		const { iteration, firstCost } = this.at;
		if (outcome === "diverged") this.report(divergence(run, iteration));
		else if (iteration > 1) this.report(costRose(run, firstCost, cost));
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
