// Tables that do not fit memory: an epoch streamed from the disk gives the numbers of one in memory, bit for bit.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Finding, RunPlan } from "../../src/engine/protocol/run.ts";
import type { RunFile } from "../../src/engine/protocol/run-file.ts";
import { readCheckpoint } from "../../src/engine/training/checkpoint.ts";
import { type PreparedRun, prepareRun } from "../../src/engine/training/prepare.ts";
import { Random } from "../../src/engine/training/random.ts";
import { RowOrder } from "../../src/engine/training/row-order.ts";
import { Training, type TrainingOptions } from "../../src/engine/training/training.ts";
import { windowsOf } from "../../src/engine/training/windows.ts";
import { DIST, kernels } from "../support/kernels.ts";
import { lineTable } from "../support/tables.ts";
import { installTensorflow } from "../support/tensorflow.ts";

const folder = mkdtempSync(join(tmpdir(), "descent-streaming-"));
const rowsFolder = join(folder, "rows");
mkdirSync(rowsFolder);
installTensorflow(folder);
after(() => rmSync(folder, { recursive: true }));

const levels = join(folder, "levels.csv");
const numbers = join(folder, "numbers.npy");
const large = join(folder, "large.npy");
const ROWS = 300_000;
const limit = 2 ** 25;
const inMemory = 2 ** 30;

before(() => {
	const random = new Random(3);
	let text = "part,letter,amount,kind\n";
	for (let i = 0; i < ROWS; i++) {
		const letter = String.fromCharCode(97 + random.below(26));
		const amount = Math.floor(i / 1000) % 7;
		const kind = ["low", "mid", "high"][(letter.charCodeAt(0) + amount + random.below(2)) % 3];
		text += `${random.below(50) === 0 ? "" : random.below(1000)},${letter},${amount},${kind}\n`;
	}
	writeFileSync(levels, text);
	writeNumbers(numbers, 500_000, 16);
	writeNumbers(large, 2_500_000, 20);
});

/** Random numbers, the last column a sum of the others. */
function writeNumbers(path: string, rows: number, columns: number): void {
	const random = new Random(4);
	const shape = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${columns}), }`;
	const header = Buffer.alloc(128, " ");
	header.write("\x93NUMPY\x01\x00\x76\x00", 0, "latin1");
	header.write(shape, 10, "latin1");
	header[127] = 10;
	const values = new Float32Array(rows * columns);
	for (let i = 0; i < rows; i++) {
		let sum = 0;
		for (let j = 0; j < columns - 1; j++) {
			values[i * columns + j] = random.uniform() - 0.5;
			sum += values[i * columns + j] * (j - 5);
		}
		values[i * columns + columns - 1] = sum;
	}
	writeFileSync(path, Buffer.concat([header, Buffer.from(values.buffer)]));
}

interface Result {
	steps: number[];
	epochs: object[];
	findings: Finding[];
	done: object;
	parameters: Float32Array;
	prepared: PreparedRun;
}

/** @param memoryLimit bytes; the run goes on from, or is stopped after `stopAfter` steps with, what the options say */
async function run(
	file: RunFile,
	memoryLimit: number,
	{ threads = 1, stopAfter, ...options }: TrainingOptions & { threads?: number; stopAfter?: number } = {},
): Promise<Result> {
	const prepared = await prepareRun(await kernels(), file, { threads, memoryLimit, folder: rowsFolder });
	assert.equal(prepared.start.streams !== undefined, memoryLimit < inMemory);
	const result: Omit<Result, "done" | "parameters"> = { steps: [], epochs: [], findings: [], prepared };
	const training = new Training(
		prepared,
		(event) => {
			if (event.type === "steps") {
				const { cost, gradientNorm } = event.batch;
				for (let i = 0; i < cost.length; i++) result.steps.push(cost[i], gradientNorm[i]);
				if (stopAfter !== undefined && result.steps.length / 2 >= stopAfter) training.control("stop");
			} else if (event.type === "epochs") result.epochs.push(...event.results);
			else if (event.type === "finding") result.findings.push(event.finding);
		},
		options,
	);
	const { seconds: _, stepsPerSecond: __, ...done } = await training.run();
	assert.deepEqual(readdirSync(rowsFolder), [], "nothing is left behind");
	return { ...result, done, parameters: prepared.backend.parameters.slice() };
}

function same(streamed: Result, whole: Result): void {
	assert.deepEqual(streamed.steps, whole.steps);
	assert.deepEqual(streamed.epochs, whole.epochs);
	assert.deepEqual(streamed.done, whole.done);
	assert.deepEqual(streamed.parameters, whole.parameters);
	assert.ok(whole.steps.every(Number.isFinite));
}

const classes: RunFile = {
	dataset: { path: levels, target: "kind", split: { dev: 0.15, test: 0.1 } },
	model: { layers: [8] },
	optimizer: { name: "adam", learningRate: 0.01 },
	batchSize: 1001,
	epochs: 3,
	seed: 5,
};
const amounts: RunFile = {
	dataset: { path: numbers, target: "column15", scaling: "minMax" },
	model: { layers: [6], activation: "gelu" },
	optimizer: { name: "momentum", learningRate: 0.01 },
	batchSize: 512,
	epochs: 2,
	l2: 0.1,
};

for (const threads of [1, 2]) {
	for (const [name, file] of Object.entries({
		classes,
		amounts,
		"early stopping": { ...classes, epochs: 30, earlyStopping: { patience: 1, minDelta: 0.05 } },
		"a mini-batch of a third of a window": { ...classes, batchSize: 40_000 },
		"a divergence": { ...amounts, optimizer: { name: "gradientDescent", learningRate: 1e30 } },
	} as Record<string, RunFile>)) {
		test(`${name}, ${threads} threads: streamed and in memory the same bits`, async () => {
			const whole = await run(file, inMemory, { threads });
			const streamed = await run(file, name.startsWith("a mini") ? 44 * 2 ** 20 : limit, { threads });
			if (name === "a divergence") {
				assert.deepEqual(streamed.findings.slice(1), whole.findings);
				assert.equal(whole.findings.at(-1)?.code, "divergence");
				assert.deepEqual(streamed.steps, whole.steps);
				return;
			}
			same(streamed, whole);
			assert.deepEqual(
				streamed.findings.filter(({ code }) => code !== "streams-from-disk"),
				whole.findings,
			);
			assert.ok(streamed.findings.some(({ message }) => /streams from disk: 3\d\.\d MiB in blocks of/.test(message)));
		});
	}
}

for (const backend of ["wasm", "tensorflow"] as const) {
	test(`${backend}: stopped in the middle of an epoch and resumed, in memory or not, the same bits`, async () => {
		const file: RunFile = { ...classes, backend, epochs: 2, ...(backend === "wasm" ? {} : { batchSize: 20_000 }) };
		const limits = backend === "wasm" ? [limit, inMemory] : [40 * 2 ** 20, inMemory];
		const whole = await run(file, inMemory);
		for (const [i, before] of limits.entries()) {
			const path = join(folder, "half.safetensors");
			const checkpoint = { path, everyMs: 1e9 };
			const first = await run(file, before, { stopAfter: 2, checkpoint });
			const resume = await readCheckpoint(path);
			const { rows } = resume.progress.position;
			assert.ok(rows > 0 && resume.progress.position.iteration < whole.steps.length / 2, `${rows} rows of an epoch`);
			assert.ok(!resume.tensors.has("order"), "the order follows from the seed");
			const rest = await run(resume.progress.run, limits[1 - i], { resume });
			assert.deepEqual([...first.steps, ...rest.steps], whole.steps);
			assert.deepEqual(rest.parameters, whole.parameters);
			assert.deepEqual(rest.done, whole.done);
		}
	});
}

test("an epoch takes every training row once, each window's from places all over the table", async () => {
	const prepared = await prepareRun(await kernels(), classes, { threads: 1, memoryLimit: inMemory });
	const { start, windows, table } = prepared;
	assert.ok(windows.count > 1);
	const orders: number[][] = [];
	for (const epoch of [0, 1]) {
		const at = { iteration: 0, epoch, rows: 0, epochCost: 0, rateChanges: [], seconds: 0 };
		const order = new RowOrder(prepared, at);
		const rows: number[] = [];
		for (; at.rows < start.trainRows; at.rows += Math.min(start.run.batchSize, start.trainRows - at.rows)) {
			assert.ok(order.ready);
			rows.push(...order.tableRows(at.rows, Math.min(start.run.batchSize, start.trainRows - at.rows)));
		}
		assert.deepEqual(
			rows.toSorted((a, b) => a - b),
			Array.from({ length: start.trainRows }, (_, i) => i),
		);
		for (let first = 0; first + 1000 <= rows.length; first += 1000) {
			const tenths = new Set(rows.slice(first, first + 1000).map((row) => Math.floor((10 * row) / start.trainRows)));
			assert.equal(tenths.size, 10, `rows at ${first}`);
		}
		orders.push(rows);
	}
	assert.notDeepEqual(orders[0], orders[1]);
	assert.equal(table.stored, undefined);
	prepared.backend.dispose();
});

test("windows are alike, hold whole blocks and a mini-batch, and are one where the table is small", () => {
	const random = new Random(8);
	assert.deepEqual(windowsOf(150, 4, 150), { blockRows: 150, windowRows: 150, count: 1 });
	for (let i = 0; i < 1000; i++) {
		const trainRows = 1 + random.below(10_000_000);
		const features = 1 + random.below(2000);
		const batchSize = 1 + random.below(Math.min(trainRows, 2 ** random.below(23)));
		const { blockRows, windowRows, count } = windowsOf(trainRows, features, batchSize);
		const said = `${trainRows} x ${features}, ${batchSize}: ${blockRows} ${windowRows} ${count}`;
		assert.ok(windowRows >= batchSize && windowRows % blockRows === 0, said);
		assert.ok((count - 1) * windowRows < trainRows && count * windowRows >= trainRows, said);
		const bytes = windowRows * (features + 1) * 4;
		assert.ok(bytes <= 2 ** 24 || windowRows < batchSize + blockRows || count === 1, said);
	}
});

test("a run that is stopped while it streams, or fails before it does, leaves nothing behind", async () => {
	const stopped = await run(amounts, limit, { stopAfter: 1 });
	assert.equal((stopped.done as { outcome: string }).outcome, "stopped");
	const controller = new AbortController();
	const options = { memoryLimit: 2 ** 26, folder: rowsFolder, signal: controller.signal };
	const file = { dataset: { path: large } };
	const reading = prepareRun(await kernels(), file, { ...options, progress: () => controller.abort() });
	await assert.rejects(reading, { name: "AbortError" });
	assert.deepEqual(readdirSync(rowsFolder), []);
});

test("a process keeps to its limit, whatever the table takes", { skip: process.platform !== "linux" }, () => {
	const size = statSync(large).size;
	const most = (bytes: number) => {
		const script = `process.stderr.write(/VmHWM:\\s+(\\d+)/.exec(require("fs").readFileSync("/proc/self/status"))[1])`;
		const options = [
			"train",
			large,
			"--epochs",
			"1",
			"--batch-size",
			"512",
			"--layers",
			"8",
			"--threads",
			"1",
			"--no-cache",
		];
		const code = `process.argv.splice(1, 0, "cli"); process.on("exit", () => { ${script} }); require(${JSON.stringify(join(DIST, "cli.cjs"))})`;
		const child = spawnSync(process.execPath, ["-e", code, "--", ...options, "--memory-limit", String(bytes)], {
			encoding: "utf8",
			env: { ...process.env, XDG_CACHE_HOME: rowsFolder },
		});
		assert.equal(child.status, 0, child.stderr);
		return { bytes: Number(child.stderr) * 1024, streams: /streams from disk/.test(child.stdout) };
	};
	const whole = most(2 ** 30);
	const streamed = most(64 * 2 ** 20);
	assert.deepEqual([whole.streams, streamed.streams], [false, true]);
	assert.deepEqual(readdirSync(join(rowsFolder, "descent")), [], "nothing is left behind");
	assert.ok(whole.bytes > size, `${whole.bytes}`);
	assert.ok(whole.bytes - streamed.bytes > size - 64 * 2 ** 20, `${whole.bytes} in memory, ${streamed.bytes} streamed`);
});

test("what a run will take is told before its table is read, about as it comes", async () => {
	for (const file of [classes, amounts]) {
		for (const memoryLimit of [limit, inMemory]) {
			const told: string[] = [];
			const plans: RunPlan[] = [];
			const prepared = await prepareRun(await kernels(), file, {
				...{ threads: 1, memoryLimit, folder: rowsFolder },
				progress: () => told.push("progress"),
				planned: (plan) => {
					told.push("plan");
					plans.push(plan);
				},
			});
			prepared.backend.dispose();
			prepared.table.stored?.close();
			const [plan] = plans;
			assert.equal(told.indexOf("plan"), 0);
			assert.equal(told.lastIndexOf("plan"), 0, "once");
			const { memory, streams } = prepared.start;
			const close = (a: number, b: number, what: string) =>
				assert.ok(Math.abs(a / b - 1) < 0.05, `${what}: ${a} and ${b}`);
			close(plan.rows, prepared.table.shape.rows, "rows");
			close(plan.memory.total, memory.total, "memory");
			close(plan.memory.table, memory.table, "table");
			assert.equal(plan.streams !== undefined, memoryLimit === limit);
			if (streams) close(plan.streams!.bytes, streams.bytes, "rows on the disk");
			assert.equal(plan.limit, memoryLimit);
		}
	}
	const small = join(folder, "small.csv");
	writeFileSync(small, lineTable(500));
	const planned = () => assert.fail("a small table is there at once");
	(await prepareRun(await kernels(), { dataset: { path: small } }, { planned })).backend.dispose();
});
