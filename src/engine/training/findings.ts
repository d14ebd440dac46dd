import { inBytes } from "../memory-limit.ts";
import type { Finding, RunStart } from "../protocol/run.ts";

/** The file behind a run is no longer what the run has read. */
export function datasetChanged(state: "changed" | "missing", iteration: number): Finding {
	const what = state === "missing" ? "was deleted or moved" : "changed on disk";
	return {
		code: "dataset-changed",
		severity: "warning",
		message: `The dataset ${what} while this run was going on; the run goes on with the rows that it has read.`,
		advice: state === "missing" ? "Put the file back before the next run." : "Run again to train on the new rows.",
		iteration,
	};
}

/** A table that does not fit memory is read again in every epoch, not from its file but as encoded rows. */
export function streamsFromDisk({ streams }: RunStart): Finding | undefined {
	if (!streams) return undefined;
	return {
		code: "streams-from-disk",
		severity: "info",
		message: `The table does not fit the memory limit and streams from disk: ${inBytes(streams.bytes)} in blocks of ${inBytes(streams.blockBytes)}.`,
		advice: "A higher memory limit, or fewer features, would keep it in memory; the numbers are the same.",
	};
}

/** A mini-batch has at most all training rows. */
export function fewerRows({ askedBatchSize, trainRows }: RunStart): Finding | undefined {
	if (askedBatchSize === undefined) return undefined;
	return {
		code: "batch-size-above-rows",
		severity: "warning",
		message: `The mini-batch size ${askedBatchSize} is more than the ${trainRows} training rows: each step takes all of them.`,
		advice: `Say full for all rows, or a size below ${trainRows}.`,
	};
}

/** @param fault a sentence */
export function notCached(fault: string): Finding {
	const message = `${fault} The run goes on; the next one reads the table again.`;
	return { code: "table-not-cached", severity: "warning", message };
}

/** Classes of a single row cannot be in both parts: with many of them the dev set is smaller than asked for. */
export function smallDevSet({ run, trainRows, devRows, testRows }: RunStart): Finding | undefined {
	const rows = trainRows + devRows + testRows;
	if (devRows >= 0.5 * Math.floor(rows * run.dataset.split.dev)) return undefined;
	return {
		code: "small-dev-set",
		severity: "warning",
		message: `Only ${devRows} of ${rows} rows could be kept for the dev set: most classes have a single row.`,
		advice: "Choose a target with fewer classes, or regression if its values are numbers.",
	};
}

/** A score says nothing of classes that the dev set has no row of; where it has one class alone, any constant answer is right. */
export function classesOutOfDevSet({ summary, devRows }: RunStart): Finding | undefined {
	const { classes, classRows, classDevRows } = summary;
	if (!classes || !classRows || !classDevRows || devRows === 0) return undefined;
	const absent = classes.filter((_, i) => classDevRows[i] === 0);
	if (absent.length === 0) return undefined;
	const code = "classes-out-of-dev-set";
	const single = absent.every((name) => classRows[classes.indexOf(name)] === 1);
	const advice = single
		? "Add rows of the classes that have one row only, or choose another target."
		: "Stratify the split, take a larger share of the rows for the dev set, or add rows of the missing classes.";
	if (absent.length === classes.length - 1) {
		const [name] = classes.filter((_, i) => classDevRows[i] > 0);
		const message = `All ${devRows} dev rows are of the class ${name}: a dev accuracy of 1 only says that this one answer was given.`;
		return { code, severity: "warning", message, advice };
	}
	const some = absent.slice(0, 5).join(", ") + (absent.length > 5 ? ", ..." : "");
	const message = `The dev set has no row of ${absent.length} of the ${classes.length} classes (${some}): the dev accuracy does not say how well these are learned.`;
	return { code, severity: "warning", message, advice };
}
