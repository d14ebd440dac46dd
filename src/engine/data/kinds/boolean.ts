import { part } from "../row-parts.ts";
import type { Describe, FeatureKind } from "./kind.ts";
import { type Scale, scaleOf } from "./scale.ts";
import { textSummary, textsOf } from "./texts.ts";

/** true is 1 and false 0, then (value - shift) / scale; impute is the more frequent */
export interface BooleanColumn extends Scale {
	name: string;
	kind: "boolean";
	impute: number;
}

export const describeBoolean: Describe = (column) => {
	const { cells } = column;
	if (cells.type !== "texts" || !cells.texts.every((text) => /^(true|false)$/i.test(text))) return undefined;
	return { ...textSummary(column, cells), kind: "boolean" };
};

/** @returns of each text 1 for true and 0 for false */
function truths(texts: readonly string[]): number[] {
	return texts.map((text) => (/^true$/i.test(text) ? 1 : 0));
}

export const boolean: FeatureKind<BooleanColumn> = {
	width: () => 1,

	async fit(column, training, scaling) {
		const cells = textsOf(column);
		const truth = truths(cells.texts);
		const counts = [0, 0];
		let missing = 0;
		await training.blocks((block, parts) => {
			const codes = cells.read(block);
			for (let i = 0; i < codes.length; i++) {
				if (parts[i] !== part.train) continue;
				if (codes[i] < 0) missing++;
				else counts[truth[codes[i]]]++;
			}
		});
		const impute = counts[1] > counts[0] ? 1 : 0;
		counts[impute] += missing;
		const mean = counts[1] / (counts[0] + counts[1]);
		const moments = {
			mean,
			deviation: Math.sqrt(mean * (1 - mean)),
			min: counts[0] > 0 ? 0 : 1,
			max: counts[1] > 0 ? 1 : 0,
		};
		return { name: column.name, kind: "boolean", impute, ...scaleOf(scaling, moments) };
	},

	inputs: ({ name }) => [name],

	encode({ impute, shift, scale }, column, block, { count, from, to }, x, offset) {
		const cells = textsOf(column);
		const codes = cells.read(block);
		const truth = truths(cells.texts);
		for (let k = 0; k < count; k++) {
			const code = codes[from[k]];
			x[to[k] + offset] = ((code < 0 ? impute : truth[code]) - shift) / scale;
		}
	},
};
