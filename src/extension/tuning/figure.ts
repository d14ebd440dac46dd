/** @returns a number with so many digits that count: 0.0312, 3.72e-6 */
export function figure(value: number, digits = 3): string {
	const rounded = Number(value.toPrecision(digits));
	return Math.abs(rounded) < 1e-4 && rounded !== 0 ? rounded.toExponential() : String(rounded);
}
