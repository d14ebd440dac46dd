import { part } from "../row-parts.ts";
import type { Describe, FeatureKind } from "./kind.ts";
import { textSummary, textsOf } from "./texts.ts";

/** most levels that are one-hot encoded */
export const maxLevels = 50;

/** one input a level, 1 for its level and 0 else; of two levels only the second has one. Other levels: all 0 */
export interface CategoricalColumn {
	name: string;
	kind: "categorical";
	impute: string;
	levels: string[];
}

export const describeCategorical: Describe = (column) =>
	column.cells.type === "texts" ? { ...textSummary(column, column.cells), kind: "categorical" } : undefined;

export const categorical: FeatureKind<CategoricalColumn> = {
	width: ({ distinct = maxLevels }) => (distinct > 2 ? Math.min(distinct, maxLevels) : 1),

	async fit(column, training) {
		const cells = textsOf(column);
		const counts = new Float64Array(cells.texts.length);
		await training.blocks((block, parts) => {
			const codes = cells.read(block);
			for (let i = 0; i < codes.length; i++) if (parts[i] === part.train && codes[i] >= 0) counts[codes[i]]++;
		});
		const levels = cells.texts.filter((_, code) => counts[code] > 0).sort();
		const countOf = new Map(cells.texts.map((text, code) => [text, counts[code]]));
		let impute = levels[0] ?? "";
		for (const level of levels) if (countOf.get(level)! > countOf.get(impute)!) impute = level;
		return { name: column.name, kind: "categorical", impute, levels };
	},

	inputs: ({ name, levels }) => encodedLevels(levels).map((level) => `${name}=${level}`),

	encode({ impute, levels }, column, block, { count, from, to }, x, offset) {
		const cells = textsOf(column);
		const codes = cells.read(block);
		const inputs = encodedLevels(levels);
		const inputOf = cells.texts.map((text) => inputs.indexOf(text));
		const imputed = inputs.indexOf(impute);
		for (let k = 0; k < count; k++) {
			const at = to[k] + offset;
			const code = codes[from[k]];
			x.fill(0, at, at + inputs.length);
			const input = code < 0 ? imputed : inputOf[code];
			if (input >= 0) x[at + input] = 1;
		}
	},
};

function encodedLevels(levels: string[]): string[] {
	return levels.length === 2 ? levels.slice(1) : levels;
}
