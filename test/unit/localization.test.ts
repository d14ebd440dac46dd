// English and Korean: everything that is said is translated, nothing is translated that is not said.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setBundle, t } from "../../src/l10n.ts";
import { keysOf, marks, messages } from "../support/localization.ts";
import { repository } from "../support/vscode/paths.ts";

type Texts = Record<string, string>;
const read = async (path: string): Promise<Texts> => JSON.parse(await readFile(join(repository, path), "utf8"));
const korean = await read("l10n/bundle.l10n.ko.json");
const said = await messages();

test("every text of the extension and the panel has a translation", () => {
	assert.ok(said.length > 300, "the texts are found");
	const missing = said.filter(({ text }) => !korean[text]);
	assert.deepEqual([...new Map(missing.map(({ text, at }) => [text, at]))], []);
});

test("every translation is of a text that is used", () => {
	const used = new Set(said.map(({ text }) => text));
	assert.deepEqual(
		Object.keys(korean).filter((text) => !used.has(text)),
		[],
	);
});

test("a translation has the places for values that its text has", () => {
	const wrong = Object.entries(korean).filter(([text, words]) => marks(text).join() !== marks(words).join());
	assert.deepEqual(wrong, []);
});

test("the panel takes a bundle of texts, and nothing else", () => {
	setBundle('{"{0} rows": "{0}행"}');
	assert.equal(t("{0} rows", "1,200"), "1,200행");
	assert.equal(t("{0} of {1} columns", 2, 3), "2 of 3 columns");
	for (const other of ["", "{", "null", "[1]", '{"{0} rows": 7}']) setBundle(other);
	assert.equal(t("{0} rows", "{1}"), "{1}행", "what is no bundle changes nothing, a value is not looked into");
	setBundle("{}");
	assert.equal(t("{0} rows", 3), "3 rows");
});

test("every key of the manifest stands in both languages, and no other", async () => {
	const manifest = JSON.parse(await readFile(join(repository, "package.json"), "utf8"));
	const used = [...new Set(keysOf(manifest))].sort();
	assert.ok(used.length > 50, "the keys are found");
	for (const path of ["package.nls.json", "package.nls.ko.json"]) {
		const texts = await read(path);
		assert.deepEqual(Object.keys(texts).sort(), used, path);
		for (const [key, text] of Object.entries(texts)) assert.notEqual(text.trim(), "", `${path}: ${key}`);
	}
});

test("links and code in the manifest's texts are the same in both languages", async () => {
	const [english, translated] = [await read("package.nls.json"), await read("package.nls.ko.json")];
	const fixed = (text: string) => (text.match(/`[^`]+`|\]\([^)]+\)/g) ?? []).sort();
	for (const [key, text] of Object.entries(english)) assert.deepEqual(fixed(translated[key] ?? ""), fixed(text), key);
});
