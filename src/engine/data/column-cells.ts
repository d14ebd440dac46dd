/** The cells of a column as they come from the file: numbers, or codes into a list of texts. No object a cell. */
import { longString, type RawVector } from "./duck.ts";
import { isMissing } from "./missing-marks.ts";

export interface NumericCells {
	type: "numeric";
	/** one a row; NaN where there is no value */
	values: Float64Array;
}

export interface TextCells {
	type: "text";
	/** one a row: index into texts, or -1 where there is no value; empty when the texts were too many to keep */
	codes: Int32Array;
	/** different texts in order of appearance, without spaces around them; at most maxTexts */
	texts: string[];
	missing: number;
	/** true when there are more different texts than were kept */
	cut: boolean;
	/** true when no text came twice, as far as they were kept */
	allDifferent: boolean;
}

export type Cells = NumericCells | TextCells;

/** different texts of a column that are kept: enough to tell that it is no category */
const maxTexts = 100_000;
const maxTextCharacters = 16_000_000;

/** Collects a column chunk by chunk. */
export interface CellCollector {
	append(vector: RawVector, rows: number): void;
	/** The collector is spent afterwards. */
	finish(): Cells;
}

export class NumericCollector implements CellCollector {
	private values: Float64Array;
	private length = 0;

	/** @param capacity rows expected; more grow it */
	constructor(capacity: number) {
		this.values = new Float64Array(capacity);
	}

	append(vector: RawVector, rows: number): void {
		const start = this.length;
		if (start + rows > this.values.length) {
			const grown = new Float64Array(Math.ceil((start + rows) * 1.5));
			grown.set(this.values.subarray(0, start));
			this.values = grown;
		}
		const { values } = this;
		values.set(new Float64Array(vector.data.buffer, vector.data.byteOffset, rows), start);
		const { validity } = vector;
		if (validity) {
			for (let i = 0; i < rows; i++) {
				if (((validity[i >> 3] >> (i & 7)) & 1) === 0) values[start + i] = Number.NaN;
			}
		}
		this.length = start + rows;
	}

	finish(): NumericCells {
		return { type: "numeric", values: this.values.subarray(0, this.length) };
	}
}

export class TextCollector implements CellCollector {
	private codes: Int32Array;
	private length = 0;
	private missing = 0;
	private cut = false;
	private values = 0;
	private characters = 0;
	private readonly texts: string[] = [];
	private readonly codeOfText = new Map<string, number>();
	private readonly short = new ShortStrings();

	/** @param capacity rows expected; more grow it */
	constructor(capacity: number) {
		this.codes = new Int32Array(capacity);
	}

	append(vector: RawVector, rows: number): void {
		const start = this.length;
		if (!this.cut && start + rows > this.codes.length) {
			const grown = new Int32Array(Math.ceil((start + rows) * 1.5));
			grown.set(this.codes.subarray(0, start));
			this.codes = grown;
		}
		const { data, validity } = vector;
		const words = new Uint32Array(data.buffer, data.byteOffset, rows * 4);
		for (let i = 0; i < rows; i++) {
			if (validity && ((validity[i >> 3] >> (i & 7)) & 1) === 0) {
				this.missing++;
				if (!this.cut) this.codes[start + i] = -1;
			} else if (!this.cut) {
				const code = this.code(data, words, i);
				this.codes[start + i] = code;
				if (code < 0) this.missing++;
				else this.values++;
			}
		}
		this.length = start + rows;
	}

	finish(): TextCells {
		return {
			type: "text",
			codes: this.cut ? new Int32Array(0) : this.codes.subarray(0, this.length),
			texts: this.texts,
			missing: this.missing,
			cut: this.cut,
			allDifferent: this.texts.length === this.values,
		};
	}

	private code(data: Uint8Array, words: Uint32Array, cell: number): number {
		const length = words[cell * 4];
		if (length > 12) return this.codeOf(longString(data, cell, length));
		const slot = this.short.slot(words, cell * 4);
		const known = this.short.codes[slot];
		if (known !== unknown) return known;
		const bytes = data.subarray(cell * 16 + 4, cell * 16 + 4 + length);
		const code = this.codeOf(Buffer.from(bytes).toString("utf8"));
		this.short.put(slot, words, cell * 4, code);
		return code;
	}

	private codeOf(raw: string): number {
		const text = raw.trim();
		const known = this.codeOfText.get(text);
		if (known !== undefined) return known;
		let code = -1;
		if (!isMissing(text)) {
			code = this.texts.length;
			this.texts.push(text);
			this.characters += text.length;
			if (code >= maxTexts || this.characters > maxTextCharacters) {
				this.cut = true;
				this.codes = new Int32Array(0);
			}
		}
		this.codeOfText.set(text, code);
		return code;
	}
}

const unknown = -2;

/**
 * Codes of strings of at most 12 bytes, which DuckDB keeps within string_t: a hash table over its four words, so that
 * a cell whose text was seen before makes no string.
 */
class ShortStrings {
	codes = new Int32Array(256).fill(unknown);
	private keys = new Uint32Array(256 * 4);
	private used = 0;

	/** @returns the slot that holds this string, or the free one where it belongs */
	slot(words: Uint32Array, at: number): number {
		const { codes, keys } = this;
		const mask = codes.length - 1;
		let slot = hash(words, at) & mask;
		while (codes[slot] !== unknown) {
			const k = slot * 4;
			if (
				keys[k] === words[at] &&
				keys[k + 1] === words[at + 1] &&
				keys[k + 2] === words[at + 2] &&
				keys[k + 3] === words[at + 3]
			) {
				return slot;
			}
			slot = (slot + 1) & mask;
		}
		return slot;
	}

	put(slot: number, words: Uint32Array, at: number, code: number): void {
		this.codes[slot] = code;
		this.keys.set(words.subarray(at, at + 4), slot * 4);
		if (++this.used * 2 > this.codes.length) this.grow();
	}

	private grow(): void {
		const { codes, keys } = this;
		this.codes = new Int32Array(codes.length * 4).fill(unknown);
		this.keys = new Uint32Array(this.codes.length * 4);
		for (let i = 0; i < codes.length; i++) {
			if (codes[i] === unknown) continue;
			const slot = this.slot(keys, i * 4);
			this.codes[slot] = codes[i];
			this.keys.set(keys.subarray(i * 4, i * 4 + 4), slot * 4);
		}
	}
}

function hash(words: Uint32Array, at: number): number {
	let h = Math.imul(words[at] ^ words[at + 1], 0x9e3779b1);
	h = Math.imul(h ^ (h >>> 15) ^ words[at + 2], 0x85ebca77);
	h = Math.imul(h ^ (h >>> 13) ^ words[at + 3], 0xc2b2ae3d);
	return h ^ (h >>> 16);
}
