import { windowOf } from "../src/engine/averages.ts";
import { t } from "../src/l10n.ts";

/** Numbers as the panel writes them: grouped, few digits, never a float's noise. */
const locale = "en-US";
const integers = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const thousandths = new Intl.NumberFormat(locale, { minimumFractionDigits: 3, maximumFractionDigits: 3 });
const significant = [3, 4].map(
	(digits) => new Intl.NumberFormat(locale, { minimumSignificantDigits: digits, maximumSignificantDigits: digits }),
);
const about = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 });
const trimmed = new Intl.NumberFormat(locale, { maximumSignificantDigits: 4 });

export function formatInteger(value: number): string {
	return integers.format(value);
}

/** A moment in the time of the place, as 2025-01-31 14:05:09: texts in their order are moments in theirs. */
export function formatMoment(msSince1970: number): string {
	return new Date(msSince1970).toLocaleString("sv-SE");
}

/** An estimated count: as many digits as it deserves. */
export function formatAbout(value: number): string {
	return about.format(value);
}

/** A cost: as many digits as tell two runs apart, always the same count so that a live number does not jump about. */
export function formatCost(value: number): string {
	const size = Math.abs(value);
	if (!Number.isFinite(value)) return t("not finite");
	if (size === 0) return "0";
	if (size >= 1e6 || size < 1e-4) return scientific(value, 2);
	if (size >= 1000) return integers.format(value);
	return significant[size < 1 ? 0 : 1].format(value);
}

/** A learning rate: no trailing zeros, scientific where plain would be all zeros. */
export function formatRate(value: number): string {
	const size = Math.abs(value);
	if (!Number.isFinite(value)) return t("not finite");
	return size !== 0 && (size >= 1e6 || size < 1e-4) ? scientific(value, 3) : trimmed.format(value);
}

/** A share of 1 (accuracy, R²; the latter of a bad model may be far below 0). */
export function formatShare(value: number): string {
	if (!Number.isFinite(value)) return t("not finite");
	return Math.abs(value) < 1000 ? thousandths.format(value) : scientific(value, 2);
}

/** A value of a table: up to four digits that count, whole numbers in full. */
export function formatFigure(value: number): string {
	const size = Math.abs(value);
	if (Number.isInteger(value) && size < 1e12) return integers.format(value);
	return size >= 1e6 || size < 1e-4 ? scientific(value, 3) : trimmed.format(value);
}

/** A share of 1 in percent: 42 %, 3.5 %, below 0.1 %. */
export function formatPercent(share: number): string {
	const percent = share * 100;
	if (percent > 0 && percent < 0.1) return t("below {0} %", "0.1");
	return `${percent > 0 && percent < 9.95 ? tenths.format(percent) : integers.format(percent)} %`;
}

/** Seconds without their unit: 1.6, 42, 1,205. */
export function formatSeconds(seconds: number): string {
	return seconds < 9.95 ? tenths.format(seconds) : integers.format(seconds);
}

/** A clock: 0:02, 12:40, 3:05:09. */
export function formatClock(seconds: number): string {
	const whole = Math.max(0, Math.ceil(seconds));
	const hours = Math.floor(whole / 3600);
	const minutes = Math.floor(whole / 60) % 60;
	const rest = String(whole % 60).padStart(2, "0");
	return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

const units = ["B", "KB", "MB", "GB", "TB"];

/** Decimal units, as the system's own monitors count. */
export function formatBytes(bytes: number): string {
	let value = Math.max(0, bytes);
	let unit = 0;
	while (value >= 999.5 && unit < units.length - 1) {
		value /= 1000;
		unit++;
	}
	return `${value < 9.95 && unit > 0 ? tenths.format(value) : integers.format(value)} ${units[unit]}`;
}

/** "about 50 steps": how many values an exponentially weighted average with this beta spans. */
export function formatHorizon(beta: number): string {
	if (beta <= 0) return t("no memory");
	const steps = Math.round(windowOf(beta));
	return steps <= 1 ? t("about 1 step") : t("about {0} steps", formatInteger(steps));
}

/** 1.2e-5, without JavaScript's "+" and without zeros at the end of the mantissa. */
export function scientific(value: number, fractionDigits: number): string {
	const [mantissa, exponent] = value.toExponential(fractionDigits).split("e");
	const short = mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa;
	return `${short}e${Number(exponent)}`;
}

/** A 32-bit float in the fewest digits that give the same one back: 0.001, not 0.0010000000474974513. */
export function formatSingle(value: number): string {
	for (let digits = 6; digits < 9; digits++) {
		const short = Number(value.toPrecision(digits));
		if (Math.fround(short) === value) return String(short);
	}
	return String(Number(value.toPrecision(9)));
}
