/** Where a moment stands in the year, the week and the day. */
import { dayMs } from "./date-text.ts";

export type Cycle = "month" | "weekday" | "hour";

const moment = new Date(0);

/** Share of its cycle that has passed at a moment, from 0 to below 1; the year is twelve months of 31 days. */
export const phases: Record<Cycle, (ms: number) => number> = {
	month(ms) {
		moment.setTime(ms);
		return (moment.getUTCMonth() + (moment.getUTCDate() - 1) / 31) / 12;
	},
	weekday(ms) {
		moment.setTime(ms);
		return moment.getUTCDay() / 7;
	},
	hour: timeOfDay,
};

function timeOfDay(ms: number): number {
	const past = ms % dayMs;
	return (past < 0 ? past + dayMs : past) / dayMs;
}

/** Tells in which cycles some moments differ. */
export class CycleFacts {
	/** a bit each */
	private months = 0;
	private weekdays = 0;
	private days = 0;
	private time = Number.NaN;
	private timeVaries = false;

	/** @param ms a moment; NaN is passed over */
	add(ms: number): void {
		if (Number.isNaN(ms)) return;
		moment.setTime(ms);
		this.months |= 1 << moment.getUTCMonth();
		this.weekdays |= 1 << moment.getUTCDay();
		this.days |= 1 << (moment.getUTCDate() - 1);
		const time = timeOfDay(ms);
		if (time !== this.time && !Number.isNaN(this.time)) this.timeVaries = true;
		this.time = time;
	}

	get varying(): Cycle[] {
		const varying: Cycle[] = [];
		if (several(this.months)) varying.push("month");
		// on the first of each month the weekday says nothing
		if (several(this.weekdays) && several(this.days)) varying.push("weekday");
		if (this.timeVaries) varying.push("hour");
		return varying;
	}
}

function several(bits: number): boolean {
	return (bits & (bits - 1)) !== 0;
}
