// Columns that a program takes by their place in the table: what they are called there, and when a place is not certain.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Columns, columnAt, columnsBetween } from "../../src/analysis/collect/places.ts";
import { inNames, tableRun } from "../../src/analysis/index.ts";
import { analyze } from "../support/analysis.ts";

const COLUMNS = ["id", "sort", "p", "q", "age"];

async function fact(lines: string) {
	const { facts } = await analyze(`import pandas as pd\nimport numpy as np\n${lines}`);
	assert.ok(facts.tables.length <= 1);
	return facts.tables[0];
}

/** What is learned from what, by the table's names. */
async function taken(lines: string, columns = COLUMNS) {
	const found = await fact(lines);
	if (!found) return undefined;
	const { target, features, without, takesRest } = inNames(found, columns);
	return { target, from: features ?? (takesRest ? { without } : undefined) };
}

test("a slice takes the columns that a list's slice takes", () => {
	const whole: Columns = { without: [] };
	const bounds = [undefined, ...Array.from({ length: 15 }, (_, i) => i - 7)];
	let followed = 0;
	for (const from of bounds) {
		for (const to of bounds) {
			const expected = COLUMNS.slice(from, to);
			const known = columnsBetween({ names: COLUMNS, without: [] }, from, to)!;
			assert.deepEqual(known.names, expected, `[${from}:${to}] of names`);
			const places = columnsBetween(whole, from, to);
			if (!places) continue;
			followed++;
			const named = (some: Columns["without"]) => some.flatMap((place) => COLUMNS.at(place as number) ?? []);
			const gone = new Set(named(places.without));
			const found = places.names ? new Set(named(places.names)) : COLUMNS.filter((name) => !gone.has(name));
			assert.deepEqual([...found].sort(), expected.toSorted(), `[${from}:${to}]`);
		}
	}
	assert.ok(followed > 100, `${followed} were followed`);
	assert.equal(columnsBetween(whole, -3, 4), undefined, "the table tells");
	assert.equal(columnsBetween(whole, 0, 1e9), undefined, "too many to be listed");
	assert.equal(columnsBetween({ without: ["id"] }, 0, 2), undefined);
	assert.equal(columnAt({ without: ["id"] }, -1), undefined);
});

test("places in tables and arrays are those of the file's columns", async () => {
	const first4 = { target: "age", from: { without: [] } };
	assert.deepEqual(
		await taken('df = pd.read_csv("a.csv")\nX = df.iloc[:, :-1].values\ny = df.iloc[:, -1].values'),
		first4,
	);
	const numpy = 'data = np.loadtxt("a.csv", delimiter=",", skiprows=1)\n';
	const named = { target: "age", from: ["id", "sort", "p", "q"] };
	assert.deepEqual(await taken(`${numpy}X = data[:, 0:4]\ny = data[:, 4]`), named);
	assert.deepEqual(await taken(`${numpy}X, y = data[:, :-1], data[:, -1:]`), first4);
	assert.deepEqual(await taken(`${numpy}X = data[:, 1:-1]\ny = data[:, -1]`), {
		target: "age",
		from: { without: ["id"] },
	});
	assert.deepEqual(await taken(`${numpy}X = data[:, [2, 3]]\ny = data[:, 0]`), { target: "id", from: ["p", "q"] });
	assert.deepEqual(await taken(`${numpy}X = data[:, 0:100]\ny = data[:, -1]`), named);
	const some = 'data = np.loadtxt("a.csv", usecols=(3, 2, 4))\n';
	assert.deepEqual(await taken(`${some}X = data[:, 0:2]\ny = data[:, 2]`), { target: "age", from: ["q", "p"] });
	const own = 'df = pd.read_csv("a.csv", names=["a", "b", "c", "d", "e"])\n';
	assert.deepEqual(await taken(`${own}y = df.pop("b")\nX = df`), { target: "sort", from: { without: [] } });
	assert.deepEqual(await taken(`${own}y = df["e"]\nX = df[["c", "d"]]`), { target: "age", from: ["p", "q"] });
	const headless = 'df = pd.read_csv("a.csv", header=None)\n';
	assert.deepEqual((await taken(`${headless}y = df[4]`))?.target, "age");
	const scaled =
		'from sklearn.preprocessing import MinMaxScaler\nimport torch\ndf = pd.read_csv("a.csv")\ndata = MinMaxScaler().fit_transform(df)\n';
	assert.equal((await taken(`${scaled}y = torch.tensor(data[:, 4], dtype=torch.float32)`))?.target, "age");
	assert.equal(
		(await taken('df = pd.read_csv("a.csv")\ndf["sort"] = df["sort"].fillna("a")\ny = df.iloc[:, 4]'))?.target,
		"age",
	);
});

test("where columns may have moved no place is taken for one of the file", async () => {
	const target = async (lines: string, columns?: string[]) =>
		(await taken(`df = pd.read_csv("a.csv")\n${lines}`, columns))?.target;
	assert.equal(await target("y = pd.get_dummies(df).values[:, -1]"), undefined);
	assert.equal(await target("y = df.reset_index().iloc[:, 4]"), undefined);
	assert.equal(await target('y = df.drop(columns="id").iloc[:, 3]'), undefined);
	assert.equal(await target("y = df.values.reshape(-1, 10)[:, 4]"), undefined);
	assert.equal(await target('df["old"] = df["age"] > 40\ny = df.iloc[:, 4]'), undefined);
	assert.equal(await target('df.insert(0, "sort", values)\ny = df.iloc[:, 4]'), undefined);
	assert.equal(await target("y = df.iloc[:, int(input())]"), undefined);
	assert.equal(await target("y = df.iloc[:, ::2]"), undefined);
	assert.equal(await target("y = df.values[:, :, 1]"), undefined);
	assert.equal(await target("if input():\n    y = df.iloc[:, 0]\nelse:\n    y = df.iloc[:, 1]"), undefined);
	assert.equal((await taken('df = pd.read_csv("a.csv", index_col=0)\ny = df.iloc[:, 4]'))?.target, undefined);
	const some = 'df = pd.read_csv("a.csv", usecols=["q", "p", "age"])\ny = df.iloc[:, 0]';
	assert.equal((await taken(some))?.target, undefined, "Pandas keeps the file's order");
	const named = 'df = pd.read_csv("a.csv", names=["a", "b"])\ny = df["b"]';
	assert.equal((await taken(named))?.target, undefined, "as many names as columns are needed to tell");
	const found = await fact('df = pd.read_csv("a.csv")\ny = df.iloc[:, -1]');
	assert.equal(inNames(found, undefined).target, undefined, "nothing is known of the table");
});

test("a place that the table has not is told", async () => {
	const known = { columns: COLUMNS, target: "age", task: "regression", numbers: true, rows: 10, complete: [] } as const;
	const { problem } = tableRun(await fact('data = np.loadtxt("a.csv")\ny = data[:, 8]'), [], known);
	assert.equal(problem, "The table has no column 8, which the code learns.");
});

test("some rows of all columns", async () => {
	const df = 'df = pd.read_csv("a.csv")\n';
	assert.equal((await fact(`${df}train = df[:100]\ny = train["age"]`)).chosenBy, "[…]");
	assert.equal((await fact(`${df}y = df.iloc[100:, -1]`)).chosenBy, "[…]");
	assert.equal((await fact(`${df}y = df.iloc[:, -1]`)).chosenBy, undefined);
	assert.deepEqual((await fact(`${df}y = df.iloc[:100]["age"]`)).target, "age");
});
