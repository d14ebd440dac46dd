import type * as vscode from "vscode";
import { QuickPickItemKind } from "vscode";
import type { BatchSizeSearch, BatchSizeTrial } from "../../engine/protocol/run.ts";
import { figure } from "./figure.ts";

export interface SizeItem extends vscode.QuickPickItem {
	size: number | "full";
}

const whole = (n: number) => Math.round(n).toLocaleString("en-US");

/** @returns the last size tried, in words: "64: 1,234,000 samples/s, cost 0.0312 (4 of 9)" */
export function triedWords(trial: BatchSizeTrial, count: number, of: number): string {
	return `${whole(trial.batchSize)}: ${trial.failed ? failure(trial) : `${pace(trial)}, cost ${figure(trial.cost!)}`} (${count} of ${of})`;
}

/** @returns what the figures of the sizes mean, and whether they tell anything */
export function batchSizeWords({ clear, seconds, rows }: BatchSizeSearch): string {
	const how = `costs after ${seconds.toFixed(seconds < 1 ? 2 : 1)} s of training each, m ${whole(rows)}`;
	return clear ? `The lowest cost wins: ${how}` : `No clear answer, most sizes do as well as the best: ${how}`;
}

/** @returns the best size, then all others by their size, those that failed with why */
export function batchSizeItems(search: BatchSizeSearch): SizeItem[] {
	const itemOf = (trial: BatchSizeTrial): SizeItem => {
		const full = trial.batchSize === search.rows;
		const best = trial.batchSize === search.best;
		const size = full ? "full" : trial.batchSize;
		const name = full ? `${whole(trial.batchSize)}, full batch` : whole(trial.batchSize);
		return {
			size,
			label: `$(${best ? "star-full" : trial.failed ? "circle-slash" : "blank"}) ${name}`,
			description: trial.failed
				? failure(trial)
				: `cost ${figure(trial.cost!)} · ${pace(trial)} · ${whole(trial.iterations!)} updates · ${memory(trial.memory!)}`,
		};
	};
	const separator = (label: string): SizeItem => ({ size: 0, label, kind: QuickPickItemKind.Separator });
	const others = search.trials.filter(({ batchSize }) => batchSize !== search.best);
	const best = search.trials.filter(({ batchSize }) => batchSize === search.best);
	return [
		separator(search.clear ? "best" : "fastest of those that do as well"),
		...best.map(itemOf),
		...(others.length > 0 ? [separator("other sizes")] : []),
		...others.map(itemOf),
	];
}

function pace({ samplesPerSecond }: BatchSizeTrial): string {
	return `${Number(samplesPerSecond!.toPrecision(3)).toLocaleString("en-US")} samples/s`;
}

function failure({ failed }: BatchSizeTrial): string {
	return failed === "diverged" ? "diverges at this learning rate" : "does not fit in memory";
}

function memory(bytes: number): string {
	return bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e3).toFixed(1)} KB`;
}
