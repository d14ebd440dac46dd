/** Step times are averaged over this long, and over some steps. */
const MEASURE_MS = 20;
const LEAST_STEPS = 5;
/** The first steps are slow for other reasons: their code is still being compiled. */
const WARM_UP_MS = 100;
/** Of steps shorter than this only every so manieth is timed: reading the clock takes its time too. */
const SHORT_MS = 0.1;
const SHORT_STEPS = 16;
/** More threads must save this share of a step's time. */
const LEAST_GAIN = 0.05;
/** A choice is kept this long, then twice as long, and so on. */
const FIRST_KEEP_MS = 2000;
const LONGEST_KEEP_MS = 60_000;
/** Steps that take so many times what they took when the choice was made end it: the machine has got other work to do. */
const TOO_SLOW = 1.5;

/**
 * Chooses the number of threads by what they gain: measures steps with 1, 2, 4, ... threads in turn, takes more only
 * while they pay, then tries what a thread that only gathers rows gains, and asks again now and then. The numbers of a run do not depend on it.
 */
export class ThreadChoice {
	/** for the next step */
	threads = 1;
	/** whether one thread more shall gather the next mini-batch */
	reads = false;
	/** threads that should be had ready, that one counted */
	wanted = 1;
	private readonly most: number;
	/** steps from one that is timed to the next */
	private every = 1;
	private until = 0;
	private state: "warming up" | "measuring" | "keeping" = "warming up";
	private ms = 0;
	private steps = 0;
	private keptMs = 0;
	private keepMs = FIRST_KEEP_MS / 2;
	/** the best so far of this round, and its time for a step */
	private best = 1;
	private bestMs = 0;
	private bestReads = false;

	/** @param most threads at most */
	constructor(most: number) {
		this.most = most;
	}

	/** Whether the next step's time is wanted. */
	get due(): boolean {
		return this.until === 0;
	}

	/** Takes note of a step that was not timed. */
	pass(): void {
		this.until--;
	}

	/** Takes the time of a step with `this.threads` threads. @param ready threads that can be had by now */
	observe(ms: number, ready: number): void {
		this.ms += ms * this.every;
		this.steps += this.every;
		this.every = ms < SHORT_MS ? SHORT_STEPS : 1;
		this.until = this.every - 1;
		if (this.steps < LEAST_STEPS || this.ms < (this.state === "warming up" ? WARM_UP_MS : MEASURE_MS)) return;
		const stepMs = this.ms / this.steps;
		if (this.state === "measuring") this.compare(stepMs, ready);
		else if (this.state === "keeping") {
			this.keptMs += this.ms;
			if (this.keptMs >= this.keepMs || stepMs > TOO_SLOW * this.bestMs) this.measure(1);
		} else {
			this.wanted = Math.min(2, this.most);
			if (ready >= this.wanted) this.measure(1);
		}
		this.ms = 0;
		this.steps = 0;
	}

	private measure(threads: number, reads = false): void {
		this.state = "measuring";
		this.threads = threads;
		this.reads = reads;
	}

	private compare(stepMs: number, ready: number): void {
		const first = this.threads === 1 && !this.reads;
		const pays = first || stepMs < this.bestMs * (1 - LEAST_GAIN);
		if (pays) {
			this.best = this.threads;
			this.bestReads = this.reads;
			this.bestMs = stepMs;
		}
		const more = Math.min(2 * this.threads, this.most);
		if (pays) this.wanted = Math.max(this.wanted, more);
		if (pays && !this.reads && more > this.threads && more <= ready) this.measure(more);
		// A thread that is left over may gather rows.
		else if (!this.reads && this.best < ready) this.measure(this.best, true);
		else this.keep();
	}

	private keep(): void {
		this.state = "keeping";
		this.threads = this.best;
		this.reads = this.bestReads;
		this.keptMs = 0;
		this.keepMs = Math.min(2 * this.keepMs, LONGEST_KEEP_MS);
	}
}
