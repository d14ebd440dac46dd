/** Hovers on optimizers, schedules and their hyperparameters: formula, values, notes, and the rate over the run. */
import type { Facts, OptimizerFact, Parameter, ScheduleFact, Source, Span } from "../facts.ts";
import { type Data, escaped, type Text } from "../hints/hint.ts";
import { wordsOfBatchSize, wordsOfOptimizer, wordsOfSchedule } from "../hints/index.ts";
import { knownRun, rateOf } from "../rates/index.ts";
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
	for (const o of facts.optimizers) {
		if (within(o.nameAt, offset)) return { at: o.nameAt, parts: optimizerParts(look, o) };
		for (const p of [...o.parameters, ...o.groups.flat()]) {
			const at = placeOf(p, text);
			if (at && within(at, offset)) return { at, parts: parameterOfOptimizer(look, o, p) };
		}
	}
	for (const s of facts.schedules) {
		if (within(s.nameAt, offset)) return { at: s.nameAt, parts: scheduleParts(look, s) };
		for (const p of s.parameters) {
			const at = placeOf(p, text);
			if (at && within(at, offset)) return { at, parts: parameterOfSchedule(look, s, p) };
		}
	}
	return hoverOfRun(look, offset);
}

function hoverOfRun(look: Look, offset: number): Hover | undefined {
	const { facts, text } = look;
	for (const b of facts.batchSizes) {
		const at = placeOf(b.parameter, text);
		if (!at || !within(at, offset)) continue;
		const words = wordsOfBatchSize(look, b);
		return {
			at,
			parts: [
				`**Mini-batch size** ${valueText(b.parameter)}`,
				...lines(words?.tooltip, notes(parameterNotes("batchSize"))),
			],
		};
	}
	for (const { parameter } of facts.epochs) {
		const at = placeOf(parameter, text);
		if (at && within(at, offset))
			return { at, parts: [`**Epochs** ${valueText(parameter)}`, ...lines(notes(parameterNotes("epochs")))] };
	}
	return undefined;
}

function optimizerParts(look: Look, o: OptimizerFact): (string | Picture)[] {
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

function scheduleParts(look: Look, s: ScheduleFact): (string | Picture)[] {
	const picture = schedulePicture(look.facts, s, look.run, look.palette);
	const moved =
		s.counts === "calls" && s.moves === undefined
			? "k counts calls of step(); whether these are epochs or mini-batches is not to be seen here."
			: s.counts === "calls"
				? `k counts ${s.moves === "epochs" ? "epochs" : "mini-batches"} here: step() is called once each.`
				: undefined;
	return [
		heading(s),
		...lines(code(scheduleFormula(s))),
		...(picture ? [picture] : []),
		...lines(scheduleValues(s), moved, notes(scheduleNotes(s.decay))),
	];
}

function parameterOfOptimizer(look: Look, o: OptimizerFact, p: Parameter): (string | Picture)[] {
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

function parameterOfSchedule(look: Look, s: ScheduleFact, p: Parameter): (string | Picture)[] {
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
	const driving = facts.schedules.filter((s) => s.optimizer !== undefined && facts.optimizers[s.optimizer] === o);
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
	return text && `*Lecture notes:* ${text}`;
}

function valueText(p: Parameter): string {
	if (p.unknown) return `is not known: ${escaped(p.unknown)}`;
	return `= ${escaped(Array.isArray(p.value) ? `[${p.value.join(", ")}]` : String(p.value))}`;
}

function lines(...parts: (string | undefined)[]): string[] {
	return parts.filter((part): part is string => !!part);
}

/** @returns the value with the name before it: `lr=0.1`, `"beta": 0.9`; undefined when the text does not give it */
function placeOf(p: Parameter, text: string): Span | undefined {
	if (!p.at) return undefined;
	const before = text.slice(Math.max(0, p.at.start - 80), p.at.start);
	const name = /(["']?)\b[A-Za-z_]\w*\1\s*[=:]\s*$/.exec(before);
	return { start: p.at.start - (name?.[0].length ?? 0), end: p.at.end };
}

function within({ start, end }: Span, offset: number): boolean {
	return start <= offset && offset <= end;
}
