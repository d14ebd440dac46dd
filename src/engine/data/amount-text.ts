/** Amounts as texts: numbers with thousands marks, a currency, a percent sign or another unit. */
import { isNumber } from "./number-text.ts";

/** What parts a number's fraction. */
export type DecimalMark = "." | ",";

/** How a column's amounts are written. */
export interface AmountForm {
	/** the other mark may part thousands */
	decimal: DecimalMark;
	/** the currency, the percent sign or the unit that they have; "" for none */
	unit: string;
}

const mostCharacters = 64;
/** texts that are looked at to tell that a column has no amounts, and to tell how they are written */
const fewTexts = 1000;
const manyTexts = 10_000;

const currency = String.raw`\p{Sc}|USD|EUR|GBP|CHF|JPY|CNY|INR|KRW|AUD|CAD|SEK|NOK|DKK|PLN|BRL`;
/** kg, km/h, m², m2, °C, sq ft */
const measure = String.raw`[\p{L}°µ][\p{L}°µ²³/·]{0,15}[23]?(?: \p{L}{1,15})?`;
const space = "[ \\u00a0\\u202f]";
const sign = String.raw`[+\-\u2212]`;

/** A number does not begin with 0: zip codes and telephone numbers do. */
function pattern(decimal: DecimalMark, thousands: DecimalMark): RegExp {
	const whole = String.raw`0|[1-9]\d*|[1-9]\d{0,2}(?:(?<mark>[${thousands}'’\u00a0\u202f])\d{3})(?:\k<mark>\d{3})*`;
	return new RegExp(
		`^(?<outer>${sign})?(?:(?<before>${currency})${space}?)?(?<inner>${sign})?` +
			String.raw`(?<whole>${whole})?(?:[${decimal}](?<fraction>\d+))?(?:${space}?(?<after>${currency}|%|${measure}))?$`,
		"u",
	);
}

/** numbers of notes or of a list */
const marker = /^\(\d+\)$/;
/** of a computer: its parts are no thousands */
const address = /^(?:\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])(?:\.(?:\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])){3}$/;

const patterns: Record<DecimalMark, RegExp> = { ".": pattern(".", ","), ",": pattern(",", ".") };

/** @returns the number as it is written, 5.3 of "5.3%"; NaN for a text that is no amount, or one of another unit */
export function readAmount(text: string, { decimal, unit }: AmountForm): number {
	const amount = parse(text, decimal);
	if (!amount) return Number.NaN;
	// 5 may be 5% or 500%; beside prices it is a price, beside weights a weight
	return amount.unit === unit || (amount.unit === "" && unit !== "%") ? amount.value : Number.NaN;
}

/** Brackets stand for a minus, as in accounts: the currency may stand in them or beside them. */
const bracketed = /^([^()\d]*)\(([^()]+)\)([^()\d]*)$/;

function parse(text: string, decimal: DecimalMark): { value: number; unit: string } | undefined {
	const brackets = bracketed.exec(text);
	if (!brackets) return parseSigned(text, decimal);
	const amount = new RegExp(sign).test(text) ? undefined : parseSigned(brackets.slice(1).join(""), decimal);
	return amount && { ...amount, value: -amount.value };
}

function parseSigned(text: string, decimal: DecimalMark): { value: number; unit: string } | undefined {
	const found = text.length <= mostCharacters ? patterns[decimal].exec(text)?.groups : undefined;
	if (!found) return undefined;
	const { outer, before, inner, whole = "", fraction = "", after } = found;
	if (whole + fraction === "" || (outer && inner) || (before && after)) return undefined;
	const value = Number(`${whole.replace(/\D/g, "")}.${fraction}`);
	return { value: (outer ?? inner ?? "+") === "+" ? value : -value, unit: before ?? after ?? "" };
}

/**
 * Tells how a column's texts write amounts. Where comma and point could each be either, as in "1,234", the point parts the
 * fraction unless the table says otherwise.
 *
 * @param table what parts fractions in the table's other columns
 * @param share of the texts that must be amounts
 * @returns undefined when fewer are, or they are plain numbers
 */
export function amountFormOf(texts: readonly string[], table: DecimalMark = ".", share = 1): AmountForm | undefined {
	// most columns of texts have none
	const form = formOf(some(texts, fewTexts), table, share);
	return form && texts.length > fewTexts ? formOf(some(texts, manyTexts), table, share) : form;
}

function some(texts: readonly string[], most: number): readonly string[] {
	const every = Math.ceil(texts.length / most);
	return every > 1 ? texts.filter((_, i) => i % every === 0) : texts;
}

function formOf(texts: readonly string[], table: DecimalMark, share: number): AmountForm | undefined {
	const forms = [table, table === "." ? "," : "."] as const;
	const [first, second] = forms.map((decimal) => {
		const form = { decimal, unit: commonUnit(texts, decimal) };
		return { form, count: texts.filter((text) => !Number.isNaN(readAmount(text, form))).length };
	});
	const best = second.count > first.count ? second : first;
	if (texts.every((text) => marker.test(text)) || texts.every((text) => address.test(text))) return undefined;
	const plain = texts.filter(isNumber).length;
	return best.count > plain && best.count >= share * texts.length ? best.form : undefined;
}

/** @returns the unit that most of the texts have that have any */
function commonUnit(texts: readonly string[], decimal: DecimalMark): string {
	const counts = new Map<string, number>();
	for (const text of texts) {
		const unit = parse(text, decimal)?.unit;
		if (unit) counts.set(unit, (counts.get(unit) ?? 0) + 1);
	}
	return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? "";
}
