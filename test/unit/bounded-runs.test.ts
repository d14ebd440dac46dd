// Runs that only show how it goes: on a sample, within a time; and mini-batch sizes that are tried so.
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { byteText, lensesOf, loopRun } from "../../src/analysis/index.ts";
import { InputError } from "../../src/engine/input-error.ts";
import type { EngineToHost } from "../../src/engine/protocol/engine.ts";
import type { RunFile } from "../../src/engine/protocol/run-file.ts";
import type { BatchSizeTrial } from "../../src/engine/protocol/searches.ts";
import { createService } from "../../src/engine/service.ts";
import { TableKeeper } from "../../src/engine/training/kept-table.ts";
import { prepareAgain, prepareRun } from "../../src/engine/training/prepare.ts";
import { sampleRows } from "../../src/engine/training/sample.ts";
import { Training, type TrainingOptions } from "../../src/engine/training/training.ts";
import { findBatchSize } from "../../src/engine/tuning/batch-size.ts";
import { load, rows, write } from "../fixtures/data/table-files.ts";
import { analyze } from "../support/analysis.ts";
import { DIST, kernels } from "../support/kernels.ts";

const noise = (i: number) => (((i * 7919) % 1000) - 500) / 5000;
const text = rows(
	"a,b,y",
	1000,
	(i) => `${(i * 31) % 97},${(i * 17) % 89},${((i * 31) % 97) * 0.5 - ((i * 17) % 89) * 0.25 + noise(i)}`,
);
const path = write("lines.csv", text);

test("a sample keeps the parts' shares and the rows' order, and is the same for the same seed", async () => {
	const table = await load(path, { target: "y", split: { dev: 0.2, test: 0.1 } });
	const sample = await sampleRows(table, 90, 3);
	const { rows, trainRows, devRows, testRows } = sample.shape;
	assert.deepEqual({ rows, trainRows, devRows, testRows }, { rows: 90, trainRows: 70, devRows: 20, testRows: 0 });
	const places = [...sample.sourceRow].map((row) => table.sourceRow.indexOf(row));
	assert.deepEqual(
		places,
		[...places].sort((a, b) => a - b),
	);
	assert.equal(new Set(places).size, 90);
	assert.ok(places.every((place, i) => (i < trainRows ? place < 700 : place >= 700 && place < 900)));
	places.forEach((place, i) => {
		assert.deepEqual(sample.x.subarray(i * 2, i * 2 + 2), table.x.subarray(place * 2, place * 2 + 2));
		assert.equal(sample.y[i], table.y[place]);
	});
	assert.deepEqual((await sampleRows(table, 90, 3)).sourceRow, sample.sourceRow);
	assert.notDeepEqual((await sampleRows(table, 90, 4)).sourceRow, sample.sourceRow);
	assert.deepEqual(await sampleRows(table, 1000, 3), table);
});

test("a table beyond the memory limit is sampled from the disk, the same rows", async () => {
	const folder = mkdtempSync(join(tmpdir(), "descent-sample-"));
	const file: RunFile = { dataset: { path, target: "y", split: { dev: 0.2, test: 0.1 } } };
	const whole = await new TableKeeper().get(file, 90, { folder });
	// 1,000 rows of 12 bytes, of which a quarter of the limit has place for 600
	for (const [most, kept] of [
		[90, 90],
		[1000, 600],
	]) {
		const { table, trainRows } = await new TableKeeper().get(file, most, { folder, memoryLimit: 4 * 600 * 12 });
		assert.deepEqual([trainRows, table.shape.rows, table.x.length], [700, kept, kept * 2]);
		assert.equal(table.stored, undefined);
		if (most > 90) continue;
		assert.deepEqual(table.sourceRow, whole.table.sourceRow);
		assert.deepEqual(table.x, whole.table.x);
		assert.deepEqual(table.y, whole.table.y);
	}
	assert.deepEqual(readdirSync(folder), [], "nothing is left behind");
	rmSync(folder, { recursive: true });
});

test("rows that are drawn come equally often", async () => {
	const table = await load(path, { target: "y", split: { dev: 0 } });
	const drawn = new Uint32Array(table.shape.rows);
	for (let seed = 0; seed < 2000; seed++) {
		for (const row of (await sampleRows(table, 100, seed)).sourceRow) drawn[row - 1]++;
	}
	// binomial of 2,000 and 0.1: 200 with a deviation of 13.4; 1,000 rows stay within 5 of them
	assert.ok(
		drawn.every((count) => Math.abs(count - 200) < 67),
		`${Math.min(...drawn)} to ${Math.max(...drawn)}`,
	);
});

async function costs(prepared: Awaited<ReturnType<typeof prepareRun>>, options?: TrainingOptions) {
	const costs: number[] = [];
	const emit = (event: Parameters<ConstructorParameters<typeof Training>[1]>[0]) => {
		if (event.type === "steps") costs.push(...event.batch.cost);
	};
	const done = await new Training(prepared, emit, options).run();
	return { costs, done };
}

test("a run on rows that were read for another is the run that reads them itself", async () => {
	const file: RunFile = { dataset: { path, target: "y" }, batchSize: 64, epochs: 5 };
	const own = await costs(await prepareRun(await kernels(), file));
	const { table } = await new TableKeeper().get(file, 1000);
	for (let i = 0; i < 2; i++)
		assert.deepEqual((await costs(prepareAgain(await kernels(), file, table))).costs, own.costs);
});

test("a kept table is read again when the file or what is said of it has changed", async () => {
	const changing = write("changing.csv", text);
	const file: RunFile = { dataset: { path: changing, target: "y" } };
	const keeper = new TableKeeper();
	const first = await keeper.get(file, 500);
	assert.equal(first.trainRows, 800);
	assert.equal(first.table.shape.rows, 500);
	assert.equal(await keeper.get({ ...file, epochs: 3, batchSize: 7 }, 500), first);
	assert.notEqual(await keeper.get(file, 400), first);
	const scaled = await keeper.get({ dataset: { ...file.dataset, scaling: "minMax" } }, 500);
	assert.notDeepEqual(scaled.table.x, first.table.x);
	const again = await keeper.get(file, 500);
	writeFileSync(changing, readFileSync(changing, "utf8").replace("0,0,", "5,0,"));
	utimesSync(changing, new Date(), new Date(Date.now() + 5000));
	const changed = await keeper.get(file, 500);
	assert.notEqual(changed, again);
});

test("a bounded run ends in time, and says so", async () => {
	const file: RunFile = { dataset: { path, target: "y" }, batchSize: 8, epochs: 1_000_000 };
	const { done } = await costs(await prepareRun(await kernels(), file), { seconds: 0.2 });
	assert.equal(done.outcome, "outOfTime");
	assert.ok(done.seconds >= 0.2 && done.seconds < 2, `${done.seconds} s`);
	assert.ok(done.iterations > 0 && done.devCost !== undefined);
});

test("the engine bounds a run by rows and time, with the mini-batch that the whole table has", async () => {
	const large = write(
		"large.csv",
		rows("a,y", 20_000, (i) => `${i % 977},${(i % 977) * 0.5 + noise(i)}`),
	);
	const told: EngineToHost[] = [];
	let end = () => {};
	const ended = new Promise<void>((resolve) => {
		end = resolve;
	});
	const { receive: take } = createService(DIST, (message) => {
		told.push(message);
		if (message.type === "event" && message.event.type === "done") end();
	});
	const file: RunFile = { dataset: { path: large, target: "y" }, epochs: 1_000_000 };
	await take({
		type: "call",
		id: 1,
		method: "train",
		params: { runId: "r", file, bounds: { seconds: 0.1, rows: 1000 } },
	});
	await ended;
	const [answer] = told;
	assert.ok(answer.type === "result");
	const start = answer.result as Awaited<ReturnType<typeof prepareRun>>["start"];
	assert.deepEqual([start.trainRows, start.devRows, start.sampledFrom, start.run.batchSize], [800, 200, 16_000, 64]);
	const last = told.at(-1);
	assert.ok(last?.type === "event" && last.event.type === "done" && last.event.done.outcome === "outOfTime");
});

test("every power of two and the full batch is tried, and the best is one of the lowest costs", async () => {
	const file: RunFile = { dataset: { path, target: "y" }, optimizer: { name: "adam", learningRate: 0.01 } };
	const table = await new TableKeeper().get(file, 1000);
	const tried: BatchSizeTrial[] = [];
	const search = await findBatchSize(await kernels(), file, table, {
		seconds: 1,
		tried: (trial, of) => {
			tried.push(trial);
			assert.equal(of, 8);
		},
	});
	assert.deepEqual(search.trials, tried);
	assert.equal(search.ofDev, true);
	assert.deepEqual(
		search.trials.map(({ batchSize }) => batchSize),
		[8, 16, 32, 64, 128, 256, 512, 800],
	);
	const lowest = Math.min(...search.trials.map(({ cost }) => cost!));
	const best = search.trials.find(({ batchSize }) => batchSize === search.best)!;
	assert.ok(best.cost! <= lowest * 1.02);
	for (const trial of search.trials) {
		assert.ok(trial.samplesPerSecond! > 0 && trial.iterations! > 0 && trial.memory! > 0, JSON.stringify(trial));
	}
});

const CODE = `import pandas as pd
import torch
from torch import nn

loader = torch.utils.data.DataLoader(rows(pd.read_csv("lines.csv")), batch_size=64, shuffle=True)
model = nn.Sequential(nn.Linear(2, 24), nn.ReLU(), nn.Linear(24, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
for epoch in range(10):
    for x, y in loader:
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()
`;

test("a mini-batch takes the memory that a lens says, in code and in a run file", async () => {
	const dataset = { path, target: "y" };
	// 64 rows: X 2, Y 1, A and dA of 25 units; W and b 2 * 24 + 24 + 24 + 1 = 97, with dW and one average
	const ofCode = 4 * (64 * (3 + 2 * 25) + 3 * 97);
	// the defaults: 64 and 32 units, two averages of Adam
	const ofRunFile = 4 * (64 * (3 + 2 * 97) + 4 * (2 * 64 + 64 + 64 * 32 + 32 + 33));
	for (const [text, kind, expected] of [
		[CODE, "python", ofCode],
		[JSON.stringify({ dataset, batchSize: 64 }), "runFile", ofRunFile],
	] as const) {
		const { facts } = await analyze(text, kind);
		const runFile = kind === "runFile";
		const model = runFile ? { features: 2, outputs: 1 } : undefined;
		const said = lensesOf(facts, text, { rows: 800, memory: {}, runFile, model }).find(({ text }) =>
			/steps/.test(text),
		);
		assert.ok(said?.text.includes(`${byteText(expected)} a mini-batch`), `${expected}: ${said?.text}`);
		const file: RunFile = { dataset, ...(runFile ? JSON.parse(text) : loopRun(facts, 800)?.run) };
		const table = await new TableKeeper().get(file, 1000);
		const { trials } = await findBatchSize(await kernels(), file, table, { seconds: 0.1 });
		assert.equal(trials.find(({ batchSize }) => batchSize === 64)?.memory, expected);
	}
});

test("of a sample the sizes are those that it has, not the whole table's full batch", async () => {
	const file: RunFile = { dataset: { path, target: "y" } };
	const table = await new TableKeeper().get(file, 100);
	const search = await findBatchSize(await kernels(), file, table, { seconds: 0.1 });
	assert.equal(search.rows, 800);
	assert.deepEqual(
		search.trials.map(({ batchSize }) => batchSize),
		[8, 16, 32, 64],
	);
});

test("sizes that diverge or do not fit are told and not chosen; where none trains, it is said", async () => {
	const file: RunFile = { dataset: { path, target: "y" }, optimizer: { name: "gradientDescent", learningRate: 1e30 } };
	const table = await new TableKeeper().get(file, 1000);
	await assert.rejects(findBatchSize(await kernels(), file, table, { seconds: 0.1 }), InputError);
	const wide: RunFile = { dataset: { path, target: "y" }, model: { layers: [512, 512] } };
	const { trials, best } = await findBatchSize(await kernels(), wide, table, {
		seconds: 0.1,
		threads: 1,
		memoryLimit: 9_000_000,
	});
	const failed = trials.filter((trial) => trial.failed === "memory").map(({ batchSize }) => batchSize);
	assert.ok(failed.length > 0 && failed.length < trials.length && failed.at(-1) === 800, JSON.stringify(trials));
	assert.ok(!failed.includes(best));
});

test("a search ends when it is told to", async () => {
	const file: RunFile = { dataset: { path, target: "y" } };
	const table = await new TableKeeper().get(file, 1000);
	const stopping = new AbortController();
	const reason = new Error("stop");
	const search = findBatchSize(await kernels(), file, table, {
		seconds: 600,
		signal: stopping.signal,
	});
	setImmediate(() => stopping.abort(reason));
	await assert.rejects(search, reason);
});
