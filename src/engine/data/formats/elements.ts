/** The kinds of numbers that NPY and IDX files hold, by NumPy's names. */
import type { CellType } from "../duck.ts";

interface ElementKind {
	bytes: number;
	/** cells that hold each of its numbers; of 64-bit whole numbers the nearest */
	type: CellType;
	/** @returns numbers out of bytes in the order of the machine, which is little-endian wherever VS Code runs */
	read(buffer: ArrayBuffer, offset: number, count: number): ArrayLike<number>;
}

type TypedArray = new (buffer: ArrayBuffer, offset: number, length: number) => ArrayLike<number>;

const typed = (array: TypedArray, bytes: number, type: CellType): ElementKind => ({
	bytes,
	type,
	read: (buffer, offset, count) => new array(buffer, offset, count),
});

export const elements = {
	b1: typed(Uint8Array, 1, "FLOAT"),
	i1: typed(Int8Array, 1, "FLOAT"),
	u1: typed(Uint8Array, 1, "FLOAT"),
	i2: typed(Int16Array, 2, "FLOAT"),
	u2: typed(Uint16Array, 2, "FLOAT"),
	i4: typed(Int32Array, 4, "DOUBLE"),
	u4: typed(Uint32Array, 4, "DOUBLE"),
	i8: { bytes: 8, type: "DOUBLE", read: (...place) => wholeNumbers(...place, true) },
	u8: { bytes: 8, type: "DOUBLE", read: (...place) => wholeNumbers(...place, false) },
	f2: { bytes: 2, type: "FLOAT", read: halves },
	f4: typed(Float32Array, 4, "FLOAT"),
	f8: typed(Float64Array, 8, "DOUBLE"),
} satisfies Record<string, ElementKind>;

export type Element = keyof typeof elements;

function wholeNumbers(buffer: ArrayBuffer, offset: number, count: number, signed: boolean): Float64Array {
	const low = new Uint32Array(buffer, offset, count * 2);
	const high = new (signed ? Int32Array : Uint32Array)(buffer, offset, count * 2);
	// both parts are exact, so that their sum is rounded once
	return Float64Array.from({ length: count }, (_, i) => high[i * 2 + 1] * 2 ** 32 + low[i * 2]);
}

let halfTable: Float32Array | undefined;

/** IEEE 754 binary16: a sign, 5 bits of exponent, 10 of fraction. */
function halves(buffer: ArrayBuffer, offset: number, count: number): Float32Array {
	halfTable ??= Float32Array.from({ length: 65536 }, (_, bits) => {
		const sign = bits & 0x8000 ? -1 : 1;
		const exponent = (bits >> 10) & 31;
		const fraction = (bits & 1023) / 1024;
		if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
		return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction) : 2 ** -14 * fraction);
	});
	const given = new Uint16Array(buffer, offset, count);
	const table = halfTable;
	return Float32Array.from(given, (bits) => table[bits]);
}
