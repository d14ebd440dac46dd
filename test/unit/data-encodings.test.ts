// Texts that are not in UTF-8: what is read of them is what the same text in UTF-8 gives.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { inspectTable } from "../../src/engine/data/index.ts";
import { load, rows, write } from "../fixtures/data/table-files.ts";

const utf16 = (text: string, big: boolean) => {
	const bytes = Buffer.from(`\ufeff${text}`, "utf16le");
	return big ? bytes.swap16() : bytes;
};
const wide = rows("größe,단어,y", 300, (i) => `${(i * 7) % 31}.5,${["한", "é", "😀", "€"][i % 4]},${i % 2}`);

for (const [name, bytes] of [
	["little.csv", utf16(wide, false)],
	["big.csv", utf16(wide, true)],
	["big.csv.gz", gzipSync(utf16(wide, true))],
	["returns.tsv", utf16(wide.replaceAll(",", "\t").replaceAll("\n", "\r\n"), false)],
] as const) {
	test(`${name} in UTF-16 is the table that it is in UTF-8`, async () => {
		const expected = await load(write("plain.csv", wide));
		const table = await load(write(name, bytes));
		assert.deepEqual(table.featureNames, expected.featureNames);
		assert.deepEqual(table.x, expected.x);
		assert.deepEqual(table.y, expected.y);
		const copies = readdirSync(tmpdir()).filter(
			(entry) => entry.includes(`descent-copy`) && entry.includes(`-${process.pid}-`),
		);
		assert.deepEqual(copies, []);
	});
}

test("JSON in UTF-16 is read, too", async () => {
	const list = JSON.stringify(Array.from({ length: 20 }, (_, i) => ({ a: i * 1.5, wort: `ä${i % 3}`, y: i % 2 })));
	const { columns } = await inspectTable(write("list.json", utf16(list, true)), {});
	assert.deepEqual(
		columns[1].levels?.map(({ value }) => value),
		["ä0", "ä1", "ä2"],
	);
});

// every character that Windows-1252 has and Latin-1 has not, and three of both, as Python's codec has them
const characters = [..."€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ£éÿ"];
const bytes = Buffer.from("8082838485868788898a8b8c8e9192939495969798999a9b9c9e9fa3e9ff", "hex");

test("Windows-1252 is read, and said", async () => {
	const text = (of: ArrayLike<string>) =>
		rows("a,gr\xf6\xdfe,y", 300, (i) => `${i * 1.5},x${of[i % of.length]},${i % 2}`);
	const { columns, understood } = await inspectTable(
		write("western.csv", Buffer.from(text(bytes.toString("latin1")), "latin1")),
		{ target: "y" },
	);
	assert.equal(understood, "read as Windows-1252, as line 1 is not UTF-8");
	assert.equal(columns[1].name, "größe");
	const { columns: expected } = await inspectTable(write("plain.csv", text(characters)), { target: "y" });
	assert.deepEqual(columns[1].levels, expected[1].levels);
	assert.equal(expected[1].distinct, characters.length);
});

test("a letter far below what is looked at first is read, and the line is said", async () => {
	const text = Buffer.from(`${rows("a;b;y", 60_000, (i) => `${i},5;k${i % 4};${i % 2}`)}1,5;caf\xe9;1\n`, "latin1");
	const { columns, understood, rows: count } = await inspectTable(write("far.csv", text), { target: "y" });
	assert.equal(understood, "read as Windows-1252, as line 60002 is not UTF-8; decimal commas");
	assert.equal(count, 60_001);
	assert.ok(columns[1].levels?.some(({ value }) => value === "café"));
});
