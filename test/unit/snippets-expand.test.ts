// biome-ignore-all lint/suspicious/noTemplateCurlyInString: a snippet's body is no template
// The expander of the tests, on VS Code's own grammar; test/host/snippets.test.ts compares it with VS Code itself.
import assert from "node:assert/strict";
import { test } from "node:test";
import { expansions, parseSnippet, tabStops } from "../support/snippet-body.ts";

const EXPANDS: [string, ...string[]][] = [
	["plain }", "plain }"],
	["a = $1;$0", "a = ;"],
	["f(${1:x}) + $1", "f(x) + x"],
	["$1 = ${1:x}", "x = x"],
	["${1:a${2:b}c} $2", "abc b"],
	["${1|x,y|}-$1", "x-x", "y-y"],
	["${2|a,b|}${1|c,d|}", "ac", "bc", "ad"],
	["${1|f(a\\, b),c\\|d,e\\\\|}", "f(a, b)", "c|d", "e\\"],
	["\\$1 \\${x} \\\\ \\n", "$1 ${x} \\ \\n"],
	["${1:{a\\}}", "{a}"],
	["${1}", ""],
];
for (const [body, ...texts] of EXPANDS) {
	test(`expands ${JSON.stringify(body)}`, () => {
		assert.deepEqual(
			expansions(body).map(({ text }) => text),
			texts,
		);
	});
}

const REFUSED: [string, RegExp][] = [
	["`${epoch}`", /^\$ without a number or a backslash before it at "\$\{epoch\}`"$/],
	["$TM_FILENAME", /^\$ without a number/],
	["100 $", /^\$ without a number/],
	["${1:x", /^a placeholder does not end/],
	["${1|a,b}", /^a choice does not end with \|\}/],
	["${1/a/b/}", /^a tab stop has neither/],
];
for (const [body, message] of REFUSED) {
	test(`refuses ${JSON.stringify(body)}`, () => assert.throws(() => parseSnippet(body), { message }));
}

test("what was chosen is told in the order of the numbers", () => {
	assert.deepEqual(
		expansions("${2|a,b|}${1|c,d|}").map(({ chosen }) => chosen),
		[
			["c", "a"],
			["c", "b"],
			["d", "a"],
		],
	);
	assert.deepEqual(
		tabStops(parseSnippet("${1:a${3:b}}$2")).map(({ number }) => number),
		[1, 3, 2],
	);
});
