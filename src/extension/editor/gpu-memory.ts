import { execFile } from "node:child_process";

const ASK_AFTER_MS = 60_000;
/** A driver that hangs is not waited for. */
const TIMEOUT_MS = 5000;

/** Asks NVIDIA's own tool how much memory a graphics processor has: once a minute at most, and silently without one. */
export class GpuMemory {
	private readonly executable: string;
	private readonly now: () => number;
	private asked = Number.NEGATIVE_INFINITY;
	private answer: Promise<number | undefined> = Promise.resolve(undefined);

	/** @param executable looked for on the PATH; no shell is between */
	constructor(executable = "nvidia-smi", now: () => number = () => performance.now()) {
		this.executable = executable;
		this.now = now;
	}

	/** @returns bytes of the largest one, undefined where there is none */
	bytes(): Promise<number | undefined> {
		if (this.now() - this.asked >= ASK_AFTER_MS) {
			this.asked = this.now();
			this.answer = this.ask();
		}
		return this.answer;
	}

	private ask(): Promise<number | undefined> {
		const question = ["--query-gpu=memory.total", "--format=csv,noheader,nounits"];
		return new Promise((resolve) => {
			execFile(this.executable, question, { timeout: TIMEOUT_MS, windowsHide: true }, (error, output) => {
				// A line for each, in MiB; "[N/A]" where it shares the computer's.
				const sizes = error
					? []
					: output
							.split("\n")
							.map(Number)
							.filter((size) => size > 0);
				resolve(sizes.length > 0 ? Math.max(...sizes) * 2 ** 20 : undefined);
			});
		});
	}
}
