/** What can be said of a snippet whose library is not there: it parses, and its calls are such as the library takes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { hyperparameters } from "../../src/engine/optimizers/index.ts";
import type { HyperparameterName, Hyperparameters } from "../../src/engine/optimizers/optimizer.ts";
import type { OptimizerConfig } from "../../src/engine/protocol/hyperparameters.ts";
import { missingFromPython, runPython } from "./python.ts";
import { expansions } from "./snippet-body.ts";
import { readSnippets } from "./snippets.ts";

/**
 * @param file also the library's name in the snippets
 * @param signatures of every function of the library that the snippets call: names of its parameters
 * @param optimizers by first prefix, the run file that does the same
 * @param names of an optimizer's parameters in the library, each with what it says in the engine
 */
export function testParsedSnippets(
	file: string,
	signatures: Record<string, string>,
	optimizers: Record<string, OptimizerConfig>,
	names: Record<string, HyperparameterName | ((h: Hyperparameters) => unknown)>,
): void {
	const bodies = readSnippets(file).flatMap(({ prefixes: [prefix], body }) =>
		expansions(body).map(({ text, chosen }) => ({ prefix, name: [prefix, ...chosen].join(" "), body: text })),
	);
	const noPython = missingFromPython([]);
	if (noPython) return void test(`${file}'s snippets parse`, { skip: noPython }, () => {});
	const outcomes = runPython(bodies.map(({ name, body }) => ({ name, body })));
	const seen = new Set<string>();

	for (const [i, { prefix, name, body }] of bodies.entries()) {
		test(`${name} parses`, () => {
			const { error, calls = [] } = outcomes[i];
			if (error) assert.fail(`${error}\n${body}`);
			const own = calls.filter((call) => call.name.startsWith(`${file}.`));
			for (const { name, keywords } of own) {
				assert.ok(signatures[name], `${name} has no signature in this test`);
				for (const keyword of Object.keys(keywords)) {
					assert.ok(signatures[name].split(" ").includes(keyword), `${name} takes no ${keyword}`);
				}
			}
			// The further expansions change just these values.
			if (!optimizers[prefix] || seen.has(prefix)) return;
			seen.add(prefix);
			const expected = hyperparameters(optimizers[prefix]);
			assert.equal(own.length, 1);
			for (const [keyword, value] of Object.entries(own[0].keywords)) {
				const name = names[keyword];
				const wanted = typeof name === "function" ? name(expected) : expected[name];
				assert.equal(value, wanted, `${keyword} of ${own[0].name}`);
			}
		});
	}

	const noLibrary = missingFromPython([file]) ?? false;
	test(`${file} has these signatures`, { skip: noLibrary }, () => {
		const after = `
import inspect
result = {}
for name in ${JSON.stringify(Object.keys(signatures))}:
    found = ${file}
    for part in name.split(".")[1:]:
        found = getattr(found, part)
    result[name] = list(inspect.signature(found).parameters)
`;
		const [{ error, result }] = runPython([{ name: file, setup: `import ${file}`, body: "", after }]);
		if (error) assert.fail(error);
		for (const [name, parameters] of Object.entries(signatures)) {
			const real = (result as Record<string, string[]>)[name];
			for (const parameter of parameters.split(" "))
				assert.ok(real.includes(parameter), `${name} takes no ${parameter}`);
		}
	});
}
