import type { Facts, Parameter } from "../facts.ts";
import type { KnownRun } from "../rates/index.ts";

/** A few words after a value. */
export interface Hint {
	/** where they stand: the end of the value */
	offset: number;
	text: string;
	/** why, in a sentence or two of Markdown */
	tooltip: string;
}

/** What a hyperparameter comes to, in the words of a hint. */
export type Words = Omit<Hint, "offset">;

/** What hints are told of. */
export interface Text {
	facts: Facts;
	run: KnownRun;
}

/** @returns the number that the text gives to a parameter, undefined when it gives none or a library's default holds */
export function givenNumber(p: Parameter): number | undefined {
	return p.at && typeof p.value === "number" && Number.isFinite(p.value) ? p.value : undefined;
}
