/** steps.csv and epochs.csv of a kept run: lines of them, and what whole lines say. */
import type { EpochResult, EpochSeries, StepBatch } from "../protocol/run.ts";

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

/** What follows the last end of a line was torn off while it was written. */
export function wholeLines(text: string): string[] {
	return text.split("\n").slice(0, -1);
}

/** Takes the bytes of a file in pieces and reads its lines, as long as they are whole and as expected. */
abstract class LinesReader {
	/** of the line; NaN where there is nothing */
	protected readonly cells: Float64Array;
	/** cells of the line that hold nothing, a bit each */
	protected empty = 0;
	protected held = 0;
	protected readonly last: number;
	private readonly read: typeof readNumber;
	private rest = new Uint8Array(0);
	private headerRead = false;
	private broken = false;
	/** bytes of the header and of the lines that were read */
	bytes = 0;

	/**
	 * @param columns of a line
	 * @param last the last iteration that is wanted
	 */
	constructor(columns: number, last: number, read: typeof readNumber) {
		this.cells = new Float64Array(columns);
		this.last = last;
		this.read = read;
	}

	/** iteration of the last line */
	abstract get iterations(): number;
	/** Takes in the cells of a line. @returns false when it is none, or none that is wanted */
	protected abstract take(): boolean;
	/** Hands on what is held. */
	abstract end(): void;

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

	private line(bytes: Uint8Array, begin: number, end: number): boolean {
		const { cells } = this;
		let cell = 0;
		this.empty = 0;
		for (let from = begin; from <= end; cell++) {
			let to = from;
			while (to < end && bytes[to] !== COMMA) to++;
			if (cell === cells.length) return false;
			if (to === from) this.empty |= 1 << cell;
			cells[cell] = to === from ? Number.NaN : this.read(bytes, from, to);
			from = to + 1;
		}
		if (cell !== cells.length || !this.take()) return false;
		if (++this.held === BATCH_ROWS) this.end();
		return true;
	}
}

/** Hands on the iterations of a steps.csv. */
export class StepsReader extends LinesReader {
	private readonly give: (batch: StepBatch) => void;
	private readonly columns = Array.from({ length: 3 }, () => new Float32Array(BATCH_ROWS));
	iterations = 0;

	/** @param last the last iteration that is wanted */
	constructor(give: (batch: StepBatch) => void, last = Number.POSITIVE_INFINITY) {
		super(4, last, readNumber);
		this.give = give;
	}

	override end(): void {
		if (this.held === 0) return;
		const [cost, learningRate, gradientNorm] = this.columns.map((column) => column.slice(0, this.held));
		const first = this.iterations - this.held + 1;
		this.held = 0;
		this.give({ first, cost, learningRate, gradientNorm });
	}

	protected override take(): boolean {
		if (this.empty !== 0 || this.cells[0] !== this.iterations + 1) return false;
		for (let i = 0; i < 3; i++) this.columns[i][this.held] = this.cells[i + 1];
		this.iterations++;
		return true;
	}
}

/** The first cells of a line of epochs.csv, which none lacks. */
const EPOCH_NEEDS = 0b111;
const DEV_R2 = EPOCH_COLUMNS.indexOf("devR2");

/** Hands on the epochs of an epochs.csv. */
export class EpochsReader extends LinesReader {
	private readonly give: (series: EpochSeries) => void;
	private readonly columns = Array.from({ length: 3 }, () => new Float32Array(BATCH_ROWS));
	private epochs = 0;
	private stepsPerEpoch = 0;
	private share: EpochSeries["share"] = "accuracy";

	/** @param last the last iteration that is wanted */
	constructor(give: (series: EpochSeries) => void, last = Number.POSITIVE_INFINITY) {
		super(EPOCH_COLUMNS.length, last, nearNumber);
		this.give = give;
	}

	override get iterations(): number {
		return this.epochs * this.stepsPerEpoch;
	}

	override end(): void {
		if (this.held === 0) return;
		const [cost, devCost, devShare] = this.columns.map((column) => column.slice(0, this.held));
		const first = this.epochs - this.held + 1;
		this.held = 0;
		this.give({ first, stepsPerEpoch: this.stepsPerEpoch, cost, devCost, devShare, share: this.share });
	}

	protected override take(): boolean {
		const { cells } = this;
		const [epoch, iteration] = cells;
		if ((this.empty & EPOCH_NEEDS) !== 0 || epoch !== this.epochs + 1 || !(iteration >= epoch)) return false;
		// A part of an epoch that is wanted no more ends the reading, too.
		const stepsPerEpoch = this.epochs === 0 ? iteration : this.stepsPerEpoch;
		if (iteration !== epoch * stepsPerEpoch || iteration > this.last) return false;
		if (!Number.isNaN(cells[DEV_R2])) this.share = "r2";
		this.stepsPerEpoch = stepsPerEpoch;
		this.epochs++;
		this.columns[0][this.held] = cells[2];
		this.columns[1][this.held] = cells[3];
		this.columns[2][this.held] = Number.isNaN(cells[DEV_R2]) ? cells[4] : cells[DEV_R2];
		return true;
	}
}

/** Plain decimals are read digit by digit, exactly rounded; whatever else there is, as JavaScript reads it. */
function readNumber(bytes: Uint8Array, from: number, to: number): number {
	return decimal(bytes, from, to, 15);
}

/** The same with a float64's last digits not to be relied on: more than a float32 has. */
function nearNumber(bytes: Uint8Array, from: number, to: number): number {
	return decimal(bytes, from, to, 18);
}

/** @param most digits that are read one by one */
function decimal(bytes: Uint8Array, from: number, to: number, most: number): number {
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
	return digits <= most && decimals <= 22 ? value / EXACT_POWERS[decimals] : slowNumber(bytes, from, to);
}

function slowNumber(bytes: Uint8Array, from: number, to: number): number {
	return Number(Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString("latin1"));
}
