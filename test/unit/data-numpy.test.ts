// Arrays that NumPy saved: its own files and what it reads out of them are in test/golden/numpy/arrays.json.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { inspectTable } from "../../src/engine/data/index.ts";
import { InputError } from "../../src/engine/input-error.ts";
import { archive, array } from "../fixtures/data/binary-files.ts";
import { numbersOf } from "../fixtures/data/raw-tables.ts";
import { load, write } from "../fixtures/data/table-files.ts";

interface Golden {
	arrays: { name: string; file: string; values: (number | string)[] }[];
	pairs: { name: string; file: string; x: number[]; y: number[] }[];
	refused: { file: string; word: string }[];
}
const golden: Golden = JSON.parse(readFileSync(join(import.meta.dirname, "../golden/numpy/arrays.json"), "utf8"));
const bytesOf = (file: string) => Buffer.from(file, "base64");
const special: Record<string, number> = { nan: Number.NaN, inf: Infinity, "-inf": -Infinity };

test("every number of every type, order and version is the one that NumPy reads", async () => {
	assert.equal(golden.arrays.length, 84);
	for (const { name, file, values } of golden.arrays) {
		const expected = values.map((value) => (typeof value === "string" ? special[value] : value));
		assert.deepEqual(await numbersOf(write("golden.npy", bytesOf(file))), expected, name);
	}
});

test("features and target are told by the names of the arrays, and what was understood is said", async () => {
	const said = [
		"features are X (6 x 2 x 2), target is y (6); not read: other",
		"features are x_train (6 x 2 x 2), target is y_train (6); not read: x_test, y_test, other",
		"features are X (6 x 4), target is y (6 x 1); not read: other",
	];
	for (const [i, { file, x, y }] of golden.pairs.entries()) {
		const path = write("golden.npz", bytesOf(file));
		const expected = y.flatMap((value, row) => [...x.slice(row * 4, row * 4 + 4), value]);
		assert.deepEqual(await numbersOf(path), expected);
		const { target, task, understood, columns } = await inspectTable(path, {});
		assert.deepEqual([target, task, understood, columns.length], ["y", "binary", said[i], 5]);
	}
});

const doubles = (values: number[]) => new Uint8Array(new Float64Array(values).buffer);
const rowCount = 10_000;
const numbers = Array.from({ length: rowCount * 3 }, (_, i) => ((i * 7919) % 5003) / 8);

test("an array of many rows is the same table in either order, and as text", async () => {
	const byColumn = [0, 1, 2].flatMap((column) => numbers.filter((_, i) => i % 3 === column));
	const text = Array.from({ length: rowCount }, (_, i) => numbers.slice(i * 3, i * 3 + 3).join());
	const plain = await load(write("plain.csv", `${text.join("\n")}\n`));
	for (const bytes of [
		array("<f8", [rowCount, 3], doubles(numbers)),
		array("=f8", [rowCount, 3], doubles(byColumn), true),
		archive({ "a.npy": array("<f8", [rowCount, 3], doubles(byColumn), true) }, 8),
	]) {
		const table = await load(write("array.npy", bytes));
		assert.deepEqual(table.x, plain.x);
		assert.deepEqual(table.y, plain.y);
		assert.deepEqual({ ...table.summary, path: "", understood: "" }, { ...plain.summary, path: "", understood: "" });
	}
});

const six = doubles([1, 2, 3, 4, 5, 6]);
const sound = array("<f8", [6], six);
const small = array("<f8", [3, 2], six);
const text = bytesOf(golden.refused[1].file);

const cases: [string, Buffer, string][] = [
	...golden.refused.map(({ file, word }, i): [string, Buffer, string] => [
		`refused${i}.npy`,
		bytesOf(file),
		`refused${i}.npy holds ${word}${word === "Python objects" ? ", which are never unpacked as they may run code" : ""}; save numbers instead.`,
	]),
	[
		"short.npy",
		sound.subarray(0, -1),
		"short.npy has 47 bytes of numbers where its header says 48 (6 f8); save it again.",
	],
	[
		"long.npy",
		Buffer.concat([small, six]),
		"long.npy has 96 bytes of numbers where its header says 48 (3 x 2 f8); save it again.",
	],
	["head.npy", sound.subarray(0, 40), "head.npy is damaged or cut short: its header cannot be read; save it again."],
	["text.npy", Buffer.from("1,2\n"), "text.npy is damaged or cut short: its header cannot be read; save it again."],
	["none.npy", array("<f8", [0, 3], doubles([])), "none.npy has no numbers in it; write rows into it."],
	["one.npy", array("<f8", [], doubles([1])), "one.npy is one number and no table; save an array with rows."],
	[
		"cube.npy",
		array("<f8", [3, 2, 1], six, true),
		"cube.npy has 3 dimensions in Fortran's order; save it in C's order.",
	],
	[
		"inf.npy",
		array("<f8", [5, 2], doubles([1, 2, 3, 4, 5, Infinity, 7, 8, 9, 1])),
		'inf.npy, row 3, column "column1": the number is infinite; correct it or leave the cell empty.',
	],
	[
		"cut.npz",
		archive({ "a.npy": small }).subarray(0, -9),
		"cut.npz is damaged or cut short: its list of contents cannot be read; save it again.",
	],
	[
		"sheet.npz",
		archive({ "sheet.xml": small }),
		"sheet.npz is a zip archive with no NumPy array in it; unpack it, or save a spreadsheet as CSV.",
	],
	[
		"many.npz",
		archive({ "a.npy": small, "b.npy": small, "c.npy": text }),
		"many.npz: which arrays are features and target is not clear (a (3 x 2), b (3 x 2), c (no numbers)); name them X and y.",
	],
	["texts.npz", archive({ "X.npy": small, "y.npy": text }), 'texts.npz, array "y" holds texts; save numbers instead.'],
	[
		"objects.npz",
		archive({ "X.npy": small, "y.npy": bytesOf(golden.refused[0].file) }, 8),
		'objects.npz, array "y" holds Python objects, which are never unpacked as they may run code; save numbers instead.',
	],
	[
		"rows.npz",
		archive({ "X.npy": small, "y.npy": sound }),
		'rows.npz: "X" has 3 rows and "y" has 6; save as many of each.',
	],
	[
		"hot.npz",
		archive({ "X.npy": small, "y.npy": small }),
		'hot.npz, array "y": it has 2 numbers a row; save one, the class or the value.',
	],
];

for (const [name, contents, expected] of cases) {
	test(`${name}: ${expected.slice(0, 60)}`, async () => {
		await assert.rejects(inspectTable(write(name, contents), {}), (error: unknown) => {
			if (!(error instanceof InputError)) throw error;
			assert.equal(error.message, expected);
			return true;
		});
	});
}

test("a packed array that is damaged is said so", async () => {
	const bytes = archive({ "X.npy": array("<f8", [rowCount, 3], doubles(numbers)) }, 8);
	bytes.fill(0xff, 20_000, 20_100);
	await assert.rejects(inspectTable(write("damaged.npz", bytes), {}), {
		name: "InputError",
		message: /^damaged.npz(, array "X")? is damaged/,
	});
});
