/** What a person may type into a hyperparameter's field, and the one sentence that says why it was not taken. */
import { t } from "../../src/l10n.ts";

export type Parsed<T> = { ok: true; value: T | null } | { ok: false; message: string };

/** An empty field means the default: null. */
type Parser<T> = (text: string) => Parsed<T>;

function number(accepts: (value: number) => boolean, message: string): Parser<number> {
	return (text) => {
		const trimmed = text.trim();
		if (trimmed === "") return { ok: true, value: null };
		// Number() would take "0x10" and "Infinity", too
		const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(trimmed) ? Number(trimmed) : Number.NaN;
		return Number.isFinite(value) && accepts(value) ? { ok: true, value } : { ok: false, message };
	};
}

/** Whole numbers may be grouped: 1,000. */
function whole(least: number, most: number, message: string): Parser<number> {
	const parse = number((value) => Number.isInteger(value) && value >= least && value <= most, message);
	return (text) => parse(/^\d{1,3}(,\d{3})+$/.test(text.trim()) ? text.replaceAll(",", "") : text);
}

export const parseLearningRate = number((value) => value > 0, t("A number above 0, such as 0.001."));
export const parseBeta = number((value) => value >= 0 && value < 1, t("A number from 0 to below 1, such as 0.9."));
export const parseDecayRate = number((value) => value >= 0, t("0 or a number above 0, such as 1."));
export const parseDecayBase = number(
	(value) => value > 0 && value <= 1,
	t("A number above 0, at most 1, such as 0.95."),
);
export const parseL2 = number((value) => value >= 0, t("0 or a number above 0, such as 0.01."));
export const parseEpochs = whole(1, 1_000_000, t("A whole number from 1 to 1,000,000."));
export const parseSeed = whole(0, 4_294_967_295, t("A whole number from 0 to 4,294,967,295."));

const parseRows = whole(1, 1_000_000_000, t("A whole number of rows, or full."));

export function parseBatchSize(text: string): Parsed<number | "full" | "auto"> {
	const word = text.trim().toLowerCase();
	return word === "full" || word === "auto" ? { ok: true, value: word } : parseRows(text);
}

/** "64, 32" or "64 32"; "none" or "0" is a model without hidden layers. */
export function parseLayers(text: string): Parsed<number[]> {
	const word = text.trim().toLowerCase();
	if (word === "") return { ok: true, value: null };
	if (word === "none" || word === t("none") || word === "0") return { ok: true, value: [] };
	const widths = word.split(/\s*[,;\s]\s*/);
	const good = widths.every((width) => /^[1-9]\d{0,4}$/.test(width) && Number(width) <= 65_536);
	if (!good || widths.length > 32) {
		return { ok: false, message: t("Widths such as 64, 32 (at most 32 layers, each 1 to 65,536), or none.") };
	}
	return { ok: true, value: widths.map(Number) };
}

export function formatLayers(layers: readonly number[]): string {
	return layers.length === 0 ? t("none") : layers.join(", ");
}
