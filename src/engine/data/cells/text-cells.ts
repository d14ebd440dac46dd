import { longString, type RawVector } from "../duck.ts";
import { isMissing } from "../missing-marks.ts";
import { BLOCK_ROWS, Blocks } from "./blocks.ts";
import type { CellMemory } from "./cell-memory.ts";
import { ShortStrings, unknown } from "./short-strings.ts";

/** different texts of a column that are kept: enough to tell that it is no category */
const maxTexts = 100_000;
const maxTextCharacters = 16_000_000;

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
	private characters = 0;
	private readonly blocks: Blocks<Int32Array<ArrayBuffer>> | undefined;
	private readonly codeOfText = new Map<string, number>();
	private readonly short = new ShortStrings();

	/** @param memory for the cells; absent: only the texts and their counts are kept */
	constructor(memory: CellMemory | undefined) {
		this.blocks = memory && new Blocks(memory);
	}

	/** bytes held */
	get bytes(): number {
		return this.blocks?.bytes ?? 0;
	}

	/** cells that have a value */
	get values(): number {
		return this.rows - this.missing;
	}

	/** no text came twice, as far as they were counted */
	get allDifferent(): boolean {
		return this.counts.every((count) => count === 1);
	}

	append({ data, validity }: RawVector, rows: number): void {
		const words = new Uint32Array(data.buffer, data.byteOffset, rows * 4);
		for (let i = 0; i < rows; i++) {
			const there = !validity || ((validity[i >> 3] >> (i & 7)) & 1) === 1;
			if (there && this.cut) continue;
			const code = there ? this.code(data, words, i) : -1;
			if (code >= 0) this.counts[code]++;
			else {
				this.missing++;
				this.firstMissing ||= this.rows + i + 1;
			}
			if (this.blocks && !this.cut) keep(this.blocks, code);
		}
		this.rows += rows;
		if (this.cut) this.blocks?.clear();
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
	}

	private code(data: Uint8Array, words: Uint32Array, cell: number): number {
		const length = words[cell * 4];
		if (length > 12) return this.codeOf(longString(data, cell, length), cell);
		const slot = this.short.slot(words, cell * 4);
		const known = this.short.codes[slot];
		if (known !== unknown) return known;
		const bytes = data.subarray(cell * 16 + 4, cell * 16 + 4 + length);
		const code = this.codeOf(Buffer.from(bytes).toString("utf8"), cell);
		this.short.put(slot, words, cell * 4, code);
		return code;
	}

	private codeOf(raw: string, cell: number): number {
		const text = raw.trim();
		const known = this.codeOfText.get(text);
		if (known !== undefined) return known;
		let code = -1;
		if (!isMissing(text)) {
			code = this.texts.push(text) - 1;
			this.counts.push(0);
			this.firstRows.push(this.rows + cell + 1);
			this.characters += text.length;
			this.cut = code >= maxTexts || this.characters > maxTextCharacters;
		}
		this.codeOfText.set(text, code);
		return code;
	}
}

function keep(blocks: Blocks<Int32Array<ArrayBuffer>>, code: number): void {
	const block = blocks.open(Int32Array);
	block[blocks.rows++ % BLOCK_ROWS] = code;
}
