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

/** @returns the bytes of a text in an encoding of two bytes a sign, found by what Node's decoder makes of all pairs of them */
function encoder(encoding: string): (text: string) => Buffer {
	const pairs = new Map<string, number[]>();
	const decoder = new TextDecoder(encoding);
	for (let lead = 0x81; lead < 0xff; lead++) {
		for (let trail = 0x41; trail < 0xff; trail++) pairs.set(decoder.decode(Uint8Array.of(lead, trail)), [lead, trail]);
	}
	return (text) => Buffer.from([...text].flatMap((sign) => (sign < "\x80" ? [sign.charCodeAt(0)] : pairs.get(sign)!)));
}

const korean = (i: number) =>
	`${20 + (i % 40)},${["남", "여"][i % 2]},${["서울", "부산", "제주특별자치도", "㎡·방"][i % 4]},${i % 3 ? "합격" : "불합격"}`;

test("CP949, which Korean Windows writes, is read, and said", async () => {
	const text = rows("나이,성별,지역,결과", 300, korean);
	const encode = encoder("euc-kr");
	// Python: "나이,성별".encode("cp949")
	assert.equal(encode("나이,성별").toString("hex"), "b3aac0cc2cbcbabab0");
	const { understood, columns, target } = await inspectTable(write("korean.csv", encode(text)), {});
	assert.equal(understood, "read as CP949 (EUC-KR), as line 1 is not UTF-8");
	assert.equal(target, "결과");
	const { columns: expected } = await inspectTable(write("plain.csv", text), {});
	assert.deepEqual(columns, expected);
	// what Microsoft added to EUC-KR, as Python's codec has it: 갂, 똠, 햏, 펲, 힣
	const added = Buffer.concat([encode(`${text}30,남,`), Buffer.from("81418c63c164bc84c652", "hex"), encode(",합격\n")]);
	const { columns: more } = await inspectTable(write("added.csv", added), {});
	assert.ok(more[2].levels?.some(({ value }) => value === "갂똠햏펲힣"));
	// a value far below, in pairs that pieces of the file cut
	const far = `a,b,y\n${"x,1,2\n".repeat(30_000)}${"한국,3,4\n".repeat(20_000)}`;
	const late = await inspectTable(write("far.csv", encode(far)), { target: "y" });
	assert.equal(late.understood, "read as CP949 (EUC-KR), as line 30002 is not UTF-8");
	assert.deepEqual(late.columns[0].levels?.map(({ value }) => value).sort(), ["x", "한국"]);
});

test("Chinese and Japanese are not taken for Korean, nor Western letters that stand together", async () => {
	const names = (language: string) => {
		const of = new Intl.DisplayNames([language], { type: "region" });
		return ["KR", "CN", "JP", "US", "DE", "FR", "GB", "IT", "ES", "VN", "TH", "IN", "BR", "MX", "CA"].map(
			(code) => of.of(code)!,
		);
	};
	for (const [encoding, language] of [
		["gbk", "zh"],
		["euc-jp", "ja"],
		["big5", "zh-TW"],
	]) {
		const of = names(language);
		const text = rows("a,b,y", 60, (i) => `${of[i % of.length]},${i},${i % 2}`);
		await assert.rejects(
			inspectTable(write(`${language}.csv`, encoder(encoding)(text)), {}),
			/these bytes are not UTF-8 text/,
			language,
		);
	}
	// signs whose bytes all stand for Hangul, some of it frequent
	const two = encoder("gbk")(rows("年龄,价格,合格", 60, (i) => `${"男女"[i % 2]},${i},${i % 2}`));
	await assert.rejects(inspectTable(write("two.csv", two), {}), /these bytes are not UTF-8 text/);
	// the bytes of a Hangul syllable that is frequent, among letters that are none
	const western = rows("a,b,y", 60, (i) => `${["Großstädte", "À\xcc", "Évian", "Ärger"][i % 4]},${i},${i % 2}`);
	const { understood } = await inspectTable(write("western.csv", Buffer.from(western, "latin1")), {});
	assert.equal(understood, "read as Windows-1252, as line 2 is not UTF-8");
});

test("a letter far below what is looked at first is read, and the line is said", async () => {
	const text = Buffer.from(`${rows("a;b;y", 60_000, (i) => `${i},5;k${i % 4};${i % 2}`)}1,5;caf\xe9;1\n`, "latin1");
	const { columns, understood, rows: count } = await inspectTable(write("far.csv", text), { target: "y" });
	assert.equal(understood, "read as Windows-1252, as line 60002 is not UTF-8; decimal commas");
	assert.equal(count, 60_001);
	assert.ok(columns[1].levels?.some(({ value }) => value === "café"));
});
