// Damaged tables of every format: they are read, or refused in one sentence. Nothing else may happen.
// `npm run fuzz -- SECONDS FIRST` goes on for so long, from a seed on.
import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";
import type { FuzzMessage } from "../fixtures/data/fuzz-process.ts";

/** without arguments */
const usualCases = 240;
const [seconds = 120, first = 1] = process.argv.slice(2).map(Number);
const cases = process.argv.length > 2 ? Number.POSITIVE_INFINITY : usualCases;
/** in which a table of at most a few megabytes is read twice, on a busy machine */
const caseMs = 30_000;
const mostBytes = 1.5 * 2 ** 30;
const mostFaults = 20;

interface Outcome {
	faults: string[];
	counts: { read: number; refused: number };
	next: number;
}

/** Goes on until the process ends, or has to be ended. */
async function run(from: number, ms: number, left: number): Promise<Outcome> {
	const child: ChildProcess = fork(
		join(import.meta.dirname, "../fixtures/data/fuzz-process.ts"),
		[from, ms, left].map(String),
		{
			stdio: ["ignore", "ignore", "pipe", "ipc"],
		},
	);
	let said = "";
	child.stderr?.on("data", (text) => {
		said = (said + text).slice(-4000);
	});
	const outcome: Outcome = { faults: [], counts: { read: 0, refused: 0 }, next: from };
	let now = "before the first case";
	let timer: NodeJS.Timeout | undefined;
	let why: string | undefined;
	const end = (reason: string) => {
		why = reason;
		child.kill("SIGKILL");
	};
	child.on("message", (message: FuzzMessage) => {
		clearTimeout(timer);
		if (message.type === "begin") {
			const { seed, file, done } = message;
			now = `seed ${seed}: ${file} after ${done.join(", ")}`;
			outcome.next = seed + 1;
			timer = setTimeout(() => end(`took over ${caseMs / 1000} s`), caseMs);
		} else if (message.type === "fault") outcome.faults.push(`${now}: ${message.what}`);
		else {
			outcome.counts[message.outcome]++;
			if (message.rss > mostBytes) end(`took ${Math.round(message.rss / 2 ** 20)} MB`);
		}
	});
	const [code, signal] = await once(child, "exit");
	clearTimeout(timer);
	if (why ?? (code || signal))
		outcome.faults.push(`${now}: ${why ?? `the process ended with ${code ?? signal}: ${said}`}`);
	return outcome;
}

test("damaged tables are read or refused in one sentence", async (t) => {
	const until = performance.now() + seconds * 1000;
	const total = { read: 0, refused: 0 };
	const faults: string[] = [];
	let next = first;
	while (next < first + cases && performance.now() < until && faults.length < mostFaults) {
		const outcome = await run(next, until - performance.now(), first + cases - next);
		faults.push(...outcome.faults);
		total.read += outcome.counts.read;
		total.refused += outcome.counts.refused;
		if (outcome.next === next) break;
		next = outcome.next;
	}
	t.diagnostic(`${total.read} read, ${total.refused} refused, seeds ${first} to ${next - 1}`);
	assert.deepEqual(faults, []);
	assert.ok(total.read > 10 && total.refused > 10);
});
