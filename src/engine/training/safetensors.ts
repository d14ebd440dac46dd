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
	const begin = headerOf(tensors, metadata);
	const parts = [...tensors.values()].map(({ data }) => bytesOf(data));
	const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, begin.length));
	bytes.set(begin);
	let at = begin.length;
	for (const part of parts) {
		bytes.set(part, at);
		at += part.length;
	}
	return bytes;
}

/**
 * Writes the same to a file, without a copy of the tensors.
 * @throws a file system's error
 */
export async function writeSafetensors(
	file: FileHandle,
	tensors: ReadonlyMap<string, Tensor>,
	metadata: Record<string, string>,
): Promise<void> {
	await file.writeFile(headerOf(tensors, metadata));
	for (const { data } of tensors.values()) await file.writeFile(bytesOf(data));
}

function bytesOf({ buffer, byteOffset, byteLength }: Tensor["data"]): Uint8Array {
	return new Uint8Array(buffer, byteOffset, byteLength);
}

/** What comes before the tensors' bytes. */
function headerOf(tensors: ReadonlyMap<string, Tensor>, metadata: Record<string, string>): Uint8Array {
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
	const bytes = new Uint8Array(8 + length);
	new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
	bytes.fill(0x20, 8, 8 + length);
	bytes.set(text, 8);
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
	return (await readLayout(file)).metadata;
}

/**
 * Reads a file, every tensor straight into an array of its own.
 * @throws RangeError or SyntaxError when the bytes are not of the format or were cut off; a file system's error
 */
export async function readSafetensors(file: FileHandle): Promise<Contents> {
	const { metadata, places } = await readLayout(file);
	const tensors = new Map<string, Tensor>();
	for (const [name, { from, tensor }] of places) {
		const data = tensor();
		const bytes = new Uint8Array(data.data.buffer);
		for (let read = 0; read < bytes.length; ) {
			const { bytesRead } = await file.read(bytes, read, bytes.length - read, from + read);
			if (bytesRead === 0) throw new RangeError(`${name} is cut off`);
			read += bytesRead;
		}
		tensors.set(name, data);
	}
	return { tensors, metadata };
}

/** @throws RangeError or SyntaxError when the bytes are not of the format or were cut off */
export function decodeSafetensors(bytes: Uint8Array): Contents {
	if (bytes.length < 8) throw new RangeError("too short for a header");
	const length = headerLength(bytes, bytes.length - 8);
	const { metadata, places } = layoutOf(bytes.subarray(8, 8 + length), bytes.length);
	const tensors = new Map<string, Tensor>();
	for (const [name, { from, tensor }] of places) {
		const { data, shape } = tensor();
		// A copy: the tensor's bytes need not be aligned in the file.
		new Uint8Array(data.buffer).set(bytes.subarray(from, from + data.byteLength));
		tensors.set(name, { shape, data });
	}
	return { tensors, metadata };
}

interface Contents {
	tensors: Map<string, Tensor>;
	metadata: Record<string, string>;
}

/** Where a tensor's bytes begin in the file, and room for it. */
interface Place {
	from: number;
	tensor(): Tensor;
}

interface Layout {
	metadata: Record<string, string>;
	places: Map<string, Place>;
}

async function readLayout(file: FileHandle): Promise<Layout> {
	const { size } = await file.stat();
	const begin = new Uint8Array(8);
	await file.read(begin, 0, 8, 0);
	const text = new Uint8Array(headerLength(begin, Math.min(size - 8, MOST_HEADER_BYTES)));
	await file.read(text, 0, text.length, 8);
	return layoutOf(text, size);
}

function headerLength(bytes: Uint8Array, most: number): number {
	const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
	if (length > most) throw new RangeError("the header is cut off");
	return length;
}

/** @param size bytes of the whole file */
function layoutOf(text: Uint8Array, size: number): Layout {
	const { __metadata__: metadata = {}, ...entries } = JSON.parse(new TextDecoder().decode(text)) as Header;
	const places = new Map<string, Place>();
	for (const [name, { dtype, shape, data_offsets }] of Object.entries(entries)) {
		const [from, to] = data_offsets.map((offset) => 8 + text.length + offset);
		const values = shape.reduce((product, n) => product * n, 1);
		if (from < 8 + text.length || to > size || to - from !== values * 4) throw new RangeError(`${name} is cut off`);
		if (dtype !== "F32" && dtype !== "U32") throw new RangeError(`${name} is ${dtype}, not F32 or U32`);
		const room = () => (dtype === "F32" ? new Float32Array(values) : new Uint32Array(values));
		places.set(name, { from, tensor: () => ({ shape, data: room() }) });
	}
	return { metadata, places };
}
