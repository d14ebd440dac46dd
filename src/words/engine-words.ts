/**
 * The engine speaks English alone, to the editor as to a terminal. What it says of tables, columns and runs is told by these
 * sentences and said again in the language of the window, by panel and notifications alike; any other one stays as it is.
 */
import { isEnglish, t as translate } from "../l10n.ts";
import { jsonSentences, runFileSentences } from "./run-file-words.ts";
import { runSentences } from "./run-words.ts";
import { tableSentences } from "./table-words.ts";

/** {0}, {1} stand for what the engine puts in, in this order. */
export const engineSentences: readonly string[] = [
	// findings of runs, and what to try
	"The cost stopped being a finite number at step {0}, on all {1} training rows.",
	"The cost stopped being a finite number at step {0}, on row {1} of the table.",
	"The cost stopped being a finite number at step {0}, on rows {1} and {2} more of the table.",
	"The cost stopped being a finite number at step {0}, on rows {1} and {2} of the table.",
	"The gradient stopped being a finite number at step {0} while the cost was {1}, on all {2} training rows.",
	"The gradient stopped being a finite number at step {0} while the cost was {1}, on row {2} of the table.",
	"The gradient stopped being a finite number at step {0} while the cost was {1}, on rows {2} and {3} more of the table.",
	"The gradient stopped being a finite number at step {0} while the cost was {1}, on rows {2} and {3} of the table.",
	"Try a learning rate ten times smaller than {0}.",
	"Try a learning rate three times smaller than {0}.",
	"Try a learning rate three times larger than {0}.",
	"The cost ended at {0}, above the {1} that it began with: nothing was learned.",
	"The cost has been more than 10,000 times where it began for {0} steps: {1} after {2}.",
	"Hidden relu units that were 0 for each of {0} rows: {1}. Behind a dead layer every row gets the same answer.",
	"Hidden relu units that were 0 for each of {0} rows: {1}.",
	"Try leakyRelu, whose units cannot die, or a smaller learning rate.",
	"The gradient's norm jumped beyond {0} times its running level {1} times, once to {2} times.",
	"The gradient's norm has grown from {0} to {1}.",
	"Try clipping the gradient by norm at {0}, the median of the last steps.",
	"Try clipping the gradient by norm at {0}, where it began.",
	"The cost has not fallen for {0} steps, as the weights swing across a valley: it is {1} on average over {2} steps and {3} in their middle.",
	"The dev cost rose from {0} at epoch {1} to {2} at epoch {3} while the training cost fell from {4} to {5}.",
	"The run ends with the weights of the lowest dev cost; try a smaller net, an L2 term or more rows.",
	"Try early stopping with a patience of {0} epochs, which keeps the weights of the lowest dev cost.",
	"The cost has stayed at {0} for {1} steps and the gradient is small ({2}), but this is a saddle: along one direction the curvature is {3}, and a step of {4} either way brings the cost to {5}.",
	"The cost has stayed at {0} for {1} steps and the gradient is small ({2}); a constant guess costs {3}.",
	"Try Adam or momentum, which leave a saddle sooner.",
	"Try an l2 ten times smaller than {0}.",
	"Try relu: {0} lets little of the gradient through where it is flat.",
	"Try fewer layers or another seed.",
	"Under full batch the cost rose from {0} to {1} within {2} steps: the learning rate is too large.",
	"The dataset was deleted or moved while this run was going on; the run goes on with the rows that it has read.",
	"The dataset changed on disk while this run was going on; the run goes on with the rows that it has read.",
	"Put the file back before the next run.",
	"Run again to train on the new rows.",
	"The table does not fit the memory limit and streams from disk: {0} in blocks of {1}.",
	"The mini-batch size {0} is more than the {1} training rows: each step takes all of them.",
	"Say full for all rows, or a size below {0}.",
	"A higher memory limit, or fewer features, would keep it in memory; the numbers are the same.",
	"{0} The run goes on; the next one reads the table again.",
	"Only {0} of {1} rows could be kept for the dev set: most classes have a single row.",
	"All {0} dev rows are of the class {1}: a dev accuracy of 1 only says that this one answer was given.",
	"The dev set has no row of {0} of the {1} classes ({2}): the dev accuracy does not say how well these are learned.",
	"Add rows of the classes that have one row only, or choose another target.",
	"Stratify the split, take a larger share of the rows for the dev set, or add rows of the missing classes.",
	"Choose a target with fewer classes, or regression if its values are numbers.",
	"{0} of {1} ({2} %) in layer {3}",
	// why a column is the target or no feature, what a task was told by, what a date repeats with
	"chosen",
	"named like a target",
	"last column",
	"last usable column",
	"two whole numbers",
	"numbers",
	"{0} whole numbers from {1} to {2}, taken as amounts; for classes choose the task multiclass",
	"{0} whole numbers from {1} to {2}, taken as classes; for amounts, such as ratings, choose the task regression",
	"{0} whole numbers from {1} to {2}, taken as amounts",
	"{0} whole numbers from {1} to {2}, taken as classes",
	"{0} classes",
	"over {0} classes",
	"left out by choice",
	"not among the chosen features",
	"nearly all missing",
	"no values",
	"one value only",
	"nested values",
	"binary values",
	"not all numbers: {0} in row {1}",
	"not all dates: {0} in row {1}",
	"not all numbers",
	"not all dates",
	"a different text in every row",
	"a different whole number in every row",
	"text: over {0} different values",
	"text: {0} different values",
	"gives the target away: each of its {0} values has one class",
	"gives the target away: each of its {0} values has one amount",
	"gives the target away: it is the same amount in another unit",
	"month",
	"weekday",
	"hour",
	// how cells were read, where that had to be told or guessed
	"day before month",
	"month before day",
	'{0} is a guess, as no value shows it: "{1}" is taken as {2}',
	'{0}, as "{1}" shows',
	'{0} by choice: "{1}" is taken as {2}',
	'codes, as "{0}" begins with 0; choose numeric if they count something',
	"read as {0}, as line {1} is not UTF-8",
	"{0} above the header left out",
	"a line",
	"{0} lines",
	"spaces part the cells",
	"decimal commas",
	"lines that begin with {0} are comments",
	'rows are the objects in "{0}"',
	"each array is a column",
	"{0} images, labels of {1}",
	"features are {0}, target is {1}",
	"not read: {0}",
];

/** Every sentence, and every word in one that is said again. */
export const allSentences: readonly string[] = [
	...runFileSentences,
	...jsonSentences,
	...tableSentences,
	...runSentences,
	...engineSentences,
];

interface Pattern {
	sentence: string;
	pattern: RegExp;
	/** whether the value of this place is a name or a cell of the user's: in quotes, and never said again */
	quoted: boolean[];
}

function patternOf(sentence: string): Pattern {
	const literal = sentence.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
	return {
		sentence,
		pattern: new RegExp(`^${literal.replace(/\\\{\d+\\\}/g, "(.+?)")}$`, "s"),
		quoted: [...sentence.matchAll(/("?)\{\d+\}/g)].map(([, quote]) => quote !== ""),
	};
}

/** What fits several sentences is the one with the most words of its own. */
const lengthOf = (sentence: string) => sentence.replace(/\{\d+\}/g, "").length;
let patterns: Pattern[] | undefined;
/** what was said before: a table of thousands of columns says the same of many, and each time it is drawn */
const known = new Map<string, string>();

function inLanguage(said: string): string {
	patterns ??= [...allSentences].sort((a, b) => lengthOf(b) - lengthOf(a)).map(patternOf);
	for (const { sentence, pattern, quoted } of patterns) {
		const values = pattern.exec(said)?.slice(1);
		if (values) return translate(sentence, ...values.map((value, i) => (quoted[i] ? value : valueWords(value))));
	}
	return said;
}

/** A value may be what has words of its own, or a list of them: layers, or a file and a place in it. */
function valueWords(value: string): string {
	const parts = value.split(/(, |; )/);
	const words = parts.map(again);
	const isList = words.every((word, i) => i % 2 === 1 || word !== parts[i]);
	const whole = isList ? value : again(value);
	return whole === value ? words.join("") : whole;
}

function again(said: string): string {
	const words = known.get(said) ?? inLanguage(said);
	known.set(said, words);
	return words;
}

/** @returns what the engine has said, in the language of the window where it is known */
export function engineWords(said: string): string {
	if (isEnglish()) return said;
	// What is wrong with a run file begins with its name.
	const [, file, fault] = /^(\S[^:]*\.train\.json): (.+)$/s.exec(said) ?? [];
	return fault === undefined ? again(said) : `${file}: ${again(fault)}`;
}
