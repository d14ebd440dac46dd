import { Transform } from "node:stream";
import type { Untidiness } from "./untidiness.ts";

const space = 0x20;
const tab = 0x09;
const quote = 0x22;
const lineFeed = 0x0a;
const lineReturn = 0x0d;
/** after one of these a quote opens a quoted cell */
const beforeCell = new Set([space, tab, 0x2c, 0x3b, 0x7c]);

/** Makes plain delimited text of a table as it is told; every line keeps its number. */
export class Tidy extends Transform {
	private readonly what: Untidiness;
	private position = 0;
	private before = lineFeed;
	/** nothing of the line has come yet but spaces, so many */
	private start = true;
	private lead = 0;
	private comment = false;
	private quoted = false;
	/** spaces that are a delimiter if a cell follows */
	private gap = false;

	constructor(what: Untidiness) {
		super();
		this.what = what;
	}

	override _transform(piece: Buffer, _: BufferEncoding, done: () => void): void {
		const { comment = "", header, spaces } = this.what;
		const mark = comment.charCodeAt(0);
		// only what was held back comes on top
		const tidy = Buffer.allocUnsafe(piece.length + this.lead + 1);
		let length = 0;
		for (let i = 0; i < piece.length; i++) {
			const c = piece[i];
			const { before, start } = this;
			this.before = c;
			if (this.quoted) {
				if (c === quote) this.quoted = false;
			} else if (c === lineFeed || c === lineReturn) {
				this.start = true;
				this.comment = false;
				this.gap = false;
				this.lead = 0;
			} else if (this.comment) {
				continue;
			} else if (start && c === mark) {
				this.comment = this.position + i !== header;
				continue;
			} else if (start && c === space) {
				this.lead++;
				continue;
			} else if (spaces && (c === space || c === tab)) {
				this.gap = !start;
				continue;
			} else if (this.position + i < 3 && c === [0xef, 0xbb, 0xbf][this.position + i]) {
				continue;
			} else {
				if (this.gap) tidy[length++] = tab;
				if (start && !spaces) {
					tidy.fill(space, length, length + this.lead);
					length += this.lead;
				}
				this.gap = false;
				this.lead = 0;
				this.start = false;
				this.quoted = c === quote && (start || beforeCell.has(before));
			}
			tidy[length++] = c;
		}
		this.position += piece.length;
		this.push(tidy.subarray(0, length));
		done();
	}
}
