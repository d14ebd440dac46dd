import { InputError } from "../../input-error.ts";
import type { Scaling } from "../../protocol/dataset.ts";
import type { NumberFacts } from "../cells/number-facts.ts";
import type { Moments } from "../moments.ts";

/** input = (value - shift) / scale */
export interface Scale {
	shift: number;
	scale: number;
}

/** @returns the scale that a column's training rows give; what has no spread is shifted only */
export function scaleOf(scaling: Scaling, { mean, deviation, min, max }: Omit<Moments, "impute">): Scale {
	if (scaling === "none") return { shift: 0, scale: 1 };
	const [shift, scale] = scaling === "minMax" ? [min, max - min] : [mean, deviation];
	// what rounding leaves of a constant is no spread
	return { shift, scale: scale > Math.abs(mean) * 1e-14 ? scale : 1 };
}

const largestFloat = 3.4028234663852886e38;

/** @throws InputError when a value of the column, in whatever row, does not fit a float once it is scaled */
export function checkRange(column: string, { shift, scale }: Scale, facts: NumberFacts): void {
	for (const value of [facts.min, facts.max]) {
		// written so that a NaN counts as too large
		if (Math.abs((value - shift) / scale) <= largestFloat) continue;
		throw new InputError(
			`Column "${column}": its numbers are too far apart to scale; scale them down or correct the outlier.`,
		);
	}
}
