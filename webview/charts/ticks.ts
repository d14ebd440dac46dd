/** Where an axis is divided and how the divisions are labelled: round steps, exact labels, none twice. */
import { scientific } from "../format.ts";

/** 1, 2 or 5 times a power of ten, at least `rough`. */
export function niceStep(rough: number): number {
	const power = 10 ** Math.floor(Math.log10(rough));
	const share = rough / power;
	const factor = share <= 1 + 1e-9 ? 1 : share <= 2 + 1e-9 ? 2 : share <= 5 + 1e-9 ? 5 : 10;
	return factor * power;
}

/** Round values within [min, max], at most `most` of them; `whole` keeps the step an integer. */
export function linearTicks(min: number, max: number, most: number, whole = false): number[] {
	if (!(max > min) || !Number.isFinite(max - min) || most < 1) return [];
	let step = niceStep((max - min) / most);
	if (whole) step = Math.max(1, Math.round(step));
	const ticks: number[] = [];
	const last = Math.floor(max / step + 1e-9);
	for (let i = Math.ceil(min / step - 1e-9); i <= last && ticks.length < 100; i++) ticks.push(tidy(i * step));
	return ticks;
}

/** Ticks of a logarithmic axis: decades (thinned), 1-2-5 within few decades, linear within less than one. */
export function logTicks(min: number, max: number, most: number, whole = false): number[] {
	if (!(min > 0) || !(max > min) || !Number.isFinite(max) || most < 1) return [];
	const decades = Math.log10(max / min);
	if (decades < 0.8) return linearTicks(min, max, most, whole);
	const first = Math.floor(Math.log10(min) + 1e-9);
	const last = Math.ceil(Math.log10(max) - 1e-9);
	for (const factors of [
		[1, 2, 5],
		[1, 3],
	]) {
		const ticks: number[] = [];
		for (let decade = first; decade <= last; decade++) {
			for (const factor of factors) {
				const value = tidy(factor * 10 ** decade);
				if (value >= min * (1 - 1e-9) && value <= max * (1 + 1e-9)) ticks.push(value);
			}
		}
		if (ticks.length <= most) return ticks;
	}
	const stride = Math.max(1, Math.ceil(decades / most));
	const ticks: number[] = [];
	for (let decade = Math.ceil(first / stride) * stride; decade <= last; decade += stride) {
		const value = tidy(10 ** decade);
		if (value >= min * (1 - 1e-9) && value <= max * (1 + 1e-9)) ticks.push(value);
	}
	return ticks;
}

/** What lies along an x axis: iterations, which are whole numbers, or learning rates. */
interface Along {
	logX: boolean;
	rates?: boolean;
}

/** Ticks of an x axis. */
export function xTicks(min: number, max: number, most: number, { logX, rates }: Along): number[] {
	return logX ? logTicks(min, max, most, !rates) : linearTicks(min, max, most, !rates);
}

/** Labels of an x axis: of iterations on a logarithmic one each as short as it can be written. */
export function xLabels(ticks: readonly number[], { logX, rates }: Along): string[] {
	if (logX && rates) return logLabels(ticks);
	const decades = logX && ticks.length > 2 && ticks[1] - ticks[0] !== ticks[2] - ticks[1];
	return decades ? ticks.flatMap((tick) => linearLabels([tick])) : linearLabels(ticks);
}

/** Labels of a linear axis, all written the same way with just the digits that the step needs. */
export function linearLabels(ticks: readonly number[]): string[] {
	if (ticks.length === 0) return [];
	const largest = Math.max(...ticks.map(Math.abs));
	const step = ticks.length > 1 ? Math.abs(ticks[1] - ticks[0]) : largest || 1;
	if (largest >= 1e15 || (largest > 0 && largest < 1e-3)) {
		const digits = Math.max(0, Math.floor(Math.log10(largest) + 1e-9) - Math.floor(Math.log10(step) + 1e-9));
		return ticks.map((tick) => (tick === 0 ? "0" : scientific(tick, Math.min(digits + 1, 15))));
	}
	const compact = largest >= 1e5;
	const unit = compact ? 1000 ** Math.floor(Math.log10(largest) / 3 + 1e-9) : 1;
	const decimals = Math.min(15, Math.max(0, -Math.floor(Math.log10(step / unit) + 1e-9)));
	const suffix = compact ? (["", "K", "M", "B", "T"][Math.round(Math.log10(unit) / 3)] ?? "") : "";
	const format = new Intl.NumberFormat("en-US", {
		minimumFractionDigits: compact ? 0 : decimals,
		maximumFractionDigits: decimals,
	});
	return ticks.map((tick) => (tick === 0 ? "0" : format.format(tick / unit) + suffix));
}

/** Labels of a logarithmic axis: each as short as it can be written. */
export function logLabels(ticks: readonly number[]): string[] {
	if (ticks.length > 2 && ticks[ticks.length - 1] / ticks[0] < 10) {
		const step = ticks[1] - ticks[0];
		if (Math.abs(ticks[2] - ticks[1] - step) < step * 1e-6) return linearLabels(ticks);
	}
	const format = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 6 });
	return ticks.map((tick) => (tick >= 1e5 || tick < 1e-3 ? scientific(tick, 5) : format.format(tick)));
}

/** Takes the noise of i * step away: 0.30000000000000004 becomes 0.3. */
function tidy(value: number): number {
	return Number(value.toPrecision(12));
}
