import { isNumber } from "../number-text.ts";
import { part } from "../row-parts.ts";
import type { Describe, FeatureKind } from "./kind.ts";
import { textSummary, textsOf } from "./texts.ts";

/** most levels that have an input of their own */
export const maxLevels = 50;
/** a level of fewer training rows than this, and than one in so many, goes with the other rare ones */
const rareRows = 10;
const rareShare = 1 / 200;

/**
 * One input a level, 1 for its level and 0 else; of two levels only the second has one. Where levels are grouped, one more
 * input is 1 for any other level; else they are all 0.
 */
export interface CategoricalColumn {
	name: string;
	kind: "categorical";
	/** stands for a missing value; "" for the group */
	impute: string;
	levels: string[];
	/** rare levels, and those above the most, share an input */
	grouped?: true;
}

export const describeCategorical: Describe = (column) =>
	column.cells.type === "texts" ? { ...textSummary(column, column.cells), kind: "categorical" } : undefined;

export const categorical: FeatureKind<CategoricalColumn> = {
	width: ({ distinct = maxLevels }) => (distinct > maxLevels ? maxLevels + 1 : distinct > 2 ? distinct : 1),

	async fit(column, training) {
		const cells = textsOf(column);
		const counts = new Float64Array(cells.texts.length);
		let rows = 0;
		await training.blocks((block, parts) => {
			const codes = cells.read(block);
			for (let i = 0; i < codes.length; i++) {
				if (parts[i] !== part.train) continue;
				rows++;
				if (codes[i] >= 0) counts[codes[i]]++;
			}
		});
		const seen = cells.texts.map((text, code) => ({ text, count: counts[code] })).filter(({ count }) => count > 0);
		seen.sort((a, b) => b.count - a.count || (a.text < b.text ? -1 : 1));
		const least = Math.min(rareRows, rows * rareShare);
		const most = seen.slice(0, maxLevels);
		// where all are rare, some are better than none
		const frequent = most.length > 0 && most[0].count < least ? most : most.filter(({ count }) => count >= least);
		const rare = seen.slice(frequent.length).reduce((sum, { count }) => sum + count, 0);
		const mostFrequent = frequent.length > 0 && frequent[0].count >= rare;
		return {
			name: column.name,
			kind: "categorical",
			impute: mostFrequent ? frequent[0].text : "",
			levels: frequent.map(({ text }) => text).sort(),
			...(rare > 0 ? { grouped: true } : {}),
		};
	},

	inputs: ({ name, levels, grouped }) => [
		...encodedLevels(levels, grouped).map((level) => `${name}=${level}`),
		...(grouped ? [`${name}=(other)`] : []),
	],

	encoder({ impute, levels, grouped }, column) {
		const cells = textsOf(column);
		const encoded = encodedLevels(levels, grouped);
		const inputs = new Map(encoded.map((level, i) => [level, i]));
		const width = encoded.length + (grouped ? 1 : 0);
		const known = new Set(levels);
		// a number may be written otherwise in another table: 1 and 1.0 and 01
		const numbers = new Map(levels.filter(isNumber).map((level) => [Number(level), level]));
		const inputOf = (text: string) => {
			const level = known.has(text) ? text : isNumber(text) ? numbers.get(Number(text)) : undefined;
			return level === undefined ? (grouped ? encoded.length : -1) : (inputs.get(level) ?? -1);
		};
		const inputOfCode = Int32Array.from(cells.texts, inputOf);
		const imputed = impute === "" ? inputOf("") : (inputs.get(impute) ?? -1);
		return (block, { count, from, to }, x, offset) => {
			const codes = cells.read(block);
			for (let k = 0; k < count; k++) {
				const at = to[k] + offset;
				const code = codes[from[k]];
				x.fill(0, at, at + width);
				const input = code < 0 ? imputed : inputOfCode[code];
				if (input >= 0) x[at + input] = 1;
			}
		};
	},
};

/** Of two levels and no other, the second says all. */
function encodedLevels(levels: string[], grouped: true | undefined): string[] {
	return levels.length === 2 && !grouped ? levels.slice(1) : levels;
}
