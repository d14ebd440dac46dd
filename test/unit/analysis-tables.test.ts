// What a program takes of its table: target, columns, rows and cost. What is not certain is not said.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { TextKind } from "../../src/analysis/index.ts";
import { analyze } from "../support/analysis.ts";

async function taken(lines: string, kind: TextKind = "python") {
	const head = kind === "python" ? 'import pandas as pd\nimport numpy as np\ndf = pd.read_csv("a.csv")\n' : "";
	const { facts } = await analyze(head + lines, kind);
	assert.ok(facts.tables.length <= 1);
	const {
		dataset: _,
		marks: _marks,
		...fact
	} = facts.tables[0] ?? { dataset: 0, without: [], complete: [], marks: [] };
	return fact;
}
const nothing = { without: [], complete: [] };

test("variables that are called so are inputs and target, through what keeps a column what it is", async () => {
	const of = async (lines: string) => (await taken(lines)).target;
	assert.equal(await of('y = df["age"]'), "age");
	assert.equal(await of("labels = df.age.values.astype('float32')"), "age");
	assert.equal(await of('y = df.pop("age")'), "age");
	assert.equal(await of('y_train = df.loc[:, "age"].to_numpy().reshape(-1, 1)'), "age");
	assert.equal(await of('TARGET = "age"\ny = df[TARGET]'), "age");
	assert.equal(await of('y = df["sort"].astype("category").cat.codes.values'), "sort");
	assert.equal(await of('y = df["sort"].map({"a": 0, "b": 1})'), "sort");
	assert.equal(await of('y = df["sort"].map({name: i for i, name in enumerate(names)})'), "sort");
	assert.equal(await of('df["sort"] = df["sort"].map({"a": 0, "b": 1})\ny = df["sort"]'), "sort");
	assert.equal(
		await of('from sklearn.preprocessing import LabelEncoder\ny = LabelEncoder().fit_transform(df["sort"])'),
		"sort",
	);
	assert.equal(await of('y, names = pd.factorize(df["sort"])'), "sort");
	assert.equal(await of('y = df["age"]\ny = (y - y.mean()) / y.std()'), "age");
	assert.equal(await of('def load():\n    return df.drop(columns="age"), df["age"]\nX, y = load()'), "age");
});

test("what makes something else of a column, or may be any of several, is no target", async () => {
	const of = async (lines: string) => (await taken(lines)).target;
	assert.equal(await of('y = df["age"] > 40'), undefined);
	assert.equal(await of('y = (df["sort"] == "a").astype(int)'), undefined);
	assert.equal(await of('y = df["sort"].map({"a": 0, "b": 1, "c": 1})'), undefined);
	assert.equal(await of('y = np.log(df["age"])'), undefined);
	assert.equal(await of('y = df["age"] - df["start"]'), undefined);
	assert.equal(await of("y = df[input()]"), undefined);
	assert.equal(await of('df["old"] = df["age"] > 40\ny = df["old"]'), undefined);
	assert.equal(await of('id = df.pop("id")'), undefined);
	const several = await taken('y = df["age"]\ny = df["sort"]');
	assert.equal(several.target, undefined);
	assert.match(several.unknownTarget!, /several columns: age, sort/);
});

test("what goes into training counts before any name: pairs of libraries and of the program's own datasets", async () => {
	const torch = "import torch\nfrom torch.utils.data import TensorDataset, Dataset\n";
	const pair = await taken(
		`${torch}a = torch.tensor(df[["p", "q"]].values)\nb = torch.tensor(df["age"].values).float().unsqueeze(1)\ndata = TensorDataset(a, b)\ny = df["other"]`,
	);
	assert.deepEqual(pair, { ...nothing, target: "age", features: ["p", "q"] });
	const split = await taken(
		`from sklearn.model_selection import train_test_split\nfrom sklearn.preprocessing import StandardScaler
X_train, X_test, y_train, y_test = train_test_split(df.drop("age", axis=1), df["age"], test_size=0.2)
import keras\nmodel = keras.Sequential([keras.layers.Dense(1)])\nmodel.fit(StandardScaler().fit_transform(X_train), y_train, epochs=3)`,
	);
	assert.deepEqual(split, { ...nothing, target: "age", takesRest: true });
	const own = await taken(
		`${torch}class Rows(Dataset):\n    def __init__(self, frame):\n        self.x = frame.drop(columns=["age", "id"]).values\n        self.y = frame["age"].values\n        self.x = (self.x - self.x.mean()) / self.x.std()\n    def __getitem__(self, i):\n        return torch.tensor(self.x[i]), self.y[i]\nrows = Rows(df)`,
	);
	assert.deepEqual(own, { ...nothing, target: "age", without: ["id"], takesRest: true });
	const slices = await taken(
		'import tensorflow as tf\ny = df.pop("age")\ndata = tf.data.Dataset.from_tensor_slices((df.values, y))',
	);
	assert.deepEqual(slices, { ...nothing, target: "age", takesRest: true });
});

test("columns that are taken, and those that are taken out", async () => {
	const columns = async (lines: string) => {
		const { features, without } = await taken(`y = df["age"]\n${lines}`);
		return features ?? { without };
	};
	assert.deepEqual(await columns('X = df[["p", "q"]]'), ["p", "q"]);
	assert.deepEqual(await columns('names = ["p", "q"]\nX = df.loc[:, names].to_numpy()'), ["p", "q"]);
	assert.deepEqual(await columns('X = (df[["p"]] - df[["p"]].mean()) / df[["p"]].std()'), ["p"]);
	assert.deepEqual(await columns('X = pd.get_dummies(df.drop(columns=["age", "id"]))'), { without: ["id"] });
	assert.deepEqual(await columns('X = df[df.columns.drop(["age", "id"])]'), { without: ["id"] });
	assert.deepEqual(await columns('df.drop(["id"], axis=1, inplace=True)\nX = df'), { without: ["id"] });
	assert.deepEqual(await columns('df.pop("id")\nX = df'), { without: ["id"] });
	assert.deepEqual(await columns("X = df.iloc[:, 1:3]"), [1, 2]);
	assert.deepEqual(await columns('X = df.select_dtypes("number")'), { without: [] });
});

test("rows with no value that the program drops, and rows that it chooses in ways that are not known", async () => {
	const rows = async (lines: string) => {
		const { complete, chosenBy } = await taken(lines);
		return chosenBy ?? complete;
	};
	const y = 'y = df["age"]';
	assert.deepEqual(await rows(`df = df.dropna()\n${y}`), [{ without: [] }]);
	assert.deepEqual(await rows(`df.dropna(inplace=True)\n${y}`), [{ without: [] }]);
	assert.deepEqual(await rows(`df = df.dropna(subset=["age", "p"])\n${y}`), [{ names: ["age", "p"], without: [] }]);
	assert.deepEqual(await rows(`df = df[["age", "p"]].dropna()\n${y}`), [{ names: ["age", "p"], without: [] }]);
	assert.deepEqual(await rows(`df = df.drop(columns="note").dropna()\n${y}`), [{ without: ["note"] }]);
	assert.deepEqual(await rows(`df = df[df["age"].notna()]\n${y}`), [{ names: ["age"], without: [] }]);
	assert.deepEqual(await rows(`df = df.sample(frac=1).reset_index(drop=True)\n${y}`), []);
	// into a function that is not followed
	assert.deepEqual(await rows("df = df.dropna()\nloader = make(df)"), [{ without: [] }]);
	assert.deepEqual(await rows("print(df.dropna().shape)"), []);
	assert.equal(await rows(`df = df.dropna(thresh=3)\n${y}`), "dropna()");
	assert.equal(await rows(`df["p"] = df["p"].fillna(0)\ndf = df.dropna()\n${y}`), "dropna()");
	assert.equal(await rows(`df = df.dropna(subset=[input()])\n${y}`), "dropna()");
	assert.equal(await rows(`df = df[df["p"] > 3]\n${y}`), "[…]");
	assert.equal(await rows(`df = df.query("p > 3")\n${y}`), "query()");
	assert.equal(await rows(`df = df.drop(index=[3])\n${y}`), "drop()");
});

test("readers of TensorFlow that are told the target, and Polars", async () => {
	const tfjs = `import * as tf from "@tensorflow/tfjs-node";
const data = tf.data.csv("file://a.csv", { columnConfigs: { age: { isLabel: true } } });`;
	assert.deepEqual(await taken(tfjs, "typescript"), { ...nothing, target: "age" });
	const keras = 'import tensorflow as tf\nd = tf.data.experimental.make_csv_dataset("b.csv", 32, label_name="age")';
	const { facts } = await analyze(keras);
	assert.equal(facts.tables[0].target, "age");
	const polars = `import polars as pl
df = pl.read_csv("a.csv").drop_nulls()
X = df.drop("age", "id").to_numpy()
y = df["age"].to_numpy()`;
	const { dataset: _, marks, ...fact } = (await analyze(polars)).facts.tables[0];
	assert.deepEqual(fact, { target: "age", without: ["id"], complete: [{ without: [] }], takesRest: true });
	assert.deepEqual(marks, [""]);
});

test("costs: of numbers, of two classes, of several", async () => {
	const of = async (lines: string, kind: TextKind = "python") =>
		(await analyze(lines, kind)).facts.costs.map(({ title, task, own }) => [title, task, own]);
	const torch = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n";
	assert.deepEqual(await of(`${torch}cost = nn.MSELoss()`), [["MSELoss", "regression", true]]);
	assert.deepEqual(await of(`${torch}cost = nn.L1Loss()`), [["L1Loss", "regression", false]]);
	assert.deepEqual(await of(`${torch}nn.CrossEntropyLoss()(a, b)`), [["CrossEntropyLoss", "multiclass", true]]);
	assert.deepEqual(await of(`${torch}F.binary_cross_entropy_with_logits(a, b)`), [
		["binary_cross_entropy_with_logits", "binary", true],
	]);
	assert.deepEqual(await of(`${torch}cost = nn.CTCLoss()`), [["CTCLoss", undefined, false]]);
	const keras = (loss: string) =>
		of(`import keras\nmodel = keras.Sequential([keras.layers.Dense(1)])\nmodel.compile("adam", loss=${loss})`);
	assert.deepEqual(await keras('"mse"'), [["mse", "regression", true]]);
	assert.deepEqual(await keras("keras.losses.BinaryCrossentropy()"), [["BinaryCrossentropy", "binary", true]]);
	assert.deepEqual(await keras('"sparse_categorical_crossentropy"'), [
		["sparse_categorical_crossentropy", "multiclass", true],
	]);
	assert.deepEqual(await of("import optax\ndef cost(p, y):\n    return optax.l2_loss(p, y).mean()"), [
		["l2_loss", "regression", false],
	]);
	const tfjs = 'import * as tf from "@tensorflow/tfjs";\nconst model = tf.sequential();\n';
	assert.deepEqual(await of(`${tfjs}model.compile({ optimizer: "adam", loss: "meanSquaredError" });`, "typescript"), [
		["meanSquaredError", "regression", true],
	]);
	assert.deepEqual(await of(`${tfjs}const c = tf.losses.softmaxCrossEntropy(a, b);`, "typescript"), [
		["softmaxCrossEntropy", "multiclass", true],
	]);
});
