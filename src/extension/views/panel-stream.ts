import type { HostToPanel } from "../../engine/protocol/panel.ts";
import type { Run } from "../runs/session.ts";
import { packEpochs } from "./epoch-series.ts";

/** A screen shows no more than some 30 changes a second. */
const EVERY_MS = 33;
/** What a webview takes without being in the way of the editor's own messages: less than 1 MB/s even where some arrive late. */
const BYTES_PER_SECOND = 800_000;
/** cost and gradient norm; the learning rate is one number as long as it stands */
const STEP_BYTES = 8;
const RATE_BYTES = 4;
const EPOCH_BYTES = 16;
/** of a message besides its arrays */
const MESSAGE_BYTES = 200;

/**
 * Sends what grows of a run. Every iteration reaches the panel, in order; those of a run that is faster than the limit
 * arrive later than they are made, while the state line is always told how far the run is.
 */
export class PanelStream {
	private readonly post: (message: HostToPanel) => void;
	/** what the panel has of each run */
	private readonly sent = new Map<string, { steps: number; epochs: number }>();
	/** runs that have grown, and whether they go on: what is read from the disk is there at once */
	private readonly waiting = new Map<Run, boolean>();
	private timer: NodeJS.Timeout | undefined;
	private sentAt = 0;
	/** when the limit allows the next message, as performance.now() tells */
	private freeAt = 0;

	constructor(post: (message: HostToPanel) => void) {
		this.post = post;
	}

	/** Nothing was sent yet: the webview is a new one. */
	reset(): void {
		this.sent.clear();
		this.waiting.clear();
		clearTimeout(this.timer);
		this.timer = undefined;
	}

	/** Everything there is of a run, at once. */
	whole(run: Run): void {
		const { view, series, epochs } = run;
		this.sent.set(view.id, { steps: series.length, epochs: epochs.length });
		if (series.length === 0 && epochs.length === 0) return;
		const packed = packEpochs(epochs, 0, epochs.length);
		this.post({ type: "series", runId: view.id, series: series.snapshot(), epochs: packed });
	}

	/** The run has grown. @param live by training, and not as it is read from the disk */
	grown(run: Run, live: boolean): void {
		this.waiting.set(run, live);
		this.later();
	}

	private later(): void {
		if (this.timer !== undefined || this.waiting.size === 0) return;
		const wait = Math.max(this.sentAt + EVERY_MS, this.freeAt) - performance.now();
		if (wait <= 0) this.flush();
		else {
			this.timer = setTimeout(() => {
				this.timer = undefined;
				this.flush();
			}, wait);
		}
	}

	private flush(): void {
		const now = performance.now();
		this.sentAt = now;
		let bytes = 0;
		for (const [run, live] of this.waiting) {
			const sent = this.send(run, live);
			if (live) bytes += sent;
		}
		this.freeAt = now + (bytes / BYTES_PER_SECOND) * 1000;
		this.later();
	}

	/**
	 * Sends what the panel lacks of a run; of a live one a part that takes no longer than the time between two messages.
	 * @returns bytes
	 */
	private send(run: Run, live: boolean): number {
		const { view, series, epochs } = run;
		const has = this.sent.get(view.id) ?? { steps: 0, epochs: 0 };
		const room = live ? (BYTES_PER_SECOND * EVERY_MS) / 1000 - MESSAGE_BYTES : Number.POSITIVE_INFINITY;
		const untilEpoch = Math.min(epochs.length, has.epochs + Math.floor(room / 2 / EPOCH_BYTES));
		const epochBytes = (untilEpoch - has.epochs) * EPOCH_BYTES;
		const end = Math.min(series.length, has.steps + Math.floor((room - epochBytes) / STEP_BYTES));
		let bytes = MESSAGE_BYTES + epochBytes;
		const { iteration, stepsPerSecond = 0 } = view;
		const packed = packEpochs(epochs, has.epochs, untilEpoch);
		this.post({ type: "progress", runId: view.id, epochs: packed, iteration, stepsPerSecond });
		if (end > has.steps) {
			const batch = series.slice(has.steps, end);
			const { cost, gradientNorm } = batch;
			const learningRate = batch.learningRate.every((rate) => rate === batch.learningRate[0])
				? batch.learningRate.slice(0, 1)
				: batch.learningRate;
			this.post({
				type: "steps",
				runId: view.id,
				batch: { first: has.steps + 1, cost, learningRate, gradientNorm },
			});
			bytes += cost.length * STEP_BYTES + learningRate.length * RATE_BYTES;
		}
		this.sent.set(view.id, { steps: end, epochs: untilEpoch });
		if (end === series.length && untilEpoch === epochs.length) this.waiting.delete(run);
		return bytes;
	}
}
