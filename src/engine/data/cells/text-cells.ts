import type { DateOrder } from "../../protocol/dataset.ts";
import type { DecimalMark } from "../amount-text.ts";
import { longString, type RawVector } from "../duck.ts";
import { isMissing } from "../missing-marks.ts";
import { BLOCK_ROWS, Blocks } from "./blocks.ts";
import type { CellMemory } from "./cell-memory.ts";
import { NumberCells } from "./number-cells.ts";
import { ShortStrings, unknown } from "./short-strings.ts";
import { NumbersOfTexts, readingOf } from "./text-reading.ts";

/** different texts of a column that are kept: enough to tell that it is no category */
const maxTexts = 100_000;
const maxTextCharacters = 16_000_000;
const numbersAtOnce = 2048;

/** Texts of some cells, null where there is no value. */
export type Texts = readonly (string | null)[];

/** Some cells, by their index; text and code of those that are there. */
interface CellSource {
	there(i: number): boolean;
	text(i: number): string;
	code(i: number): number;
}

/** The cells of a column of texts: the different texts, and each cell's index into them where it is kept. */
export class TextCells {
	readonly type = "texts";
	/** different texts in order of appearance, without spaces around them */
	readonly texts: string[] = [];
	/** rows of each text, as far as they were counted */
	readonly counts: number[] = [];
	/** data row, from 1, in which each text came first */
	readonly firstRows: number[] = [];
	/** cells seen */
	rows = 0;
	/** cells with no value; among the texts past the cut, those that the file leaves empty */
	missing = 0;
	/** data row, from 1, of the first cell with no value; 0 when there is none */
	firstMissing = 0;
	/** there are more different texts than are kept: no text was kept or counted from there on */
	cut = false;
	/** the cells of a column that was cut, where they are numbers, amounts or dates for the most part */
	numbers: NumbersOfTexts | undefined;
	/** texts that stood for no value */
	readonly missingMarks: string[] = [];
	/** what the cells are kept in, where they are */
	readonly memory: CellMemory | undefined;
	private readonly decimal: DecimalMark | undefined;
	private readonly order: DateOrder | undefined;
	private characters = 0;
	private readonly blocks: Blocks<Int32Array<ArrayBuffer>> | undefined;
	private readonly codeOfText = new Map<string, number>();
	private readonly short = new ShortStrings();

	/**
	 * @param memory for the cells; absent: only the texts and their counts are kept
	 * @param decimal what parts fractions in the table's numbers
	 * @param order of day and month, where it is known
	 */
	constructor(memory: CellMemory | undefined, decimal?: DecimalMark, order?: DateOrder) {
		this.memory = memory;
		this.decimal = decimal;
		this.order = order;
		this.blocks = memory && new Blocks(memory);
	}

	/** cells that have a value */
	get values(): number {
		return this.rows - this.missing;
	}

	/** no text came twice, as far as they were counted */
	get allDifferent(): boolean {
		return this.counts.every((count) => count === 1);
	}

	append(vector: RawVector | Texts, rows: number): void {
		const { there, text, code } = "data" in vector ? this.ofVector(vector, rows) : this.ofTexts(vector);
		const first = this.rows;
		for (let i = 0; i < rows && !this.cut; i++) {
			const known = there(i) ? code(i) : -1;
			if (known >= 0) this.counts[known]++;
			else this.miss();
			if (this.blocks) keep(this.blocks, known);
			this.rows++;
			if (this.cut) this.goOnWithNumbers();
		}
		for (let done = this.rows - first; done < rows; done += numbersAtOnce) {
			const values = new Float64Array(Math.min(rows - done, numbersAtOnce));
			for (let i = 0; i < values.length; i++) {
				values[i] = Number.NaN;
				this.rows++;
				if (!there(done + i)) this.miss();
				else if (this.numbers) values[i] = this.number(text(done + i), this.numbers);
			}
			this.numbers?.cells.add(values);
		}
	}

	/** Adds a text that no cell has yet. @returns its code */
	addText(text: string, count: number): number {
		this.counts.push(count);
		this.firstRows.push(this.rows + 1);
		this.characters += text.length;
		return this.texts.push(text) - 1;
	}

	/** @param codes of the next cells, -1 for no value; neither counted nor looked at */
	addCodes(codes: Int32Array): void {
		for (const code of codes) if (this.blocks) keep(this.blocks, code);
	}

	/** @returns indices into texts, -1 where there is no value */
	read(block: number): Int32Array {
		return this.blocks!.at(block);
	}

	/** Lets a block go. */
	release(block: number): void {
		this.blocks?.release(block);
	}

	/** Lets every block go. */
	clear(): void {
		this.blocks?.clear();
		this.numbers?.cells.clear();
	}

	private ofVector({ data, validity }: RawVector, rows: number): CellSource {
		const words = new Uint32Array(data.buffer, data.byteOffset, rows * 4);
		return {
			there: (i) => !validity || ((validity[i >> 3] >> (i & 7)) & 1) === 1,
			text: (i) => textAt(data, words, i),
			code: (i) => this.code(data, words, i),
		};
	}

	private ofTexts(texts: Texts): CellSource {
		return {
			there: (i) => texts[i] !== null,
			text: (i) => texts[i]!,
			code: (i) => this.codeOf(texts[i]!),
		};
	}

	private miss(): void {
		this.missing++;
		this.firstMissing ||= this.rows + 1;
	}

	/** Where the texts are no categories but numbers or dates, the cells are kept as such, old and new. */
	private goOnWithNumbers(): void {
		const as = readingOf(this.texts, this.decimal, this.order);
		if (as) {
			this.numbers = new NumbersOfTexts(new NumberCells(this.memory, false), as);
			this.numbers.take(this);
		}
		this.blocks?.clear();
	}

	/** @returns NaN for a text that stands for no value or is no number */
	private number(raw: string, numbers: NumbersOfTexts): number {
		const text = raw.trim();
		if (!isMissing(text)) return numbers.read(text, this.rows);
		this.missing++;
		return Number.NaN;
	}

	private code(data: Uint8Array, words: Uint32Array, cell: number): number {
		const length = words[cell * 4];
		if (length > 12) return this.codeOf(textAt(data, words, cell));
		const slot = this.short.slot(words, cell * 4);
		const known = this.short.codes[slot];
		if (known !== unknown) return known;
		const code = this.codeOf(textAt(data, words, cell));
		this.short.put(slot, words, cell * 4, code);
		return code;
	}

	private codeOf(raw: string): number {
		const text = raw.trim();
		const known = this.codeOfText.get(text);
		if (known !== undefined) return known;
		let code = -1;
		if (!isMissing(text)) {
			code = this.addText(text, 0);
			this.cut = code >= maxTexts || this.characters > maxTextCharacters;
		} else this.missingMarks.push(text);
		this.codeOfText.set(text, code);
		return code;
	}
}

/** @returns the text of a string_t, which lies within its 16 bytes when it is short */
function textAt(data: Uint8Array, words: Uint32Array, cell: number): string {
	const length = words[cell * 4];
	if (length > 12) return longString(data, cell, length);
	return Buffer.from(data.subarray(cell * 16 + 4, cell * 16 + 4 + length)).toString("utf8");
}

function keep(blocks: Blocks<Int32Array<ArrayBuffer>>, code: number): void {
	const block = blocks.open(Int32Array);
	block[blocks.rows++ % BLOCK_ROWS] = code;
}
