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

const yes = /^(true|t|yes|y|on|1)$/i;
const no = /^(false|f|no|n|off|0)$/i;

export const describeBoolean: Describe = (column) => {
	const { cells } = column;
	if (cells.type !== "texts" || !cells.texts.every(isTruth)) return undefined;
	// "f" beside "n" may be anything
	const words = new Set(cells.texts.map((text) => text.toLowerCase()));
	if (words.size > 2 || !cells.texts.some((text) => yes.test(text))) return undefined;
	return { ...textSummary(column, cells), kind: "boolean" };
};

/** @returns whether a text says yes or no */
export function isTruth(text: string): boolean {
	return yes.test(text) || no.test(text);
}

/** @returns of each text 1 for true, 0 for false, NaN for neither */
function truths(texts: readonly string[]): number[] {
	return texts.map((text) => (yes.test(text) ? 1 : no.test(text) ? 0 : Number.NaN));
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

	encoder({ impute, shift, scale }, column) {
		const cells = textsOf(column);
		const truth = truths(cells.texts);
		return (block, { count, from, to }, x, offset) => {
			const codes = cells.read(block);
			for (let k = 0; k < count; k++) {
				const code = codes[from[k]];
				x[to[k] + offset] = ((code < 0 ? impute : truth[code]) - shift) / scale;
			}
		};
	},
};
