// What a keystroke in a Python file of 3,000 lines costs until its facts and findings are there.
// `node test/bench/keystroke.ts [CHECKOUT]`: with another checkout of this project, both take turns on the same strokes.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Analyzer } from "../../src/analysis/analyzer.ts";
import { collect } from "../../src/analysis/collect/collect.ts";
import { withoutIgnored } from "../../src/analysis/findings/ignore.ts";
import { findingsOf } from "../../src/analysis/findings/index.ts";
import { Survey } from "../../src/analysis/meaning/survey.ts";
import { Grammars } from "../../src/analysis/syntax/grammars.ts";
import { SourceFile } from "../../src/analysis/syntax/source-file.ts";
import { Random } from "../../src/engine/training/random.ts";
import { DIST } from "../support/kernels.ts";
import { keystrokes, longProgram } from "../support/long-program.ts";

const ROUNDS = 5;
const STROKES = 200;
const read = (file: string) => readFile(join(DIST, "grammars", file));
const text = longProgram(3000);
const strokes = [...keystrokes(text, STROKES, new Random(11))];

interface Time {
	wall: number;
	cpu: number;
}

/** @returns what is made, and the wall and processor time that it took in milliseconds */
function timed<T>(work: () => T): [T, Time] {
	const cpu = process.cpuUsage();
	const begin = performance.now();
	const made = work();
	const wall = performance.now() - begin;
	const used = process.cpuUsage(cpu);
	return [made, { wall, cpu: (used.user + used.system) / 1000 }];
}

function percentiles(values: number[]): string {
	const sorted = values.toSorted((a, b) => a - b);
	const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
	return [at(0.5), at(0.95), sorted.at(-1)!].map((ms) => ms.toFixed(2).padStart(8)).join("");
}

/** Every stroke's best of all rounds: what others do on the machine goes, what the stroke itself costs stays. */
class Strokes {
	readonly wall: number[] = Array(STROKES).fill(Number.POSITIVE_INFINITY);
	readonly cpu: number[] = Array(STROKES).fill(Number.POSITIVE_INFINITY);
	readonly first: number[] = [];
	readonly all: number[] = [];

	add(i: number, { wall, cpu }: Time): void {
		this.wall[i] = Math.min(this.wall[i], wall);
		this.cpu[i] = Math.min(this.cpu[i], cpu);
		this.all.push(wall);
	}

	line(name: string): string {
		return `${name.padEnd(28)}${percentiles(this.wall)}   ${percentiles(this.all)}`;
	}
}

console.log(`${text.split("\n").length} lines, ${STROKES} strokes, ${ROUNDS} rounds; milliseconds`);
const heads = "     p50     p95     max";
console.log(`${"".padEnd(28)}${"best of the rounds".padStart(24)}   ${"every stroke".padStart(24)}`);
console.log(`${"".padEnd(28)}${heads}   ${heads}`);

const checkouts: [string, { Analyzer: typeof Analyzer }][] = [["this checkout", { Analyzer }]];
const other = process.argv[2];
if (other) checkouts.unshift([other, await import(pathToFileURL(join(other, "src/analysis/analyzer.ts")).href)]);
const measured = new Map(checkouts.map(([name]) => [name, new Strokes()]));
for (let round = 0; round < ROUNDS; round++) {
	for (const [name, module] of checkouts) {
		const times = measured.get(name)!;
		const analyzer = new module.Analyzer(read);
		(await analyzer.open("python", "")).delete();
		const begin = performance.now();
		const open = await analyzer.open("python", text);
		open.analyze();
		times.first.push(performance.now() - begin);
		for (const [i, stroke] of strokes.entries()) {
			const [, time] = timed(() => {
				open.update(stroke.text);
				open.analyze();
			});
			times.add(i, time);
		}
		open.delete();
	}
}
for (const [name, times] of measured) {
	console.log(times.line(name));
	const first = times.first.map((ms) => ms.toFixed(0)).join(", ");
	console.log(`  processor time: ${percentiles(times.cpu)}   first reading, by rounds: ${first}`);
}

const parser = await new Grammars(read).parser("python");
const stages = new Map(["parse and copy the tree", "statements", "facts", "findings"].map((s) => [s, new Strokes()]));
for (let round = 0; round < ROUNDS; round++) {
	const file = new SourceFile(parser, "python", text);
	const survey = new Survey();
	collect(file.statements(), "python", survey);
	for (const [i, stroke] of strokes.entries()) {
		const stage = <T>(name: string, work: () => T): T => {
			const [made, time] = timed(work);
			stages.get(name)!.add(i, time);
			return made;
		};
		stage("parse and copy the tree", () => file.update(stroke.text));
		const statements = stage("statements", () => file.statements());
		const { reading, actions } = stage("facts", () => collect(statements, "python", survey));
		stage("findings", () => withoutIgnored(findingsOf(reading, actions, stroke.text), stroke.text));
	}
	file.delete();
}
for (const [name, times] of stages) console.log(times.line(`  ${name}`));
