/**
 * Scores with the defaults beside scikit-learn's perceptron of the same shape (Debian: python3-sklearn), over five seeds,
 * and the time from the command to the first step: `npm run bench:scores FILE...`
 *
 * For each seed the engine reads the file as `descent train FILE --seed S` does; the rows, encoded, go to scikit-learn in a
 * file, so that both learn from the same numbers and are judged by the same rows. Each has its own defaults for everything
 * else: scikit-learn makes up to 200 epochs, the engine some 2,000 updates. A run may choose its best epoch by the dev
 * rows, which flatters it: so there is also a score on test rows (a fifth) that neither has seen.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type PreparedRun, prepareRun } from "../../src/engine/training/prepare.ts";
import { encodeSafetensors, type Tensor } from "../../src/engine/training/safetensors.ts";
import { Training } from "../../src/engine/training/training.ts";
import { DIST, kernels } from "../support/kernels.ts";

const seeds = [0, 1, 2, 3, 4];
const peer = fileURLToPath(new URL("scores.py", import.meta.url));

const parts = ["dev", "test"] as const;

interface Score {
	/** accuracy in % or R² x 100 */
	score: number;
	seconds: number;
}

interface Result {
	name: string;
	measure: "accuracy" | "R²";
	shape: string;
	/** of each of the parts, a score a seed */
	ours: Score[][];
	theirs: Score[][];
	firstStepMs: number;
}

const files = process.argv.slice(2).map((path) => resolve(path));
const folder = mkdtempSync(join(tmpdir(), "descent-scores-"));
try {
	const results: Result[] = [];
	for (const path of files) {
		console.log(`${basename(path)} ...`);
		results.push(await measure(path));
	}
	print(results);
} finally {
	rmSync(folder, { recursive: true });
}

async function measure(path: string): Promise<Result> {
	const result: Result = { name: "", measure: "accuracy", shape: "", ours: [[], []], theirs: [[], []], firstStepMs: 0 };
	for (const [i, judge] of parts.entries()) {
		for (const seed of seeds) {
			const split = judge === "test" ? { split: { test: 0.2 } } : {};
			const prepared = await prepareRun(await kernels(), { dataset: { path, ...split }, seed });
			if (prepared.table.shape.task === "regression") result.measure = "R²";
			result.shape = [...prepared.sizes].join("-");
			result.theirs[i].push(peerScore(prepared, judge));
			const { seconds, ...done } = await new Training(prepared, () => {}).run();
			const score = (done[`${judge}Accuracy`] ?? done[`${judge}R2`]!) * 100;
			result.ours[i].push({ score, seconds });
		}
	}
	const times: number[] = [];
	for (const _ of seeds) times.push(await firstStep(path));
	const [, , middle] = times.sort((a, b) => a - b);
	return { ...result, name: basename(path), firstStepMs: middle };
}

function peerScore({ start, table }: PreparedRun, judge: "dev" | "test"): Score {
	const { run, trainRows, devRows, testRows } = start;
	const { features, task } = table.shape;
	const part = (name: string, first: number, rows: number): [string, Tensor][] => [
		[`x.${name}`, { shape: [rows, features], data: table.x.slice(first * features, (first + rows) * features) }],
		[`y.${name}`, { shape: [rows], data: table.y.slice(first, first + rows) }],
	];
	const judged = judge === "dev" ? part(judge, trainRows, devRows) : part(judge, trainRows + devRows, testRows);
	const file = join(folder, "table.safetensors");
	writeFileSync(file, encodeSafetensors(new Map([...part("train", 0, trainRows), ...judged]), {}));
	const args = [peer, file, judge, task, run.model.layers.join(), String(run.seed)];
	const { status, stdout, stderr } = spawnSync("/usr/bin/python3", args, { encoding: "utf8" });
	if (status !== 0) throw new Error(stderr);
	const { score, seconds } = JSON.parse(stdout);
	return { score: score * 100, seconds };
}

/** @returns milliseconds from the start of the command to its first line of a step */
async function firstStep(path: string): Promise<number> {
	const begun = performance.now();
	const child = spawn(process.execPath, [join(DIST, "cli.cjs"), "train", path, "--json"]);
	const exit = once(child, "exit");
	for await (const line of createInterface(child.stdout)) if (line.startsWith('{"type":"step"')) break;
	const ms = performance.now() - begun;
	child.kill("SIGKILL");
	await exit;
	return ms;
}

function print(results: Result[]): void {
	const header = ["file", "net", "measure", "part", "engine", "range", "s", "scikit-learn", "range", "s", "first step"];
	const rows = results.flatMap(({ name, shape, measure, ours, theirs, firstStepMs }) =>
		parts.map((part, i) => [
			...(i === 0 ? [name, shape, measure] : ["", "", ""]),
			...[part, ...figures(ours[i]), ...figures(theirs[i])],
			i === 0 ? `${firstStepMs.toFixed(0)} ms` : "",
		]),
	);
	const widths = header.map((word, i) => Math.max(word.length, ...rows.map((row) => row[i].length)));
	for (const row of [header, ...rows]) console.log(row.map((cell, i) => cell.padEnd(widths[i])).join("  "));
}

/** @returns mean, range and seconds */
function figures(scores: Score[]): string[] {
	const mean = (of: (score: Score) => number) => scores.reduce((sum, score) => sum + of(score) / scores.length, 0);
	const values = scores.map(({ score }) => score);
	const range = `${Math.min(...values).toFixed(1)}-${Math.max(...values).toFixed(1)}`;
	return [mean(({ score }) => score).toFixed(2), range, mean(({ seconds }) => seconds).toFixed(2)];
}
