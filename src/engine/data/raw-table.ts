/** A table as it came from its file, before anything is made of it. */
import { InputError } from "../input-error.ts";
import { inBytes } from "../memory-limit.ts";
import type { DateOrder } from "../protocol/dataset.ts";
import type { DecimalMark } from "./amount-text.ts";
import { BLOCK_ROWS } from "./cells/blocks.ts";
import { CellMemory } from "./cells/cell-memory.ts";
import { NumberCells } from "./cells/number-cells.ts";
import { TextCells, type Texts } from "./cells/text-cells.ts";
import type { NumbersOfTexts } from "./cells/text-reading.ts";
import type { CycleFacts } from "./dates/cycles.ts";
import type { DateForm } from "./dates/date-text.ts";
import type { CellType, RawVector } from "./duck.ts";
import type { OtherFile, SourceFile } from "./source-file.ts";

export interface RawColumn {
	name: string;
	cells: NumberCells | TextCells;
	/** seemed numeric at first, but a later cell was no number */
	brokenNumbers: boolean;
	/** texts that the format took for no value, as far as it saw them */
	missingMarks?: readonly string[];
	/** what parts fractions in the table's numbers; a point by default */
	decimal?: DecimalMark;
	/** the order of day and month that the user says its dates have */
	order?: DateOrder;
	/** the cells' texts, where they were read as numbers or moments */
	written?: NumbersOfTexts;
	/** the numbers are milliseconds since 1970 */
	date?: { form: DateForm; cycles: CycleFacts };
	/** values that are no cells: what they are, in two words; the cells say only whether there is one */
	unread?: string;
}

export interface RawTable {
	file: SourceFile;
	rows: number;
	columns: RawColumn[];
	/** the file names its columns */
	header: boolean;
	/** what had to be understood of the file's form, in a few words */
	understood?: string;
	/** files that belong to it besides its own */
	others?: readonly OtherFile[];
	/** @returns where a data row (from 1) is, as a sentence says it: "line 12" */
	place(row: number): Promise<string>;
	/** Lets all cells go, read or not. */
	discard(): void;
}

/** How a table is to be read, whatever its format. */
export interface ReadOptions {
	/** bytes that the cells may take; those that do not fit go to the disk */
	memoryLimit: number;
	/** where they go; the system's temporary files by default */
	folder?: string;
	/** whether a column's cells are needed; of the others only what they are */
	wanted: (name: string) => boolean;
	/** the order of day and month in a column's dates, where it is known beforehand */
	order?: (name: string) => DateOrder | undefined;
	/** aborted: the reading ends with the signal's reason */
	signal?: AbortSignal;
	/** called once there are some rows, with the columns as far as they were read and, about, the rows in all */
	sampled?: (columns: readonly RawColumn[], about: number) => void;
	/** called ten times a second with the rows read and, about, the rows in all */
	progress?: (rows: number, about: number) => void;
}

/** One file format. */
export interface Format {
	/** @param head first bytes of a file @returns whether it can only be of this format */
	recognises(head: Uint8Array): boolean;
	/** how its files are named, without .gz */
	extension: RegExp;
	/** @throws InputError for a file that is no sound table, or that changes meanwhile */
	read(file: SourceFile, options: ReadOptions): Promise<RawTable>;
}

const progressMs = 100;
/** cells of so many bytes are taken whatever the limit: a run on them is refused by its exact plan */
const fewestHeld = 2 ** 24;

/** Takes a table's rows as vectors. */
export class TableCollector {
	readonly columns: RawColumn[];
	rows = 0;
	private readonly file: SourceFile;
	private readonly about: number;
	private readonly options: ReadOptions;
	private readonly memory: CellMemory;
	private told = performance.now();

	/**
	 * @param about rows in all, as far as can be said
	 * @throws InputError when not even a block of each column fits into memory
	 */
	constructor(
		file: SourceFile,
		columns: (Pick<RawColumn, "name" | "brokenNumbers" | "missingMarks" | "unread" | "decimal"> & { type: CellType })[],
		about: number,
		options: ReadOptions,
	) {
		this.file = file;
		this.about = about;
		this.options = options;
		const width = columns.filter(({ name }) => options.wanted(name)).length;
		this.checkMemory(Math.min(about, BLOCK_ROWS) * width * 4, columns.length);
		this.memory = new CellMemory(about, width, options.memoryLimit, options.folder);
		this.columns = columns.map(({ type, ...column }) => {
			const own = options.wanted(column.name) ? this.memory : undefined;
			const order = options.order?.(column.name);
			const cells =
				type === "VARCHAR" ? new TextCells(own, column.decimal, order) : new NumberCells(own, type === "FLOAT");
			return { ...column, cells, ...(order ? { order } : {}) };
		});
	}

	/** @param vectors one a column, of so many rows; at most 2048 */
	append(vectors: readonly (RawVector | Texts)[], rows: number): void {
		this.columns.forEach(({ cells }, i) => {
			if (cells.type === "texts") cells.append(vectors[i], rows);
			else cells.append(vectors[i] as RawVector, rows);
		});
		if (this.rows === 0 && this.columns.length > 0) this.options.sampled?.(this.columns, Math.max(rows, this.about));
		this.rows += rows;
		this.checkMemory(this.memory.held, this.columns.length);
		const all = Math.max(this.rows, this.about);
		const now = performance.now();
		if (now - this.told < progressMs) return;
		this.told = now;
		this.options.progress?.(this.rows, all);
	}

	/**
	 * The rows that it took, as the table that a format gives.
	 * @param about a row's place is its number unless it says otherwise
	 */
	table(about: Pick<RawTable, "header" | "understood"> & Partial<Pick<RawTable, "place">>): RawTable {
		const { file, rows, columns } = this;
		return { file, rows, columns, place: async (row) => `row ${row}`, discard: () => this.discard(), ...about };
	}

	/** Lets all cells go. */
	discard(): void {
		this.memory.discard();
	}

	private checkMemory(held: number, columns: number): void {
		const { memoryLimit } = this.options;
		if (held <= Math.max(memoryLimit, fewestHeld)) return;
		throw new InputError(
			`${this.file.name}: a block of its ${columns} columns takes ${inBytes(held)} and a run may take ${inBytes(memoryLimit)}; use fewer features or a higher memory limit.`,
		);
	}
}
