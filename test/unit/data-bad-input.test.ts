import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, rmSync, symlinkSync, utimesSync } from "node:fs";
import { test } from "node:test";
import { fileChanged, inspectTable } from "../../src/engine/data/index.ts";
import { InputError } from "../../src/engine/input-error.ts";
import type { Task } from "../../src/engine/protocol/dataset.ts";
import { load, pathOf, rows, write } from "../fixtures/data/table-files.ts";

async function sentence(path: string, choice: { target?: string; task?: Task } = {}): Promise<string> {
	try {
		await inspectTable(path, choice);
	} catch (error) {
		if (!(error instanceof InputError)) throw error;
		assert.equal(error.message.split("\n").length, 1);
		return error.message;
	}
	return "read without a word";
}

const good = (i: number) => `${i * 1.5},${i % 4},${i * 0.25}`;

/** name of the file, its contents, the sentence, and what was chosen */
const cases: [string, string | Uint8Array, string, { target?: string; task?: Task }?][] = [
	["empty.csv", "", "empty.csv is empty; write a table into it or choose another file."],
	["lines.csv", "\n\n\n", "lines.csv has no rows; it needs a header line and rows."],
	["header.csv", "a,b,c\n", "header.csv has a header but no rows; add rows below line 1."],
	[
		"short.csv",
		"a,b,c\n1,2,3\n1,2\n4,5,6\n",
		"short.csv, line 3: 2 cells where the header has 3; give every row the same cells, or quote those that hold the delimiter.",
	],
	[
		"long.csv",
		"a,b,c\n1,2,3\n\n1,2,3,4\n4,5,6\n",
		"long.csv, line 4: 4 cells where the header has 3; give every row the same cells, or quote those that hold the delimiter.",
	],
	[
		"far.csv",
		`${rows("a,b,c", 60_000, good)}1,2\n`,
		"far.csv, line 60002: 2 cells where the header has 3; give every row the same cells, or quote those that hold the delimiter.",
	],
	[
		"bare.csv",
		"1,2,3\n1,2\n4,5,6\n",
		"bare.csv, line 2: 2 cells where the first row has 3; give every row the same cells, or quote those that hold the delimiter.",
	],
	[
		"title.csv",
		"A,title\na,b,c\n1,2,3\n4,5,6\n",
		"title.csv, line 1: 2 cells where the next line has 3; give every line the same cells.",
	],
	[
		"open.csv",
		'a,b\n1,2\n3,"4\n5,7\n',
		"open.csv, line 3: a quote is opened here and never closed; close it or double it.",
	],
	["head.csv", '"a,b\n1,2\n', "head.csv, line 1: a quote is opened here and never closed; close it or double it."],
	[
		"after.csv",
		'a,b\n1,2\n3,"4"x\n5,7\n',
		"after.csv, line 3: text follows a closing quote; double the quotes inside a quoted cell.",
	],
	[
		"zero.csv",
		new Uint8Array([97, 44, 98, 10, 0, 44, 1, 10]),
		"zero.csv is a binary file, not a table in text; export it as CSV.",
	],
	[
		"gzip.csv",
		new Uint8Array([0x1f, 0x8b, 8, 1, 2, 3]),
		"gzip.csv is damaged or cut short: it cannot be decompressed; fetch it again.",
	],
	[
		"chinese-far.csv",
		Buffer.from(`${rows("a,b,c", 60_000, good)}1,2,\xb1\xb1\xbe\xa9\n`, "latin1"),
		"chinese-far.csv, line 60002: these bytes are not UTF-8 text; save the file as CSV in UTF-8.",
	],
	["few.csv", "a,b\n1,2\n3,4\n5,7\n", "few.csv has 3 rows; training needs at least 4."],
	[
		"few-targets.csv",
		"a,b\n1,2\n3,4\n5,7\n8,?\n9,?\n",
		"few-targets.csv has 3 rows with a target; training needs at least 4.",
	],
	["one.csv", "a\n1\n2\n3\n4\n", "one.csv has one column only; a table needs at least one feature and a target."],
	[
		"dates.csv",
		rows("Date,Temp", 20, (i) => `${i === 7 ? "soon" : `1981-01-${i + 10}`},${i * 0.7}`),
		'dates.csv has no feature besides the target "Temp" ("Date": not all dates: "soon" in row 8); add a column to learn from.',
	],
	[
		"same.csv",
		"a,b\n1,2\n1,2\n1,2\n1,2\n",
		'same.csv has no column to learn from ("a" has one value only); add columns whose values differ.',
	],
	[
		"inf.csv",
		"a,b\n1,2\n\n3,inf\n5,7\n2,2\n3,1\n",
		'inf.csv, line 4, column "b": the number is infinite; correct it or leave the cell empty.',
	],
	[
		"huge.csv",
		"a,b\n1,2\n3,1e400\n5,7\n2,2\n3,1\n",
		'huge.csv, line 3, column "b": the number is infinite; correct it or leave the cell empty.',
	],
	[
		"sum.csv",
		"a,b\n1.1e308,2\n1.2e308,3\n1.3e308,7\n1.4e308,2\n",
		'sum.csv, column "a": the numbers are too large to add up; scale them down.',
	],
	[
		"line.csv",
		`a,b\n1,${"x".repeat(3_000_000)}\n3,4\n`,
		"line.csv, line 2: the line is longer than 2 MB; check its quotes or shorten it.",
	],
	[
		"missing-target.csv",
		rows("a,b,c", 9, good),
		'missing-target.csv has no column "d" for the target; choose one of "a", "b", "c".',
		{ target: "d" },
	],
	[
		"no-value.csv",
		rows("a,b,c", 9, (i) => `${i * 1.5},NA,${i}`),
		'no-value.csv, column "b": the target has no value in any row; choose another target.',
		{ target: "b" },
	],
	[
		"one-class.csv",
		rows("a,y", 9, (i) => `${i * 1.5},k`),
		'one-class.csv, column "y": the target has one value only ("k"); choose another target or add rows that differ.',
		{ target: "y" },
	],
	[
		"constant.csv",
		rows("a,y", 9, (i) => `${i * 1.5},5`),
		'constant.csv, column "y": the target has one value only ("5"); choose another target or add rows that differ.',
		{ target: "y" },
	],
	[
		"words.csv",
		rows("a,y", 9, (i) => `${i * 1.5},k${i % 3}`),
		'words.csv, column "y": regression needs numbers and "k0" is none; choose another target or a classification task.',
		{ task: "regression" },
	],
	[
		"three.csv",
		rows("a,y", 9, (i) => `${i * 1.5},k${i % 3}`),
		'three.csv, column "y": a binary target needs two values and this has 3; choose multiclass.',
		{ task: "binary" },
	],
	[
		"classes.csv",
		rows("a,y", 3000, (i) => `${i * 1.5},k${i % 1500}`),
		'classes.csv, column "y": 1500 different values are too many classes (at most 1000); choose another target.',
		{ target: "y" },
	],
	[
		"many.csv",
		rows("a,y", 3000, (i) => `${i * 1.5},${i * 2}`),
		'many.csv, column "y": over 1000 different values are too many classes (at most 1000); choose another target.',
		{ task: "multiclass" },
	],
];

for (const [name, contents, expected, choice] of cases) {
	test(`${name}: ${expected.slice(0, 60)}`, async () => {
		assert.equal(await sentence(write(name, contents), choice), expected);
	});
}

test("what is no readable file is named", async () => {
	assert.equal(await sentence(pathOf("none.csv")), "none.csv does not exist; check the path of the dataset.");
	mkdirSync(pathOf("folder.csv"));
	assert.equal(await sentence(pathOf("folder.csv")), "folder.csv is a directory; name a table file inside it.");
	assert.equal(
		await sentence(pathOf(`${"n".repeat(300)}.csv`)),
		"The dataset's path is too long for this system; move the file or shorten its name.",
	);
	if (process.platform === "win32") return;
	symlinkSync(pathOf("loop.csv"), pathOf("loop.csv"));
	assert.equal(await sentence(pathOf("loop.csv")), "loop.csv is a loop of symbolic links; point it at a file.");
	assert.equal(await sentence("/dev/null"), "null is not a plain file; copy its contents to one and use that.");
});

test("a dev outlier that no float can hold is an error, not an infinity", async () => {
	const path = write(
		"outlier.csv",
		rows("a,y", 40, (i) => `${i === 7 ? 1e300 : i},${i * 0.5}`),
	);
	for (let seed = 1; ; seed++) {
		const probe = await load(
			write(
				"probe.csv",
				rows("a,y", 40, (i) => `${i},${i * 0.5}`),
			),
			{ split: { seed } },
		);
		if (probe.sourceRow.indexOf(8) < probe.shape.trainRows) continue;
		await assert.rejects(load(path, { split: { seed } }), {
			name: "InputError",
			message: 'Column "a": its numbers are too far apart to scale; scale them down or correct the outlier.',
		});
		return;
	}
});

test("a file that changes or goes while it is read is an error", async () => {
	const path = write("moving.csv", rows("a,b,c", 1000, good));
	// the file is looked at before the call gives its promise, so this comes between the two looks
	const changed = inspectTable(path, {});
	appendFileSync(path, "1,2,3\n");
	await assert.rejects(changed, {
		name: "InputError",
		message: "moving.csv changed while it was read; run again when nothing writes to it.",
	});
	const gone = inspectTable(path, {});
	rmSync(path);
	await assert.rejects(gone, {
		name: "InputError",
		message: "moving.csv was removed while it was read; put it back and run again.",
	});
});

test("a file can be compared with its state when it was loaded", async () => {
	const path = write("later.csv", rows("a,b,c", 50, good));
	const { fingerprint } = await load(path);
	assert.equal(await fileChanged(path, fingerprint), "unchanged");
	utimesSync(path, new Date(0), new Date(0));
	assert.equal(await fileChanged(path, fingerprint), "changed", "as large as before, at another time");
	utimesSync(path, fingerprint.mtimeMs / 1000, fingerprint.mtimeMs / 1000);
	appendFileSync(path, "1,2,3\n");
	assert.equal(await fileChanged(path, fingerprint), "changed");
	rmSync(path);
	assert.equal(await fileChanged(path, fingerprint), "missing");
});

test("a bad table leaves the next one unharmed", async () => {
	await sentence(write("bad.csv", "a,b\n1,2\n3\n"));
	assert.equal((await inspectTable(write("fine.csv", rows("a,b,c", 20, good)), {})).rows, 20);
});
