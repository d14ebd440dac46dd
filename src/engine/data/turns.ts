import { BLOCK_ROWS } from "./cells/blocks.ts";

/** Work of this length is done before others get their turn. */
const sliceMs = 10;

/** Gives the process' other work its turn within a long loop, and ends the loop once nobody wants its result. */
export class Turns {
	private begun = performance.now();
	private readonly signal: AbortSignal | undefined;

	constructor(signal?: AbortSignal) {
		this.signal = signal;
	}

	/** Gives a table's rows to `work`, a block [first, end) at a time. */
	async blocks(rows: number, work: (first: number, end: number) => void): Promise<void> {
		for (let first = 0; first < rows; first += BLOCK_ROWS) {
			await this.next();
			work(first, Math.min(rows, first + BLOCK_ROWS));
		}
	}

	/**
	 * To be awaited every millisecond or so of work.
	 *
	 * @throws the signal's reason when it was aborted
	 */
	async next(): Promise<void> {
		if (performance.now() - this.begun < sliceMs) return;
		await new Promise(setImmediate);
		this.begun = performance.now();
		this.signal?.throwIfAborted();
	}
}
