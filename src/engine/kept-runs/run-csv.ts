/** steps.csv and epochs.csv of a kept run: lines of them, and what whole lines say. */
import type { EpochResult, StepBatch } from "../protocol/run.ts";

export const STEPS_HEADER = "iteration,cost,learningRate,gradientNorm\n";
const EPOCH_COLUMNS = ["epoch", "iteration", "cost", "devCost", "devAccuracy", "devR2"] as const;
export const EPOCHS_HEADER = `${EPOCH_COLUMNS.join(",")}\n`;

/** Rows that are handed on at once. */
const BATCH_ROWS = 16_384;
const NEWLINE = 10;
const COMMA = 44;
const POINT = 46;
const ZERO = 48;
/** 10^n is a float64 without rounding up to here. */
const EXACT_POWERS = Float64Array.from({ length: 23 }, (_, i) => 10 ** i);

/** A float32 in decimal digits that read as the same float32: nine tell any two apart. */
function exactly(value: number): string {
	return value.toPrecision(9);
}

/** A line an iteration; what is read from it is the same to the bit. */
export function stepLines({ first, cost, learningRate, gradientNorm }: StepBatch): string {
	let lines = "";
	let rate = Number.NaN;
	let rateText = "";
	for (let i = 0; i < cost.length; i++) {
		// The rate is mostly the one before, and few digits are enough for most rates.
		if (learningRate[i] !== rate) {
			rate = learningRate[i];
			const short = rate.toPrecision(7);
			rateText = String(Number(Math.fround(Number(short)) === rate ? short : exactly(rate)));
		}
		lines += `${first + i},${exactly(cost[i])},${rateText},${exactly(gradientNorm[i])}\n`;
	}
	return lines;
}

/** A cell that is empty says that there is no such figure. */
export function epochLine(result: EpochResult): string {
	return `${EPOCH_COLUMNS.map((column) => result[column] ?? "").join(",")}\n`;
}

/** @returns the epochs of the whole lines, up to the first one that is none, with those of `lastIteration` */
export function readEpochs(text: string, lastIteration = Number.POSITIVE_INFINITY): EpochResult[] {
	const results: EpochResult[] = [];
	for (const line of wholeLines(text).slice(1)) {
		const cells = line.split(",");
		const figures = cells.map((cell) => (cell === "" ? undefined : Number(cell)));
		const [epoch, iteration, cost] = figures;
		if (cells.length !== EPOCH_COLUMNS.length || epoch !== results.length + 1) break;
		if (!Number.isInteger(iteration) || iteration! > lastIteration || cost === undefined) break;
		const said = EPOCH_COLUMNS.map((column, i) => [column, figures[i]]).filter(([, figure]) => figure !== undefined);
		results.push(Object.fromEntries(said));
	}
	return results;
}

/** What follows the last end of a line was torn off while it was written. */
export function wholeLines(text: string): string[] {
	return text.split("\n").slice(0, -1);
}

/** Takes the bytes of a steps.csv in pieces and hands on its iterations, as long as they are whole and in order. */
export class StepsReader {
	private readonly take: (batch: StepBatch) => void;
	private readonly last: number;
	private rest = new Uint8Array(0);
	private readonly cells = new Float64Array(4);
	private readonly columns = Array.from({ length: 3 }, () => new Float32Array(BATCH_ROWS));
	private held = 0;
	private headerRead = false;
	private broken = false;
	/** iterations read */
	iterations = 0;
	/** bytes of the header and of their lines */
	bytes = 0;

	/** @param last the last iteration that is wanted */
	constructor(take: (batch: StepBatch) => void, last = Number.POSITIVE_INFINITY) {
		this.take = take;
		this.last = last;
	}

	/** false when nothing that follows can be read or is wanted */
	get goesOn(): boolean {
		return !this.broken && this.iterations < this.last;
	}

	feed(piece: Uint8Array): void {
		const bytes = this.rest.length > 0 ? Buffer.concat([this.rest, piece]) : piece;
		let begin = 0;
		while (this.goesOn) {
			const end = bytes.indexOf(NEWLINE, begin);
			if (end < 0) break;
			if (!this.headerRead) this.headerRead = true;
			else if (!this.line(bytes, begin, end)) {
				this.broken = true;
				break;
			}
			this.bytes += end + 1 - begin;
			begin = end + 1;
		}
		this.rest = this.goesOn ? Uint8Array.from(bytes.subarray(begin)) : new Uint8Array(0);
	}

	/** Hands on what is left. */
	end(): void {
		if (this.held === 0) return;
		const [cost, learningRate, gradientNorm] = this.columns.map((column) => column.slice(0, this.held));
		const first = this.iterations - this.held + 1;
		this.held = 0;
		this.take({ first, cost, learningRate, gradientNorm });
	}

	private line(bytes: Uint8Array, begin: number, end: number): boolean {
		let cell = 0;
		for (let from = begin; from <= end; cell++) {
			let to = from;
			while (to < end && bytes[to] !== COMMA) to++;
			if (cell === 4 || to === from) return false;
			this.cells[cell] = readNumber(bytes, from, to);
			from = to + 1;
		}
		if (cell !== 4 || this.cells[0] !== this.iterations + 1) return false;
		for (let i = 0; i < 3; i++) this.columns[i][this.held] = this.cells[i + 1];
		this.iterations++;
		if (++this.held === BATCH_ROWS) this.end();
		return true;
	}
}

/** Plain decimals are read digit by digit, exactly rounded; whatever else there is, as JavaScript reads it. */
function readNumber(bytes: Uint8Array, from: number, to: number): number {
	let digits = 0;
	let value = 0;
	let point = -1;
	for (let i = from; i < to; i++) {
		const digit = bytes[i] - ZERO;
		if (digit >= 0 && digit <= 9) {
			value = value * 10 + digit;
			if (value > 0) digits++;
		} else if (bytes[i] === POINT && point < 0) point = i;
		else return slowNumber(bytes, from, to);
	}
	const decimals = point < 0 ? 0 : to - point - 1;
	return digits <= 15 && decimals <= 22 ? value / EXACT_POWERS[decimals] : slowNumber(bytes, from, to);
}

function slowNumber(bytes: Uint8Array, from: number, to: number): number {
	return Number(Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString("latin1"));
}
