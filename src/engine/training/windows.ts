import { Random } from "./random.ts";

/** Rows that lie together in the table, and in the file of one that streams, take about so many bytes */
const blockBytes = 2 ** 16;
/** ... and those that are shuffled together at most so many */
const windowBytes = 2 ** 24;

/** Training rows that stand for all where costs are looked at beside the steps, of a table of several windows. */
export const SAMPLE_ROWS = 512;

/**
 * How the training rows are shuffled in an epoch: blocks of them come in random order, and the rows of so many blocks, a
 * window, in random order among themselves. A table of one window is shuffled as a whole. It is so whether the table lies
 * in memory or on the disk, which can be read by blocks only, so that both give the same numbers.
 */
export interface Windows {
	blockRows: number;
	/** rows of each window but the last */
	windowRows: number;
	/** windows of an epoch */
	count: number;
}

/** @param batchSize a window has so many rows at least */
export function windowsOf(trainRows: number, features: number, batchSize: number): Windows {
	const rowBytes = (features + 1) * 4;
	if (trainRows <= Math.max(batchSize, Math.floor(windowBytes / rowBytes))) {
		return { blockRows: trainRows, windowRows: trainRows, count: 1 };
	}
	const blockRows = 2 ** Math.max(0, Math.floor(Math.log2(blockBytes / rowBytes)));
	const least = Math.ceil(batchSize / blockRows);
	const most = Math.max(1, least, Math.floor(windowBytes / rowBytes / blockRows));
	const blocks = Math.ceil(trainRows / blockRows);
	// all alike, for a small last window would mix few places of the table
	const windowBlocks = Math.max(least, Math.ceil(blocks / Math.ceil(blocks / most)));
	return { blockRows, windowRows: windowBlocks * blockRows, count: Math.ceil(blocks / windowBlocks) };
}

const golden = 0x9e3779b1;

/** The random numbers of one window's shuffle, or, for window -1, of the order of the epoch's blocks. */
export function randomOf(seed: number, epoch: number, window: number): Random {
	return new Random(seed + Math.imul(epoch + 1, golden) + Math.imul(window + 1, 0x85ebca6b));
}
