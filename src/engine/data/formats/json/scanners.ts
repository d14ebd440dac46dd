/** Finds its way in JSON without parsing it: what separates the elements of an array, and what an object holds. */

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const backslash = 0x5c;
const openArray = 0x5b;
const closeArray = 0x5d;
const openObject = 0x7b;
const closeObject = 0x7d;
const lineFeed = 0x0a;

/** Cuts the inside of an array at its commas, or JSON Lines at the ends of lines; takes pieces of any size in turn. */
export class ElementScanner {
	/** brackets that are open within the array, or within the lines */
	depth = 0;
	/** index in the last piece of the bracket that closed the array; -1 while it is open */
	closed = -1;
	private readonly lines: boolean;
	private quoted = false;
	private skip = 0;
	/** lines: a value has ended and its line not yet */
	private ended = false;

	/** @param lines values stand one below another and not in an array; their separating line ends are made commas */
	constructor(lines: boolean) {
		this.lines = lines;
	}

	/** Goes on from one byte to another. @returns index of the last comma between two elements, -1 when there is none */
	scan(bytes: Uint8Array, from: number, to: number): number {
		const { lines } = this;
		let { depth, quoted } = this;
		let cut = -1;
		let i = from + this.skip;
		for (; i < to; i++) {
			const c = bytes[i];
			if (quoted) {
				if (c === backslash) i++;
				else if (c === quote) quoted = false;
			} else if (c === quote) quoted = true;
			else if (c === openObject || c === openArray) depth++;
			else if (c === closeObject || c === closeArray) {
				if (--depth < 0) {
					this.closed = i;
					break;
				}
				this.ended = depth === 0;
			} else if (depth === 0) {
				if (c === lineFeed && lines && this.ended) {
					bytes[i] = comma;
					this.ended = false;
					cut = i;
				} else if (c === comma && !lines) cut = i;
			}
		}
		this.skip = Math.max(0, i - to);
		this.depth = depth;
		this.quoted = quoted;
		return cut;
	}
}

/** An array that an object holds. */
export interface ArrayMember {
	/** bytes of its key, quotes included */
	key: [first: number, end: number];
	/** of the byte after [ */
	start: number;
	/** first byte of its first element; ] when it is empty */
	first: number;
}

/** Finds the arrays of an object; takes the bytes of a JSON text from its first on, in pieces of any size. */
export class ObjectScanner {
	readonly arrays: ArrayMember[] = [];
	/** the object is closed and something comes after it */
	more = false;
	/** the object is closed */
	closed = false;
	private depth = 0;
	private quoted = false;
	private escaped = false;
	private position = 0;
	/** at depth 1: what comes next */
	private next: "key" | "value" | "none" = "none";
	private key: [number, number] = [0, 0];
	private array: ArrayMember | undefined;

	push(bytes: Uint8Array): void {
		for (let i = 0; i < bytes.length && !this.more; i++) {
			const c = bytes[i];
			if (this.quoted) {
				if (this.escaped) this.escaped = false;
				else if (c === backslash) this.escaped = true;
				else if (c === quote) {
					this.quoted = false;
					if (this.depth === 1 && this.next === "key") this.key[1] = this.position + i + 1;
				}
			} else if (c > 0x20) this.take(c, this.position + i);
		}
		this.position += bytes.length;
	}

	private take(c: number, at: number): void {
		if (this.closed) this.more = true;
		if (this.array && this.array.first === 0) this.array.first = c;
		if (c === quote) this.quoted = true;
		if (this.depth === 1) {
			if (c === quote && this.next === "key") this.key = [at, at];
			else if (c === comma) this.next = "key";
			else if (c === colon) this.next = "value";
			else if (this.next === "value") {
				this.next = "none";
				if (c === openArray) this.array = { key: this.key, start: at + 1, first: 0 };
			}
		}
		if (c === openObject || c === openArray) {
			if (this.depth++ === 0) this.next = "key";
		} else if (c === closeObject || c === closeArray) {
			this.depth--;
			if (this.depth === 1 && this.array) {
				this.arrays.push(this.array);
				this.array = undefined;
			}
			if (this.depth <= 0) this.closed = true;
		}
	}
}
