/** each digit can be matched in one way only: a cell may hold a million of them before it turns out to be a text */
const number = /^\s*[+-]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|inf(?:inity)?)\s*$/i;

/** @returns whether a cell reads as a number (with a decimal point) */
export function isNumber(text: string): boolean {
	return number.test(text);
}

const digits = /^\s*\d+\s*$/;
const leadingZero = /^\s*0\d/;

/** @returns the first text that begins with a 0 where all are digits alone: codes such as zip codes, which count nothing */
export function codeAmong(texts: readonly string[]): string | undefined {
	const code = texts.find((text) => leadingZero.test(text));
	return code !== undefined && texts.every((text) => digits.test(text)) ? code.trim() : undefined;
}

const decimalComma = /^\s*[+-]?\d+,\d+(?:[eE][+-]?\d+)?\s*$/;

/** @returns the number that a cell reads as, with a decimal point or comma; NaN when it is none */
export function readNumber(text: string): number {
	if (isNumber(text)) return /inf/i.test(text) ? Number(`${text.includes("-") ? "-" : ""}Infinity`) : Number(text);
	return decimalComma.test(text) ? Number(text.replace(",", ".")) : Number.NaN;
}

/** @returns the shortest decimal that stands for this 32-bit float: 0.1 and not 0.10000000149011612 */
export function shortestDecimal(single: number): number {
	for (let digits = 6; digits < 9; digits++) {
		const decimal = Number(single.toPrecision(digits));
		if (Math.fround(decimal) === single) return decimal;
	}
	return Number(single.toPrecision(9));
}
