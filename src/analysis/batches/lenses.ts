/** What lenses say above mini-batch sizes and loops. */
import type { StepMemory } from "../../engine/model/step-memory.ts";
import { t } from "../../l10n.ts";
import type { BatchSizeFact, Facts, FixEdit, LoopFact, Span } from "../facts.ts";
import { amount, counted, stepsPerEpoch } from "../hints/numbers.ts";
import { sizeEdit } from "../loop-run/writing.ts";
import { type KnownRun, knownRun, stepsOf, trainingRows } from "../rates/index.ts";
import { type BatchFlag, byteText, flagsOf, type Memory } from "./flags.ts";
import { memoryBySize } from "./memory.ts";

/** Lenses lose plain spaces beside an icon. */
export const BESIDE_ICON = "\u00a0";

export interface Lens {
	/** its line is the one above which the lens stands */
	at: Span;
	/** "" for a lens that is there for training alone */
	text: string;
	tooltip: string;
	/** what is odd, with the edits that mend it */
	fixes: BatchFix[];
	/** true where "Run training" belongs: once in a text */
	runs: boolean;
	/** the mini-batch size that it is about, as an index into the facts */
	batchSize?: number;
}

export interface BatchFix {
	title: string;
	edits: FixEdit[];
}

/** What the text itself does not tell. */
export interface Surroundings {
	/** m, and how it is known, as a sentence */
	rows?: number;
	from?: string;
	/** a run file: the whole of it is what is trained */
	runFile: boolean;
	/** of a run file: what its dataset makes of the model */
	model?: { features: number; outputs: number };
	memory: Memory;
}

/**
 * @param text that the facts were read of
 * @returns lenses in the order of the text; for each mini-batch size there is one whatever number it is, so that none
 *   comes or goes while the number is typed
 */
export function lensesOf(facts: Facts, text: string, known: Surroundings): Lens[] {
	const run = knownRun(facts, known.rows);
	const left = { ...known, rows: trainingRows(facts, known.rows) };
	const bytesOf = memoryBySize(facts, known.model);
	const batches = facts.batchSizes.flatMap((b, i) => {
		const lens = ofBatch(text, left, run, bytesOf, b);
		return lens ? [{ ...lens, batchSize: i }] : [];
	});
	const lineOf = ({ at }: { at: Span }) => text.lastIndexOf("\n", at.start - 1);
	const taken = new Set(batches.map(lineOf));
	const first = trainingLoop(facts);
	const loops = facts.loops.flatMap((loop) => {
		if (!loop.trains || loop.outer !== undefined) return [];
		const at = loop.header;
		const words = taken.has(lineOf({ at })) ? "" : ofLoop(facts, loop, run);
		return words || loop === first ? [{ at, text: words, tooltip: "", fixes: [], runs: loop === first }] : [];
	});
	const whole = known.runFile ? [{ at: { start: 0, end: 0 }, text: "", tooltip: "", fixes: [], runs: true }] : [];
	const seen = new Set<string>();
	return [...whole, ...batches, ...loops]
		.filter((lens) => {
			const words = `${lineOf(lens)} ${lens.text}`;
			const again = seen.has(words);
			seen.add(words);
			return !again;
		})
		.sort((a, b) => a.at.start - b.at.start);
}

/** The loop that "Run training" is about: over epochs, else the first that trains. */
function trainingLoop({ loops }: Facts): LoopFact | undefined {
	const outer = loops.filter(({ trains, outer }) => trains && outer === undefined);
	return outer.find(({ kind }) => kind === "epochs" || kind === "fit") ?? outer[0];
}

function ofLoop(facts: Facts, loop: LoopFact, run: KnownRun): string {
	const steps = run.stepsPerEpoch;
	const epochs = loop.epochs?.value;
	if (loop.kind !== "epochs" && loop.kind !== "fit") return "";
	if (typeof epochs !== "number") return t("epochs unknown");
	const updates = facts.epochs.length > 0 && steps !== undefined ? [counted(steps * epochs, "updates")] : [];
	return [counted(epochs, "epochs"), ...updates].join(" · ");
}

function ofBatch(
	text: string,
	known: Surroundings,
	run: KnownRun,
	bytesOf: ReturnType<typeof memoryBySize>,
	b: BatchSizeFact,
): Lens | undefined {
	if (b.role !== "train") return undefined;
	const rows = b.rows ?? known.rows;
	const { value, writtenAt, at } = b.parameter;
	const size = value === "full" ? rows : typeof value === "number" && value >= 1 ? value : undefined;
	if (typeof value !== "number" && value !== "full" && rows === undefined) return undefined;
	const memory = size === undefined ? undefined : bytesOf?.(size);
	const summed = b.accumulation ? numberOf(b.accumulation.value) : 1;
	const flags =
		size === undefined
			? []
			: flagsOf({
					...{ size, summed, rows, dropsLast: b.dropsLast ?? false, memory: known.memory },
					...(bytesOf && { bytes: (n: number) => bytesOf(n).total }),
				});
	const steps = stepsOf(b, rows);
	const words = [
		rows === undefined ? t("m unknown") : `m ${amount(rows)}`,
		...(steps === undefined ? [] : [stepsPerEpoch(steps)]),
		...updatesOf(steps, summed, run.epochs),
		...(memory ? [t("{0} a mini-batch", byteText(memory.total))] : []),
	];
	const odd =
		flags.length > 0 ? ` ·${BESIDE_ICON}$(lightbulb)${BESIDE_ICON}${flags.map((flag) => flag.text).join(" · ")}` : "";
	return {
		at: writtenAt ?? at ?? b.at,
		text: words.join(" · ") + odd,
		tooltip: [
			b.rows === undefined ? known.from : t("m, the rows that train, is {0} by the text.", amount(b.rows)),
			...(memory ? [memoryWords(memory)] : []),
			...flags.map((flag) => flag.why),
		].join("\n"),
		fixes: flags.flatMap((flag) => fixOf(text, b, rows, flag) ?? []),
		runs: false,
	};
}

/** Of gradients that are summed, the last, smaller group is treated differently from loop to loop. */
function updatesOf(steps: number | undefined, summed: number | undefined, epochs: number | undefined): string[] {
	if (steps === undefined || summed === undefined || epochs === undefined) return [];
	const each = steps / summed;
	const updates = counted(Math.round(each * epochs), "updates");
	return [Number.isInteger(each) ? updates : t("about {0}", updates)];
}

function memoryWords({ miniBatch, parameters, gradients, optimizerState }: StepMemory): string {
	return t(
		"A step in float32: X, Y, activations and their gradients {0}, parameters {1}, gradients {2}, the optimizer's state {3}.",
		...[miniBatch, parameters, gradients, optimizerState].map(byteText),
	);
}

/** The number itself is replaced, where it is written out. */
function fixOf(text: string, b: BatchSizeFact, rows: number | undefined, { what, fix }: BatchFlag): BatchFix[] {
	const edit = fix === undefined ? undefined : sizeEdit(text, b, fix, rows);
	return edit ? [{ title: t("Mini-batch of {0} ({1})", edit.text, what), edits: [edit] }] : [];
}

function numberOf(value: unknown): number | undefined {
	return typeof value === "number" && value >= 1 ? value : undefined;
}
