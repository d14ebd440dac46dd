/** The words of the panel and of what is said of code: English in their place, and what a bundle has instead. */

let bundle: ReadonlyMap<string, string> = new Map();

/**
 * Takes the words that `t` gives from now on.
 * @param json translations by their English text; what is not that leaves everything in English
 */
export function setBundle(json: string): void {
	try {
		const entries = Object.entries(JSON.parse(json));
		if (entries.every((entry): entry is [string, string] => typeof entry[1] === "string")) bundle = new Map(entries);
	} catch {
		// no bundle
	}
}

/** Whether no other words are known. */
export function isEnglish(): boolean {
	return bundle.size === 0;
}

/**
 * @param message English, with {0}, {1} where the values go; a literal, or a choice of two for one and for many, so that
 *   every text that needs a translation can be found
 * @returns the message in the language of the window, where it is translated
 */
export function t(message: string, ...values: (string | number)[]): string {
	const words = bundle.get(message) ?? message;
	if (values.length === 0) return words;
	return words.replace(/\{(\d+)\}/g, (mark, place) => String(values[place] ?? mark));
}
