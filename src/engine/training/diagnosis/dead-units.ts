import type { Finding } from "../../protocol/run.ts";
import { whole } from "./words.ts";

/** A layer is told of when this share of its units is dead. */
const SHARE = 0.75;

/** Told once when most of a layer's relu units are dead, and once more when a whole layer is. */
export class DeadUnits {
	private readonly units: readonly number[];
	private told = 0;

	/** @param units of each hidden layer */
	constructor(units: readonly number[]) {
		this.units = units;
	}

	get wereTold(): boolean {
		return this.told > 0;
	}

	/** Whether so many dead units in each layer would be worth a closer look. */
	isNews(dead: readonly number[]): boolean {
		return this.worst(dead) > this.told;
	}

	/** @param dead units of each hidden layer that were 0 for every one of `rows` rows */
	look(dead: readonly number[], rows: number, iteration: number): Finding | undefined {
		if (!this.isNews(dead)) return undefined;
		this.told = this.worst(dead);
		const shares = dead.map((n, l) => {
			const percent = Math.round((100 * n) / this.units[l]);
			return `${whole.format(n)} of ${whole.format(this.units[l])} (${percent} %) in layer ${l + 1}`;
		});
		const all = this.told === 1 ? " Behind a dead layer every row gets the same answer." : "";
		return {
			code: "dead-units",
			severity: "warning",
			message: `Hidden relu units that were 0 for each of ${whole.format(rows)} rows: ${shares.join(", ")}.${all}`,
			advice: "Try leakyRelu, whose units cannot die, or a smaller learning rate.",
			iteration,
		};
	}

	/** 1: a whole layer, SHARE: most of one, 0: less */
	private worst(dead: readonly number[]): number {
		const share = Math.max(...dead.map((n, l) => n / this.units[l]));
		return share === 1 ? 1 : share >= SHARE ? SHARE : 0;
	}
}
