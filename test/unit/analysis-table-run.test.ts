// What a text takes of its table, as a run file says it; what the text and its table do not agree on is said.
import assert from "node:assert/strict";
import { test } from "node:test";
import { completeColumns, inNames, type KnownTable, tableFact, tableRun } from "../../src/analysis/index.ts";
import { analyze } from "../support/analysis.ts";

const KNOWN: KnownTable = {
	columns: ["id", "sort", "p", "q", "age"],
	...{ target: "age", task: "regression", numbers: true, rows: 344, complete: [], incomplete: 0 },
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
	const all = await run("y = df.iloc[:, 4]\nX = df.iloc[:, 0:4]\ncost = nn.MSELoss()");
	assert.deepEqual(all.dataset, { target: "age", features: ["id", "sort", "p", "q"], task: "regression" });
	assert.equal(all.read[1], "columns: all but age");
	const rest = await run('y = df.pop("age")\nX = df\ncost = nn.MSELoss()');
	assert.deepEqual([rest.dataset, rest.read[1]], [{ target: "age", task: "regression" }, "columns: all but age"]);
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
	assert.equal((await run('y = df["ag"]')).problem, "The table has no column ag, which the code learns.");
	// the target is taken from the features, and made into what is not followed
	const popped = await run('y = classes(df.pop("age"))\nX = df.drop(columns=["id"])');
	assert.deepEqual(popped.dataset, { columns: { id: { use: false } } });
	assert.deepEqual(popped.assumed, ["target: age", "cost: by the target"]);
	const rest = await run('y = classes(df.pop("age"))\nX = df');
	assert.deepEqual([rest.dataset, rest.read], [{}, ["columns: all but age"]]);
	const made = await run('y = make(df)\nX = df[["p", "p2"]]\na = nn.MSELoss()\nb = nn.CrossEntropyLoss()');
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

test("rows that the code drops are those of the table, and those that it does not drop are told", async () => {
	const drops = 'df = df.dropna()\ny = df["age"]';
	const known = { ...KNOWN, complete: ["sort"], incomplete: 11 };
	const found = await run(drops, known);
	assert.deepEqual(found.dataset.complete, ["sort"]);
	assert.ok(found.read.includes("rows: 333 of 344"));
	const { incomplete: _, ...uncertain } = known;
	assert.ok((await run(drops, uncertain)).assumed.includes("rows: all of them"));
	assert.ok((await run('y = df["age"]', { ...KNOWN, targetless: 2 })).assumed.includes("rows: without 2"));
});

test("a row that lacks a value here lacks one to the reader of the code", async () => {
	const of = async (lines: string, missing: Record<string, string>) => {
		const { facts } = await analyze(`import pandas as pd\nimport polars as pl\n${lines}`);
		const columns = ["p", "q", "r"].map((name) => ({ name, missing: name in missing ? 1 : 0 }));
		const marked = columns.map((column) => ({ ...column, missingMarks: [missing[column.name]].filter((m) => m) }));
		return completeColumns(inNames(facts.tables[0], undefined), marked);
	};
	const pandas = 'df = pd.read_csv("a.csv").dropna()\ny = df["p"]';
	assert.deepEqual(await of(pandas, { q: "NA", r: "" }), ["q", "r"]);
	assert.equal(await of(pandas, { q: "?" }), undefined);
	assert.deepEqual(await of(pandas.replace('"a.csv"', '"a.csv", na_values="?"'), { q: "?" }), ["q"]);
	assert.equal(await of(pandas.replace('"a.csv"', '"a.csv", keep_default_na=False'), { q: "NA" }), undefined);
	assert.deepEqual(await of(pandas.replace("dropna()", 'dropna(subset=["r"])'), { q: "?", r: "NaN" }), ["r"]);
	assert.deepEqual(await of(pandas.replace(".dropna", '.drop(columns="q").dropna'), { q: "NA", r: "NA" }), ["r"]);
	assert.deepEqual(await of('df = pl.read_csv("a.csv").drop_nulls()\ny = df["p"]', { q: "NA" }), undefined);
});
