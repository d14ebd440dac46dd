import { fileChanged } from "../data/index.ts";
import { InputError } from "../input-error.ts";
import type { RunControl, RunEvent } from "../protocol/engine.ts";
import type { EpochResult, Finding, RateRequest, RunDone } from "../protocol/run.ts";
import { Schedule } from "../schedules/index.ts";
import { factorAt } from "../schedules/schedule.ts";
import { type Checkpoint, type Position, writeCheckpoint } from "./checkpoint.ts";
import { Diagnosis, divergence } from "./diagnosis/index.ts";
import { EarlyStopping } from "./early-stopping.ts";
import { classesOutOfDevSet, datasetChanged, fewerRows, notCached, smallDevSet, streamsFromDisk } from "./findings.ts";
import { DevSet, evaluateTest } from "./kept-rows.ts";
import { StepBuffer } from "./metrics.ts";
import type { PreparedRun } from "./prepare.ts";
import { RowOrder } from "./row-order.ts";
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
	checkpoint?: {
		path: string;
		everyMs: number;
		/** the run goes on without one where none can be written at its start */
		optional?: boolean;
	};
	/** what the run waits for after it has emitted something, if anything: that it was taken in */
	room?: () => Promise<void> | undefined;
	/** training ends after so much time, pauses not counted */
	seconds?: number;
}

/** The training loop of one run: steps in slices, so that pause, resume, step and stop act within some milliseconds. */
export class Training {
	private paused = false;
	private stopping = false;
	private isDone = false;
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
	private readonly order: RowOrder;
	private readonly schedule: Schedule;
	private rateFactor = 1;
	private readonly devSet: DevSet;
	private readonly earlyStopping: EarlyStopping | undefined;
	private readonly diagnosis: Diagnosis;

	private readonly prepared: PreparedRun;
	private readonly checkpoint: TrainingOptions["checkpoint"];
	private readonly seconds: number;
	private savedEpoch = -1;
	private savedAt = 0;
	/** a person did something that a run which goes on from the checkpoint must not have lost */
	private saveSoon = false;
	private suspended: (() => void) | undefined;
	private readonly room: TrainingOptions["room"];
	private readonly emit: (event: RunEvent) => void;

	/**
	 * @param emit gets the run's events in order; metrics at most 30 times a second
	 * @param options resume: goes on from there, as if it had not been interrupted; checkpoint: where and how often
	 */
	constructor(prepared: PreparedRun, emit: (event: RunEvent) => void, options: TrainingOptions = {}) {
		this.prepared = prepared;
		this.emit = emit;
		this.checkpoint = options.checkpoint;
		this.seconds = options.seconds ?? Number.POSITIVE_INFINITY;
		this.room = options.room;
		const { start, backend } = prepared;
		this.devSet = new DevSet(prepared);
		const { earlyStopping } = start.run;
		if (earlyStopping) this.earlyStopping = new EarlyStopping(earlyStopping, backend.parameters);
		this.schedule = new Schedule(start.run.decay, start.run.optimizer.learningRate, start);
		if (options.resume) {
			const { position, order } = restore(prepared, options.resume, this.earlyStopping?.weights);
			this.at = position;
			this.order = new RowOrder(prepared, position, order);
			this.metrics.startAt(position.iteration + 1);
			this.rateFactor = factorAt(position.rateChanges, position.iteration + 1);
		} else this.order = new RowOrder(prepared, this.at);
		this.diagnosis = new Diagnosis(prepared, this.at, (finding) => this.report(finding));
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

	/**
	 * Changes the learning rate of every further step.
	 * @throws InputError for a number that makes no learning rate
	 */
	changeRate(request: RateRequest): void {
		const value = "factor" in request ? request.factor : request.rate;
		if (!(Number.isFinite(value) && value > 0)) {
			const what = "factor" in request ? "be multiplied by" : "become";
			throw new InputError(`The learning rate can ${what} a number above 0, not ${value}.`);
		}
		const now = this.schedule.rate(Math.min(this.at.iteration + 1, this.prepared.start.iterations)) * this.rateFactor;
		const factor = "factor" in request ? value : value / now;
		if (!Number.isFinite(factor)) {
			throw new InputError(`The schedule's learning rate is ${now} at this step; no factor makes it ${value}.`);
		}
		this.rateFactor *= factor;
		const change = { iteration: this.at.iteration + 1, factor };
		this.at.rateChanges.push(change);
		this.saveSoon = true;
		this.emit({ type: "rateChanged", change });
		this.wake?.();
	}

	/** The process must end: settles when the checkpoint, if there is one, holds all that was done. No step follows. */
	suspend(): Promise<void> {
		return new Promise((resolve) => {
			this.suspended = resolve;
			this.wake?.();
		});
	}

	/** Runs to the end, to a stop, to the end of early stopping's patience or to a divergence, and ends what computes. */
	async run(): Promise<RunDone> {
		try {
			return await this.steps();
		} finally {
			await this.order.close();
			this.prepared.backend.dispose();
			this.prepared.table.stored?.close();
		}
	}

	private async steps(): Promise<RunDone> {
		const { iterations } = this.prepared.start;
		let outcome: EndReason = "finished";
		this.report(smallDevSet(this.prepared.start) ?? classesOutOfDevSet(this.prepared.start));
		this.report(streamsFromDisk(this.prepared.start));
		this.report(fewerRows(this.prepared.start));
		void this.prepared.table.caching?.then((fault) => {
			if (fault && !this.isDone) this.report(notCached(fault));
		});
		// The first one tells whether the place can be written at all, before any work is done.
		await (this.checkpoint?.optional ? this.trySave() : this.save());
		while (!this.isOver) {
			if (this.suspended) {
				this.flush();
				await this.trySave();
				this.suspended();
				await new Promise<never>(() => {});
			}
			if (this.stopping) {
				outcome = "stopped";
				break;
			}
			if (this.at.seconds >= this.seconds) {
				outcome = "outOfTime";
				break;
			}
			if (this.paused && this.singleSteps === 0) {
				this.flush();
				if (this.saveSoon) await this.trySave();
				// Something may have come meanwhile.
				if (this.suspended || this.stopping || !this.paused || this.singleSteps > 0 || this.saveSoon) continue;
				await new Promise<void>((resolve) => {
					this.wake = resolve;
				});
				this.wake = undefined;
				continue;
			}
			const begin = performance.now();
			if (!this.order.ready) {
				await this.order.wait();
				continue;
			}
			const finite = this.slice(begin);
			const end = performance.now();
			this.at.seconds += (end - begin) / 1000;
			if (end - this.lastFlush >= FLUSH_MS || this.paused) this.flush();
			if (!finite) {
				outcome = "diverged";
				break;
			}
			if (this.diagnosis.pending) await this.diagnosis.look();
			if (end - this.lastWatch >= WATCH_MS) await this.watchFile();
			if (this.saveSoon || this.isCheckpointDue(end)) await this.trySave();
			await this.room?.();
			await new Promise(setImmediate);
		}
		this.flush();
		if (outcome === "finished" && this.at.iteration < iterations) outcome = "stoppedEarly";
		const ended = outcome === "finished" || outcome === "stoppedEarly";
		const best = ended ? this.earlyStopping?.restore(this.at) : undefined;
		// A diverged net is worth nothing: the last whole checkpoint stays.
		if (outcome !== "diverged") await this.trySave();
		return this.finish(outcome, best);
	}

	private get isOver(): boolean {
		return this.at.iteration >= this.prepared.start.iterations || this.earlyStopping?.isOver(this.at) === true;
	}

	/** All that the run needs to go on from between these two steps; a copy. Not once what computes has ended. */
	snapshot(): Checkpoint {
		return takeSnapshot(this.prepared, this.at, this.order.kept, this.earlyStopping?.weights);
	}

	private isCheckpointDue(now: number): boolean {
		return (
			this.checkpoint !== undefined && this.at.epoch > this.savedEpoch && now - this.savedAt >= this.checkpoint.everyMs
		);
	}

	private async save(): Promise<void> {
		this.saveSoon = false;
		if (!this.checkpoint) return;
		await writeCheckpoint(this.checkpoint.path, this.snapshot());
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
		this.saveSoon = true;
		this.flush();
		this.emit({ type: "paused", iteration: this.at.iteration });
	}

	/** @returns false when the run has diverged */
	private slice(begin: number): boolean {
		const { iterations } = this.prepared.start;
		const first = this.at.iteration;
		let ms = 0;
		while (ms < SLICE_MS && this.canStep) {
			const look = Math.min(iterations, this.at.iteration + this.stepsPerLook);
			while (this.at.iteration < look && this.canStep) {
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

	private get canStep(): boolean {
		return !this.isOver && !this.diagnosis.pending && this.order.ready;
	}

	private step(): boolean {
		const { backend, updater, start } = this.prepared;
		const { run, trainRows } = start;
		const first = this.at.rows;
		const rows = Math.min(run.batchSize, trainRows - first);
		const rate = this.schedule.rate(this.at.iteration + 1) * this.rateFactor;
		const result = backend.computeGradients(this.order.place, rows, run.l2, this.order.readyAfter(rows));
		const { cost, gradientNorm } = result;
		// What is told of a step is a float: a cost beyond its range is infinite.
		const finite = Number.isFinite(Math.fround(cost)) && Number.isFinite(gradientNorm);
		if (this.at.iteration === 0) this.at.firstCost = cost;
		this.at.iteration++;
		this.metrics.push(cost, rate, gradientNorm);
		this.at.epochCost += cost * rows;
		this.at.rows += rows;
		if (!finite) {
			const batch = this.order.tableRows(first, rows);
			this.report(divergence(this.prepared, this.at.iteration, Math.fround(cost), batch));
			return false;
		}
		backend.update(updater, gradientNorm, rate, this.at.iteration);
		if (this.at.rows === trainRows) this.endEpoch();
		this.diagnosis.step(result);
		return true;
	}

	private endEpoch(): void {
		const { trainRows } = this.prepared.start;
		this.at.epoch++;
		this.at.lastEpoch = {
			epoch: this.at.epoch,
			iteration: this.at.iteration,
			cost: this.at.epochCost / trainRows,
			...this.devSet.evaluate(),
		};
		this.earlyStopping?.epoch(this.at, this.at.lastEpoch);
		this.at.rows = 0;
		this.at.epochCost = 0;
		this.endedEpochs.push(this.at.lastEpoch);
		this.diagnosis.epoch(this.at.lastEpoch);
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

	/** A finding follows the steps that it speaks of. */
	private report(finding: Finding | undefined): void {
		if (!finding) return;
		this.flush();
		this.emit({ type: "finding", finding });
	}

	/** @param best the epoch whose weights were put back */
	private finish(outcome: EndReason, best: EpochResult | undefined): RunDone {
		const last = this.at.rows === 0 ? this.at.lastEpoch : undefined;
		const dev = best ?? last ?? (this.at.iteration > 0 ? this.devSet.evaluate() : {});
		const cost = best?.cost ?? last?.cost ?? this.at.epochCost / this.at.rows;
		if (outcome !== "diverged") this.diagnosis.end();
		const done: RunDone = {
			outcome,
			iterations: this.at.iteration,
			bestEpoch: best?.epoch,
			cost,
			devCost: dev.devCost,
			devAccuracy: dev.devAccuracy,
			devR2: dev.devR2,
			...(outcome !== "diverged" && this.at.iteration > 0 ? evaluateTest(this.prepared) : {}),
			rateChanges: this.at.rateChanges,
			seconds: this.at.seconds,
			stepsPerSecond: this.at.seconds > 0 ? this.at.iteration / this.at.seconds : 0,
		};
		this.isDone = true;
		this.emit({ type: "done", done });
		return done;
	}
}
