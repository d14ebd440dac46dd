import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { loadKernels } from "../backends/wasm/kernels.ts";
import { inspectTable } from "../data/index.ts";
import { InputError } from "../input-error.ts";
import type { RunFile } from "../protocol/run-file.ts";
import { readRunFile } from "../run-file.ts";
import { type Checkpoint, readCheckpoint } from "../training/checkpoint.ts";
import { prepareRun } from "../training/prepare.ts";
import { Training, type TrainingOptions } from "../training/training.ts";
import { type Arguments, applyFlags, memoryLimitOf, parseArguments, threadsOf } from "./arguments.ts";
import { benchCommand } from "./bench.ts";
import { cacheCommand, commandLineCache } from "./cache.ts";
import { checkCommand } from "./check.ts";
import { exportCommand } from "./export.ts";
import { helpOf } from "./help.ts";
import { JsonReport } from "./json-report.ts";
import { predictCommand } from "./predict.ts";
import { summaryLines } from "./summary.ts";
import { showPlan, showReading, TerminalReport } from "./terminal-report.ts";
import { traceCommand } from "./trace.ts";
import { isTune, tuneCommand } from "./tune.ts";

/**
 * Runs one command.
 * @param argv without node and the script
 * @param directory where the build left the kernels
 * @returns the exit code: 0 done, 2 bad usage or input (one line on standard error), 3 diverged, 1 a fault of ours
 *   or findings of check
 */
export async function main(argv: string[], directory: string): Promise<number> {
	try {
		if (argv.includes("--help") || argv.includes("-h") || argv[0] === "help") {
			console.log(helpOf(argv.find((word) => word !== "help" && !word.startsWith("-"))));
			return 0;
		}
		if (/^(--version|-v|-V|version)$/.test(argv[0] ?? "")) {
			console.log(`descent ${versionBeside(directory)}`);
			return 0;
		}
		const args = parseArguments(argv);
		if (args.command === "train") return await train(args, directory);
		if (args.command === "inspect") return await inspect(args);
		if (args.command === "predict") return await predictCommand(args, directory);
		if (args.command === "export") return await exportCommand(await fileOf(args), args, directory);
		if (args.command === "bench") return await benchCommand(args, directory);
		if (args.command === "trace") return await traceCommand(args, directory);
		if (args.command === "tune") return await tune(args, directory);
		if (args.command === "check") return await checkCommand(args, directory);
		return cacheCommand(args);
	} catch (fault) {
		if (fault instanceof InputError) {
			console.error(`descent: ${fault.message}`);
			return 2;
		}
		console.error(fault);
		return 1;
	}
}

/** @returns the version of the package that the build lies in */
function versionBeside(directory: string): string {
	return JSON.parse(readFileSync(join(directory, "..", "package.json"), "utf8")).version;
}

function oneOperand({ command, operands }: Arguments, name: string): string {
	if (operands.length === 1) return operands[0];
	throw new InputError(
		`"descent ${command}" takes one ${name}, not ${operands.length}; "descent ${command.split(" ")[0]} --help" says how.`,
	);
}

async function inspect(args: Arguments): Promise<number> {
	const path = resolve(oneOperand(args, "DATASET"));
	const { dataset } = applyFlags({ dataset: { path } }, args.overrides);
	const summary = await inspectTable(path, dataset);
	console.log(args.json ? JSON.stringify(summary) : summaryLines(summary).join("\n"));
	return 0;
}

/** @throws InputError: a resumed run is what it was, or it would not give the same numbers */
function runAgain({ operands, overrides }: Arguments, resume: Checkpoint): RunFile {
	if (operands.length > 0 || Object.keys(overrides).length > 0) {
		throw new InputError("--resume goes on with the run as it was: leave out FILE and the options of the run.");
	}
	return resume.progress.run;
}

async function fileOf(args: Arguments): Promise<RunFile> {
	const path = resolve(oneOperand(args, "FILE"));
	const base: RunFile = path.endsWith(".train.json") ? await readRunFile(path) : { dataset: { path } };
	return applyFlags(base, args.overrides);
}

function checkpointOf({ own }: Arguments): TrainingOptions["checkpoint"] {
	const seconds = (own.checkpointEvery ?? 10) as number;
	if (!(seconds >= 0)) throw new InputError(`--checkpoint-every must be at least 0 seconds, not ${seconds}.`);
	const path = (own.checkpoint ?? own.resume) as string | undefined;
	return path === undefined ? undefined : { path: resolve(path), everyMs: seconds * 1000 };
}

async function tune(args: Arguments, directory: string): Promise<number> {
	const [what, ...operands] = args.operands;
	isTune(what);
	const file = await fileOf({ ...args, command: `tune ${what}`, operands });
	return tuneCommand(what, file, args, directory);
}

async function train(args: Arguments, directory: string): Promise<number> {
	const resume = args.own.resume === undefined ? undefined : await readCheckpoint(resolve(args.own.resume as string));
	const file = resume ? runAgain(args, resume) : await fileOf(args);
	const cache = commandLineCache();
	const prepared = await prepareRun(await loadKernels(directory), file, {
		threads: threadsOf(args),
		folders: [...args.operands.map((path) => dirname(resolve(path))), process.cwd()],
		memoryLimit: memoryLimitOf(args),
		folder: cache.folder,
		...(args.own.cache === false ? {} : { cache }),
		progress: args.json ? undefined : showReading,
		planned: args.json ? (plan) => console.log(JSON.stringify({ type: "plan", ...plan })) : showPlan,
	});
	const report = args.json ? new JsonReport(prepared.start) : new TerminalReport(prepared.start);
	const training = new Training(prepared, (event) => report.event(event), { resume, checkpoint: checkpointOf(args) });
	const stop = () => training.control("stop");
	process.once("SIGINT", stop);
	// A reader that went away (| head) is no fault of the run.
	process.stdout.on("error", stop);
	const done = await training.run();
	process.off("SIGINT", stop);
	return done.outcome === "diverged" ? 3 : 0;
}
