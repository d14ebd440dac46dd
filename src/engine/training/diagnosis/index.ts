import type { StepResult } from "../../backends/backend.ts";
import type { EpochResult, Finding } from "../../protocol/run.ts";
import type { Position } from "../checkpoint.ts";
import type { PreparedRun } from "../prepare.ts";
import { Random } from "../random.ts";
import { CostSurface, usualLength } from "./cost-surface.ts";
import { DeadUnits } from "./dead-units.ts";
import { Explosion } from "./divergence.ts";
import { ExplodingGradients } from "./exploding-gradients.ts";
import { firstTargets, guessCost } from "./guess.ts";
import { Oscillation } from "./oscillation.ts";
import { Overfitting } from "./overfitting.ts";
import { explainFlat } from "./plateau.ts";
import { RisingCost } from "./rising-cost.ts";
import { blockSteps, Stall } from "./stall.ts";
import { costRose } from "./words.ts";

export { divergence } from "./divergence.ts";

/** Training rows that stand for all of them where a cost is measured besides the steps'. */
const SAMPLE_ROWS = 256;
/** And rows that dead units are counted over again before they are told. */
const MANY_ROWS = 2048;
const PROBE_STREAM = 0x3f84d5b5;

/**
 * Watches a run and says what it sees, each thing once. It advises and changes nothing: the run's numbers are the same
 * with and without it. A step costs it some additions; closer looks are rare and their number is bounded.
 */
export class Diagnosis {
	private readonly prepared: PreparedRun;
	private readonly at: Position;
	private readonly report: (finding: Finding) => void;
	/** cost of the best constant answer */
	private readonly guess: number;
	private readonly random: Random;

	private readonly stall: Stall;
	private readonly gradients: ExplodingGradients | undefined;
	private readonly overfitting: Overfitting | undefined;
	private readonly deadUnits: DeadUnits | undefined;
	private readonly explosion: Explosion | undefined;
	private rising: RisingCost | undefined;
	private oscillation: Oscillation | undefined;
	/** blocks of steps after which dead units are counted next */
	private nextCount = 2;
	/** that the cost or the gradient grew has been told: its other signs would say the same */
	private grew = false;
	/** why the cost makes no progress has been told */
	private explained = false;
	/** a closer look is due */
	pending = false;

	/** @param at the run's position, a live view; a fresh run's gets the cost that it begins with */
	constructor(prepared: PreparedRun, at: Position, report: (finding: Finding) => void) {
		const { start, table } = prepared;
		const { run } = start;
		this.prepared = prepared;
		this.at = at;
		this.report = report;
		this.guess = guessCost(firstTargets(table, start.trainRows), run.dataset.task);
		this.random = new Random(run.seed ^ PROBE_STREAM);
		this.stall = new Stall(blockSteps(start.iterations, run.batchSize));
		if (run.clip.norm === undefined && run.clip.value === undefined) {
			// A gradient that changes the cost by all of it as the weights move by their length.
			this.gradients = new ExplodingGradients(this.guess / usualLength(prepared.sizes));
		}
		if (!((run.earlyStopping?.patience ?? Number.POSITIVE_INFINITY) < run.epochs)) {
			const kept = run.earlyStopping?.restoreBest === true;
			this.overfitting = new Overfitting(run.epochs, this.guess, kept);
		}
		if (run.model.activation === "relu" && run.model.layers.length > 0) {
			this.deadUnits = new DeadUnits(run.model.layers);
		}
		if (at.iteration === 0) at.sampleCost = this.sampleCost();
		if (Number.isFinite(at.sampleCost)) this.explosion = new Explosion(run, at.sampleCost!, () => this.sampleCost());
	}

	/** Takes in a step whose cost and gradient are finite, after its update. */
	step({ cost, gradientNorm }: StepResult): void {
		const { run, trainRows } = this.prepared.start;
		const { iteration } = this.at;
		if (!this.grew) {
			let finding = this.explosion?.step(iteration, cost);
			if (!finding && run.batchSize === trainRows) {
				this.rising ??= new RisingCost(run, this.at.firstCost ?? cost);
				finding = this.rising.step(iteration, cost);
			}
			finding ??= this.gradients?.step(iteration, gradientNorm);
			if (finding) {
				this.grew = true;
				this.report(finding);
			}
		}
		if (this.oscillation && !this.pending) {
			this.pending = this.oscillation.step(this.prepared.backend.parameters, this.sampleCost());
		}
		if (!this.stall.step(cost)) return;
		if (this.stall.blocks === this.nextCount) {
			this.nextCount *= 2;
			this.countDeadUnits();
		}
		if (!this.explained && !this.grew && !this.oscillation && this.stall.shouldLook()) {
			this.oscillation = new Oscillation(this.prepared.backend.parameters.length);
		}
	}

	epoch(result: EpochResult): void {
		const finding = this.grew ? undefined : this.overfitting?.epoch(result);
		if (finding) this.report(finding);
	}

	/** Looks closer at a cost that makes no progress. The run must not step meanwhile. */
	async look(): Promise<void> {
		const { oscillation, prepared, guess, at } = this;
		this.pending = false;
		this.oscillation = undefined;
		if (!oscillation) return;
		const { length: steps, level } = this.stall;
		const stalled = { run: prepared.start.run, iteration: at.iteration, steps, level, guess };
		let finding = oscillation.finding(this.costWith(oscillation.mean), stalled);
		// Behind dead units a cost is flat, and nothing more need be said.
		if (!finding && !this.countDeadUnits()) {
			finding = await explainFlat(new CostSurface(prepared, oscillation.mean), this.random, stalled);
		}
		if (!finding) return;
		this.explained = true;
		this.report(finding);
	}

	/** Says what only a run's end shows. Not for a run that has diverged. */
	end(): void {
		this.countDeadUnits();
		const { sampleCost, iteration } = this.at;
		if (this.grew || this.explained || sampleCost === undefined || iteration < 2) return;
		const finding = costRose(this.prepared.start.run, sampleCost, this.sampleCost());
		if (finding) this.report(finding);
	}

	/** Mean loss of the first training rows with the weights of the moment. */
	private sampleCost(): number {
		const { backend, start } = this.prepared;
		return backend.evaluate(0, Math.min(SAMPLE_ROWS, start.trainRows)).cost;
	}

	/** The same with other weights, which are taken back. */
	private costWith(weights: Float32Array): number {
		const { parameters } = this.prepared.backend;
		const own = parameters.slice();
		parameters.set(weights);
		const cost = this.sampleCost();
		parameters.set(own);
		return cost;
	}

	/** @returns whether dead units have been told of, now or before */
	private countDeadUnits(): boolean {
		const { backend, start } = this.prepared;
		const { deadUnits } = this;
		if (!deadUnits) return false;
		const few = Math.min(SAMPLE_ROWS, start.trainRows);
		if (deadUnits.isNews(backend.deadUnits(0, few))) {
			const rows = Math.min(MANY_ROWS, start.trainRows);
			const finding = deadUnits.look(backend.deadUnits(0, rows), rows, this.at.iteration);
			if (finding) this.report(finding);
		}
		return deadUnits.wereTold;
	}
}
