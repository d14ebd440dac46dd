// Numbers written as amounts: thousands marks of both conventions, currencies, percents, units; and what only looks like
// them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type AmountForm, amountFormOf, readAmount } from "../../src/engine/data/amount-text.ts";
import { inspectTable, readNewRows } from "../../src/engine/data/index.ts";
import { InputError } from "../../src/engine/input-error.ts";
import { Random } from "../../src/engine/training/random.ts";
import { load, rows, write } from "../fixtures/data/table-files.ts";

test("amounts are read as they are written", () => {
	const read: [string, AmountForm, number][] = [
		["1,234,567.89", { decimal: ".", unit: "" }, 1234567.89],
		["1.234.567,89", { decimal: ",", unit: "" }, 1234567.89],
		["1,234", { decimal: ".", unit: "" }, 1234],
		["1,234", { decimal: ",", unit: "" }, 1.234],
		["1'234.5", { decimal: ".", unit: "" }, 1234.5],
		["1\u202f234,5", { decimal: ",", unit: "" }, 1234.5],
		["-12", { decimal: ",", unit: "" }, -12],
		["0,5", { decimal: ",", unit: "" }, 0.5],
		[".5", { decimal: ".", unit: "" }, 0.5],
		["$1,234.56", { decimal: ".", unit: "$" }, 1234.56],
		["-$5", { decimal: ".", unit: "$" }, -5],
		["$-5", { decimal: ".", unit: "$" }, -5],
		["\u22125 €", { decimal: ",", unit: "€" }, -5],
		["€ 5", { decimal: ",", unit: "€" }, 5],
		["5", { decimal: ",", unit: "€" }, 5],
		["1.234,50 EUR", { decimal: ",", unit: "EUR" }, 1234.5],
		["5.3%", { decimal: ".", unit: "%" }, 5.3],
		["5,3 %", { decimal: ",", unit: "%" }, 5.3],
		["72.5 kg", { decimal: ".", unit: "kg" }, 72.5],
		["64GB", { decimal: ".", unit: "GB" }, 64],
		["1.250,5 km/h", { decimal: ",", unit: "km/h" }, 1250.5],
		["-3 °C", { decimal: ".", unit: "°C" }, -3],
		["80 m2", { decimal: ".", unit: "m2" }, 80],
		["1,250 sq ft", { decimal: ".", unit: "sq ft" }, 1250],
		["1,250원", { decimal: ".", unit: "원" }, 1250],
		["72", { decimal: ".", unit: "kg" }, 72],
		["(5.00)", { decimal: ".", unit: "" }, -5],
		["(1,234.50)", { decimal: ".", unit: "" }, -1234.5],
		["($1,234.56)", { decimal: ".", unit: "$" }, -1234.56],
		["$ (5)", { decimal: ".", unit: "$" }, -5],
		["(5,25) €", { decimal: ",", unit: "€" }, -5.25],
	];
	for (const [text, form, value] of read) assert.equal(readAmount(text, form), value, text);
	const plain: AmountForm = { decimal: ".", unit: "" };
	const odd = ["", "$", ".", "%", "1,23", "12,34.5", "1,2345", "0,123", "012,345", "1,234'567", "--5", "$5$", "1 234"];
	const others = ["12-345", "1.2.3", "2024-01-31", "31.01.2024", "10:30", "555-1234", "555.123.4567", "02134", "5%"];
	const brackets = ["(-5)", "-(5)", "5 (3)", "(5", "5)", "()", "((5))", "(a)", "(555) 123", "(1,23)"];
	for (const text of [...odd, ...others, ...brackets, "9".repeat(100)])
		assert.equal(readAmount(text, plain), Number.NaN, text);
	assert.equal(readAmount("€5", { decimal: ".", unit: "$" }), Number.NaN);
	assert.equal(readAmount("5", { decimal: ".", unit: "%" }), Number.NaN, "5 may be 500 percent");
	const kilograms: AmountForm = { decimal: ".", unit: "kg" };
	for (const text of ["5 lb", "5 Kg", "kg", "kg 5", "5 kg 3", "5 kg of flour", "05 kg", "$5 kg"])
		assert.equal(readAmount(text, kilograms), Number.NaN, text);
});

test("a column's convention is that of all its texts; where they leave it open, the table's", () => {
	const told = (texts: string[], table?: "." | ",") => amountFormOf(texts, table)?.decimal;
	assert.equal(told(["1,234", "2,345.5"]), ".");
	assert.equal(told(["1.234", "2.345,5"]), ",");
	assert.equal(told(["1,234", "12,5"]), ",");
	assert.equal(told(["1,234", "5"]), ".");
	assert.equal(told(["1,234", "5"], ","), ",");
	assert.equal(told(["$1.234"], ","), ",");
	assert.equal(told(["1,234.5", "1.234,5"]), undefined);
	assert.equal(told(["$5", "€5"]), undefined);
	assert.equal(told(["5%", "5"]), undefined);
	assert.equal(told(["5 kg", "5.5 kg"]), ".");
	assert.equal(told(["5 kg", "5 lb"]), undefined);
	assert.equal(told(["30K", "1.2M"]), undefined);
	assert.equal(told(["1st", "2nd", "3rd", "4th"]), undefined);
	assert.equal(told(["1", "2.5"]), undefined, "plain numbers");
	assert.equal(told(["(5.00)", "7.25"]), ".");
	assert.equal(told(["(1)", "(2)"]), undefined, "notes");
	// addresses, whose parts may all have three digits
	assert.equal(told(["192.168.100.200", "192.168.100.201", "172.255.100.100"]), undefined);
	assert.equal(told(["192.168.100.200", "192.168.100.256"]), ",");
	assert.equal(told(["1.192.168.100", "2.345"]), ",");
	// what decides may come late
	assert.equal(told([...Array.from({ length: 4000 }, (_, i) => `${i + 1},125`), "1,5"]), ",");
});

const count = 400;
const random = new Random(7);
const values = Array.from({ length: count }, () => Math.round(10 ** (6 * random.uniform()) * 100) / 100);
const shares = values.map((value) => (value * 7) % 100).map((share) => Math.round(share * 10) / 10);
const english = new Intl.NumberFormat("en-US");
const german = new Intl.NumberFormat("de-DE");
const plainRow = (i: number) => `${values[i]},${shares[i]},${i % 5}.5`;

const forms: Record<string, [string, string]> = {
	"points part fractions": [
		rows("a,b,y", count, (i) => `"$${english.format(values[i])}",${shares[i]}%,${i % 5}.5`),
		`$${english.format(values[0])}`,
	],
	"with units": [
		rows("a,b,y", count, (i) => `"${english.format(values[i])} kg",${shares[i]}%,${i % 5}.5`),
		`${english.format(values[0])} kg`,
	],
	"commas part fractions": [
		rows("a;b;y", count, (i) => `${german.format(values[i])} €;${german.format(shares[i])} %;${i % 5},5`),
		`${german.format(values[0])} €`,
	],
};

for (const [name, [text, example]] of Object.entries(forms)) {
	test(`amounts are the numbers that they stand for: ${name}`, async () => {
		const expected = await load(write("plain.csv", rows("a,b,y", count, plainRow)), { target: "y" });
		const table = await load(write("amounts.csv", text), { target: "y" });
		assert.deepEqual(table.featureNames, ["a", "b"]);
		assert.deepEqual(table.x, expected.x);
		assert.deepEqual(table.y, expected.y);
		assert.equal(table.summary.columns[0].written, example);
		assert.match(table.summary.columns[1].written!, /%$/);
		assert.equal(table.summary.columns[2].written, undefined);
	});

	test(`rows to predict are read as in training: ${name}`, async () => {
		const { preparation, x, sourceRow } = await load(write("amounts.csv", text), { target: "y" });
		const stored = JSON.parse(JSON.stringify(preparation));
		// some rows, so that what they look like by themselves may be another convention
		const [header, ...lines] = text.split("\n");
		const open = lines.findIndex((line) => /^\D*[1-9]\d\d\D/.test(line));
		for (const chosen of [lines.slice(0, -1), [lines[open]]]) {
			const path = write("new.csv", `${[header, ...chosen].join("\n")}\n`);
			const read = await readNewRows(path, stored, new Set(), {});
			const inputs = new Float32Array(chosen.length * 2);
			read.encode(0, chosen.length, inputs);
			read.discard();
			for (const [i, row] of sourceRow.entries()) {
				const at = chosen.length === 1 ? (row - 1 === open ? 0 : -1) : row - 1;
				if (at >= 0) assert.deepEqual(inputs.subarray(at * 2, at * 2 + 2), x.subarray(i * 2, i * 2 + 2));
			}
		}
	});
}

test("an open column follows the decimal mark of its table", async () => {
	const told = async (text: string) => (await inspectTable(write("open.csv", text), { target: "y" })).columns[0].min;
	assert.equal(await told(rows("a;y", 60, (i) => `€ 1.${100 + i};${i % 5},5`)), 1100);
	assert.equal(await told(rows("a;y", 60, (i) => `€ 1.${100 + i};${i % 5}.5`)), 1.1);
});

test("new rows that are written otherwise are refused", async () => {
	const { preparation } = await load(write("amounts.csv", forms["commas part fractions"][0]), { target: "y" });
	const refused = (text: string, why: RegExp) =>
		assert.rejects(readNewRows(write("new.csv", text), preparation, new Set(), {}), (fault) => {
			return fault instanceof InputError && why.test(fault.message);
		});
	await refused("a,b\n5 $,5 %\n6 $,7 %\n", /new\.csv, line 2, column "a": "5 \$" is no number/);
	await refused("a,b\n1.234,5 %\n2.345,7 %\n", /column "a": it holds plain numbers, and .* decimal comma/);
	await refused("a,b\n5 €,5\n6 €,7\n", /column "b": it holds plain numbers, and .* percents/);
});

test("what only looks like amounts stays what it is", async () => {
	const text = rows("id,zip,phone,version,day,word,mixed,years,place,y", 60, (i) =>
		[
			`12-${100 + i}`,
			`0${2100 + (i % 3)}-1`,
			`555.123.${4000 + i}`,
			`1.2.${i % 3}`,
			`0${1 + (i % 9)}.02.2024`,
			["low", "5% fat", "$"][i % 3],
			i % 2 ? `$${i}` : `€${i}`,
			["< 1 year", "1 year", "2 years", "3 years", "10+ years"][i % 5],
			["1st", "2nd", "3rd", "4th"][i % 4],
			`${(i * 7) % 10}.5`,
		].join(),
	);
	const { columns } = await inspectTable(write("near.csv", text), { target: "y" });
	assert.deepEqual(
		columns.map(({ kind }) => kind),
		[
			...["identifier", "categorical", "identifier", "categorical", "date"],
			...["categorical", "identifier", "categorical", "categorical", "numeric"],
		],
	);
	assert.ok(columns.every(({ written }) => written === undefined));
});

test("some cells that are no amounts: set aside with the first of them, and used by choice", async () => {
	const price = (i: number) => (i === 7 ? "call us" : `"$${english.format(1000 + i * 3)}"`);
	const path = write(
		"odd.csv",
		rows("price,a,y", 300, (i) => `${price(i)},${i % 17}.5,${(i * 7) % 11}.5`),
	);
	const [aside] = (await inspectTable(path, { target: "y" })).columns;
	assert.equal(aside.setAside, 'not all numbers: "call us" in row 8');
	assert.deepEqual(aside.otherKinds, ["numeric", "categorical"]);
	const chosen = await load(path, { target: "y", columns: { price: { kind: "numeric" } } });
	const [used] = chosen.summary.columns;
	assert.deepEqual([used.kind, used.missing, used.min, used.max], ["numeric", 1, 1000, 1897]);
	assert.ok(used.written?.startsWith("$1,"));
});

test("a column of very many different amounts is read as one of few", async () => {
	const many = 150_000;
	const text = rows("price,y", many, (i) => `"$${english.format(i * 1.5 + 1000)}",${(i * 7919) % 13}.5`);
	const { summary } = await load(write("many.csv", text), { target: "y" });
	const { kind, min, max, missing, written } = summary.columns[0];
	assert.deepEqual([kind, min, max, missing, written], ["numeric", 1000, (many - 1) * 1.5 + 1000, 0, "$1,000"]);
});
