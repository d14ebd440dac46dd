/** Several arrays that NumPy saved into one file: features and target as a rule. */
import { constants, createInflateRaw, inflateRawSync } from "node:zlib";
import { InputError } from "../../../input-error.ts";
import type { Format } from "../../raw-table.ts";
import { type Contents, headBytes, readPart, type SourceFile } from "../../source-file.ts";
import { copyOf } from "../copies.ts";
import { type Matrix, readMatrices } from "../matrix.ts";
import { asMatrix, readHeader, type SavedArray } from "./header.ts";
import { type ZipEntry, zipEntries } from "./zip.ts";

/** How features and target are named, in small letters without marks; the first that a file has. */
const pairs = [
	["x", "y"],
	["xtrain", "ytrain"],
	["trainx", "trainy"],
	["features", "target"],
	["features", "labels"],
	["data", "target"],
	["data", "labels"],
	["trainimages", "trainlabels"],
	["images", "labels"],
];
const mostListed = 10;
/** compressed bytes that hold a header for certain, and are never much when unpacked */
const packedHeaderBytes = 512;

interface Entry extends ZipEntry {
	/** of the array, without .npy */
	array: string;
	/** absent where it holds no numbers */
	saved: SavedArray | undefined;
	fault?: unknown;
}

export const npz: Format = {
	recognises: (head) => head[0] === 0x50 && head[1] === 0x4b && (head[2] === 3 || head[2] === 5),
	extension: /\.npz$/i,

	async read(file, options) {
		const entries = zipEntries(file)
			.filter(({ name }) => name.endsWith(".npy"))
			.map((entry) => lookAt(file, entry));
		const { features, target } = choose(file, entries);
		const copies: Contents[] = [];
		try {
			const matrixOf = async (entry: Entry, nameOf: (i: number) => string): Promise<Matrix> => {
				const where = `${file.name}, array "${entry.array}"`;
				if (!entry.saved) throw entry.fault;
				const { start, stored, size } = entry;
				if (!entry.compressed) {
					const saved = { ...entry.saved, offset: entry.saved.offset + start };
					return asMatrix(where, file.contents.path, saved, nameOf);
				}
				const stretch = { path: file.contents.path, start, end: start + stored - 1 };
				const copy = await copyOf(file.name, stretch, createInflateRaw(), options.signal, { most: size });
				copies.push(copy);
				if (copy.size !== size) throw new InputError(`${where} is damaged; save it again.`);
				return asMatrix(where, copy.path, entry.saved, nameOf);
			};
			const matrices = [await matrixOf(features, (i) => `column${i}`)];
			if (target) matrices.push(await matrixOf(target, (i) => (i === 0 ? "y" : `y${i}`)));
			const [x, y] = matrices;
			if (y && y.rows !== x.rows) {
				throw new InputError(
					`${file.name}: "${features.array}" has ${x.rows} rows and "${target?.array}" has ${y.rows}; save as many of each.`,
				);
			}
			if (y && y.names.length !== 1) {
				throw new InputError(
					`${file.name}, array "${target?.array}": it has ${y.names.length} numbers a row; save one, the class or the value.`,
				);
			}
			const understood = describe(entries, features, target);
			return { ...(await readMatrices(file, matrices, options)), understood };
		} finally {
			for (const copy of copies) copy.remove();
		}
	},
};

/** Reads an array's header; what is wrong with it matters only where it is used. */
function lookAt(file: SourceFile, entry: ZipEntry): Entry {
	const array = entry.name.slice(0, -".npy".length);
	try {
		const most = Math.min(entry.stored, entry.compressed ? packedHeaderBytes : headBytes);
		const bytes = readPart(file.contents.path, entry.start, most);
		const head = entry.compressed ? inflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }) : bytes;
		return { ...entry, array, saved: readHeader(`${file.name}, array "${array}"`, head, entry.size) };
	} catch (error) {
		const fault =
			error instanceof InputError
				? error
				: new InputError(`${file.name}, array "${array}" is damaged; save it again.`, { cause: error });
		return { ...entry, array, saved: undefined, fault };
	}
}

function choose(file: SourceFile, entries: Entry[]): { features: Entry; target?: Entry } {
	if (entries.length === 0) {
		throw new InputError(
			`${file.name} is a zip archive with no NumPy array in it; unpack it, or save a spreadsheet as CSV.`,
		);
	}
	const called = (name: string) =>
		entries.find(({ array }) => array.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "") === name);
	for (const [x, y] of pairs) {
		const [features, target] = [called(x), called(y)];
		if (features && target) return { features, target };
	}
	const tables = entries.length === 1 ? entries : entries.filter(({ saved }) => saved?.shape.length === 2);
	if (tables.length === 1) return { features: tables[0] };
	const listed = entries.slice(0, mostListed).map(shapeOf).join(", ");
	throw new InputError(
		`${file.name}: which arrays are features and target is not clear (${listed}${entries.length > mostListed ? ", ..." : ""}); name them X and y.`,
	);
}

function describe(entries: Entry[], features: Entry, target: Entry | undefined): string {
	const rest = entries.filter((entry) => entry !== features && entry !== target).map(({ array }) => array);
	const used = target ? `features are ${shapeOf(features)}, target is ${shapeOf(target)}` : shapeOf(features);
	const left = rest.slice(0, mostListed).join(", ") + (rest.length > mostListed ? ", ..." : "");
	return rest.length > 0 ? `${used}; not read: ${left}` : used;
}

function shapeOf({ array, saved }: Entry): string {
	return saved ? `${array} (${saved.shape.join(" x ") || "one number"})` : `${array} (no numbers)`;
}
