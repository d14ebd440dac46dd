import type { NumberCells } from "./cells/number-cells.ts";
import { medianOf } from "./median.ts";
import { isTraining, part } from "./row-parts.ts";
import type { TrainingPart } from "./training-part.ts";

/** Figures of a column over its training rows; `deviation` is the population's. */
export interface Moments {
	mean: number;
	deviation: number;
	min: number;
	max: number;
	/** stands for a missing value, and counts as one: the median where training rows lack values, else the mean */
	impute: number;
}

/** Fits the figures of a column, on its training rows and no other. */
export async function fitNumbers(cells: NumberCells, training: TrainingPart): Promise<Moments> {
	const median = await medianWhereMissing(cells, training);
	let unit = 1;
	let sums = await sumUp(cells, training, median ?? 0, unit);
	if (!Number.isFinite(sums.deviation) || (sums.deviation === 0 && sums.min < sums.max)) {
		// Squares of very large numbers overflow, those of very small ones vanish. Dividing by a power of two rounds nothing.
		unit = 2 ** Math.floor(Math.log2(Math.max(Math.abs(sums.min), Math.abs(sums.max))));
		sums = await sumUp(cells, training, median ?? 0, unit);
	}
	const { mean, deviation, min, max } = sums;
	return {
		mean: mean * unit,
		deviation: deviation * unit,
		min: min * unit,
		max: max * unit,
		impute: median ?? mean * unit,
	};
}

async function medianWhereMissing(cells: NumberCells, training: TrainingPart): Promise<number | undefined> {
	if (cells.missing === 0) return undefined;
	let rows = 0;
	let present = 0;
	await training.numbers(cells, (values) => {
		rows += values.length;
		for (let i = 0; i < values.length; i++) if (!Number.isNaN(values[i])) present++;
	});
	if (present === rows) return undefined;
	// a column may have values in dev rows only
	return present === 0 ? 0 : medianOf((work) => training.numbers(cells, work), present);
}

async function sumUp(cells: NumberCells, training: TrainingPart, impute: number, unit: number): Promise<Sums> {
	const sums = new Sums();
	await training.blocks((block, parts) => {
		const changes = cells.missing > 0 || unit !== 1;
		const values = changes ? cells.read(block) : cells.held(block);
		if (cells.missing > 0) for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) values[i] = impute;
		if (unit !== 1) for (let i = 0; i < values.length; i++) values[i] /= unit;
		sums.add(values, parts);
	});
	return sums;
}

/**
 * Sums of differences from the first training row's number, and of their squares. That number is one of those summed, so
 * that what its distance from the mean costs in digits is no more than rows times the rounding of one.
 */
class Sums {
	min = Number.POSITIVE_INFINITY;
	max = Number.NEGATIVE_INFINITY;
	private rows = 0;
	private first = 0;
	private sum = 0;
	private squares = 0;

	get mean(): number {
		return this.first + this.sum / this.rows;
	}

	get deviation(): number {
		return Math.sqrt(Math.max(0, this.squares - this.sum * (this.sum / this.rows)) / this.rows);
	}

	add(values: Float32Array | Float64Array, parts: Uint8Array): void {
		if (this.rows === 0) this.first = values[Math.max(0, parts.indexOf(part.train))];
		let { rows, first, min, max } = this;
		let sum = 0;
		let squares = 0;
		for (let i = 0; i < values.length; i++) {
			const value = values[i];
			const trains = isTraining[parts[i]];
			const difference = (value - first) * trains;
			sum += difference;
			squares += difference * difference;
			rows += trains;
			if (value < min && trains === 1) min = value;
			if (value > max && trains === 1) max = value;
		}
		this.rows = rows;
		this.sum += sum;
		this.squares += squares;
		this.min = min;
		this.max = max;
	}
}
