import { loadKernels } from "../backends/wasm/kernels.ts";
import { InputError } from "../input-error.ts";
import { inBytes } from "../memory-limit.ts";
import type { RunFile } from "../protocol/run-file.ts";
import type { BatchSizeTrial, LearningRateSearch } from "../protocol/searches.ts";
import { MOST_SEARCHED_ROWS, TableKeeper } from "../training/kept-table.ts";
import { findBatchSize } from "../tuning/batch-size.ts";
import { findLearningRate } from "../tuning/learning-rate.ts";
import { type Arguments, memoryLimitOf, threadsOf } from "./arguments.ts";
import { commandLineCache } from "./cache.ts";
import { showReading } from "./terminal-report.ts";

/** Seconds that all mini-batch sizes have together. */
const USUAL_SECONDS = 10;

const tunes = { "batch-size": tuneBatchSize, "learning-rate": tuneLearningRate };
type Tune = keyof typeof tunes;

interface Search {
	kernels: Awaited<ReturnType<typeof loadKernels>>;
	file: RunFile;
	table: Awaited<ReturnType<TableKeeper["get"]>>;
	args: Arguments;
	limits: { threads?: number; memoryLimit?: number; signal: AbortSignal };
}

/** @throws InputError for a word that is none of the hyperparameters that can be looked for */
export function isTune(word: string | undefined): asserts word is Tune {
	if (word === undefined || !Object.hasOwn(tunes, word)) {
		throw new InputError('"descent tune" takes batch-size or learning-rate, and FILE; "descent tune --help" says how.');
	}
}

/** `descent tune batch-size FILE`, `descent tune learning-rate FILE`: 0, whether the answer is clear or not. */
export async function tuneCommand(what: Tune, file: RunFile, args: Arguments, directory: string): Promise<number> {
	const stopping = new AbortController();
	const stop = () => stopping.abort(new InputError("The search was stopped before it had a result."));
	process.once("SIGINT", stop);
	// A reader that went away (| head) is no fault of the search.
	process.stdout.on("error", stop);
	const limits = { threads: threadsOf(args), memoryLimit: memoryLimitOf(args), signal: stopping.signal };
	const cache = commandLineCache();
	const table = await new TableKeeper().get(file, MOST_SEARCHED_ROWS, {
		signal: stopping.signal,
		memoryLimit: limits.memoryLimit,
		folder: cache.folder,
		cache,
		progress: args.json ? undefined : showReading,
	});
	await tunes[what]({ kernels: await loadKernels(directory), file, table, args, limits });
	process.off("SIGINT", stop);
	return 0;
}

async function tuneBatchSize({ kernels, file, table, args, limits }: Search): Promise<void> {
	const seconds = (args.own.seconds ?? USUAL_SECONDS) as number;
	if (!(seconds > 0)) throw new InputError(`--seconds must be above 0, not ${seconds}.`);
	if (!args.json) console.log("mini-batch  cost         samples/s    updates  memory");
	const tried = (trial: BatchSizeTrial) =>
		console.log(args.json ? JSON.stringify({ type: "tried", ...trial }) : trialLine(trial));
	const { trials: _, ...found } = await findBatchSize(kernels, file, table, { ...limits, seconds, tried });
	if (args.json) return console.log(JSON.stringify({ type: "done", ...found }));
	const best = found.best === found.rows ? `${found.best}, the full batch` : String(found.best);
	const clear = found.clear
		? `Best: ${best}, by the ${found.ofDev ? "lowest dev cost within" : "cost after"} ${figure(found.seconds)} s of training each.`
		: `No clear answer: more than half of the sizes do as well as ${best}, the fastest of them.`;
	console.log(clear);
}

function trialLine({ batchSize, cost, samplesPerSecond, iterations, memory, failed }: BatchSizeTrial): string {
	const size = String(batchSize).padEnd(10);
	if (failed) return `${size}  ${failed === "diverged" ? "diverges" : "does not fit in memory"}`;
	const cells = [figure(cost!).padEnd(11), whole(samplesPerSecond!).padStart(11), whole(iterations!).padStart(9)];
	return [size, ...cells, inBytes(memory!)].join("  ");
}

async function tuneLearningRate({ kernels, file, table, args, limits }: Search): Promise<void> {
	const found = await findLearningRate(kernels, file, table, limits);
	if (!args.json) return console.log(rateWords(found));
	const { rates, costs, median, ...answer } = found;
	for (const [i, rate] of rates.entries()) {
		const here = costs.map((run) => run[i] ?? null);
		if (here.some((cost) => cost !== null)) {
			console.log(JSON.stringify({ type: "rate", rate, costs: here, median: median[i] ?? null }));
		}
	}
	console.log(JSON.stringify({ type: "done", ...answer }));
}

function rateWords({ rates, costs, median, rate, interval, unclear }: LearningRateSearch): string {
	if (rate === undefined || !interval) {
		return `No clear answer: the cost falls at no learning rate from ${figure(rates[0])} to ${figure(rates.at(-1)!)}.`;
	}
	const explodes = median.length < rates.length ? `; it explodes from ${figure(rates[median.length])} on` : "";
	const found = `the cost falls steepest at ${interval.map(figure).join(" to ")} in ${costs.length} runs${explodes}.`;
	return unclear ? `No clear answer: ${found}` : `${figure(rate)}: ${found}`;
}

const figure = (value: number) => String(Number(value.toPrecision(3)));
const whole = (value: number) => Math.round(value).toLocaleString("en-US");
