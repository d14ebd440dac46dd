// The forms that people and programs give to tables in text: comments, cells parted by spaces, many columns.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Tidy } from "../../src/engine/data/formats/csv/tidy.ts";
import { inspectTable } from "../../src/engine/data/index.ts";
import { load, rows, write } from "../fixtures/data/table-files.ts";

const count = 30_000;
const words = ["one", "two three", 'f"our', "#five"];
const row = (i: number) => [
	`${(i * 7919) % 5003}.5`,
	`${i % 9 ? (i * 31) % 101 : "?"}`,
	words[i % 4],
	`${(i % 7) * 0.5}`,
];
const quoted = (text: string) => (/[ ",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const plain = rows("a,b,word,y", count, (i) => row(i).map(quoted).join());
const bare = plain.slice(plain.indexOf("\n") + 1);

/** Lines of all rows, their cells parted by different spaces each. */
function spaced(end = "\n"): string {
	const gaps = [" ", "   ", "\t", " \t  "];
	const line = (i: number) => {
		const cells = row(i).map(quoted);
		return `${["", "  ", "\t"][i % 3]}${cells.map((cell, j) => cell + (j < 3 ? gaps[(i + j) % 4] : "")).join("")}${i % 5 ? "" : " "}`;
	};
	return Array.from({ length: count }, (_, i) => line(i) + end).join("");
}

const forms: [string, string, string | undefined, string?][] = [
	["spaces.data", spaced(), "spaces part the cells", bare],
	["returns.txt", spaced("\r\n"), "spaces part the cells", bare],
	["names.txt", `a  b word y\n${spaced()}`, "spaces part the cells"],
	[
		"saved.txt",
		`# saved by a program, at noon\n# a b word y\n${spaced()}`,
		"spaces part the cells; lines that begin with # are comments",
	],
	["top.csv", `\ufeff# made by hand: a, b\n#\n\n${plain}`, "lines that begin with # are comments"],
	["named.csv", `% a,b,word,y\n${bare}`, "lines that begin with % are comments"],
	["title.csv", `Sales of a year,,,\n\n${plain}`, "a line above the header left out"],
	[
		"report.csv",
		`Report\r\n"by a program, at noon"\r\n\r\n${plain.replaceAll("\n", "\r\n")}`,
		"2 lines above the header left out",
	],
	[
		"among.csv",
		plain.replace(/\n/g, (_, at: number) => (at % 97 === 0 ? "\n# a note\n  #1,2,3,4\n" : "\n")),
		"lines that begin with # are comments",
	],
];

for (const [name, text, understood, same = plain] of forms) {
	test(`${name} is the same table as plain CSV`, async () => {
		const options = { target: same === bare ? "column3" : "y", task: "regression" } as const;
		const expected = await load(write("plain.csv", same), options);
		const table = await load(write(name, text), options);
		assert.deepEqual(table.featureNames, expected.featureNames);
		assert.deepEqual(table.x, expected.x);
		assert.deepEqual(table.y, expected.y);
		assert.equal(table.summary.understood, understood);
		assert.deepEqual({ ...table.summary, path: "", understood: "" }, { ...expected.summary, path: "", understood: "" });
	});
}

test("what only looks like comments or spaces between cells is left as it is", async () => {
	const told = async (text: string) => {
		const { rows, columns, understood } = await inspectTable(write("plain.csv", text), {});
		return [rows, columns.map(({ name }) => name).join(), columns[0].levels?.[0].value, understood];
	};
	const body = (line: (i: number) => string) => Array.from({ length: 30 }, (_, i) => `${line(i)}\n`).join("");
	assert.deepEqual(await told(`#,name,y\n${body((i) => `${i},n${i % 3},${i % 7}.5`)}`), [
		...[30, "#,name,y", undefined, undefined],
	]);
	assert.deepEqual(await told(`tag,y\n${body((i) => `${i % 4 ? "#love" : "rust"},${i % 7}.5`)}`), [
		...[30, "tag,y", "#love", undefined],
	]);
	assert.deepEqual(await told(`pixels,y\n${body((i) => `7${i % 3} 80 82,${i % 7}.5`)}`), [
		...[30, "pixels,y", "70 80 82", undefined],
	]);
	assert.deepEqual(await told(`full name\ty\n${body((i) => `John ${i % 3 ? "Smith" : "Doe"}\t${i % 7}.5`)}`), [
		...[30, "full name,y", "John Smith", undefined],
	]);
	assert.deepEqual(await told(`# note\na,y\n${body((i) => `"x\n# in a cell ${i % 3 ? 1 : 2}",${i % 7}.5`)}`), [
		...[30, "a,y", "x\n# in a cell 1", "lines that begin with # are comments"],
	]);
	assert.deepEqual(await told(body((i) => `${i},5 ${i % 3},25 ${i % 2},5`)), [
		...[30, "column0,column1,column2", undefined, "spaces part the cells; decimal commas"],
	]);
});

test("pieces of any size are tidied alike", async () => {
	const text = Buffer.from('\ufeff# no\n% a b\r\n  1\t "x  \n# y"  \n\ufeffz  \t2 \n \n# \n 3 "" \n');
	const tidied = async (size: number) => {
		const tidy = new Tidy({ comment: "#", header: text.indexOf("%"), spaces: true });
		for (let at = 0; at < text.length; at += size) tidy.write(text.subarray(at, at + size));
		tidy.end();
		return Buffer.concat(await tidy.toArray()).toString();
	};
	for (let size = 1; size <= text.length; size++) {
		assert.equal(await tidied(size), '\n%\ta\tb\r\n1\t"x  \n# y"\n\ufeffz\t2\n\n\n3\t""\n');
	}
});

test("a fault is named by its line in the file, whatever was tidied", async () => {
	const lines = spaced().split("\n");
	lines[20_000] = "1 2 3";
	await assert.rejects(inspectTable(write("ragged.txt", `# a b\n${lines.join("\n")}`), {}), {
		name: "InputError",
		message:
			"ragged.txt, line 20002: 3 cells where the first row has 4; give every row the same cells, or quote those that hold the delimiter.",
	});
});

test("five thousand columns are read", async () => {
	const wide = Array.from({ length: 5000 }, (_, j) => `c${j}`);
	const text = rows(wide.join(), 60, (i) => wide.map((_, j) => (i * (j + 3)) % 17).join());
	const { featureNames, x, sourceRow } = await load(write("wide.csv", text), { target: "c4998", scaling: "none" });
	const used = wide.map((_, j) => j).filter((j) => (j + 3) % 17 > 0 && j !== 4998);
	assert.deepEqual(
		featureNames,
		used.map((j) => `c${j}`),
	);
	for (const [k, row] of sourceRow.entries()) {
		const expected = used.map((j) => ((row - 1) * (j + 3)) % 17);
		assert.deepEqual([...x.subarray(k * used.length, (k + 1) * used.length)], expected);
	}
});

test("a line of a fault is that of the file, whatever stands above the header", async () => {
	const text = `Sales\n\n${rows("a,b,y", 30, (i) => `${i * 1.5},${i % 7},${i === 20 ? "1e400" : i * 2.5}`)}`;
	const path = write("fault.csv", text);
	await assert.rejects(inspectTable(path, {}), { message: /^fault\.csv, line 24, column "y": the number is infinite/ });
	await assert.rejects(inspectTable(write("ragged.csv", text.replace("1e400", "3,4")), {}), {
		message:
			"ragged.csv, line 24: 4 cells where the header has 3; give every row the same cells, or quote those that hold the delimiter.",
	});
});

test("a first line with one name is the header where what follows is none", async () => {
	for (const [text, names] of [
		[rows(",y", 40, (i) => `${i},${i * 2.5}`), ["column0", "y"]],
		[rows(",y", 40, (i) => `k${i % 3},${i * 2.5}`), ["column0", "y"]],
		[rows("k,", 40, (i) => `k${i % 3},m${i % 4}`), ["k", "column1"]],
	] as const) {
		const { columns, understood, rows: count } = await inspectTable(write("one.csv", text), {});
		assert.deepEqual([columns.map(({ name }) => name), understood, count], [names, undefined, 40]);
	}
});
