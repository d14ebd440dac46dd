import type { RunFile } from "../../engine/protocol/run-file.ts";
import { t } from "../../l10n.ts";
import type { Parameter } from "../facts.ts";
import type { KnownRun } from "../rates/index.ts";

/** What the text does not say, or what Descent does otherwise than the text. */
export interface Assumption {
	/** "learning rate" */
	name: string;
	/** what is taken: "0.001" */
	value: string;
	/** as the end of a sentence: "it is read from a file" */
	why: string;
}

/** What a loop comes to as a run file, but for its dataset. */
export interface LoopRun {
	run: Omit<RunFile, "dataset">;
	/** name of the text's schedule, whose rates are the points of the run's decay */
	schedule?: string;
	/** share of the rows that the text keeps from training */
	heldOut?: number;
	/** how the text counts, as far as that is known */
	counts: Pick<KnownRun, "rows" | "stepsPerEpoch">;
	assumed: Assumption[];
	/** what is wrong with a value, so that nothing can be trained: a sentence */
	problem?: string;
}

/** Why a parameter has no value that can be used. */
export function reason({ unknown, value }: Parameter): string {
	return unknown ?? t("{0} is none", String(JSON.stringify(value)));
}
