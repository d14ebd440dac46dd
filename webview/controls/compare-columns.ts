/** What a comparison of runs has for columns: hyperparameters, in which runs differ or not, and results. */
import type { Clip, DecayName } from "../../src/engine/protocol/hyperparameters.ts";
import type { RunPhase } from "../../src/engine/protocol/panel.ts";
import type { ResolvedRun } from "../../src/engine/protocol/run-file.ts";
import { t } from "../../src/l10n.ts";
import { decayNames } from "../decay-names.ts";
import { formatCost, formatInteger, formatMoment, formatRate, formatSeconds, formatShare } from "../format.ts";
import { phaseWords } from "../phase-words.ts";
import type { RunView } from "../run-view.ts";

export interface CompareColumn {
	/** in files */
	name: string;
	/** on the screen */
	label: string;
	/** a hyperparameter is a column only where runs differ in it */
	hyperparameter: boolean;
	/** undefined: the run has none */
	value(run: RunView): number | string | undefined;
	format(value: number): string;
	/** how a text is written on the screen, where not as in files */
	shown?(value: string): string;
}

const lastEpoch = (run: RunView) => run.epochs.last;
const numbers = (
	name: string,
	label: string,
	value: (run: RunView) => number | undefined,
	format = formatRate,
): CompareColumn => ({
	name,
	label,
	hyperparameter: true,
	value,
	format,
});
const words = (name: string, label: string, value: (run: RunView) => string | undefined): CompareColumn => ({
	name,
	label,
	hyperparameter: true,
	value,
	format: String,
});
const result = (...column: Parameters<typeof numbers>): CompareColumn => ({
	...numbers(...column),
	hyperparameter: false,
});

/** The default for little data, and what early stopping may ask for: other weights than those of the last step. */
function keptWeights({ earlyStopping }: ResolvedRun): "best" | "last" {
	return earlyStopping?.restoreBest ? "best" : "last";
}

/** Hyperparameters, then results. */
export const columns: readonly CompareColumn[] = [
	words("dataset", t("dataset"), (run) => run.dataset),
	words("data as of", t("data as of"), (run) => run.start && formatMoment(run.start.fingerprint.mtimeMs)),
	words("target", t("target"), (run) => run.start?.run.dataset.target),
	words("optimizer", t("optimizer"), (run) => run.start?.run.optimizer.name),
	numbers("learning rate", t("learning rate"), (run) => run.start?.run.optimizer.learningRate),
	numbers("β", "β", (run) => run.start?.run.optimizer.beta),
	numbers("β₁", "β₁", (run) => run.start?.run.optimizer.beta1),
	numbers("β₂", "β₂", (run) => run.start?.run.optimizer.beta2),
	numbers("weight decay", t("weight decay"), (run) => run.start?.run.optimizer.weightDecay),
	{
		...words("decay", t("decay"), (run) => decayWords(run)),
		shown: (words) => words.replace(/^\w+/, (name) => decayNames[name as DecayName] ?? name),
	},
	numbers("changes by hand", t("changes by hand"), (run) => run.rateChanges.length, formatInteger),
	numbers("mini-batch", t("mini-batch"), (run) => run.start?.run.batchSize, formatInteger),
	numbers("epochs", t("epochs"), (run) => run.start?.run.epochs, formatInteger),
	{
		...words("weights", t("weights kept"), (run) => run.start && keptWeights(run.start.run)),
		shown: (weights) => (weights === "best" ? t("of the lowest dev cost") : t("of the last step")),
	},
	{
		...words("hidden layers", t("hidden layers"), (run) => run.start?.run.model.layers.join(", ") || "none"),
		shown: (widths) => (widths === "none" ? t("none") : widths),
	},
	words("activation", t("activation"), (run) => run.start?.run.model.activation),
	{
		...words("clipping", t("clipping"), (run) => run.start && clipWords(run.start.run.clip)),
		shown: (words) => (words === "none" ? t("none") : words),
	},
	numbers("L2 λ", "L2 λ", (run) => run.start?.run.l2),
	numbers("seed", t("seed"), (run) => run.start?.run.seed, formatInteger),
	{
		...words("state", t("state"), (run) => run.phase),
		hyperparameter: false,
		shown: (phase) => phaseWords[phase as RunPhase],
	},
	result("steps", t("steps"), (run) => run.done?.iterations ?? run.iteration, formatInteger),
	result("cost", t("cost"), (run) => run.done?.cost ?? lastEpoch(run)?.cost, formatCost),
	result("dev cost", t("dev cost"), (run) => run.done?.devCost ?? lastEpoch(run)?.devCost, formatCost),
	result("dev accuracy", t("dev accuracy"), (run) => run.done?.devAccuracy ?? lastEpoch(run)?.devAccuracy, formatShare),
	result("dev R²", t("dev R²"), (run) => run.done?.devR2 ?? lastEpoch(run)?.devR2, formatShare),
	result("steps/s", t("steps/s"), (run) => run.done?.stepsPerSecond, formatInteger),
	result("seconds", t("seconds"), (run) => run.done?.seconds, formatSeconds),
];

/** A column by whose values the runs are sorted. */
export interface Sort {
	name: string;
	down: boolean;
}

/** @returns every hyperparameter that a run has, as it was run: its name and value */
export function hyperparametersOf(run: RunView): [name: string, value: string][] {
	const had = columns.filter(({ hyperparameter }) => hyperparameter);
	return had.map((column): [string, string] => [column.label, cellText(column, run)]).filter(([, text]) => text !== "");
}

/** @returns columns to show: every result that some run has, and hyperparameters in which runs differ; the others in words */
export function split(runs: readonly RunView[]): { shown: CompareColumn[]; same: string } {
	const shown: CompareColumn[] = [];
	const same: string[] = [];
	for (const column of columns) {
		const texts = new Set(runs.map((run) => cellText(column, run)));
		if (texts.size === 1 && texts.has("")) continue;
		if (column.hyperparameter && texts.size === 1) same.push(`${column.label} ${[...texts][0]}`);
		else shown.push(column);
	}
	return { shown, same: same.join(", ") };
}

/** @returns the runs in the order of a column's values, those without one last; without a column, newest first */
export function sortRuns(runs: readonly RunView[], shown: readonly CompareColumn[], sort: Sort | undefined): RunView[] {
	if (sort === undefined) return [...runs].reverse();
	const column = shown.find(({ name }) => name === sort.name);
	const value = (run: RunView) => (sort.name === "run" ? run.name : column?.value(run));
	const sign = sort.down ? -1 : 1;
	const missing = (found: unknown) => found === undefined || Number.isNaN(found);
	return [...runs].sort((a, b) => {
		const [left, right] = [value(a), value(b)];
		if (missing(left) || missing(right)) return Number(missing(left)) - Number(missing(right));
		if (typeof left === "number" && typeof right === "number") return sign * (left - right);
		return sign * String(left).localeCompare(String(right), "en", { numeric: true });
	});
}

export function isNumber(column: CompareColumn, run: RunView): boolean {
	return typeof column.value(run) === "number";
}

export function cellText(column: CompareColumn, run: RunView): string {
	const value = column.value(run);
	if (value === undefined) return "";
	return typeof value === "number" ? column.format(value) : (column.shown?.(value) ?? value);
}

function clipWords({ norm, value }: Clip = {}): string {
	const [ofNorm, ofValue] = [norm, value].map((most) => (most === undefined ? undefined : formatRate(most)));
	const limits = [ofValue && t("value ≤ {0}", ofValue), ofNorm && t("norm ≤ {0}", ofNorm)].filter(Boolean);
	return limits.join(", ") || "none";
}

function decayWords({ start, schedule }: RunView): string | undefined {
	if (start === undefined || schedule !== undefined) return schedule;
	const { name, rate, base } = start.run.decay;
	const parameter = base ?? rate;
	return parameter === undefined ? name : `${name} ${formatRate(parameter)}`;
}
