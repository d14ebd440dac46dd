import { basename } from "node:path";
import * as vscode from "vscode";
import type { PackedRun } from "../../engine/kept-runs/packed-run.ts";
import type { DatasetSummary } from "../../engine/protocol/dataset.ts";
import type { RunEvent } from "../../engine/protocol/engine.ts";
import type {
	LiveState,
	PanelState,
	RangeTest,
	Reading,
	RunForm,
	RunPhase,
	RunSummary,
} from "../../engine/protocol/panel.ts";
import type { RatePreview, RunStart, StepBatch } from "../../engine/protocol/run.ts";
import type { RunFile } from "../../engine/protocol/run-file.ts";
import type { Dataset } from "./datasets.ts";
import { EpochColumns } from "./epoch-columns.ts";
import { formOf } from "./run-file-of.ts";
import { Series } from "./series.ts";

/** The user's word over the guess: what a run file says of its dataset. */
export type Choice = Omit<RunFile["dataset"], "path">;

/** A run file that the panel shows and writes to. */
export interface OpenRunFile {
	uri: vscode.Uri;
	/** what it said when it was read last; the path of its dataset is absolute */
	file: RunFile;
}

/** A run as the host holds it: the panel's view of it and its curves. */
export interface Run {
	view: RunSummary;
	series: Series;
	epochs: EpochColumns;
	/** its curves are being read from the disk */
	arriving: boolean;
	/** what it was asked to train on */
	dataset: Dataset;
	choice: Choice;
	/** what a person said of its curve; absent: it is drawn where its costs are of the same kind as the shown run's */
	drawn?: boolean;
	/** the last moment that steps arrived, and how many there were, to measure the pace */
	pace: { at: number; iteration: number };
	/** when it was asked for, when the dataset was settled and when it had been read, as performance.now() tells */
	times: { asked: number; begun: number; read: number };
	/** when it began, milliseconds since 1970 */
	begun: number;
}

/** Older runs leave the panel; their curves would be drawn over each other anyway. */
export const MOST_RUNS = 12;

const ENDED: ReadonlySet<RunPhase> = new Set([
	"finished",
	"stoppedEarly",
	"stopped",
	"outOfTime",
	"diverged",
	"interrupted",
	"failed",
]);

/** What is told of a run that is new to the session; the rest is made here. */
type NewView = Omit<RunSummary, "id" | "findings" | "rateChanges" | "visible" | "colour">;

/** The one source of truth for what the panel, the status bar and the commands show and do. */
export class Session {
	readonly runs: Run[] = [];
	datasets: Dataset[] = [];
	dataset: Dataset | undefined;
	/** run files that name the chosen dataset */
	runFiles: vscode.Uri[] = [];
	/** the one that holds what the panel would else keep: `choice` and `form` */
	runFile: OpenRunFile | undefined;
	/** the user's choice over the guess, for the chosen dataset */
	choice: Choice = {};
	/** what a live run took of the table, which `choice` is for as long as nobody chooses otherwise, and what it was before */
	private lent: { now: Choice; before: Choice } | undefined;
	inspecting = false;
	/** how far the table is that a run or an inspection reads */
	reading: Reading | undefined;
	summary: DatasetSummary | undefined;
	/** of the chosen dataset, or of the text that was asked about last */
	range: RangeTest | undefined;
	problem: string | undefined;
	live: LiveState = { on: false };
	/** hyperparameters, where no run file says them */
	form: RunForm = {};
	private counter = 0;
	/** the run that a person has turned to, until the next one begins */
	private chosen: Run | undefined;

	private readonly changed = new vscode.EventEmitter<void>();
	private readonly stepped = new vscode.EventEmitter<Run>();
	private readonly arrived = new vscode.EventEmitter<Run>();
	/** Anything but what grows: iterations, and the epochs that end with them. */
	readonly onDidChange = this.changed.event;
	readonly onDidStep = this.stepped.event;
	/** The curves of a run of before are there. */
	readonly onDidArrive = this.arrived.event;
	private readonly previewed = new vscode.EventEmitter<RatePreview>();
	readonly onDidPreviewRates = this.previewed.event;

	/** The workspace's datasets and, wherever it lies, the chosen one. */
	get known(): Dataset[] {
		const { dataset, datasets } = this;
		if (!dataset || datasets.some(({ uri }) => uri.fsPath === dataset.uri.fsPath)) return datasets;
		return [dataset, ...datasets];
	}

	/** The newest run; only it can be going on. */
	get current(): Run | undefined {
		return this.runs.at(-1);
	}

	/** The run that the panel speaks of, and that commands on a run mean: the one that was chosen, else the newest. */
	get shown(): Run | undefined {
		return this.chosen && this.runs.includes(this.chosen) ? this.chosen : this.current;
	}

	/** The run that is preparing, running or paused. */
	get active(): Run | undefined {
		const run = this.current;
		return run && !ENDED.has(run.view.phase) ? run : undefined;
	}

	/** What a person chose of the table, not a text whose live run is shown. */
	get ownChoice(): Choice {
		return this.lent?.now === this.choice ? this.lent.before : this.choice;
	}

	notify(): void {
		this.changed.fire();
	}

	/** Takes in how far a table has been read; undefined: none is read any more. */
	read(reading: Reading | undefined): void {
		this.reading = reading;
		this.changed.fire();
	}

	/** Chooses a dataset; another one than before forgets what was understood and chosen of the old. */
	select(dataset: Dataset | undefined, runFile?: OpenRunFile): void {
		const other = dataset?.uri.toString() !== this.dataset?.uri.toString();
		if (other) {
			this.dataset = dataset;
			this.summary = undefined;
			this.range = undefined;
			this.choice = {};
		}
		if (runFile) {
			const { path: _, ...choice } = runFile.file.dataset;
			if (JSON.stringify(choice) !== JSON.stringify(this.choice)) this.choice = choice;
		} else if (this.runFile) this.choice = {};
		this.runFile = runFile;
		this.problem = undefined;
		this.changed.fire();
	}

	private newId(): string {
		return `run-${++this.counter}-${Date.now().toString(36)}`;
	}

	/** @param asked when the user asked for it, as performance.now() tells */
	begin(dataset: Dataset, asked: number, live: Pick<RunSummary, "live" | "schedule"> = {}): Run {
		// A run that never started has said why; there is nothing of it to keep.
		if (this.current && !this.current.view.start) this.runs.pop();
		if (this.runs.length >= MOST_RUNS) this.runs.shift();
		const view = {
			name: vscode.l10n.t("preparing"),
			dataset: dataset.label,
			phase: "preparing",
			iteration: 0,
			...live,
		} as const;
		const run: Run = {
			...this.make(view, dataset, Date.now()),
			choice: this.choice,
			times: { asked, begun: performance.now(), read: 0 },
		};
		this.runs.push(run);
		this.chosen = undefined;
		this.problem = undefined;
		this.read(undefined);
		return run;
	}

	/**
	 * Shows a run of before among those that are there, by its age; the oldest others make room. Its curves arrive later.
	 * @param view `id` is made here
	 * @param before what a person said of its curve, and the colour that it had: it has it again where that is free
	 */
	restore(view: NewView, dataset: Dataset, begun: number, before: { drawn?: boolean; colour?: number } = {}): Run {
		if (this.runs.length >= MOST_RUNS) this.runs.shift();
		const { drawn, colour } = before;
		const run: Run = { ...this.make(view, dataset, begun, colour), arriving: true, drawn };
		// Whatever the clocks say, the run that goes on stays the newest.
		const place = this.runs.findIndex((other) => other.begun > begun || other === this.active);
		this.runs.splice(place < 0 ? this.runs.length : place, 0, run);
		this.settleVisible();
		return run;
	}

	/** Its colour is the first that is free: the runs that make room for it are gone by now. */
	private make(view: NewView, dataset: Dataset, begun: number, wanted?: number): Run {
		const colour = this.freeColour(wanted);
		return {
			view: { ...view, id: this.newId(), findings: [], rateChanges: [], visible: true, colour },
			series: new Series(),
			epochs: new EpochColumns(),
			arriving: false,
			dataset,
			choice: {},
			pace: { at: 0, iteration: 0 },
			times: { asked: 0, begun: 0, read: 0 },
			begun,
		};
	}

	/** Takes in the figures of a run of before in one piece. */
	replay({ series, epochs, view }: Run, packed: PackedRun): void {
		series.replace(packed.steps);
		epochs.replace(packed.epochs);
		view.findings = [...packed.findings];
		view.rateChanges = [...packed.rateChanges];
	}

	/** The curves of a run of before have been read. */
	arrive(run: Run): void {
		run.arriving = false;
		if (this.runs.includes(run)) this.arrived.fire(run);
		this.changed.fire();
	}

	remove(run: Run): void {
		const place = this.runs.indexOf(run);
		// It may have made room for another one already.
		if (place < 0) return;
		this.runs.splice(place, 1);
		this.settleVisible();
	}

	/** Turns to a run: until the next one begins, it is the one that the panel speaks of. */
	show(run: Run): void {
		this.chosen = run === this.current ? undefined : run;
		run.drawn = undefined;
		this.settleVisible();
	}

	/** Draws a run's curves or not, as a person says. */
	draw(run: Run, drawn: boolean): void {
		run.drawn = drawn;
		this.settleVisible();
	}

	started(run: Run, start: RunStart): void {
		const { summary, ...shown } = start;
		run.view.start = shown;
		run.view.name = this.nameOf(start, run.view);
		if (run.view.phase === "preparing") run.view.phase = "running";
		run.times.read = performance.now();
		run.pace = { at: run.times.read, iteration: 0 };
		// Meanwhile the user may have turned to another table or target.
		if (run.dataset === this.dataset && run.choice === this.choice) {
			this.summary = summary;
			const { path: _, ...taken } = start.run.dataset;
			if (run.view.live && !this.runFile) this.lend(taken);
		}
		this.settleVisible();
		this.read(undefined);
	}

	/** Says of the table what a text takes of it, until a person chooses otherwise. */
	lend(now: Choice): void {
		this.lent = { now, before: this.ownChoice };
		this.choice = now;
	}

	/** Takes back what a text was lent of the table. @returns whether it had anything that nobody has chosen since */
	takeBack(): boolean {
		if (this.lent?.now !== this.choice) return false;
		this.choice = this.lent.before;
		this.lent = undefined;
		return true;
	}

	private freeColour(wanted?: number): number {
		const taken = new Set(this.runs.map(({ view }) => view.colour));
		if (wanted !== undefined && !taken.has(wanted)) return wanted;
		let free = 0;
		while (taken.has(free)) free++;
		return free;
	}

	/** Costs of other data are of another kind: their curves step back, and can be shown by a click. */
	private settleVisible(): void {
		const { shown } = this;
		const { start } = shown?.view ?? {};
		// Of a run that is being prepared it is not known yet.
		for (const run of start ? this.runs : [])
			run.view.visible = run.drawn ?? sameKind(run.view.start ?? start!, start!);
		this.changed.fire();
	}

	/** Stopped before its first step. */
	stopped(run: Run): void {
		run.view.phase = "stopped";
		this.read(undefined);
	}

	failed(run: Run, message: string): void {
		run.view.phase = "failed";
		run.view.error = message;
		this.read(undefined);
	}

	receive(runId: string, event: RunEvent): void {
		const run = this.runs.find((r) => r.view.id === runId);
		if (!run) return;
		const { view } = run;
		switch (event.type) {
			case "steps":
				this.step(run, event.batch);
				return;
			case "epochs":
				// The steps that end them follow at once.
				run.epochs.append(event.results);
				return;
			case "epochSeries":
				run.epochs.appendSeries(event.series);
				return;
			case "finding":
				view.findings.push(event.finding);
				break;
			case "planned":
				view.plan = event.plan;
				break;
			case "paused":
				view.phase = "paused";
				break;
			case "resumed":
				view.phase = "running";
				run.pace = { at: performance.now(), iteration: view.iteration };
				break;
			case "rateChanged":
				view.rateChanges.push(event.change);
				break;
			case "reading":
			case "predicted":
				return;
			case "done":
				view.phase = event.done.outcome;
				view.done = event.done;
				view.iteration = event.done.iterations;
				view.stepsPerSecond = event.done.stepsPerSecond;
				break;
			case "failed":
				this.failed(run, event.fault.message);
				return;
		}
		this.changed.fire();
	}

	private step(run: Run, batch: StepBatch): void {
		const { view, pace } = run;
		run.series.append(batch);
		view.iteration = run.series.length;
		const now = performance.now();
		if (view.phase === "running" && now - pace.at >= 250) {
			view.stepsPerSecond = ((view.iteration - pace.iteration) / (now - pace.at)) * 1000;
			run.pace = { at: now, iteration: view.iteration };
		}
		this.stepped.fire(run);
	}

	/**
	 * The name of its folder, else with the schedule's own name, and with a number where it would repeat. Live runs go again
	 * and take no other's number.
	 */
	private nameOf({ name, kept }: RunStart, { live, schedule }: RunSummary): string {
		if (kept) return basename(kept);
		const taken = this.names;
		const word = live ? "live" : undefined;
		const own = schedule === undefined ? name : name.replace(/piecewise$/, schedule);
		let named = word ? `${own} (${word})` : own;
		for (let i = 2; taken.includes(named); i++) named = `${own} (${[word, i].filter(Boolean).join(" ")})`;
		return named;
	}

	get names(): string[] {
		return this.runs.map(({ view }) => view.name);
	}

	/** The rates of a run that is about to begin. */
	previewRates(preview: RatePreview): void {
		this.previewed.fire(preview);
	}

	/** @param range undefined: the one that is shown is put away */
	showRange(range: RangeTest | undefined): void {
		this.range = range;
		this.changed.fire();
	}

	/** What the panel draws, curves excepted. */
	state(): PanelState {
		return {
			datasets: this.known.map((d) => d.label),
			dataset: this.dataset?.label,
			runFiles: this.runFiles.map((uri) => vscode.workspace.asRelativePath(uri)),
			runFile: this.runFile && vscode.workspace.asRelativePath(this.runFile.uri),
			inspecting: this.inspecting,
			reading: this.reading,
			problem: this.problem,
			form: this.runFile ? formOf(this.runFile.file) : this.form,
			runs: this.runs.map((r) => r.view),
			shown: this.shown?.view.id,
			live: this.live,
			trusted: vscode.workspace.isTrusted,
		};
	}

	dispose(): void {
		this.changed.dispose();
		this.stepped.dispose();
		this.arrived.dispose();
		this.previewed.dispose();
	}
}

/** Whether the costs of two runs can be compared: of the same table, target and task. */
function sameKind(a: Pick<RunStart, "run">, b: Pick<RunStart, "run">): boolean {
	const [one, other] = [a.run.dataset, b.run.dataset];
	return one.path === other.path && one.target === other.target && one.task === other.task;
}
