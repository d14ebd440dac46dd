/**
 * The safetensors format: eight bytes with the header's length, a JSON header, then the tensors' bytes, little-endian.
 * https://github.com/huggingface/safetensors#format
 */
import type { FileHandle } from "node:fs/promises";

export interface Tensor {
	shape: number[];
	/** F32 or U32, by its type */
	data: Float32Array | Uint32Array;
}

interface HeaderEntry {
	dtype: string;
	shape: number[];
	data_offsets: [number, number];
}

/** @param metadata texts by name, as the format has it */
export function encodeSafetensors(
	tensors: ReadonlyMap<string, Tensor>,
	metadata: Record<string, string>,
): Uint8Array<ArrayBuffer> {
	const header: Record<string, HeaderEntry | Record<string, string>> = { __metadata__: metadata };
	let offset = 0;
	for (const [name, { shape, data }] of tensors) {
		const dtype = data instanceof Float32Array ? "F32" : "U32";
		header[name] = { dtype, shape, data_offsets: [offset, offset + data.byteLength] };
		offset += data.byteLength;
	}
	const text = new TextEncoder().encode(JSON.stringify(header));
	// Padded with spaces, so that the tensors begin at a multiple of eight bytes.
	const length = Math.ceil(text.length / 8) * 8;
	const bytes = new Uint8Array(8 + length + offset);
	new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
	bytes.fill(0x20, 8, 8 + length);
	bytes.set(text, 8);
	let at = 8 + length;
	for (const { data } of tensors.values()) {
		bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
		at += data.byteLength;
	}
	return bytes;
}

type Header = Record<string, HeaderEntry> & { __metadata__?: Record<string, string> };

/** A header is no longer than this, by the format. */
const MOST_HEADER_BYTES = 100_000_000;

/**
 * Reads the texts of a file without its tensors.
 * @throws RangeError or SyntaxError when the bytes are not of the format or were cut off; a file system's error
 */
export async function readMetadata(file: FileHandle): Promise<Record<string, string>> {
	const { size } = await file.stat();
	const begin = new Uint8Array(8);
	await file.read(begin, 0, 8, 0);
	const length = headerLength(begin, Math.min(size - 8, MOST_HEADER_BYTES));
	const text = new Uint8Array(length);
	await file.read(text, 0, length, 8);
	const { __metadata__: metadata = {}, ...entries } = JSON.parse(new TextDecoder().decode(text)) as Header;
	const end = Math.max(0, ...Object.values(entries).map(({ data_offsets }) => data_offsets[1]));
	if (8 + length + end > size) throw new RangeError("the tensors are cut off");
	return metadata;
}

function headerLength(bytes: Uint8Array, most: number): number {
	const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
	if (length > most) throw new RangeError("the header is cut off");
	return length;
}

/** @throws RangeError or SyntaxError when the bytes are not of the format or were cut off */
export function decodeSafetensors(bytes: Uint8Array): {
	tensors: Map<string, Tensor>;
	metadata: Record<string, string>;
} {
	if (bytes.length < 8) throw new RangeError("too short for a header");
	const length = headerLength(bytes, bytes.length - 8);
	const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Header;
	const { __metadata__: metadata = {}, ...entries } = header;
	const tensors = new Map<string, Tensor>();
	for (const [name, { dtype, shape, data_offsets }] of Object.entries(entries)) {
		const [from, to] = data_offsets.map((offset) => 8 + length + offset);
		const values = shape.reduce((product, n) => product * n, 1);
		if (to > bytes.length || to - from !== values * 4) throw new RangeError(`${name} is cut off`);
		// A copy: the tensor's bytes need not be aligned in the file. (A Buffer's own slice would be a view.)
		const { buffer } = Uint8Array.from(bytes.subarray(from, to));
		if (dtype === "F32") tensors.set(name, { shape, data: new Float32Array(buffer) });
		else if (dtype === "U32") tensors.set(name, { shape, data: new Uint32Array(buffer) });
		else throw new RangeError(`${name} is ${dtype}, not F32 or U32`);
	}
	return { tensors, metadata };
}
