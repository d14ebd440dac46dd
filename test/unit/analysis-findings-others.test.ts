// Findings in Keras, optax, Hugging Face and TensorFlow.js: loops that have them, and near ones that are right.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { SEVERITIES } from "../../src/analysis/index.ts";
import { analyze, codesIn, fixed } from "../support/analysis.ts";

const KERAS =
	"import tensorflow as tf\nfrom tensorflow import keras\nfrom tensorflow.keras import layers\ntf.random.set_seed(1)\n";
const keras = (...lines: string[]) => `${KERAS}${lines.join("\n")}\n`;

async function shows(code: string, text: string, kind: "python" | "javascript" = "python"): Promise<void> {
	assert.deepEqual(await codesIn(text, kind), [code], text);
}
async function silent(kind: "python" | "javascript", ...texts: string[]): Promise<void> {
	for (const text of texts) assert.deepEqual(await codesIn(text, kind), [], text);
}

test("fit-batch-size", async () => {
	const data = "data = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(10).batch(32)";
	const model = "model = keras.Sequential([layers.Dense(1)])";
	const bad = keras(data, model, "model.fit(data, batch_size=32, epochs=3)");
	await shows("fit-batch-size", bad);
	assert.match(fixed(bad, (await analyze(bad)).findings, "fit-batch-size"), /model\.fit\(data, epochs=3\)/);
	await shows(
		"fit-batch-size",
		keras(
			model,
			"flow = keras.preprocessing.image.ImageDataGenerator().flow_from_directory('data')",
			"model.fit(flow, batch_size=8)",
		),
	);
	await shows(
		"fit-batch-size",
		keras(
			model,
			"class Feed(keras.utils.Sequence):",
			"    def __getitem__(self, i):",
			"        return i",
			"model.fit(Feed(), batch_size=8)",
		),
	);
	await shows("fit-batch-size", keras(model, "def feed():", "    yield x, y", "model.fit(feed(), batch_size=8)"));
	await silent(
		"python",
		keras(data, model, "model.fit(data, epochs=3)"),
		keras(model, "model.fit(x, y, batch_size=32)"),
		keras(model, "model.fit(load(), batch_size=32)"),
		keras(data, model, "model.fit(data, batch_size=None)"),
	);
});

test("softmax-before-cross-entropy and missing-softmax in Keras", async () => {
	const compiled = (last: string, loss: string) =>
		keras(
			`model = keras.Sequential([layers.Dense(8, activation="relu"), ${last}])`,
			`model.compile(optimizer="adam", loss=${loss})`,
		);
	const logits = "keras.losses.SparseCategoricalCrossentropy(from_logits=True)";
	await shows("softmax-before-cross-entropy", compiled('layers.Dense(3, activation="softmax")', logits));
	await shows(
		"softmax-before-cross-entropy",
		compiled('layers.Dense(1, activation="sigmoid")', "keras.losses.BinaryCrossentropy(from_logits=True)"),
	);
	const bad = compiled('layers.Dense(3, activation="softmax")', logits);
	const mended = fixed(bad, (await analyze(bad)).findings, "softmax-before-cross-entropy");
	assert.equal(mended, bad.replace("from_logits=True", "from_logits=False"));
	await silent("python", mended);
	// the cost may be another model's too
	const shared = `${KERAS}cost = ${logits}\n${compiled('layers.Dense(3, activation="softmax")', "cost").slice(KERAS.length)}`;
	const flag = compiled('layers.Dense(3, activation="softmax")', logits.replace("True", "RAW")).replace(
		KERAS,
		`${KERAS}RAW = True\n`,
	);
	for (const near of [shared, flag]) {
		const { findings } = await analyze(near);
		assert.deepEqual(
			findings.filter((f) => f.severity !== "hint").map(({ code, fix }) => [code, fix]),
			[["softmax-before-cross-entropy", undefined]],
		);
	}
	await shows("missing-softmax", compiled("layers.Dense(3)", '"categorical_crossentropy"'));
	await shows("missing-softmax", compiled("layers.Dense(3)", "keras.losses.CategoricalCrossentropy()"));
	await silent(
		"python",
		compiled("layers.Dense(3)", logits),
		compiled('layers.Dense(3, activation="softmax")', '"categorical_crossentropy"'),
		compiled("layers.Dense(3), layers.Softmax()", '"categorical_crossentropy"'),
		compiled("layers.Dense(3, activation=tf.nn.softmax)", '"categorical_crossentropy"'),
		compiled("layers.Dense(3, **more)", "chosen"),
		compiled("layers.Dense(1)", '"mse"'),
		compiled("head", '"categorical_crossentropy"'),
	);
});

test("decay-units", async () => {
	const fitted = (steps: string) =>
		keras(
			"EPOCHS = 50",
			`rate = keras.optimizers.schedules.ExponentialDecay(0.1, decay_steps=${steps}, decay_rate=0.9)`,
			"model = keras.Sequential([layers.Dense(1)])",
			"model.compile(keras.optimizers.SGD(rate), 'mse')",
			"model.fit(x, y, epochs=EPOCHS)",
		);
	await shows("decay-units", fitted("EPOCHS"));
	await shows("decay-units", fitted("10"));
	await silent(
		"python",
		fitted("1000"),
		fitted("EPOCHS * steps_per_epoch"),
		fitted("EPOCHS * 100"),
		fitted("2 * STEPS").replace("EPOCHS = 50", "EPOCHS, STEPS = 50, 4"),
	);
	const loop = (body: string) =>
		`import jax, optax\nopt = optax.adam(optax.cosine_decay_schedule(1e-3, 100))\nfor epoch in range(100):\n${body}`;
	await shows(
		"decay-units",
		loop("    for b in batches:\n        u, s = opt.update(g, s)\n        p = optax.apply_updates(p, u)\n"),
	);
	// one step an epoch
	await silent("python", loop("    u, s = opt.update(g, s)\n    p = optax.apply_updates(p, u)\n"));
});

test("train-data-not-shuffled in tf.data", async () => {
	const fitted = (chain: string) =>
		keras(
			`data = tf.data.Dataset.from_tensor_slices((x, y))${chain}`,
			"model = keras.Sequential([layers.Dense(1)])",
			"model.fit(data, epochs=2)",
		);
	await shows("train-data-not-shuffled", fitted(".batch(32)"));
	await shows("train-data-not-shuffled", fitted(".map(f).batch(32).prefetch(1)"));
	await silent("python", fitted(".shuffle(1000).batch(32)"), fitted(".apply(f).batch(32)"), fitted(""));
});

test("ranges in Keras, optax and Hugging Face", async () => {
	await shows("learning-rate-range", keras("keras.optimizers.Adam(learning_rate=1.0)"));
	await shows("learning-rate-range", "import optax\noptax.adamw(0.5)\n");
	await shows("beta-range", keras("keras.optimizers.Adam(beta_1=9)"));
	await shows(
		"learning-rate-range",
		'from transformers import TrainingArguments\nTrainingArguments("o", learning_rate=2.0)\n',
	);
	await silent(
		"python",
		keras("keras.optimizers.Adam(1e-3)", "keras.optimizers.SGD(1.0, momentum=0.99)"),
		"import optax\noptax.lion(1e-4)\noptax.sgd(rate)\n",
	);
});

test("TensorFlow.js", async () => {
	const js = (last: string, loss: string) =>
		`import * as tf from "@tensorflow/tfjs";\nconst model = tf.sequential({ layers: [tf.layers.dense({ units: 8, inputShape: [4] }), tf.layers.dense(${last})] });\nmodel.compile({ optimizer: tf.train.adam(0.01), loss: ${loss} });\n`;
	await shows(
		"softmax-before-cross-entropy",
		js('{ units: 3, activation: "softmax" }', "tf.losses.softmaxCrossEntropy"),
		"javascript",
	);
	await shows("missing-softmax", js("{ units: 3 }", '"categoricalCrossentropy"'), "javascript");
	await shows("learning-rate-range", 'import * as tf from "@tensorflow/tfjs";\ntf.train.adam(2);\n', "javascript");
	const ignored =
		'import * as tf from "@tensorflow/tfjs";\n// descent: ignore[learning-rate-range]\ntf.train.adam(2);\n';
	await silent(
		"javascript",
		ignored,
		js('{ units: 3, activation: "softmax" }', '"categoricalCrossentropy"'),
		js("{ units: 3 }", "tf.losses.softmaxCrossEntropy"),
		js("options", '"categoricalCrossentropy"'),
	);
});

test("every code has a page and a setting", () => {
	for (const code of Object.keys(SEVERITIES)) assert.ok(existsSync(join("docs", "findings", `${code}.md`)), code);
	const { contributes } = JSON.parse(readFileSync("package.json", "utf8"));
	const setting = contributes.configuration.properties["descent.findings.severity"];
	assert.deepEqual(Object.keys(setting.properties).toSorted(), Object.keys(SEVERITIES).toSorted());
});
