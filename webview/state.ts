/** What the panel holds: the host's last state, and a growing set of curves for each run. */

import type { DatasetSummary } from "../src/engine/protocol/dataset.ts";
import type { HostToPanel, PanelState, RangeTest, RunPhase, RunSummary } from "../src/engine/protocol/panel.ts";
import type { RatePreview } from "../src/engine/protocol/run.ts";
import { t } from "../src/l10n.ts";
import { Epochs } from "./charts/epochs.ts";
import { RunCurves } from "./charts/run-curves.ts";
import type { RunView } from "./run-view.ts";

/** The host's state, its runs with their epochs. */
interface ShownState extends PanelState {
	runs: RunView[];
	/** what was understood of the chosen dataset; absent while it is read for the first time */
	summary?: DatasetSummary;
}

const nothing: ShownState = {
	datasets: [],
	runFiles: [],
	live: { on: false },
	inspecting: false,
	form: {},
	runs: [],
	trusted: true,
};

export class PanelModel {
	state: ShownState = nothing;
	/** false until the host has answered "ready" */
	received = false;
	/** all the rates of a live run, from before it begins until it has ended */
	preview: RatePreview | undefined;
	/** the run that was the newest one when they came */
	private previewedAfter: string | undefined;
	range: RangeTest | undefined;
	/** of the average that smooths the cost */
	private beta: number;
	private curves = new Map<string, RunCurves>();
	private epochs = new Map<string, Epochs>();
	/** runs that a state has named */
	private named = new Set<string>();
	private readonly awaiting: (() => void)[] = [];

	constructor(beta: number) {
		this.beta = beta;
	}

	apply(message: HostToPanel): void {
		switch (message.type) {
			case "state":
				this.state = {
					...message.state,
					summary: this.state.summary,
					runs: message.state.runs.map((run) => ({ ...run, epochs: this.epochsOf(run.id) })),
				};
				this.received = true;
				if (!message.state.live.on || this.isPreviewOver) this.preview = undefined;
				this.keepOnly(this.state.runs);
				break;
			case "rates":
				this.preview = message.preview;
				this.previewedAfter = this.newest?.id;
				break;
			case "range":
				this.range = message.range ?? undefined;
				break;
			case "summary":
				this.state = { ...this.state, summary: message.summary ?? undefined };
				break;
			case "series":
				this.curvesOf(message.runId).replace(message.series);
				this.epochsOf(message.runId).replace(message.epochs);
				break;
			case "overview":
				this.curvesOf(message.runId).cover(message.steps);
				if ("length" in message.epochs) this.epochsOf(message.runId).cover(message.epochs);
				else this.epochsOf(message.runId).replace(message.epochs);
				break;
			case "fill":
				// A run may have left the panel meanwhile.
				this.curves.get(message.runId)?.fill(message.batch);
				this.epochs.get(message.runId)?.fill(message.epochs);
				if (this.whole) for (const resolve of this.awaiting.splice(0)) resolve();
				break;
			case "steps":
				this.curvesOf(message.runId).append(message.batch);
				break;
			case "progress": {
				this.epochsOf(message.runId).append(message.epochs);
				const run = this.state.runs.find(({ id }) => id === message.runId);
				if (run === undefined) break;
				run.stepsPerSecond = message.stepsPerSecond;
				run.iteration = Math.max(run.iteration, message.iteration);
				break;
			}
		}
	}

	/** The run that the panel speaks of: the one that was turned to, else the newest. */
	get current(): RunView | undefined {
		return this.state.runs.find(({ id }) => id === this.state.shown) ?? this.newest;
	}

	/** What the code of a live run says of the table that is shown. */
	get settled(): readonly ("target" | "task")[] {
		const { current, state } = this;
		const ofTable = current?.live && current.start?.run.dataset.path === state.summary?.path;
		return (ofTable ? state.live.settled : undefined) ?? [];
	}

	/** Only it can be going on. */
	get newest(): RunView | undefined {
		return this.state.runs[this.state.runs.length - 1];
	}

	private get isPreviewOver(): boolean {
		const { newest } = this;
		return newest?.id !== this.previewedAfter && !(newest?.live && isActive(newest.phase));
	}

	/** True while a run is under way that a person started, so that no other can be started. */
	get busy(): boolean {
		return isActive(this.newest?.phase) && !this.newest?.live;
	}

	/** Why a run cannot be started: one sentence, or undefined. */
	get problem(): string | undefined {
		const { problem, trusted } = this.state;
		if (problem !== undefined) return problem;
		return trusted ? undefined : t("This workspace is not trusted: trust it to train on its data.");
	}

	get canRun(): boolean {
		return this.received && this.state.trusted && !this.busy;
	}

	/** Curves of a run, undefined before its first point. */
	curvesFor(runId: string): RunCurves | undefined {
		return this.curves.get(runId);
	}

	/** Resolves when every single iteration is there, after a long run has been shown by an overview. */
	async filled(): Promise<void> {
		if (!this.whole) await new Promise<void>((resolve) => this.awaiting.push(resolve));
	}

	private get whole(): boolean {
		return [...this.curves.values(), ...this.epochs.values()].every(({ whole }) => whole);
	}

	/** Iterations of a run: the curves may be ahead of the last state. */
	iterationsOf(run: RunSummary): number {
		return Math.max(run.iteration, this.curves.get(run.id)?.length ?? 0);
	}

	setBeta(beta: number): void {
		this.beta = beta;
		for (const curves of this.curves.values()) curves.setBeta(beta);
	}

	private curvesOf(runId: string): RunCurves {
		let curves = this.curves.get(runId);
		if (curves === undefined) {
			curves = new RunCurves(this.beta);
			this.curves.set(runId, curves);
		}
		return curves;
	}

	private epochsOf(runId: string): Epochs {
		let epochs = this.epochs.get(runId);
		if (epochs === undefined) {
			epochs = new Epochs();
			this.epochs.set(runId, epochs);
		}
		return epochs;
	}

	/** Curves may come before the state that names their run, so only runs that were named once are let go. */
	private keepOnly(runs: readonly RunView[]): void {
		const ids = new Set(runs.map((run) => run.id));
		for (const id of this.named) {
			if (ids.has(id)) continue;
			this.curves.delete(id);
			this.epochs.delete(id);
		}
		this.named = ids;
	}
}

export function isActive(phase: RunPhase | undefined): boolean {
	return phase === "preparing" || phase === "running" || phase === "paused";
}
