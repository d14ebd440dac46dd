import * as vscode from "vscode";
import type { DecayName, OptimizerName } from "../../engine/protocol/hyperparameters.ts";
import type { RunFile } from "../../engine/protocol/run-file.ts";

/** A run that differs from another in one thing. */
export interface Variant extends vscode.QuickPickItem {
	change(file: RunFile): RunFile;
}

const optimizers = (): [OptimizerName, string][] => [
	["gradientDescent", vscode.l10n.t("Gradient descent")],
	["momentum", vscode.l10n.t("Momentum")],
	["rmsprop", "RMSprop"],
	["adam", "Adam"],
	["adamw", "AdamW"],
	["adagrad", "Adagrad"],
	["nadam", "NAdam"],
	["lion", "Lion"],
];
/** Those of the notes: compared unless told otherwise. */
const USUAL: ReadonlySet<OptimizerName> = new Set(["gradientDescent", "momentum", "rmsprop", "adam"]);
const decays = (): [DecayName, string][] => [
	["constant", vscode.l10n.t("Constant")],
	["inverseTime", vscode.l10n.t("Inverse time")],
	["exponential", vscode.l10n.t("Exponential")],
	["staircase", vscode.l10n.t("Staircase")],
	["cosine", vscode.l10n.t("Cosine")],
	["linear", vscode.l10n.t("Linear")],
	["oneCycle", vscode.l10n.t("One cycle")],
];
const BATCH_SIZES = [16, 32, 64, 128, 256, 512, "full"] as const;

/** @returns what a run can be compared with itself in: optimizers, schedules and mini-batch sizes */
export function variantsOf({ optimizer, decay, batchSize }: RunFile): Variant[] {
	const separator = (label: string): Variant => ({
		label,
		kind: vscode.QuickPickItemKind.Separator,
		change: (file) => file,
	});
	const { t } = vscode.l10n;
	const now = t("as it is");
	return [
		separator(t("optimizers, each other one with its own learning rate")),
		...optimizers().map(([name, label]): Variant => {
			const same = name === (optimizer?.name ?? "adam");
			const preset = optimizer?.preset;
			return {
				label,
				description: same ? now : undefined,
				picked: USUAL.has(name),
				change: (file) => (same ? file : { ...file, optimizer: { name, ...(preset ? { preset } : {}) } }),
			};
		}),
		separator(t("learning-rate schedules")),
		...decays().map(([name, label]): Variant => {
			const same = name === (decay?.name ?? "constant");
			return {
				label,
				description: same ? now : undefined,
				change: (file) => (same ? file : { ...file, decay: { name } }),
			};
		}),
		separator(t("mini-batch sizes")),
		...BATCH_SIZES.map(
			(size): Variant => ({
				label: size === "full" ? t("Full batch") : t("Mini-batch of {0}", size),
				description: size === batchSize ? now : undefined,
				change: (file) => ({ ...file, batchSize: size }),
			}),
		),
	];
}
