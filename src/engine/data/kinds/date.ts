import type { DateOrder } from "../../protocol/dataset.ts";
import { type Cycle, CycleFacts, phases } from "../dates/cycles.ts";
import { type DateForm, dayMs, readDate } from "../dates/date-text.ts";
import { fitNumbers } from "../moments.ts";
import type { RawColumn } from "../raw-table.ts";
import type { Describe, FeatureKind } from "./kind.ts";
import { numberSummary, numbersOf } from "./numeric.ts";
import { checkRange, type Scale, scaleOf } from "./scale.ts";
import { clip } from "./texts.ts";

/**
 * Days since 1970, scaled, with impute where there is no date; then sine and cosine of every cycle in which the training
 * rows differ, both 0 where there is no date.
 */
export interface DateColumn extends Scale {
	name: string;
	kind: "date";
	/** how the dates are written */
	form: DateForm;
	impute: number;
	cycles: Cycle[];
}

export const describeDate: Describe = (column) => {
	const { cells, date } = column;
	if (cells.type !== "numbers" || !date) return undefined;
	const cycles = date.cycles.varying;
	const note = orderNote(column);
	const order = openOrder(column);
	return {
		...numberSummary(column, cells),
		kind: "date",
		...(date.form === "timeOfDay" ? { timeOfDay: true } : {}),
		...(cycles.length > 0 ? { cycles } : {}),
		...(note ? { note } : {}),
		...(order ? { dates: order } : {}),
	};
};

/** Says which of day and month was taken to come first, where both are numbers. */
function orderNote({ date, written, order: said }: RawColumn): string | undefined {
	if (!date || !written) return undefined;
	const order = date.form === "dayFirst" ? "day before month" : "month before day";
	if (written.orderShown !== "" && said === undefined) return `${order}, as "${clip(written.orderShown)}" shows`;
	if (written.orderOpen === "") return undefined;
	const day = new Date(readDate(written.orderOpen, date.form)).toISOString().slice(0, 10);
	if (said) return `${order} by choice: "${clip(written.orderOpen)}" is taken as ${day}`;
	return `${order} is a guess, as no value shows it: "${clip(written.orderOpen)}" is taken as ${day}`;
}

/** @returns the order of day and month that the user may want to change, or has chosen */
function openOrder({ date, written, order }: RawColumn): DateOrder | undefined {
	if (!date || !written || (date.form !== "dayFirst" && date.form !== "monthFirst")) return undefined;
	return order || (written.orderOpen !== "" && written.orderShown === "") ? date.form : undefined;
}

export const date: FeatureKind<DateColumn> = {
	width: ({ cycles = [] }) => 1 + 2 * cycles.length,

	async fit(column, training, scaling) {
		const cells = numbersOf(column);
		const { impute, ...moments } = await fitNumbers(cells, training);
		const { shift, scale: spread } = scaleOf(scaling, moments);
		// what is not scaled is in days: of a size that a net can take
		const scale = spread === 1 ? dayMs : spread;
		checkRange(column.name, { shift, scale }, cells.facts);
		const facts = new CycleFacts();
		await training.numbers(cells, (values) => {
			for (let i = 0; i < values.length; i++) facts.add(values[i]);
		});
		const { form } = column.date!;
		return { name: column.name, kind: "date", form, impute, shift, scale, cycles: facts.varying };
	},

	inputs: ({ name, cycles }) => [
		name,
		...cycles.flatMap((cycle) => [`sin ${cycle} of ${name}`, `cos ${cycle} of ${name}`]),
	],

	encoder({ impute, shift, scale, cycles }, column) {
		const cells = numbersOf(column);
		return (block, { count, from, to }, x, offset) => {
			const values = cells.read(block);
			for (let k = 0; k < count; k++) {
				const value = values[from[k]];
				let at = to[k] + offset;
				if (Number.isNaN(value)) {
					x[at++] = (impute - shift) / scale;
					x.fill(0, at, at + 2 * cycles.length);
					continue;
				}
				x[at++] = (value - shift) / scale;
				for (const cycle of cycles) {
					const angle = 2 * Math.PI * phases[cycle](value);
					x[at++] = Math.sin(angle);
					x[at++] = Math.cos(angle);
				}
			}
		};
	},
};
