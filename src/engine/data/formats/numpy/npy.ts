/** One array that NumPy saved. */
import type { Format } from "../../raw-table.ts";
import { readMatrices } from "../matrix.ts";
import { asMatrix, isArray, readHeader } from "./header.ts";

export const npy: Format = {
	recognises: isArray,
	extension: /\.npy$/i,

	async read(file, options) {
		const { path, size } = file.contents;
		const array = readHeader(file.name, file.head, size);
		const matrix = asMatrix(file.name, path, array, (i) => `column${i}`);
		return readMatrices(file, [matrix], options);
	},
};
