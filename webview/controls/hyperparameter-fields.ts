/** Every hyperparameter that is typed: its label, what it takes, what the last run used, and what it means. */

import type { DecayName, OptimizerName } from "../../src/engine/protocol/hyperparameters.ts";
import type { PanelCommand, RunForm } from "../../src/engine/protocol/panel.ts";
import type { ResolvedRun } from "../../src/engine/protocol/run-file.ts";
import { t } from "../../src/l10n.ts";
import { formatHorizon, formatInteger } from "../format.ts";
import * as fields from "./fields.ts";

export interface FieldContext {
	optimizer: OptimizerName;
	decay: DecayName;
	/** rows of the training part, where a run on this dataset has told */
	trainRows?: number;
}

export interface FieldSpec {
	key: keyof RunForm;
	label: string;
	/** for a screen reader, where the label is a symbol */
	spoken: string;
	parse(text: string): fields.Parsed<unknown>;
	/** a value of the form, or the run's own, as text */
	write(value: never): string;
	/** undefined: the last run says nothing of it */
	resolved(run: ResolvedRun): unknown;
	/** the documented default, shown while no run has told */
	usual?(context: FieldContext): string;
	shown?(context: FieldContext): boolean;
	/** looks for a good value */
	find?: { command: PanelCommand; label: string };
	/** what the value means, in a few words */
	meaning?(value: unknown, context: FieldContext): string;
}

const plain = (value: number | string): string => String(value);
const horizon = (value: unknown): string => (typeof value === "number" ? formatHorizon(value) : "");

const twoBetas: ReadonlySet<OptimizerName> = new Set(["adam", "adamw", "nadam", "lion"]);

export const fieldSpecs: readonly FieldSpec[] = [
	{
		key: "learningRate",
		label: t("Learning rate α"),
		spoken: t("Learning rate"),
		parse: fields.parseLearningRate,
		find: { command: "findLearningRate", label: t("Find learning rate") },
		write: plain,
		resolved: (run) => run.optimizer.learningRate,
	},
	{
		key: "beta",
		label: "β",
		spoken: t("Momentum beta"),
		parse: fields.parseBeta,
		write: plain,
		resolved: (run) => run.optimizer.beta,
		usual: () => "0.9",
		shown: ({ optimizer }) => optimizer === "momentum",
		meaning: horizon,
	},
	{
		key: "beta1",
		label: "β₁",
		spoken: t("Beta 1"),
		parse: fields.parseBeta,
		write: plain,
		resolved: (run) => run.optimizer.beta1,
		usual: () => "0.9",
		shown: ({ optimizer }) => twoBetas.has(optimizer),
		meaning: horizon,
	},
	{
		key: "beta2",
		label: "β₂",
		spoken: t("Beta 2"),
		parse: fields.parseBeta,
		write: plain,
		resolved: (run) => run.optimizer.beta2,
		usual: ({ optimizer }) => (optimizer === "rmsprop" ? "0.9" : optimizer === "lion" ? "0.99" : "0.999"),
		shown: ({ optimizer }) => twoBetas.has(optimizer) || optimizer === "rmsprop",
		meaning: horizon,
	},
	{
		key: "weightDecay",
		label: t("Weight decay"),
		spoken: t("Weight decay"),
		parse: fields.parseL2,
		write: plain,
		resolved: (run) => run.optimizer.weightDecay,
		usual: ({ optimizer }) => (optimizer === "adamw" ? "0.01" : "0"),
		shown: ({ optimizer }) => optimizer === "adamw" || optimizer === "lion",
	},
	{
		key: "decayRate",
		label: t("Decay rate"),
		spoken: t("Decay rate"),
		parse: fields.parseDecayRate,
		write: plain,
		resolved: (run) => run.decay.rate,
		usual: () => "1",
		shown: ({ decay }) => decay === "inverseTime",
		meaning: (value) => (typeof value === "number" && value > 0 ? t("half after {0}", epochs(1 / value)) : ""),
	},
	{
		key: "decayBase",
		label: t("Decay base"),
		spoken: t("Decay base"),
		parse: fields.parseDecayBase,
		write: plain,
		resolved: (run) => run.decay.base,
		usual: () => "0.95",
		shown: ({ decay }) => decay === "exponential",
		meaning: (value) =>
			typeof value === "number" && value < 1 ? t("half in {0}", epochs(Math.log(0.5) / Math.log(value))) : "",
	},
	{
		key: "batchSize",
		label: t("Mini-batch"),
		spoken: t("Mini-batch size"),
		parse: fields.parseBatchSize,
		find: { command: "findBatchSize", label: t("Find batch size") },
		write: plain,
		resolved: (run) => run.batchSize,
		meaning: (value, { trainRows }) => {
			if (value === "full" || (typeof value === "number" && trainRows !== undefined && value >= trainRows)) {
				return t("full batch");
			}
			if (typeof value !== "number" || trainRows === undefined) return "";
			const steps = Math.ceil(trainRows / value);
			return t(steps === 1 ? "{0} step/epoch" : "{0} steps/epoch", formatInteger(steps));
		},
	},
	{
		key: "epochs",
		label: t("Epochs"),
		spoken: t("Epochs"),
		parse: fields.parseEpochs,
		write: plain,
		resolved: (run) => run.epochs,
	},
	{
		key: "layers",
		label: t("Hidden layers"),
		spoken: t("Hidden layers"),
		parse: fields.parseLayers,
		write: fields.formatLayers,
		resolved: (run) => run.model.layers,
	},
	{
		key: "l2",
		label: "L2 λ",
		spoken: t("L2 lambda"),
		parse: fields.parseL2,
		write: plain,
		resolved: (run) => run.l2,
		usual: () => "0",
	},
	{
		key: "seed",
		label: t("Seed"),
		spoken: t("Seed"),
		parse: fields.parseSeed,
		write: plain,
		resolved: (run) => run.seed,
	},
];

function epochs(value: number): string {
	const number = value < 9.95 ? String(Number(value.toFixed(1))) : formatInteger(value);
	return t(number === "1" ? "{0} epoch" : "{0} epochs", number);
}
