/** Dates and times of day as texts, and as numbers that stand for them. */

import type { DateOrder } from "../../protocol/dataset.ts";

/** How a column's dates are written; "digits" is 20240131, "seconds" and "milliseconds" count from 1970. */
export type DateForm = "yearFirst" | "dayFirst" | "monthFirst" | "timeOfDay" | NumberForm;
type NumberForm = "digits" | "seconds" | "milliseconds";

const textForms: readonly DateForm[] = ["yearFirst", "dayFirst", "monthFirst", "timeOfDay"];

// a zone is passed over: the hour is meant as it is written
const clock = String.raw`(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?: ?([ap])\.?m\.?)?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?`;
const after = `(?:(?:T|,? +)${clock})?`;
const month = "[a-z]{3,9}";
const pattern = (text: string) => new RegExp(`^${text}$`, "i");
const yearFirst = pattern(String.raw`(\d{4})([-/.])(\d{1,2}|${month})(?:\2(\d{1,2})${after})?`);
const numbers = pattern(String.raw`(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d\d)${after}`);
const dayAndName = pattern(String.raw`(\d{1,2})([-/. ])(${month})\.?[-/., ] ?(\d{4}|\d\d)${after}`);
const nameAndDay = pattern(String.raw`(${month})\.?( )(\d{1,2}),? (\d{4})${after}`);
const timeOfDay = pattern(clock);

const monthNames = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
export const dayMs = 86_400_000;

/** texts that are looked at to tell how dates are written */
const textsLookedAt = 1000;
/** a column is taken for one of dates when so many of its texts are */
const shareOfDates = 0.9;

/** @returns milliseconds from 1970 to the moment that a text names, without any zone; NaN when it names none */
export function readDate(text: string, form: DateForm): number {
	let match: RegExpExecArray | null;
	switch (form) {
		case "yearFirst":
			match = yearFirst.exec(text);
			return match ? moment(match[1], match[3], match[4] ?? "1", match, 5) : Number.NaN;
		case "dayFirst":
			match = numbers.exec(text) ?? dayAndName.exec(text);
			return match ? moment(match[4], match[3], match[1], match, 5) : Number.NaN;
		case "monthFirst":
			match = numbers.exec(text) ?? nameAndDay.exec(text);
			return match ? moment(match[4], match[1], match[3], match, 5) : Number.NaN;
		case "timeOfDay":
			match = timeOfDay.exec(text);
			return match ? timeMs(match, 1) : Number.NaN;
		default:
			return text === "" ? Number.NaN : dateOfNumber(Number(text), form);
	}
}

/** @returns as readDate, of a number */
export function dateOfNumber(value: number, form: DateForm): number {
	if (form === "milliseconds") return value;
	if (form === "seconds") return value * 1000;
	return calendarDay(Math.floor(value / 10_000), Math.floor(value / 100) % 100, value % 100);
}

/**
 * Tells how a column's texts write dates. Where days and months cannot be told apart, the month comes first beside
 * slashes, as in the United States, and the day beside other marks.
 *
 * @param share of the texts that must be dates
 * @param order that the user says they have; it holds where a single text can be read so
 * @returns undefined when fewer are
 */
export function dateFormOf(texts: readonly string[], share = shareOfDates, order?: DateOrder): DateForm | undefined {
	if (order && texts.some((text) => !Number.isNaN(readDate(text, order)))) return order;
	const every = Math.max(1, Math.floor(texts.length / textsLookedAt));
	const some = texts.filter((_, i) => i % every === 0);
	const counts = textForms.map((form) => countDates(some, form));
	const most = Math.max(...counts);
	if (most === 0 || most < some.length * share) return undefined;
	if (counts[1] < most || counts[2] < most) return textForms[counts.indexOf(most)];
	// what tells them apart may be among those that were not looked at
	const [days, months] = every > 1 ? [countDates(texts, "dayFirst"), countDates(texts, "monthFirst")] : counts.slice(1);
	if (days !== months) return days > months ? "dayFirst" : "monthFirst";
	return some[0].includes("/") ? "monthFirst" : "dayFirst";
}

function countDates(texts: readonly string[], form: DateForm): number {
	return texts.filter((text) => !Number.isNaN(readDate(text, form))).length;
}

/** @returns the form that days and months may have been meant in where they are read in this one */
export function otherOrder(form: DateForm): DateOrder | undefined {
	return form === "dayFirst" ? "monthFirst" : form === "monthFirst" ? "dayFirst" : undefined;
}

export function isNumberForm(form: DateForm): boolean {
	return !textForms.includes(form);
}

/** @returns how whole numbers up to `max` stand for dates, or undefined when they can hardly be any */
export function numberFormOf(min: number, max: number): DateForm | undefined {
	const validDay = (value: number) => !Number.isNaN(dateOfNumber(value, "digits"));
	if (min >= 10_000_101 && max <= 99_991_231 && validDay(min) && validDay(max)) return "digits";
	// 1973 to 5138 in seconds and in milliseconds
	if (min >= 1e8 && max <= 1e11) return "seconds";
	return min >= 1e11 && max <= 1e14 ? "milliseconds" : undefined;
}

function moment(yearText: string, monthText: string, dayText: string, match: RegExpExecArray, clockAt: number): number {
	const number = Number(yearText);
	// as POSIX has it: 69 to 99 are of the last century
	const year = yearText.length > 2 ? number : number + (number >= 69 ? 1900 : 2000);
	const named = monthNames.indexOf(monthText.slice(0, 3).toLowerCase()) + 1;
	const monthNumber = named || Number(monthText);
	const midnight = calendarDay(year, monthNumber, Number(dayText));
	return match[clockAt] === undefined ? midnight : midnight + timeMs(match, clockAt);
}

/** @returns NaN where the calendar has no such day */
function calendarDay(year: number, monthNumber: number, day: number): number {
	const ms = Date.UTC(year, monthNumber - 1, day);
	const found = new Date(ms);
	return found.getUTCMonth() === monthNumber - 1 && found.getUTCDate() === day && year >= 100 ? ms : Number.NaN;
}

/** @param at of the hour in the match; minute, second, fraction and half of the day follow */
function timeMs(match: RegExpExecArray, at: number): number {
	const [hourText, minuteText, secondText = "0", fraction = "", half] = match.slice(at, at + 5);
	const [hour, minute, second] = [hourText, minuteText, secondText].map(Number);
	const most = half ? 12 : 23;
	if (hour > most || (half && hour === 0) || minute > 59 || second > 59) return Number.NaN;
	const turned = half ? (hour % 12) + (half.toLowerCase() === "p" ? 12 : 0) : hour;
	return ((turned * 60 + minute) * 60 + second) * 1000 + Math.floor(Number(`0.${fraction || 0}`) * 1000);
}
