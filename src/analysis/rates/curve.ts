import type { ScheduleFact } from "../facts.ts";
import { find } from "../frameworks/signature.ts";

/** The learning rate that a schedule gives. */
export interface Curve {
	/** @param count how often the schedule has moved: calls of step(), steps or epochs, from 0 */
	rate(count: number): number;
	/** counts over which its shape is to be seen, where the run's length is not known */
	extent: number;
}

/**
 * A schedule's parameters. Reading one that is not known ends the attempt: a curve is known as a whole or not at all.
 * `UnknownParameter` never leaves this folder.
 */
export class Parameters {
	private readonly schedule: Pick<ScheduleFact, "parameters">;

	constructor(schedule: Pick<ScheduleFact, "parameters">) {
		this.schedule = schedule;
	}

	/** @param otherwise what stands for one that the library leaves empty */
	number(name: string, otherwise?: number): number {
		const p = find(this.schedule.parameters, name);
		if (typeof p?.value === "number") return p.value;
		if (otherwise !== undefined && (!p || (p.value === null && !p.unknown))) return otherwise;
		throw new UnknownParameter(name);
	}

	numbers(name: string): number[] {
		const p = find(this.schedule.parameters, name);
		if (Array.isArray(p?.value)) return p.value;
		throw new UnknownParameter(name);
	}

	flag(name: string): boolean {
		const p = find(this.schedule.parameters, name);
		if (!p) return false;
		if (typeof p.value === "boolean") return p.value;
		throw new UnknownParameter(name);
	}

	text(name: string, otherwise: string): string {
		const p = find(this.schedule.parameters, name);
		if (!p) return otherwise;
		if (typeof p.value === "string") return p.value;
		throw new UnknownParameter(name);
	}

	/** A length in counts, above 0. */
	length(name = "length"): number {
		const value = this.number(name);
		if (!(value > 0)) throw new UnknownParameter(name);
		return value;
	}
}

export class UnknownParameter extends Error {}

export function clamp(x: number, low: number, high: number): number {
	return Math.min(high, Math.max(low, x));
}

/** Half a cosine from one rate to another, p from 0 to 1. */
export function cosineBetween(from: number, to: number, p: number): number {
	return to + ((from - to) * (1 + Math.cos(Math.PI * p))) / 2;
}

/**
 * Cosines that begin anew, each cycle `factor` times longer than the one before.
 * @returns the cycle that a count lies in, from 0, and the share of it that is over
 */
export function cycleAt(count: number, first: number, factor: number): { cycle: number; share: number } {
	if (factor === 1) return { cycle: Math.floor(count / first), share: (count % first) / first };
	const cycle = Math.floor(Math.log(1 + (count / first) * (factor - 1)) / Math.log(factor) + 1e-9);
	const begin = (first * (factor ** cycle - 1)) / (factor - 1);
	return { cycle, share: clamp((count - begin) / (first * factor ** cycle), 0, 1) };
}
