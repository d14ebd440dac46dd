// What holds for every snippet: its place, its prefix, its words and its tab stops; and that none is missing.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { optimizers } from "../../src/engine/optimizers/index.ts";
import { decays } from "../../src/engine/schedules/index.ts";
import { parseSnippet, tabStops } from "../support/snippet-body.ts";
import { readSnippets, snippetFiles } from "../support/snippets.ts";

const root = new URL("../../", import.meta.url);
const python = ["python"];

/** What a file's snippets share, and what its library has not. */
const FILES: Record<string, { prefix: string; scope: string[]; include?: string; without: string[] }> = {
	numpy: { prefix: "np", scope: python, without: [] },
	pytorch: { prefix: "torch", scope: python, without: ["lion"] },
	keras: { prefix: "keras", scope: python, without: [] },
	optax: { prefix: "optax", scope: python, without: [] },
	tensorflow: {
		prefix: "tf",
		scope: ["typescript", "javascript", "typescriptreact", "javascriptreact"],
		without: ["adamw", "nadam", "lion"],
	},
	"run-file": {
		prefix: "descent",
		scope: ["json", "jsonc"],
		include: "*.train.json",
		// A run file is the loop; momentum has the bias correction; a checkpoint is asked for on the command line.
		without: ["loop", "average", "checkpoint"],
	},
};

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const things = [
	...["loop", "average", "checkpoint", "early-stopping", "warmup"],
	...Object.keys(optimizers).map(kebab),
	// A decay by hand is nothing that could be written down.
	...Object.keys(decays)
		.filter((name) => name !== "manual")
		.map(kebab),
];
const snippets = readSnippets();
const prefixes = snippets.flatMap((snippet) => snippet.prefixes);

test("package.json contributes every file of the folder", () => {
	const there = readdirSync(new URL("snippets/", root)).map((name) => `./snippets/${name}`);
	assert.deepEqual(snippetFiles().sort(), there.sort());
	assert.deepEqual([...new Set(snippets.map(({ file }) => file))].sort(), Object.keys(FILES).sort());
});

for (const [file, { prefix, without }] of Object.entries(FILES)) {
	test(`${file} has every optimizer, every decay and the rest`, () => {
		const wanted = things.filter((thing) => !without.includes(thing)).map((thing) => `${prefix}-${thing}`);
		assert.deepEqual(
			wanted.filter((name) => !prefixes.includes(name)),
			[],
		);
		assert.deepEqual(
			without.filter((thing) => prefixes.includes(`${prefix}-${thing}`)),
			[],
			"there after all",
		);
	});
}

test("no two snippets share a prefix", () => {
	assert.deepEqual(
		prefixes.filter((prefix, i) => prefixes.indexOf(prefix) !== i),
		[],
	);
});

test("the page of snippets names every beginning and every thing that a prefix is made of", () => {
	const page = readFileSync(new URL("docs/snippets.md", root), "utf8");
	const named = [...page.matchAll(/`([a-z-]+)`/g)].map(([, name]) => name);
	const beginnings = Object.values(FILES).map(({ prefix }) => `${prefix}-`);
	const ends = prefixes.map((prefix) => prefix.slice(prefix.indexOf("-") + 1));
	assert.deepEqual(
		[...beginnings, ...ends].filter((name) => !named.includes(name)),
		[],
	);
	assert.deepEqual(
		named.filter((name) => ![...beginnings, ...ends, ...prefixes].includes(name)),
		[],
		"named, but not there",
	);
});

for (const { file, name, scope, prefixes, description, body, include } of snippets) {
	test(`${prefixes[0]} is in order`, () => {
		const shared = FILES[file];
		assert.deepEqual(scope, shared.scope);
		assert.equal(include, shared.include);
		for (const prefix of prefixes) assert.match(prefix, new RegExp(`^${shared.prefix}-[a-z]+(-[a-z]+)*$`));
		assert.match(name, /^[\w.]+( file)?: \S/);
		assert.match(description, /^[^\n]{5,140}[^.\s]$/, "one line without a full stop");
		assert.doesNotMatch(body, /[ \t]$|^\t* /m, "blanks at the end, or before a line that is indented by tabs");

		const stops = tabStops(parseSnippet(body));
		const first = [...new Set(stops.map(({ number }) => number))];
		assert.deepEqual(
			first,
			first.map((_, i) => i + 1),
			"the tab stops are gone through from left to right",
		);
		for (const number of first) {
			const defined = stops.filter((stop) => stop.number === number && (stop.options ?? stop.content));
			assert.ok(defined.length <= 1, `${number} is defined twice`);
		}
		for (const { options } of stops) {
			if (options) assert.ok(options.length > 1 && new Set(options).size === options.length, `${options}`);
		}
	});
}
