/** Numbers as hints and hovers write them. */

const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** 1234567 -> "1,234,567", 12.75 -> "12.8", 0.0128 -> "0.0128" */
export function amount(value: number): string {
	return Math.abs(value) >= 100 ? whole.format(value) : String(Number(value.toPrecision(3)));
}

/** A learning rate to three digits: 0.00769, 7.7e-7 */
export function rateText(value: number): string {
	return String(Number(value.toPrecision(3)));
}

/** "1 step", "10 steps" */
export function counted(value: number, unit: string): string {
	const text = amount(value);
	return `${text} ${text === "1" ? unit.replace(/s$/, "") : unit}`;
}
