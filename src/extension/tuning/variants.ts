import type * as vscode from "vscode";
import { QuickPickItemKind } from "vscode";
import type { DecayName, OptimizerName, RunFile } from "../../engine/protocol/run.ts";

/** A run that differs from another in one thing. */
export interface Variant extends vscode.QuickPickItem {
	change(file: RunFile): RunFile;
}

const OPTIMIZERS: [OptimizerName, string][] = [
	["gradientDescent", "Gradient descent"],
	["momentum", "Momentum"],
	["rmsprop", "RMSprop"],
	["adam", "Adam"],
	["adamw", "AdamW"],
	["adagrad", "Adagrad"],
	["nadam", "NAdam"],
	["lion", "Lion"],
];
/** Those of the notes: compared unless told otherwise. */
const USUAL: ReadonlySet<OptimizerName> = new Set(["gradientDescent", "momentum", "rmsprop", "adam"]);
const DECAYS: [DecayName, string][] = [
	["constant", "Constant"],
	["inverseTime", "Inverse time"],
	["exponential", "Exponential"],
	["staircase", "Staircase"],
	["cosine", "Cosine"],
	["linear", "Linear"],
	["oneCycle", "One cycle"],
];
const BATCH_SIZES = [16, 32, 64, 128, 256, 512, "full"] as const;

/** @returns what a run can be compared with itself in: optimizers, schedules and mini-batch sizes */
export function variantsOf({ optimizer, decay, batchSize }: RunFile): Variant[] {
	const separator = (label: string): Variant => ({ label, kind: QuickPickItemKind.Separator, change: (file) => file });
	const now = "as it is";
	return [
		separator("optimizers, each other one with its own learning rate"),
		...OPTIMIZERS.map(([name, label]): Variant => {
			const same = name === (optimizer?.name ?? "adam");
			const preset = optimizer?.preset;
			return {
				label,
				description: same ? now : undefined,
				picked: USUAL.has(name),
				change: (file) => (same ? file : { ...file, optimizer: { name, ...(preset ? { preset } : {}) } }),
			};
		}),
		separator("learning-rate schedules"),
		...DECAYS.map(([name, label]): Variant => {
			const same = name === (decay?.name ?? "constant");
			return {
				label,
				description: same ? now : undefined,
				change: (file) => (same ? file : { ...file, decay: { name } }),
			};
		}),
		separator("mini-batch sizes"),
		...BATCH_SIZES.map(
			(size): Variant => ({
				label: size === "full" ? "Full batch" : `Mini-batch of ${size}`,
				description: size === batchSize ? now : undefined,
				change: (file) => ({ ...file, batchSize: size }),
			}),
		),
	];
}
