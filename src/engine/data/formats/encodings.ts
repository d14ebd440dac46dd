/** Texts that are not in UTF-8, made UTF-8. */
import { Transform, type TransformCallback } from "node:stream";
import { InputError } from "../../input-error.ts";
import type { SourceFile } from "../source-file.ts";
import { replaceContents } from "./copies.ts";

/** Lets a text that begins with the mark of UTF-16 be read as UTF-8. */
export async function decodeUtf16(file: SourceFile, signal: AbortSignal | undefined): Promise<void> {
	const [first, second] = file.head;
	const big = first === 0xfe && second === 0xff;
	if (big || (first === 0xff && second === 0xfe)) await replaceContents(file, new Utf16(file.name, big), signal);
}

class Utf16 extends Transform {
	private readonly name: string;
	private readonly decoder: InstanceType<typeof TextDecoder>;

	constructor(name: string, big: boolean) {
		super();
		this.name = name;
		this.decoder = new TextDecoder(big ? "utf-16be" : "utf-16le", { fatal: true });
	}

	override _transform(piece: Buffer, _: BufferEncoding, done: TransformCallback): void {
		this.decode(piece, done);
	}

	override _flush(done: TransformCallback): void {
		this.decode(undefined, done);
	}

	private decode(piece: Buffer | undefined, done: TransformCallback): void {
		try {
			done(null, this.decoder.decode(piece, { stream: piece !== undefined }));
		} catch (cause) {
			done(new InputError(`${this.name} is damaged UTF-16 text; save it again, as UTF-8.`, { cause }));
		}
	}
}

/** A text has bytes that are not UTF-8. */
export class NotUtf8 extends InputError {
	/** first line that has such bytes, from 1 */
	readonly line: number;

	constructor(name: string, line: number) {
		super(`${name}, line ${line}: these bytes are not UTF-8 text; save the file as CSV in UTF-8.`);
		this.line = line;
	}
}

/** what Windows-1252 has at 0x80 to 0x9f, where Latin-1 has controls; "\0" for none (Unicode Consortium, CP1252.TXT) */
const letters = "€\0‚ƒ„…†‡ˆ‰Š‹Œ\0Ž\0\0‘’“”•–—˜™š›œ\0žŸ";
/** share of the bytes above ASCII that may stand as those of another encoding do */
const otherShare = 0.1;
/** so many in a row are no accented letters */
const foreignRun = 4;

/**
 * Makes UTF-8 of Windows-1252, which holds Latin-1. Bytes above ASCII are accented letters there, as a rule alone or two
 * together: a text in which others stand together is in UTF-8 in part, or in an encoding of Hangul, Cyrillic, ...
 */
export class Windows1252 extends Transform {
	private readonly fault: NotUtf8;
	/** bytes above ASCII in all, and of them those that stand as another encoding's do */
	private high = 0;
	private others = 0;
	private foreign = false;
	/** those that stand together at the moment, and whether all are letters */
	private run = 0;
	private areLetters = true;

	/** @param fault what a text of another encoding fails with */
	constructor(fault: NotUtf8) {
		super();
		this.fault = fault;
	}

	override _transform(piece: Buffer, _: BufferEncoding, done: TransformCallback): void {
		for (const byte of piece) {
			if (byte < 0x80) {
				if (this.run > 0) this.endRun();
				continue;
			}
			this.run++;
			if (byte < 0xc0) this.areLetters = false;
			if (byte < 0xa0 && letters[byte - 0x80] === "\0") this.foreign = true;
		}
		const text = piece.toString("latin1").replace(/[\x80-\x9f]/g, (control) => letters[control.charCodeAt(0) - 0x80]);
		done(null, text);
	}

	override _flush(done: TransformCallback): void {
		this.endRun();
		done(this.foreign || this.others > this.high * otherShare ? this.fault : null);
	}

	private endRun(): void {
		const { run } = this;
		this.high += run;
		if (run >= foreignRun) this.foreign = true;
		if (run > 2 || (run === 2 && !this.areLetters)) this.others += run;
		this.run = 0;
		this.areLetters = true;
	}
}
