/** The header of an array as NumPy saves it, versions 1 to 3 (NEP 1). */
import { InputError } from "../../../input-error.ts";
import { type Element, elements } from "../elements.ts";
import type { Matrix } from "../matrix.ts";

/** An array of numbers in a file. */
export interface SavedArray extends Pick<Matrix, "offset" | "element" | "littleEndian" | "byColumn"> {
	shape: number[];
}

const mostColumns = 200_000;
const magic = "\x93NUMPY";

/** What people save besides numbers, by the letter of its kind. */
const others: Record<string, string> = {
	O: "Python objects, which are never unpacked as they may run code",
	U: "texts",
	S: "texts",
	c: "complex numbers",
	M: "dates",
	m: "spans of time",
	V: "records of several fields",
};

/** @returns whether bytes begin as a saved array does */
export function isArray(head: Uint8Array): boolean {
	return Buffer.from(head.subarray(0, magic.length)).toString("latin1") === magic;
}

/**
 * @param where what a message calls the array
 * @param head its first bytes, the whole header among them
 * @param size of the array in bytes, header included
 * @throws InputError when the header is damaged, or says of something else than numbers, or of more or fewer
 */
export function readHeader(where: string, head: Uint8Array, size: number): SavedArray {
	const damaged = new InputError(`${where} is damaged or cut short: its header cannot be read; save it again.`);
	if (!isArray(head) || head.length < 12) throw damaged;
	const view = new DataView(head.buffer, head.byteOffset, head.length);
	const version = head[6];
	if (version < 1 || version > 3) throw damaged;
	const begin = version === 1 ? 10 : 12;
	const offset = begin + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
	if (offset > head.length) throw damaged;
	const text = Buffer.from(head.subarray(begin, offset)).toString(version === 3 ? "utf8" : "latin1");
	const order = /'fortran_order':\s*(True|False)/.exec(text)?.[1];
	const dimensions = /'shape':\s*\(([\d\s,]*)\)/.exec(text)?.[1];
	const type = /'descr':\s*(?:'([^']*)'|(\[))/.exec(text);
	if (order === undefined || dimensions === undefined || !type) throw damaged;
	const [, endian, kind, bytes] = /^([<>=|])([A-Za-z])(.*)$/.exec(type[1] ?? "|V") ?? [];
	const element = `${kind}${bytes}` as Element;
	if (!Object.hasOwn(elements, element)) {
		throw new InputError(`${where} holds ${others[kind] ?? `values of type ${type[1]}`}; save numbers instead.`);
	}
	const shape = (dimensions.match(/\d+/g) ?? []).map(Number);
	const count = shape.reduce((product, length) => product * length, 1);
	const needed = count * elements[element].bytes;
	if (needed !== size - offset) {
		if (!Number.isSafeInteger(needed)) throw damaged;
		throw new InputError(
			`${where} has ${size - offset} bytes of numbers where its header says ${needed} (${shape.join(" x ")} ${element}); save it again.`,
		);
	}
	return { offset, element, littleEndian: endian !== ">", byColumn: order === "True", shape };
}

/**
 * @param where what a message calls the array
 * @returns an array as a table: a row for each step of its first dimension, a column for each number in it
 * @throws InputError when it has no rows
 */
export function asMatrix(
	where: string,
	path: string,
	{ shape, ...array }: SavedArray,
	nameOf: (column: number) => string,
): Matrix {
	if (shape.length === 0) throw new InputError(`${where} is one number and no table; save an array with rows.`);
	if (shape.length > 2 && array.byColumn) {
		throw new InputError(`${where} has ${shape.length} dimensions in Fortran's order; save it in C's order.`);
	}
	const [rows, ...others] = shape;
	const columns = others.reduce((product, length) => product * length, 1);
	if (columns > mostColumns) {
		throw new InputError(`${where} has ${columns} numbers a row, over ${mostColumns}; save fewer.`);
	}
	return { ...array, path, rows, names: Array.from({ length: columns }, (_, i) => nameOf(i)) };
}
