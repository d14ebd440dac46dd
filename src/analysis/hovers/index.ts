/** Hovers on optimizers, schedules and their hyperparameters: formula, values, notes, and the rate over the run. */
import { t } from "../../l10n.ts";
import type { BatchSizeFact, Facts, OptimizerFact, Parameter, ScheduleFact, Source, Span } from "../facts.ts";
import { type Data, escaped, type Text } from "../hints/hint.ts";
import { wordsOfBatchSize, wordsOfOptimizer, wordsOfSchedule } from "../hints/index.ts";
import { drivers, knownRun, rateOf } from "../rates/index.ts";
import { optimizerNotes, parameterNotes, scheduleNotes } from "./notes.ts";
import { optimizerFormula } from "./optimizer-formulas.ts";
import { constantPicture, type Palette, type Picture, schedulePicture } from "./picture.ts";
import { scheduleFormula } from "./schedule-formulas.ts";
import { optimizerValues, scheduleValues } from "./values.ts";

export type { Palette, Picture };

export interface Hover {
	/** what it is about */
	at: Span;
	/** Markdown, from top to bottom, and a picture where there is one */
	parts: (string | Picture)[];
}

interface Look extends Text {
	/** the text that the facts were read from */
	text: string;
	palette: Palette;
}

/** Code that sets a learning rate by itself. */
const BY_HAND = /param_groups|set_value|\.lr\s*=|learning_rate\.assign|setLearningRate/;

const LIBRARIES: Record<Source, string> = {
	pytorch: "PyTorch",
	lightning: "Lightning",
	huggingface: "Hugging Face",
	keras: "Keras",
	jax: "JAX",
	tfjs: "TensorFlow.js",
	runFile: "Descent",
	plain: "",
};

/** @returns what to show at an offset, undefined where there is nothing to say */
export function hoverAt(
	facts: Facts,
	offset: number,
	{ text, data, palette }: { text: string; data?: Data; palette: Palette },
): Hover | undefined {
	const look: Look = { facts, run: knownRun(facts, data?.rows), data, text, palette };
	// A schedule may stand in the value of an optimizer's learning rate: the smallest place is meant.
	const [found] = placesIn(look, offset)
		.filter(({ at }) => at.start <= offset && offset <= at.end)
		.sort((a, b) => a.at.end - a.at.start - (b.at.end - b.at.start));
	return found && { at: found.at, parts: found.parts() };
}

/** Everything near an offset that something can be said of. */
function placesIn(look: Look, offset: number): { at: Span; parts: () => Hover["parts"] }[] {
	const { facts, text } = look;
	const valued = (p: Parameter, parts: () => Hover["parts"]) => {
		const near = p.at && p.at.start - LONGEST_NAME <= offset && offset <= p.at.end;
		const at = near ? placeOf(p, text) : undefined;
		return at ? [{ at, parts }] : [];
	};
	return [
		...facts.optimizers.flatMap((o) => [
			{ at: o.nameAt, parts: () => optimizerParts(look, o) },
			...[...o.parameters, ...o.groups.flat()].flatMap((p) => valued(p, () => parameterOfOptimizer(look, o, p))),
		]),
		...facts.schedules.flatMap((s) => [
			{ at: s.nameAt, parts: () => scheduleParts(look, s) },
			...s.parameters.flatMap((p) => valued(p, () => parameterOfSchedule(look, s, p))),
		]),
		...facts.batchSizes.flatMap((b) => valued(b.parameter, () => batchSizeParts(look, b))),
		...facts.epochs.flatMap(({ parameter: p }) =>
			valued(p, () => [`**${t("Epochs")}** ${valueText(p)}`, ...lines(notes(parameterNotes("epochs")))]),
		),
	];
}

function batchSizeParts(look: Look, b: BatchSizeFact): Hover["parts"] {
	const words = wordsOfBatchSize(look, b);
	return [
		`**${t("Mini-batch size")}** ${valueText(b.parameter)}`,
		...lines(words?.tooltip, notes(parameterNotes("batchSize"))),
	];
}

function optimizerParts(look: Look, o: OptimizerFact): Hover["parts"] {
	const schedule = scheduleOf(look.facts, o);
	const rate = schedule ? undefined : rateOf(o);
	const picture = schedule
		? schedulePicture(look.facts, schedule, look.run, look.palette)
		: rate !== undefined && rate > 0 && look.facts.schedules.length === 0 && !BY_HAND.test(look.text)
			? constantPicture(rate, look.run, look.palette)
			: undefined;
	return [
		heading(o),
		...lines(code(optimizerFormula(o))),
		...(picture ? [picture] : []),
		...lines(optimizerValues(o), notes(optimizerNotes(o.optimizer))),
	];
}

function scheduleParts(look: Look, s: ScheduleFact): Hover["parts"] {
	const picture = schedulePicture(look.facts, s, look.run, look.palette);
	const moved =
		s.counts === "calls" && s.moves === undefined
			? t("k counts calls of step(); whether these are epochs or mini-batches is not to be seen here.")
			: s.counts === "calls"
				? t(
						s.moves === "epochs"
							? "k counts epochs here: step() is called once each."
							: "k counts mini-batches here: step() is called once each.",
					)
				: undefined;
	return [
		heading(s),
		...lines(code(scheduleFormula(s))),
		...(picture ? [picture] : []),
		...lines(scheduleValues(s), moved, notes(scheduleNotes(s.decay))),
	];
}

function parameterOfOptimizer(look: Look, o: OptimizerFact, p: Parameter): Hover["parts"] {
	const words = wordsOfOptimizer(look, o, p);
	const schedule = p.name === "learningRate" ? scheduleOf(look.facts, o) : undefined;
	const picture = schedule && schedulePicture(look.facts, schedule, look.run, look.palette);
	return [
		`**${escaped(p.written)}** ${valueText(p)} · ${escaped(o.title)}`,
		...lines(words?.tooltip, code(optimizerFormula(o))),
		...(picture ? [picture] : []),
		...lines(notes(parameterNotes(p.name))),
	];
}

function parameterOfSchedule(look: Look, s: ScheduleFact, p: Parameter): Hover["parts"] {
	const words = wordsOfSchedule(look, s, p);
	const picture = schedulePicture(look.facts, s, look.run, look.palette);
	return [
		`**${escaped(p.written)}** ${valueText(p)} · ${escaped(s.title)}`,
		...lines(words?.tooltip, code(scheduleFormula(s))),
		...(picture ? [picture] : []),
	];
}

function scheduleOf(facts: Facts, o: OptimizerFact): ScheduleFact | undefined {
	if (o.schedule !== undefined) return facts.schedules[o.schedule];
	const driving = drivers(facts, facts.optimizers.indexOf(o));
	return driving.length === 1 ? driving[0] : undefined;
}

function heading({ title, library, framework }: OptimizerFact | ScheduleFact): string {
	const name = library.startsWith("optax.")
		? "optax"
		: library.startsWith("tensorflow.")
			? "TensorFlow 1"
			: LIBRARIES[framework];
	return library === title || framework === "runFile"
		? `**${escaped(title)}** · ${name}`
		: `**${escaped(title)}** · ${name} \`${library.replace(/^tfjs/, "tf")}\``;
}

function code(formula: string[] | undefined): string | undefined {
	return formula && `\`\`\`text\n${formula.join("\n")}\n\`\`\``;
}

function notes(text: string | undefined): string | undefined {
	return text && `*${t("Lecture notes:")}* ${text}`;
}

function valueText(p: Parameter): string {
	if (p.unknown) return t("is not known: {0}", escaped(p.unknown));
	return `= ${escaped(Array.isArray(p.value) ? `[${p.value.join(", ")}]` : String(p.value))}`;
}

function lines(...parts: (string | undefined)[]): string[] {
	return parts.filter((part): part is string => !!part);
}

/** Characters before a value among which its name is looked for. */
const LONGEST_NAME = 80;

/** @returns the value with the name before it: `lr=0.1`, `"beta": 0.9`; undefined when the text does not give it */
function placeOf(p: Parameter, text: string): Span | undefined {
	if (!p.at) return undefined;
	const before = text.slice(Math.max(0, p.at.start - LONGEST_NAME), p.at.start);
	const name = /(["']?)\b[A-Za-z_]\w*\1\s*[=:]\s*$/.exec(before);
	return { start: p.at.start - (name?.[0].length ?? 0), end: p.at.end };
}
