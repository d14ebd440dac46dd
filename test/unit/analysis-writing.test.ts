// Where a chosen mini-batch size and learning rate go in a text.
import assert from "node:assert/strict";
import { test } from "node:test";
import { batchSizeEdit, chosenBatchSize, type FixEdit, learningRateEdit } from "../../src/analysis/index.ts";
import { analyze } from "../support/analysis.ts";

const torch = (optimizer: string) => `import torch
from torch.utils.data import DataLoader
SIZE = 64
val_loader = DataLoader(val_data, batch_size=512)
loader = DataLoader(data, batch_size=SIZE, shuffle=True)
${optimizer}
for epoch in range(20):
    for i, (x, y) in enumerate(loader):
        loss = cost(model(x), y) / 4
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
`;
const adam = "optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)";

const put = (text: string, edit: FixEdit | undefined) =>
	edit && text.slice(0, edit.start) + edit.text + text.slice(edit.end);

async function withSize(text: string, size: number | "full", rows?: number) {
	const { facts } = await analyze(text);
	return put(text, batchSizeEdit(facts, text, chosenBatchSize(facts), size, rows));
}

async function withRate(text: string, rate: number) {
	const { facts } = await analyze(text);
	return put(text, learningRateEdit(facts, text, rate));
}

test("a mini-batch size goes where the training batches' number is written", async () => {
	const text = torch(adam);
	assert.equal(await withSize(text, 128), text.replace("= 64", "= 128"));
	assert.equal(await withSize(text, "full", 900), text.replace("= 64", "= 900"));
	assert.equal(await withSize(text, "full"), undefined);
	const inline = text.replace("batch_size=SIZE", "batch_size=32");
	assert.equal(await withSize(inline, "full"), text.replace("batch_size=SIZE", "batch_size=len(data)"));
	assert.equal(await withSize(text.replace("= 64", '= int(os.environ["SIZE"])'), 128), undefined);
});

test("of an update's rows each of the mini-batches gets its share whose gradients are summed", async () => {
	const text = `import transformers
arguments = transformers.TrainingArguments("out", per_device_train_batch_size=64, gradient_accumulation_steps=4)
`;
	assert.equal(await withSize(text, 128), text.replace("=64", "=32"));
	assert.equal(await withSize(text, 2), text.replace("=64", "=1"));
});

test("a learning rate goes where the optimizer's or its schedule's number is written", async () => {
	const text = torch(adam);
	assert.equal(await withRate(text, 0.02), text.replace("1e-3", "0.02"));
	assert.equal(await withRate(text.replace("1e-3", "base * 2"), 0.02), undefined);
	assert.equal(await withRate(text.replace(", lr=1e-3", ""), 0.02), undefined);
	const keras = `import keras
rate = keras.optimizers.schedules.ExponentialDecay(initial_learning_rate=0.1, decay_steps=100, decay_rate=0.9)
model.compile(optimizer=keras.optimizers.Adam(learning_rate=rate), loss="mse")
model.fit(x, y, batch_size=64, epochs=10)
`;
	assert.equal(await withRate(keras, 3e-7), keras.replace("=0.1", "=3e-7"));
});
