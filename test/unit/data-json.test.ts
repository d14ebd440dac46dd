import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { inspectTable } from "../../src/engine/data/index.ts";
import { InputError } from "../../src/engine/input-error.ts";
import { load, pathOf, rows, write } from "../fixtures/data/table-files.ts";

const count = 20_000;
/** brackets, quotes, ends of lines and letters of one to four bytes, which must not part a row */
const levels = ["plain", 'q"},{"uo\\', "[{,}]:", "äß→🙂", `two\nlines${'\\"'.repeat(41)}`];
const records = Array.from({ length: count }, (_, i) => ({
	a: (i * 7919) % 5000,
	b: i % 11 === 0 ? null : ((i * 31) % 1000) / 8,
	"odd: name": levels[i % 5],
	flag: i % 3 === 0,
	y: (i % 7) * 0.5,
}));
const cell = (value: unknown) => (value === null ? "" : `"${String(value).replaceAll('"', '""')}"`);
const text = rows("a,b,odd: name,flag,y", count, (i) => Object.values(records[i]).map(cell).join());
const columns = Object.fromEntries(
	Object.keys(records[0]).map((key) => [key, records.map((record) => record[key as keyof typeof record])]),
);
const lines = records.map((record) => JSON.stringify(record));

const shapes: [string, string | Uint8Array, string?][] = [
	["records.json", JSON.stringify(records)],
	["pretty.json", `\ufeff${JSON.stringify(records, undefined, "\t")}\n`],
	["lines.jsonl", lines.join("\n")],
	["returns.ndjson", `${lines.join("\r\n\r\n")}\r\n`],
	["packed.jsonl.gz", gzipSync(lines.join("\n"))],
	[
		"data.json",
		JSON.stringify({ meta: { of: ["x"] }, note: "}]", 'da"ta': records, more: [1, 2] }),
		'rows are the objects in "da"ta"',
	],
	["columns.json", JSON.stringify(columns), "each array is a column"],
];

for (const [name, contents, understood] of shapes) {
	test(`${name} is the table that the same rows are as CSV`, async () => {
		const plain = await load(write("plain.csv", text), { target: "y", task: "regression" });
		const table = await load(write(name, contents), { target: "y", task: "regression" });
		assert.deepEqual(table.featureNames, plain.featureNames);
		assert.deepEqual(table.x, plain.x);
		assert.deepEqual(table.y, plain.y);
		assert.deepEqual(table.sourceRow, plain.sourceRow);
		assert.equal(table.summary.understood, understood);
		// null is no text that stands for no value
		const columns = plain.summary.columns.map(({ missingMarks: _, ...column }) => column);
		assert.deepEqual({ ...table.summary, path: "", understood }, { ...plain.summary, columns, path: "", understood });
	});
}

test("what comes first far down in the file is neither lost nor an error", async () => {
	const far = lines.with(15_000, JSON.stringify({ ...records[15_000], late: 5, a: "many", b: "NA", flag: { of: 1 } }));
	const { columns } = await inspectTable(write("far.jsonl", far.join("\n")), { target: "y" });
	const told = Object.fromEntries(columns.map((column) => [column.name, column]));
	assert.deepEqual([told.late.missing, told.late.mean, told.late.kind], [count - 1, 5, "constant"]);
	assert.equal(told.a.setAside, 'not all numbers: "many" in row 15001');
	const missing = records.filter(({ b }, i) => b === null || i === 15_000).length;
	assert.deepEqual([told.b.kind, told.b.missing], ["numeric", missing]);
	assert.equal(told.flag.setAside, "nested values");
	const one = lines.with(15_000, JSON.stringify({ ...records[15_000], late: 5 }));
	const { columns: others } = await inspectTable(write("one.jsonl", one.join("\n")), { target: "y" });
	assert.deepEqual([others.length, others[5].name, others[5].missing], [6, "late", count - 1]);
});

test("numbers in quotes and Python's NaN are what they read as, lists are set aside", async () => {
	const row = (i: number) => {
		return `{"a": "${i * 1.5}", "b": ${i % 4 ? i : "NaN"}, "c": "NaN Infinity", "d": [${i}], "e": "?", "y": ${i % 5}.5}`;
	};
	const path = write("python.json", `[${Array.from({ length: 40 }, (_, i) => row(i)).join(",\n")}]`);
	const { columns } = await inspectTable(path, {});
	assert.deepEqual(
		columns.map(({ name, kind, missing, setAside }) => [name, kind, missing, setAside]),
		[
			["a", "numeric", 0, undefined],
			["b", "numeric", 10, undefined],
			["c", "constant", 0, "one value only"],
			["d", "text", 0, "nested values"],
			["e", "empty", 40, "no values"],
			["y", "numeric", 0, undefined],
		],
	);
	assert.equal(columns[0].max, 58.5);
});

const good = (i: number) => `{"a":${i * 1.5},"b":${i % 4},"c":${i * 0.25}}`;
const many = Array.from({ length: 9000 }, (_, i) => good(i));
const orient = 'write [{"name": value, ...}, ...], or an object a line (pandas: orient="records").';

const cases: [string, string | Uint8Array, string][] = [
	["empty.json", "[]", "empty.json has no rows; it needs one object a row."],
	["object.json", "{}", `object.json: it holds no array of rows; ${orient}`],
	["index.json", '{"a":{"0":1},"b":{"0":2}}', `index.json: it holds no array of rows; ${orient}`],
	["split.json", '{"columns":["a"],"data":[[1],[2]]}', `split.json: the rows of "data" are lists; ${orient}`],
	["two.json", '{"a":[{"x":1}],"b":[{"x":1}]}', 'two.json has 2 arrays of rows ("a", "b"); keep one of them.'],
	[
		"uneven.json",
		'{"a":[1,2,3],"b":[1,2]}',
		'uneven.json: "b" has 2 values and "a" has more; give every column as many.',
	],
	[
		"list.json",
		'[{"a":1},[2]]',
		'list.json, row 2: it is a list and not an object; write each row as {"name": value, ...}.',
	],
	[
		"scalar.jsonl",
		`${many.join("\n")}\n7\n`,
		'scalar.jsonl, row 9001: it is a number and not an object; write each row as {"name": value, ...}.',
	],
	[
		"wrong.json",
		`[\n${many.join(",\n")},\n{"a":"\\"},{\\""},\n{"a" 1}]`,
		"wrong.json, line 9003: the value that begins here is no JSON in UTF-8; correct it or write the file again.",
	],
	[
		"bytes.jsonl",
		Buffer.from(`${many.join("\n\n")}\n{"a":"caf\xe9"}\n${good(1)}`, "latin1"),
		"bytes.jsonl, line 18000: the value that begins here is no JSON in UTF-8; correct it or write the file again.",
	],
	[
		"cut.json",
		`[\n${many.join(",\n")},\n{"a":`,
		"cut.json, line 9002: the file ends within its array; correct it or write the file again.",
	],
	[
		"cut.jsonl",
		`${many.join("\n")}\n{"a":`,
		"cut.jsonl, line 9001: the file ends within the value that begins here; correct it or write the file again.",
	],
	["open.json", '{"data":[{"a":1}', "open.json ends within an object; write the file again."],
	[
		"bracket.json",
		'[{"a":1}}',
		"bracket.json, line 1: the array is closed by the wrong bracket; correct it or write the file again.",
	],
	[
		"closed.jsonl",
		`${many.join("\n")}\n}\n`,
		"closed.jsonl, line 9001: a bracket is closed that was not opened; correct it or write the file again.",
	],
	[
		"rest.json",
		'[{"a":1}]\n\nx',
		"rest.json, line 3: something follows the array; correct it or write the file again.",
	],
	["words.json", "a,b\n1,2\n", "words.json is no JSON; it should begin with [ or {."],
	[
		"huge.json",
		`[${good(1)},${good(2)},{"a":1e400,"b":1,"c":1},${good(3)},${good(4)}]`,
		'huge.json, row 3, column "a": the number is infinite; correct it or leave the cell empty.',
	],
	[
		"keys.jsonl",
		Array.from({ length: 20_000 }, (_, i) => `{"k${i}":1}`).join("\n"),
		"keys.jsonl: its rows have hardly a key in common; give every row the same keys.",
	],
	[
		"long.json",
		`[${good(1)},\n{"a":"${"x".repeat(3 * 2 ** 24)}"}]`,
		"long.json, line 2: the value that begins here is longer than 16 MB; correct it or write the file again.",
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

test("a reading of JSON tells how far it is, lets others have their turn and ends when it is asked to", async () => {
	const path = write("long.jsonl", lines.concat(lines, lines, lines, lines, lines).join("\n"));
	const controller = new AbortController();
	let turns = 0;
	let counting = setImmediate(function turn() {
		turns++;
		counting = setImmediate(turn);
	});
	const told: number[] = [];
	const progress = (rows: number, about: number) => {
		told.push(about);
		controller.abort(new Error(`enough after ${rows}`));
	};
	await assert.rejects(load(path, { signal: controller.signal, progress }), /^Error: enough after \d+$/);
	clearImmediate(counting);
	assert.equal(told.length, 1);
	assert.ok(Math.abs(told[0] / (6 * count) - 1) < 0.05, `about ${told[0]} rows`);
	assert.ok(turns > 3, `other work had ${turns} turns`);
});

test("a JSON file that goes while it is read is an error", async () => {
	const path = pathOf("gone.jsonl");
	write("gone.jsonl", lines.join("\n"));
	const reading = inspectTable(path, {});
	write("gone.jsonl", lines.slice(1).join("\n"));
	await assert.rejects(reading, {
		message: "gone.jsonl changed while it was read; run again when nothing writes to it.",
	});
});
