/** From values of JSON to cells. */
import type { Texts } from "../../cells/text-cells.ts";
import type { RawVector } from "../../duck.ts";
import { isMissing } from "../../missing-marks.ts";
import { isNumber } from "../../number-text.ts";

/** Values of some rows: of each column, in the order of the plan, an array; undefined where a row has none. */
export interface Batch {
	rows: number;
	columns: (unknown[] | undefined)[];
}

/** What the values of a column are, as far as they were looked at. */
export class ColumnPlan {
	readonly name: string;
	numbers = true;
	/** it seemed to be of numbers, but a later value was none */
	brokenNumbers = false;
	/** lists or objects */
	nested = false;
	private counted = 0;

	constructor(name: string) {
		this.name = name;
	}

	/** Looks at more values. */
	widen(values: readonly unknown[]): void {
		const before = this.counted;
		for (const value of values) {
			if (typeof value === "object" && value !== null) this.nested = true;
			const number = toNumber(value);
			if (number === undefined) this.numbers = false;
			else if (!Number.isNaN(number)) this.counted++;
		}
		if (!this.numbers && before > 0) this.brokenNumbers = true;
	}

	/** @returns the cells of some rows, undefined when one does not fit the plan */
	cells(values: readonly unknown[] | undefined, from: number, to: number): RawVector | Texts | undefined {
		if (this.numbers && !this.nested) {
			const numbers = new Float64Array(to - from).fill(Number.NaN);
			for (let i = from; values && i < to; i++) {
				const value = values[i];
				const number = typeof value === "number" ? value : toNumber(value);
				if (number === undefined) return undefined;
				numbers[i - from] = number;
			}
			return { data: new Uint8Array(numbers.buffer), validity: null };
		}
		const texts: (string | null)[] = new Array(to - from).fill(null);
		for (let i = from; values && i < to; i++) {
			const value = values[i];
			if (value === null || value === undefined) continue;
			if (typeof value === "object" && !this.nested) return undefined;
			texts[i - from] = this.nested ? "..." : String(value);
		}
		return texts;
	}
}

/** @returns the number that a value is or reads as, NaN for none, undefined when it is something else */
function toNumber(value: unknown): number | undefined {
	if (typeof value === "number") return value;
	if (value === null || value === undefined) return Number.NaN;
	if (typeof value !== "string") return undefined;
	if (isMissing(value)) return Number.NaN;
	if (!isNumber(value)) return undefined;
	const number = Number(value);
	return Number.isNaN(number) ? (value.includes("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY) : number;
}
