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

/** What is known of the data that a text trains on. */
export interface Data {
	/** those that the program itself keeps from training are among them */
	rows: number;
	/** as a person names it: "data/table.csv" */
	name?: string;
}

/** What hints are told of. */
export interface Text {
	facts: Facts;
	run: KnownRun;
	data?: Data;
}

/** Texts of the user's own files stand in Markdown. */
export function escaped(text: string): string {
	return text.replace(/[\\`*_{}[\]#!|<>~&]/g, "\\$&");
}

/** @returns the number that the text gives to a parameter, undefined when it gives none or a library's default holds */
export function givenNumber(p: Parameter): number | undefined {
	return p.at && typeof p.value === "number" && Number.isFinite(p.value) ? p.value : undefined;
}
