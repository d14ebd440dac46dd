// What a text takes of its table, as a run file says it; what the text and its table do not agree on is said.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type KnownTable, tableFact, tableRun } from "../../src/analysis/index.ts";
import { analyze } from "../support/analysis.ts";

const KNOWN: KnownTable = {
	columns: ["id", "sort", "p", "q", "age"],
	...{ target: "age", task: "regression", numbers: true, rows: 344, incomplete: 0 },
};
const SORTS: KnownTable = { ...KNOWN, target: "sort", task: "multiclass", numbers: false, classes: 3 };

async function run(lines: string, table: KnownTable | undefined = KNOWN) {
	const head = 'import pandas as pd\nimport torch\nfrom torch import nn\ndf = pd.read_csv("a.csv")\n';
	const { facts } = await analyze(head + lines);
	const found = tableRun(tableFact(facts, "a.csv"), facts.costs, table);
	const names = (values: { name: string; value: string }[]) => values.map(({ name, value }) => `${name}: ${value}`);
	return { ...found, read: names(found.read), assumed: names(found.assumed) };
}

test("target, columns and cost are those of the code", async () => {
	const found = await run('y = df["age"]\nX = df[["p", "q"]]\ncost = nn.MSELoss()');
	assert.deepEqual(found, {
		dataset: { target: "age", features: ["p", "q"], task: "regression" },
		read: ["target: age", "columns: p, q", "cost: mean squared error"],
		assumed: [],
	});
	const dropped = await run('y = df["age"]\nX = df.drop(columns=["age", "id"])\ncost = nn.HuberLoss()');
	assert.deepEqual(dropped, {
		dataset: { target: "age", columns: { id: { use: false } }, task: "regression" },
		read: ["target: age", "columns: all but id"],
		assumed: ["cost: mean squared error"],
	});
});

test("what is not read is assumed, and what the table has not is left out", async () => {
	const nothing = await run("rows = make(df)");
	assert.deepEqual(nothing, {
		dataset: {},
		read: [],
		assumed: ["target: age", "columns: all that can be used", "cost: by the target"],
	});
	const made = await run('y = df["old"]\nX = df[["p", "p2"]]\na = nn.MSELoss()\nb = nn.CrossEntropyLoss()');
	assert.deepEqual(made.dataset, { features: ["p"] });
	assert.deepEqual(made.assumed, ["target: age", "p2: left out", "cost: by the target"]);
	const chosen = await run('y = df.query("p > 3")["age"]');
	assert.ok(chosen.assumed.includes("rows: all of them"));
});

test("a cost that the target cannot have is said, with what to do", async () => {
	const problem = async (cost: string, table: KnownTable, y = `y = df["${table.target}"]`) =>
		(await run(`${y}\ncost = nn.${cost}()`, table)).problem;
	assert.equal(
		await problem("MSELoss", SORTS),
		"MSELoss is a cost of numbers, and sort has 3 classes. Take another cost or another target.",
	);
	assert.equal(
		await problem("CrossEntropyLoss", KNOWN),
		"CrossEntropyLoss is a cost of classes, and age has numbers that are none. Take another cost or another target.",
	);
	assert.match((await problem("BCELoss", SORTS))!, /of two classes, and sort has 3\./);
	assert.match((await problem("MSELoss", SORTS, ""))!, /Choose the target in the panel\.$/);
	assert.equal(await problem("MSELoss", KNOWN), undefined);
	assert.equal(await problem("CrossEntropyLoss", SORTS), undefined);
	// whole numbers of which there are few are either
	const ratings: KnownTable = { ...KNOWN, task: "multiclass", otherTask: "regression", classes: 5 };
	assert.equal(await problem("MSELoss", ratings), undefined);
	assert.equal(
		await problem("CrossEntropyLoss", { ...ratings, task: "regression", otherTask: "multiclass" }),
		undefined,
	);
});
