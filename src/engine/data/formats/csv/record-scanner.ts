/** Splits CSV text into records with their line numbers: for the sample that is sniffed, and to name the line of a fault. */

/** What separates and wraps cells; each is one character. */
export interface Marks {
	delimiter: string;
	quote: string;
	/** what stands before a quote inside quotes; the quote itself as a rule */
	escape: string;
}

export interface CsvRecord {
	/** line that the record begins on, from 1 */
	line: number;
	/** number of cells */
	width: number;
	/** characters, its line end included */
	length: number;
	/** text of the cells; empty when the scanner does not keep text */
	cells: string[];
	/** true for a line with nothing on it */
	blank: boolean;
	/** true when the last cell is empty, as after a delimiter at the end of the line */
	emptyEnd: boolean;
	/** quoting that breaks the rules; the record may then be anything */
	fault?: "text after quote" | "unclosed quote";
}

const cellStart = 0;
const plain = 1;
const quoted = 2;
/** after a quote inside quotes: it closed the cell or begins a doubled one */
const quoteSeen = 3;
const escapeSeen = 4;

/** Takes text in pieces of any size and gives records. A record may span lines inside quotes. */
export class RecordScanner {
	private readonly delimiter: number;
	private readonly quote: number;
	private readonly escapeMark: number;
	private readonly keepText: boolean;
	private readonly onRecord: (record: CsvRecord) => void;
	private state = cellStart;
	private line = 1;
	private recordLine = 1;
	/** characters before the piece, and before the record */
	private position = 0;
	private recordStart = 0;
	private quoteLine = 1;
	private width = 0;
	private cellLength = 0;
	private anything = false;
	private fault: CsvRecord["fault"];
	private cells: string[] = [];
	private text = "";
	private piece = "";
	private runStart = 0;
	private runEnd = 0;
	private afterReturn = false;

	constructor(marks: Marks, keepText: boolean, onRecord: (record: CsvRecord) => void) {
		this.delimiter = marks.delimiter.charCodeAt(0);
		this.quote = marks.quote.charCodeAt(0);
		this.escapeMark = marks.escape.charCodeAt(0);
		this.keepText = keepText;
		this.onRecord = onRecord;
	}

	push(piece: string): void {
		const { delimiter, quote, escapeMark } = this;
		this.piece = piece;
		for (let i = 0; i < piece.length; i++) {
			const c = piece.charCodeAt(i);
			const newline = c === 10 || c === 13;
			const pair = c === 10 && this.afterReturn;
			this.afterReturn = c === 13;
			if (newline && !pair) this.line++;
			if (this.state === quoted) {
				if (c === escapeMark && escapeMark !== quote) this.state = escapeSeen;
				else if (c === quote) this.state = quoteSeen;
				else this.keep(piece, i);
				continue;
			}
			if (this.state === escapeSeen) {
				this.state = quoted;
				this.keep(piece, i);
				continue;
			}
			if (this.state === quoteSeen && c === quote && escapeMark === quote) {
				this.state = quoted;
				this.keep(piece, i);
				continue;
			}
			if (newline) {
				if (!pair) this.endRecord(i + 1);
			} else if (c === delimiter) {
				this.endCell();
				this.anything = true;
			} else if (this.state === cellStart && c === quote) {
				this.state = quoted;
				this.quoteLine = this.line;
				this.anything = true;
			} else if (this.state === quoteSeen) {
				this.fault ??= "text after quote";
			} else {
				this.state = plain;
				this.anything = true;
				this.keep(piece, i);
			}
		}
		this.keepRun(piece);
		this.position += piece.length;
	}

	/** The text is over: gives the last record if it has no newline. */
	end(): void {
		if (this.state === quoted || this.state === escapeSeen) {
			this.fault = "unclosed quote";
			this.recordLine = this.quoteLine;
		}
		if (this.anything) this.endRecord(0);
	}

	/** Number of the line that the text has come to, from 1. */
	get currentLine(): number {
		return this.line;
	}

	private keep(piece: string, i: number): void {
		this.cellLength++;
		if (!this.keepText) return;
		// a run of characters is cut out at once; it breaks where a quote is doubled or escaped
		if (i !== this.runEnd) {
			this.keepRun(piece);
			this.runStart = i;
		}
		this.runEnd = i + 1;
	}

	private keepRun(piece: string): void {
		if (this.runEnd > this.runStart) this.text += piece.slice(this.runStart, this.runEnd);
		this.runStart = 0;
		this.runEnd = 0;
	}

	private endCell(): void {
		this.width++;
		if (this.keepText) {
			this.keepRun(this.piece);
			this.cells.push(this.text);
			this.text = "";
		}
		this.cellLength = 0;
		this.state = cellStart;
	}

	/** @param end index in the piece of what follows the record */
	private endRecord(end: number): void {
		const emptyEnd = this.cellLength === 0;
		const blank = !this.anything;
		this.endCell();
		const { width, cells, fault, recordLine: line } = this;
		this.width = 0;
		this.cells = [];
		this.anything = false;
		this.fault = undefined;
		this.recordLine = this.line;
		const length = this.position + end - this.recordStart;
		this.recordStart += length;
		this.onRecord({ line, width, length, cells, blank, emptyEnd, ...(fault ? { fault } : {}) });
	}
}
