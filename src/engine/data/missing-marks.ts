/** Texts that stand for "no value" in the tables that people have. */
const words = ["", "?", "-", "NA", "N/A", "n/a", "na", "NaN", "nan", "NAN", "null", "NULL", "Null", "#N/A", "<NA>"];

const known = new Set(words);

/** Every mark as DuckDB is to take it: some tables write a space after the delimiter. */
export const missingMarks: readonly string[] = [...words, ...words.map((word) => ` ${word}`)];

/** @param text a cell, with or without spaces around it */
export function isMissing(text: string): boolean {
	return known.has(text) || known.has(text.trim());
}
