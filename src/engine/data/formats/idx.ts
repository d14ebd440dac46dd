/** Images and labels as the MNIST database stores them: a magic number, the dimensions, big-endian values. */
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { InputError } from "../../input-error.ts";
import type { Format, ReadOptions } from "../raw-table.ts";
import { checkUnchanged, type OtherFile, openSource, type SourceFile } from "../source-file.ts";
import { uncompress } from "./copies.ts";
import { type Element, elements } from "./elements.ts";
import { type Matrix, readMatrices } from "./matrix.ts";

const elementOfCode: Partial<Record<number, Element>> = {
	8: "u1",
	9: "i1",
	11: "i2",
	12: "i4",
	13: "f4",
	14: "f8",
};
const mostPixels = 200_000;

export const idx: Format = {
	recognises: (head) =>
		head[0] === 0 && head[1] === 0 && elementOfCode[head[2]] !== undefined && head[3] >= 1 && head[3] <= 8,
	extension: /[.-]idx\d[-.]?(u?byte)?$/i,

	async read(file, options) {
		const { shape, ...values } = readHeader(file);
		const [rows, ...sides] = shape;
		if (sides.length === 0) {
			throw new InputError(`${file.name} holds one value a row, labels as a rule; name the file of the images.`);
		}
		const pixels = sides.reduce((product, side) => product * side, 1);
		if (pixels > mostPixels)
			throw new InputError(`${file.name} has ${pixels} values a row, over ${mostPixels}; use fewer.`);
		const names = Array.from({ length: pixels }, (_, i) => `pixel${i}`);
		const images: Matrix = { ...values, rows, names, path: file.contents.path };
		const { labels, others } = await openLabels(file, options);
		try {
			const given = readHeader(labels);
			if (given.shape.length !== 1 || given.shape[0] !== rows) {
				throw new InputError(
					`${file.name} has ${rows} images and ${labels.name} ${given.shape.join(" x ")} labels; put the labels of these images beside them.`,
				);
			}
			const column: Matrix = { ...given, rows, names: ["label"], path: labels.contents.path };
			const table = await readMatrices(file, [images, column], options);
			await checkUnchanged(labels);
			return {
				...table,
				header: true,
				others,
				understood: `${rows} x ${sides.join(" x ")} images, labels of ${labels.name}`,
			};
		} finally {
			labels.contents.remove();
		}
	},
};

/** @throws InputError when the header is none, or says of more or fewer values than the file has */
function readHeader({ name, head, contents }: SourceFile): Pick<
	Matrix,
	"offset" | "element" | "littleEndian" | "byColumn"
> & {
	shape: number[];
} {
	const element = elementOfCode[head[2]];
	const offset = 4 + 4 * head[3];
	if (head[0] !== 0 || head[1] !== 0 || !element || !(offset > 4 && offset <= head.length)) {
		throw new InputError(`${name} is damaged or no IDX file: its header cannot be read; fetch it again.`);
	}
	const view = new DataView(head.buffer, head.byteOffset, offset);
	const shape = Array.from({ length: head[3] }, (_, i) => view.getUint32(4 + 4 * i));
	const needed = shape.reduce((product, length) => product * length, elements[element].bytes);
	if (needed !== contents.size - offset) {
		throw new InputError(
			`${name} has ${contents.size - offset} bytes of values where its header says ${needed} (${shape.join(" x ")}); fetch it again.`,
		);
	}
	return { offset, element, littleEndian: false, byColumn: false, shape };
}

/** Opens the labels beside images: t10k-labels-idx1-ubyte.gz beside t10k-images-idx3-ubyte.gz, either with .gz or not. */
async function openLabels(images: SourceFile, { signal }: ReadOptions) {
	const plain = images.name.replace(/\.gz$/i, "");
	const own = plain.replace(/images?/i, "labels").replace(/idx\d/i, "idx1");
	const places = [own, `${own}.gz`].map((name) => join(dirname(images.path), name));
	const found = places.findIndex((path) => existsSync(path));
	if (own === plain || found < 0) {
		throw new InputError(
			`${images.name} holds images and their labels are not beside it; put ${basename(own === plain ? "...-labels-idx1-ubyte" : own)} (or .gz) there.`,
		);
	}
	const labels = openSource(places[found]);
	// the first that is there is read, so that one that comes before it would take its place
	const others: OtherFile[] = places.slice(0, found).map((path) => ({ path }));
	others.push({ path: labels.path, fingerprint: labels.fingerprint });
	try {
		await uncompress(labels, signal);
		return { labels, others };
	} catch (error) {
		labels.contents.remove();
		throw error;
	}
}
