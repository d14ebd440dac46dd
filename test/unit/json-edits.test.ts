import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../src/engine/training/random.ts";
import { type JsonEdit, jsonEdits } from "../../src/extension/runs/json-edits.ts";

function apply(text: string, edits: JsonEdit[]): string {
	let result = "";
	let from = 0;
	for (const { offset, length, text: put } of edits) {
		assert.ok(offset >= from, "edits in order, not over each other");
		result += text.slice(from, offset) + put;
		from = offset + length;
	}
	return result + text.slice(from);
}

const edited = (text: string, value: unknown) => apply(text, jsonEdits(text, value));

const TABS = `{
	"dataset": { "path": "t.csv", "target": "y" },
	"optimizer": {
		"name": "adam",
		"learningRate": 1e-3
	},
	"seed": 0
}
`;

const CASES: [string, string, unknown, string][] = [
	["the same value leaves every character", TABS, JSON.parse(TABS), TABS],
	[
		"a text is replaced in its place",
		TABS,
		{ ...JSON.parse(TABS), dataset: { path: "t.csv", target: "x" } },
		TABS.replace('"y"', '"x"'),
	],
	["a member goes with its comma, the last", '{"a": 1, "b": 2}', { a: 1 }, '{"a": 1}'],
	["a member goes with its comma, the first", '{"a": 1, "b": 2}', { b: 2 }, '{"b": 2}'],
	["a member goes with its line", '{\n  "a": 1,\n  "b": 2,\n  "c": 3\n}', { a: 1, c: 3 }, '{\n  "a": 1,\n  "c": 3\n}'],
	["members at the end go together", '{ "a": 1, "b": 2, "c": 3 }', { a: 1 }, '{ "a": 1 }'],
	["all members go", '{ "o": { "a": 1 } }', { o: {} }, '{ "o": {} }'],
	["a member comes on the line", '{ "a": 1 }', { a: 1, b: [1, 2] }, '{ "a": 1, "b": [1, 2] }'],
	["a member comes on the tight line", '{"a":1}', { a: 1, b: 2 }, '{"a":1,"b":2}'],
	["a member comes on a line that is spaced after colons", '{"a": 1}', { a: 1, b: 2 }, '{"a": 1, "b": 2}'],
	[
		"a member comes on a line of its own",
		'{\r\n  "a": 1\r\n}',
		{ a: 1, b: true },
		'{\r\n  "a": 1,\r\n  "b": true\r\n}',
	],
	["a member takes another's place", '{ "a": 1, "b": 2 }', { a: 1, c: 3 }, '{ "a": 1, "c": 3 }'],
	["into an empty object", '{\n\t"o": {}\n}', { o: { k: "v" } }, '{\n\t"o": { "k": "v" }\n}'],
	["undefined is absent", '{ "a": 1, "b": 2 }', { a: undefined, b: 2, c: undefined }, '{ "b": 2 }'],
	["braces and quotes in texts", '{ "a": "}\\"{,", "b": "[" }', { a: '}"{,', b: "]" }, '{ "a": "}\\"{,", "b": "]" }'],
	["of two members of one name the last", '{"a": 1, "a": 2}', { a: 3 }, '{"a": 1, "a": 3}'],
];
for (const [name, text, value, expected] of CASES) {
	test(`JSON edits: ${name}`, () => {
		assert.equal(edited(text, value), expected);
	});
}

test("JSON edits: what does not fit on a line is indented as the file is", () => {
	const columns = Object.fromEntries(Array.from({ length: 3 }, (_, i) => [`a rather long name ${i}`, { use: false }]));
	const result = edited(TABS, { ...JSON.parse(TABS), columns });
	assert.match(result, /\n\t"columns": \{\n\t\t"a rather long name 0": \{\n\t\t\t"use": false\n\t\t\},/);
	assert.ok(result.startsWith(TABS.slice(0, TABS.indexOf("0\n}"))));
});

test("JSON edits: text that is no JSON is refused", () => {
	for (const text of ["", "{", '{ "a": 1, }', "// c\n{}"]) assert.throws(() => jsonEdits(text, {}), SyntaxError);
});

test("JSON edits: any value out of any other, in any spacing", () => {
	const random = new Random(5);
	const pick = <T>(of: readonly T[]) => of[random.below(of.length)];
	const make = (depth: number): unknown => {
		if (depth > 0 && random.below(3) > 0) {
			const keys = ["a", "b", "c", '"', "long name", "é\n"].filter(() => random.below(2) > 0);
			return Object.fromEntries(keys.map((key) => [key, make(depth - 1)]));
		}
		return pick([0, -1.5e-7, "", 'te"xt\\', "{[,:]}", true, null, [], [1, [2]], { x: {} }]);
	};
	for (let i = 0; i < 2000; i++) {
		const [from, to] = [{ top: make(3) }, { top: make(3) }];
		const text = JSON.stringify(from, null, pick([undefined, "\t", 2]));
		assert.deepEqual(JSON.parse(edited(text, to)), to, `${text} to ${JSON.stringify(to)}`);
	}
});
