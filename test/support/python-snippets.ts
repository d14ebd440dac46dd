/** One test for each body that a Python snippet can have, all of them run by one process. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { missingFromPython, runPython } from "./python.ts";
import { type Expansion, expansions } from "./snippet-body.ts";
import { readSnippets } from "./snippets.ts";

/** How one snippet is tried. */
export interface Trial {
	/** Python before the body, in place of the file that it is inserted into */
	setup?: string | ((expansion: Expansion) => string);
	/** Python after the body: asserts, and leaves figures in `result` */
	after: string;
	/** what `result` must be; when absent, None */
	expected?: (expansion: Expansion) => number[] | Promise<number[]>;
	/** a relative error, and an absolute one for figures below 1 */
	tolerance?: number;
}

/**
 * Every snippet of a file has its trial. Where Python has not the modules, a skipped test says which.
 * @param trials by first prefix
 * @param prelude Python before every setup
 */
export function testPythonSnippets(
	file: string,
	modules: readonly string[],
	prelude: string,
	trials: Record<string, Trial>,
): void {
	const snippets = readSnippets(file);
	test(`every snippet of ${file} is tried`, () => {
		assert.deepEqual(Object.keys(trials).sort(), snippets.map(({ prefixes }) => prefixes[0]).sort());
	});
	const bodies = snippets.flatMap(({ prefixes: [prefix], body }) =>
		expansions(body).map((expansion) => ({ prefix, expansion, trial: trials[prefix] })),
	);
	const missing = missingFromPython(modules);
	if (missing) return void test(`${file}'s snippets run`, { skip: missing }, () => {});
	const outcomes = runPython(
		bodies.map(({ prefix, expansion, trial }) => ({
			name: prefix,
			setup: `${prelude}\n${typeof trial?.setup === "function" ? trial.setup(expansion) : (trial?.setup ?? "")}`,
			body: expansion.text,
			after: trial?.after ?? "",
		})),
	);
	for (const [i, { prefix, expansion, trial }] of bodies.entries()) {
		test([prefix, ...expansion.chosen].join(" "), async (t) => {
			const { error, result, skip, warnings } = outcomes[i];
			if (error) assert.fail(`${error}\n${expansion.text}`);
			assert.deepEqual(warnings, [], "warns");
			if (skip) return t.skip(skip);
			const expected = (await trial.expected?.(expansion)) ?? null;
			if (!expected) return assert.equal(result, null);
			const figures = result as number[];
			assert.equal(figures.length, expected.length);
			for (const [at, wanted] of expected.entries()) {
				const error = Math.abs(figures[at] - wanted) / Math.max(1, Math.abs(wanted));
				assert.ok(error <= (trial.tolerance ?? 1e-9), `figure ${at}: ${figures[at]}, expected ${wanted}`);
			}
		});
	}
}
