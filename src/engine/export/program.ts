/** What the exported programs of all libraries share: the run's facts and how they are written. */
import { basename } from "node:path";
import { hyperparameters } from "../optimizers/index.ts";
import type { Hyperparameters } from "../optimizers/optimizer.ts";
import type { DecayConfig } from "../protocol/hyperparameters.ts";
import type { RunStart } from "../protocol/run.ts";
import type { ResolvedRun } from "../protocol/run-file.ts";
import { fillDecay } from "../schedules/index.ts";
import { type Expression, multiply, subtract } from "./expression.ts";
import { MOST_POINTS } from "./rate-rule.ts";

export interface Program {
	start: RunStart;
	run: ResolvedRun;
	/** n_x, hidden units, outputs */
	sizes: readonly number[];
	h: Hyperparameters;
	decay: DecayConfig;
	/** name of the file beside the program that holds its arrays */
	dataFile: string;
	/** epochs whose order of rows is in that file; 0 where all rows are taken at once */
	orderedEpochs: number;
	/** the rates of all steps are in that file */
	hasRates: boolean;
}

/** Texts of one program; what is not there is left out. */
export type Part = string | false | undefined | Part[];

/**
 * @param tab what a line within others begins with
 * @returns the parts, a line each, and calls that are too long over several lines
 */
export function text(tab: string, ...parts: Part[]): string {
	const lines = parts.flat(Number.POSITIVE_INFINITY as 1) as (string | false | undefined)[];
	return `${lines.flatMap((line) => (typeof line === "string" ? fold(line, tab) : [])).join("\n")}\n`;
}

const WIDTH = 120;
const OPENING = "([{";
const CLOSING = ")]}";

/** Puts what stands in the brackets that end with the line on lines of its own. */
function fold(line: string, tab: string): string[] {
	const end = line.search(/[)\]}][,;]?$/);
	if (line.length <= WIDTH || end < 0) return [line];
	const open: number[] = [];
	const commas: { within: number; at: number }[] = [];
	for (let i = 0; i < end; i++) {
		const letter = line[i];
		if (letter === '"' || letter === "`") i = line.indexOf(letter, i + 1);
		else if (OPENING.includes(letter)) open.push(i);
		else if (CLOSING.includes(letter)) open.pop();
		else if (letter === "," && open.length > 0) commas.push({ within: open.at(-1)!, at: i });
	}
	const begin = open.at(-1)!;
	const cuts = [begin, ...commas.filter(({ within }) => within === begin).map(({ at }) => at), end];
	const margin = /^\s*/.exec(line)![0];
	const comma = cuts.length > 2 ? "," : "";
	const inside = cuts.slice(1).map((cut, i) => `${margin}${tab}${line.slice(cuts[i] + 1, cut).trim()}${comma}`);
	return [line.slice(0, begin + 1), ...inside.flatMap((part) => fold(part, tab)), margin + line.slice(end)];
}

/** @returns sentences on lines that are not too long */
function wrap(sentences: string): string[] {
	const lines = [""];
	for (const word of sentences.split(" ")) {
		const last = lines.at(-1)!;
		if (last !== "" && last.length + word.length >= WIDTH - 4) lines.push(word);
		else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
	}
	return lines;
}

export function indent(by: string, lines: readonly string[]): string[] {
	return lines.map((line) => (line === "" ? line : by + line));
}

export function programOf(start: RunStart, sizes: readonly number[], dataFile: string, orderedEpochs: number): Program {
	const { run } = start;
	const decay = fillDecay(run.decay);
	const hasRates = (decay.points?.length ?? 0) > MOST_POINTS;
	return { start, run, sizes, h: hyperparameters(run.optimizer), decay, dataFile, orderedEpochs, hasRates };
}

/** @returns whether every step has the same rate */
export function isConstant({ decay }: Program): boolean {
	if (decay.warmup) return false;
	return decay.name === "constant" || decay.name === "manual" || (decay.name === "piecewise" && !decay.points!.length);
}

/** An epsilon of this size and one beside the root before its correction make costs that cannot be told apart. */
const SMALL_EPSILON = 1e-7;

/** @returns whether a library's Adam, which corrects the root before it adds epsilon or after, takes the run's steps */
export function isPlainAdam({ h }: Program, uncorrected: boolean): boolean {
	const sameEpsilon = h.epsilonUncorrected === uncorrected || h.epsilon <= SMALL_EPSILON;
	return h.epsilonPlacement === "outside" && sameEpsilon;
}

/**
 * How a run's momentum is that of a library, V = b V + dW or, with the rate in it, V = b V + a dW.
 * @returns undefined when it is not; "averaged": with the rate a (1 - b)
 */
export function classicalMomentum(program: Program, rateInVelocity: boolean): "same" | "averaged" | undefined {
	const { h, run } = program;
	if (run.optimizer.name !== "momentum" || h.biasCorrection) return undefined;
	if (h.rateInVelocity !== rateInVelocity && !isConstant(program)) return undefined;
	return h.form === "classical" ? "same" : "averaged";
}

/** Learning rates as a program has them: an averaged momentum's by a library's classical one. */
export class Rates {
	private readonly factor: number | undefined;

	/** @param beta of a momentum that averages, where the library's does not */
	constructor(beta?: number) {
		this.factor = beta;
	}

	readonly scaled = (rate: number): Expression => {
		return this.factor === undefined || rate === 0 ? rate : multiply(rate, subtract(1, this.factor));
	};

	/** the same in any of the languages */
	readonly text = (rate: number): string => {
		return this.factor === undefined || rate === 0 ? String(rate) : `${rate} * (1 - ${this.factor})`;
	};
}

const TASK_WORDS = { regression: "a regression", binary: "two classes", multiclass: "several classes" };

/** A name of the user's files may hold what ends a comment. */
function harmless(name: string): string {
	return name.replace(/[^\p{L}\p{N} .,:;+()%_-]+/gu, "_");
}

/** @returns what stands at the top of a program, in sentences */
export function heading({ start, dataFile, orderedEpochs }: Program, library: string): string[] {
	const { run, summary } = start;
	const { task, target } = run.dataset;
	const orders =
		orderedEpochs > 0
			? ` and the order of the training rows in its first ${orderedEpochs === 1 ? "epoch" : `${orderedEpochs} epochs`}`
			: "";
	const later = orders ? " Later epochs are shuffled anew." : "";
	const scale =
		task === "regression" ? " The target is standardised: costs are in squares of its standard deviation." : "";
	return [
		...wrap(
			`Trains ${library} to predict ${harmless(target)} of ${harmless(basename(summary.path))}, ${TASK_WORDS[task]}, as the run ${harmless(start.name)} of Descent did.`,
		),
		"",
		...wrap(
			`${harmless(dataFile)} holds the run's rows as it prepared them, the weights that it began with${orders}, so that the first costs are the run's own.${later}${scale}`,
		),
	];
}

/** @returns the part of early stopping that a run has: what never ends it only keeps the best weights */
export function stoppingOf({ run }: Program) {
	const { earlyStopping, epochs } = run;
	if (!earlyStopping) return undefined;
	const { patience, minDelta, restoreBest } = earlyStopping;
	return { minDelta, restoreBest, patience: patience < epochs ? patience : undefined };
}
