import type { EpochsOverview, HostToPanel, RunOverview } from "../../engine/protocol/panel.ts";
import type { EpochSeries } from "../../engine/protocol/run.ts";
import type { Run } from "../runs/session.ts";
import { overviewOf, overviewOfEpochs } from "./overview.ts";

/** A screen shows no more than some 30 changes a second. */
const EVERY_MS = 33;
/** What a webview takes without being in the way of the editor's own messages: with one that was late, less than 1 MB/s. */
const BYTES_PER_SECOND = 700_000;
/** What one message may catch up on. */
const MOST_AT_ONCE = 120_000;
/** of what the panel fills in while nothing goes on */
const FILL_BYTES = 400_000;
/** cost and gradient norm; the learning rate is one number as long as it stands */
const STEP_BYTES = 8;
const RATE_BYTES = 4;
const EPOCH_BYTES = 12;
/** of a message besides its arrays */
const MESSAGE_BYTES = 250;
/** A run that took steps so short a time ago goes on. */
const GOES_ON_MS = 1000;
/** What is no longer is there as soon as an overview would be; of what is longer no panel draws blocks below LEAST_SHIFT. */
const LONG = 1 << 16;

/** A part of a run's curves that the panel has or lacks. */
interface Part {
	steps: number;
	epochs: number;
}

interface Overview {
	steps: RunOverview;
	/** all of them where they are few */
	epochs: EpochsOverview | EpochSeries;
	/** what it speaks of */
	end: Part;
}

/** What an overview spoke of, and how much of it the panel has by now. */
interface Fill {
	run: Run;
	has: Part;
	end: Part;
}

/**
 * Sends what grows of a run. Every iteration reaches the panel, in order; those of a run that is faster than the limit
 * arrive later than they are made, while the state line is always told how far the run is. A long run comes as an overview
 * first, whose iterations are filled in while the panel shows it. The next message waits until the last one was taken.
 */
export class PanelStream {
	private readonly post: (message: HostToPanel) => unknown;
	/** what the panel has of each run */
	private readonly sent = new Map<string, Part>();
	/** runs that have grown */
	private readonly waiting = new Set<Run>();
	/** runs whose overview is being made: what grows of them waits for it */
	private readonly coming = new Set<Run>();
	private fills: Fill[] = [];
	private readonly overviews = new WeakMap<Run, { of: string; overview: Promise<Overview> }>();
	/** counts webviews: what was begun for an older one is dropped */
	private webview = 0;
	private timer: NodeJS.Timeout | undefined;
	private busy = false;
	private sentAt = 0;
	private grownAt = Number.NEGATIVE_INFINITY;
	/** bytes that the limit allows by now */
	private allowed = 0;

	/** @param post settles when the webview has taken the message */
	constructor(post: (message: HostToPanel) => unknown) {
		this.post = post;
	}

	/** Nothing was sent yet: the webview is a new one. */
	reset(): void {
		this.webview++;
		this.sent.clear();
		this.waiting.clear();
		this.coming.clear();
		this.fills = [];
		this.busy = false;
		clearTimeout(this.timer);
		this.timer = undefined;
	}

	/** Sends nothing more of any other run: what is left of one that has gone would keep the others waiting. */
	keepOnly(runs: readonly Run[]): void {
		for (const set of [this.waiting, this.coming]) for (const run of set) if (!runs.includes(run)) set.delete(run);
		this.fills = this.fills.filter(({ run }) => runs.includes(run));
		const ids = new Set(runs.map(({ view }) => view.id));
		for (const id of this.sent.keys()) if (!ids.has(id)) this.sent.delete(id);
	}

	/**
	 * Everything there is of a run, of a long one an overview.
	 * @param beta of the average that smooths the curves
	 */
	async whole(run: Run, beta: number): Promise<void> {
		const { webview } = this;
		const { view, series, epochs } = run;
		const end = { steps: series.length, epochs: epochs.length };
		if (end.steps === 0 && end.epochs === 0) return;
		const runId = view.id;
		if (end.steps <= LONG) {
			this.sent.set(runId, end);
			this.post({ type: "series", runId, series: series.snapshot(), epochs: epochs.slice(0, end.epochs) });
			return;
		}
		this.coming.add(run);
		const overview = await this.overview(run, beta);
		if (webview !== this.webview || !this.coming.delete(run)) return;
		this.sent.set(runId, overview.end);
		this.post({ type: "overview", runId, steps: overview.steps, epochs: overview.epochs });
		const filled = "length" in overview.epochs ? 0 : overview.end.epochs;
		this.fills.push({ run, has: { steps: 0, epochs: filled }, end: overview.end });
		this.later();
	}

	/** Makes the overview of a long run before a webview asks for it. */
	prepare(run: Run, beta: number): void {
		if (run.series.length > LONG) void this.overview(run, beta);
	}

	/** What it was last time, as long as the run is as long and its curves are smoothed as much. */
	private overview(run: Run, beta: number): Promise<Overview> {
		const { series, epochs } = run;
		const of = `${series.length} ${epochs.length} ${beta}`;
		let made = this.overviews.get(run);
		if (made?.of !== of) {
			made = { of, overview: overviewOfRun(run, beta) };
			this.overviews.set(run, made);
		}
		return made.overview;
	}

	/** The run has grown by training. */
	grown(run: Run): void {
		this.grownAt = performance.now();
		this.waiting.add(run);
		this.later();
	}

	private later(): void {
		const { hasMore } = this;
		if (this.timer !== undefined || this.busy || (!hasMore && this.fills.length === 0)) return;
		const now = performance.now();
		const wait = hasMore || this.goesOn(now) ? this.sentAt + EVERY_MS - now : 0;
		if (wait <= 0 && hasMore) this.flush();
		else {
			this.timer = setTimeout(
				() => {
					this.timer = undefined;
					this.flush();
				},
				Math.max(0, wait),
			);
		}
	}

	private get hasMore(): boolean {
		return [...this.waiting].some((run) => !this.coming.has(run));
	}

	private goesOn(now: number): boolean {
		return now - this.grownAt < GOES_ON_MS;
	}

	private flush(): void {
		const { webview } = this;
		const now = performance.now();
		this.allowed = Math.min(MOST_AT_ONCE, this.allowed + ((now - this.sentAt) / 1000) * BYTES_PER_SECOND);
		this.sentAt = now;
		const taken: unknown[] = [];
		for (const run of this.waiting) if (!this.coming.has(run)) taken.push(...this.send(run));
		taken.push(this.fill(this.goesOn(now) || this.hasMore));
		this.busy = true;
		void Promise.allSettled(taken).then(() => {
			if (webview !== this.webview) return;
			this.busy = false;
			this.later();
		});
	}

	/** Sends what the panel lacks of a run, as far as the limit allows. @returns what settles when it was taken */
	private send(run: Run): unknown[] {
		const { view, series, epochs } = run;
		const has = this.sent.get(view.id) ?? { steps: 0, epochs: 0 };
		const end = partWithin(has, { steps: series.length, epochs: epochs.length }, this.allowed - MESSAGE_BYTES);
		const { iteration, stepsPerSecond = 0 } = view;
		const packed = epochs.slice(has.epochs, end.epochs);
		const taken = [this.post({ type: "progress", runId: view.id, epochs: packed, iteration, stepsPerSecond })];
		this.allowed -= MESSAGE_BYTES + packed.cost.length * EPOCH_BYTES;
		if (end.steps > has.steps) {
			const batch = batchOf(run, has.steps, end.steps);
			taken.push(this.post({ type: "steps", runId: view.id, batch }));
			this.allowed -= bytesOf(batch);
		}
		this.sent.set(view.id, end);
		if (end.steps === series.length && end.epochs === epochs.length) this.waiting.delete(run);
		return taken;
	}

	/** Sends the next part of what overviews spoke of. @param limited to what a run that goes on has left */
	private fill(limited: boolean): unknown {
		const [fill] = this.fills;
		const room = limited ? this.allowed : FILL_BYTES;
		if (!fill || room < MESSAGE_BYTES) return undefined;
		const { run, has } = fill;
		const end = partWithin(has, fill.end, room - MESSAGE_BYTES);
		const batch = batchOf(run, has.steps, end.steps);
		const packed = run.epochs.slice(has.epochs, end.epochs);
		fill.has = end;
		if (end.steps === fill.end.steps && end.epochs === fill.end.epochs) this.fills.shift();
		if (limited) this.allowed -= MESSAGE_BYTES + bytesOf(batch) + packed.cost.length * EPOCH_BYTES;
		return this.post({ type: "fill", runId: run.view.id, batch, epochs: packed });
	}
}

async function overviewOfRun({ series, epochs }: Run, beta: number): Promise<Overview> {
	const end = { steps: series.length, epochs: epochs.length };
	const { held } = epochs;
	const steps = await overviewOf(series.held, beta);
	return { steps, epochs: end.epochs > LONG ? await overviewOfEpochs(held) : epochs.slice(0, end.epochs), end };
}

/** @returns how far a message of so many bytes goes: half of it at most is epochs */
function partWithin(has: Part, end: Part, bytes: number): Part {
	const room = Math.max(0, bytes);
	const epochs = Math.min(end.epochs, has.epochs + Math.floor(room / 2 / EPOCH_BYTES));
	const left = room - (epochs - has.epochs) * EPOCH_BYTES;
	return { epochs, steps: Math.min(end.steps, has.steps + Math.floor(left / STEP_BYTES)) };
}

function batchOf({ series }: Run, from: number, to: number) {
	const batch = series.slice(from, to);
	const { cost, gradientNorm } = batch;
	const stands = batch.learningRate.every((rate) => rate === batch.learningRate[0]);
	const learningRate = stands ? batch.learningRate.slice(0, 1) : batch.learningRate;
	return { first: from + 1, cost, learningRate, gradientNorm };
}

function bytesOf({ cost, learningRate }: { cost: Float32Array; learningRate: Float32Array }): number {
	return cost.length * STEP_BYTES + learningRate.length * RATE_BYTES;
}
