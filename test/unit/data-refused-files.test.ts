// Files that are no table to learn from, or hardly one: the command line and the editor's engine say the same sentence,
// and go on. What is wrong inside a sound text is in data-bad-input.test.ts.
import assert from "node:assert/strict";
import { mkdirSync, readdirSync } from "node:fs";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { main } from "../../src/engine/cli/main.ts";
import { EngineError, EngineHost } from "../../src/extension/engine-host/engine-host.ts";
import { t } from "../../src/l10n.ts";
import { archive, array, idx } from "../fixtures/data/binary-files.ts";
import { pathOf, rows, write } from "../fixtures/data/table-files.ts";
import { DIST } from "../support/kernels.ts";

const temporary = pathOf("temporary");
mkdirSync(temporary);
process.env.TMPDIR = temporary;

const good = (i: number) => `${i * 1.5},k${i % 4},${i % 2}`;
const table = rows("a,b,y", 50, good);
const utf16 = (text: string, big: boolean) =>
	big ? Buffer.from(text, "utf16le").swap16() : Buffer.from(text, "utf16le");
const list = (count: number, row: (i: number) => string) =>
	`[${Array.from({ length: count }, (_, i) => row(i)).join()}]`;
const doubles = new Uint8Array(new Float64Array(40).map((_, i) => (i * 7) % 11).buffer);
const numbers = array("<f8", [20, 2], doubles);
const labels = idx(8, [6], [1, 1, 1, 1, 1, 1]);
const deep = 100_000;

/** name of the file, its contents, the sentence without the name; files beside it first */
const cases: [name: string, contents: string | Uint8Array, sentence: string, target?: string][] = [
	["none.json", "", " is empty; write a table into it or choose another file."],
	["none.csv.gz", gzipSync(""), " has no rows; it needs a header line and rows."],
	["header.csv.gz", gzipSync("a,b,y\n"), " has a header but no rows; add rows below line 1."],
	["twice.csv.gz", gzipSync(gzipSync(table)), " is compressed twice; decompress it once."],
	[
		"missing.csv",
		rows("a,b,y", 50, () => ",NA,?"),
		' has no column to learn from ("a" has no values); add columns whose values differ.',
	],
	[
		"levels.csv",
		rows("a,y", 100_000, (i) => `${i % 97},level ${i}`),
		', column "y": 100000 different values are too many classes (at most 1000); choose another target.',
		"y",
	],
	["nul.csv", table.replace("k3", "k\0"), ", line 5: a NUL byte is in the text; remove it."],
	["le.csv", utf16(table, false), " is UTF-16 text; save it as UTF-8."],
	["be.csv", utf16(table, true), " is UTF-16 text; save it as UTF-8."],
	["odd.csv", utf16(`\ufeff${table}`, true).subarray(0, -1), " is damaged UTF-16 text; save it again, as UTF-8."],
	["half.csv", utf16(`\ufeff${table}\ud83d`, false), " is damaged UTF-16 text; save it again, as UTF-8."],
	// a header in the encoding of Chinese Windows
	[
		"chinese.csv",
		Buffer.concat([Buffer.from([0xb1, 0xb1, 0xbe, 0xa9]), Buffer.from(table)]),
		", line 1: these bytes are not UTF-8 text; save the file as CSV in UTF-8.",
	],
	// 男 and 女 in it
	[
		"signs.csv",
		Buffer.from(table.replaceAll("k1", "\xc4\xd0").replaceAll("k2", "\xc5\xae"), "latin1"),
		", line 3: these bytes are not UTF-8 text; save the file as CSV in UTF-8.",
	],
	// возраст, and М and Ж, in that of Russian Windows
	[
		"letters.csv",
		Buffer.from(
			`\xe2\xee\xe7\xf0\xe0\xf1\xf2,${rows("b,y", 500, good).replaceAll("k1", "\xcc").replaceAll("k2", "\xc6")}`,
			"latin1",
		),
		", line 1: these bytes are not UTF-8 text; save the file as CSV in UTF-8.",
	],
	// no letter of Windows-1252
	[
		"none.csv",
		Buffer.from(table.replace("k1", "k\x81"), "latin1"),
		", line 3: these bytes are not UTF-8 text; save the file as CSV in UTF-8.",
	],
	[
		"mixed.csv",
		Buffer.concat([Buffer.from(table.replaceAll("k", "é")), Buffer.from("9,\xe9,1\n", "latin1")]),
		", line 52: these bytes are not UTF-8 text; save the file as CSV in UTF-8.",
	],
	["page.csv", "\n<!DOCTYPE html>\n<html></html>\n", " is a web page; download the table itself."],
	[
		"pointer.csv",
		"version https://git-lfs.github.com/spec/v1\noid sha256:4d\nsize 1\n",
		' is a pointer of Git LFS and not the table; run "git lfs pull".',
	],
	[
		"wide.csv",
		`${",".repeat(4_000_000)}\n`,
		" has 4000001 columns, over 50000; give every row the same ones, and fewer.",
	],
	...[3, 5, 9].flatMap((megabytes): typeof cases => {
		const line = `1,${"x".repeat(megabytes * 2 ** 20)},1\n`;
		const sentence = ", line 52: the line is longer than 2 MB; check its quotes or shorten it.";
		return [
			[`long-last-${megabytes}.csv`, table + line, sentence],
			[`long-${megabytes}.csv`, table + line + table.repeat(3), sentence],
		];
	}),
	[
		"a\nb.csv",
		"a,b\n1,2\n3\n",
		", line 3: 1 cell where the header has 2; give every row the same cells, or quote those that hold the delimiter.",
	],
	[
		"it's \"); DROP TABLE t; --.csv",
		"a,y\n1,2\n3\n",
		", line 3: 1 cell where the header has 2; give every row the same cells, or quote those that hold the delimiter.",
	],
	["keys.json", "[{},{},{},{}]", ': its rows are empty; write each as {"name": value, ...}.'],
	[
		"deep.json",
		"[".repeat(deep) + "]".repeat(deep),
		', row 1: it is a list and not an object; write each row as {"name": value, ...}.',
	],
	[
		"deep-cell.json",
		`[{"a": ${"[".repeat(deep)}${"]".repeat(deep)}, "b": 1}]`,
		' has no column to learn from ("b" has one value only); add columns whose values differ.',
	],
	[
		"deep-open.json",
		`[{"a": ${"[".repeat(deep)}`,
		", line 1: the file ends within its array; correct it or write the file again.",
	],
	[
		"deep-object.json",
		'{"a":'.repeat(deep) + "}".repeat(deep),
		': it holds no array of rows; write [{"name": value, ...}, ...], or an object a line (pandas: orient="records").',
	],
	[
		"infinite.json",
		list(9, (i) => `{"a": ${i === 4 ? "1e400" : i}, "y": ${i * 2}}`),
		', row 5, column "a": the number is infinite; correct it or leave the cell empty.',
	],
	[
		"digits.json",
		list(9, () => `{"a": "${"0".repeat(400_000)}-"}`),
		' has no column to learn from ("a" has one value only); add columns whose values differ.',
	],
	[
		"latin.json",
		Buffer.from('[{"a": 1},\n{"a": "\xe9"}]', "latin1"),
		", line 2: the value that begins here is no JSON in UTF-8; correct it or write the file again.",
	],
	[
		"shape.npy",
		array("<f8", [1e300, 1e300, 0], doubles),
		" is damaged or cut short: its header cannot be read; save it again.",
	],
	[
		"pickled.npy",
		array("|O", [5], doubles),
		" holds Python objects, which are never unpacked as they may run code; save numbers instead.",
	],
	[
		"objects.npz",
		archive({ "X.npy": array("|O", [5], doubles), "y.npy": numbers }),
		', array "X" holds Python objects, which are never unpacked as they may run code; save numbers instead.',
	],
	[
		"same.npz",
		archive({ "X.npy": numbers, "y.npy": array("|u1", [20], new Uint8Array(20)) }),
		', column "y": the target has one value only ("0"); add rows that differ.',
	],
	["bomb.npz", bomb(), " is damaged: it unpacks to more than it says; write it again."],
	["p-labels-idx1-ubyte", labels, " holds one value a row, labels as a rule; name the file of the images."],
	[
		"p-images-idx3-ubyte",
		idx(
			8,
			[6, 2, 2],
			new Uint8Array(24).map((_, i) => i),
		),
		', column "label": the target has one value only ("1"); add rows that differ.',
	],
	[
		"q-labels-idx1-ubyte",
		idx(8, [6], [0, 1, 0, 1, 0]),
		" has 5 bytes of values where its header says 6 (6); fetch it again.",
	],
	["short.parquet", "PAR1 and then nothing", " is damaged, cut short or no Parquet file; write it again."],
];

/** An archive of a small array that is followed by 64 MB of zeros, of which its list of contents does not speak. */
function bomb(): Buffer {
	const bytes = archive({ "X.npy": Buffer.concat([numbers, Buffer.alloc(2 ** 26)]) }, 8);
	bytes.writeUInt32LE(numbers.length, bytes.indexOf("PK\x01\x02", 0, "latin1") + 24);
	return bytes;
}

const engine = new EngineHost({
	script: `${DIST}/engine.cjs`,
	idleMs: () => 600_000,
	timeoutMs: () => 60_000,
	t,
	log: { info: () => {}, error: (line) => assert.fail(line) },
	onEvent: () => {},
});
let pid: number | undefined;
before(() => {
	engine.warmUp();
	pid = engine.pid;
});
after(() => engine.dispose());

for (const [name, contents, sentence, target] of cases) {
	test(`${JSON.stringify(name)}${sentence.slice(0, 70)}`, async (t) => {
		const path = write(name, contents);
		const expected = name.replace("\n", " ") + sentence;
		const said = t.mock.method(console, "error", () => {});
		const dataset = { path, ...(target ? { target } : {}) };
		const choice = target ? ["--target", target] : [];
		for (const command of ["inspect", "train"]) {
			assert.equal(await main([command, path, ...choice], DIST), 2, command);
			assert.deepEqual(
				said.mock.calls.map((call) => call.arguments),
				[[`descent: ${expected}`]],
			);
			said.mock.resetCalls();
		}
		const refused = (error: unknown) =>
			error instanceof EngineError && error.fault.kind === "input" && error.message === expected;
		await assert.rejects(engine.call("inspect", dataset), refused);
		await assert.rejects(engine.call("train", { runId: name, file: { dataset } }), refused);
		assert.equal(engine.pid, pid, "the engine's process goes on");
		assert.deepEqual(readdirSync(temporary), []);
	});
}
