// What real runs are told: problems built to show each finding, the like without, and healthy runs that get none.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, mock, test } from "node:test";
import { concrete, spirals } from "../../scripts/sample-data.ts";
import type { OptimizerName } from "../../src/engine/protocol/hyperparameters.ts";
import type { EpochResult, Finding } from "../../src/engine/protocol/run.ts";
import type { RunFile } from "../../src/engine/protocol/run-file.ts";
import { Diagnosis } from "../../src/engine/training/diagnosis/index.ts";
import { type PreparedRun, prepareRun } from "../../src/engine/training/prepare.ts";
import { Training } from "../../src/engine/training/training.ts";
import { kernels } from "../support/kernels.ts";
import { blobTable, lineTable, noisyTable, rareTable, slopeTable, waveTable } from "../support/tables.ts";

const folder = mkdtempSync(join(tmpdir(), "descent-diagnosis-"));
after(() => rmSync(folder, { recursive: true }));
function file(name: string, content: string): string {
	const path = join(folder, `${name}.csv`);
	writeFileSync(path, content);
	return path;
}
const tables = {
	blobs: file("blobs", blobTable(500)),
	concrete: file("concrete", concrete(600)),
	line: file("line", lineTable(400)),
	noisy: file("noisy", noisyTable(200)),
	rare: file("rare", rareTable(2000)),
	slope: file("slope", slopeTable(200)),
	spirals: file("spirals", spirals(900)),
	wave: file("wave", waveTable(600)),
};
type Table = keyof typeof tables;

/** @param change of the run before its first step */
async function run(
	table: Table,
	more: Omit<RunFile, "dataset">,
	change?: (prepared: PreparedRun) => void,
	threads = 1,
) {
	const prepared = await prepareRun(await kernels(), { dataset: { path: tables[table] }, ...more }, { threads });
	change?.(prepared);
	const findings: Finding[] = [];
	const costs: number[] = [];
	const epochs: EpochResult[] = [];
	const training = new Training(prepared, (event) => {
		if (event.type === "finding") findings.push(event.finding);
		if (event.type === "steps") costs.push(...event.batch.cost);
		if (event.type === "epochs") epochs.push(...event.results);
	});
	const done = await training.run();
	return { prepared, findings, codes: findings.map((finding) => finding.code), costs, epochs, done };
}

/** Weights next to 0: a saddle of every net whose activation is 0 at 0. */
const shrink = ({ backend }: PreparedRun) => {
	for (let i = 0; i < backend.parameters.length; i++) backend.parameters[i] *= 1e-3;
};

const descent = (learningRate: number) => ({ name: "gradientDescent" as const, learningRate });

test("divergence names the mini-batch's rows by their numbers in the file", async () => {
	const rows = Array.from(
		{ length: 500 },
		(_, i) => `${Math.sqrt(i + 1).toFixed(5)},${(i * 37) % 11},${(i * 7.3) % 5}\n`,
	);
	writeFileSync(join(folder, "numbered.csv"), `root,a,y\n${rows.join("")}`);
	const prepared = await prepareRun(await kernels(), {
		dataset: { path: join(folder, "numbered.csv"), target: "y" },
		batchSize: 8,
	});
	const { table, backend } = prepared;
	// What the network is given of a row tells its number: the first column is its root, standardised.
	const [column] = table.preparation.columns;
	assert.ok(column.kind === "numeric");
	const numberOf = (row: number) => Math.round((table.x[row * 2] * column.scale + column.shift) ** 2);
	const expected = numberOf(123);
	table.y[123] = Number.NaN;
	let order = new Uint32Array(0);
	mock.method(backend, "setOrder", (given: Uint32Array) => {
		order = given.slice();
		Object.getPrototypeOf(backend).setOrder.call(backend, given);
	});
	const findings: Finding[] = [];
	const training = new Training(prepared, (event) => event.type === "finding" && findings.push(event.finding));
	const done = await training.run();
	const [finding] = findings;
	assert.deepEqual([done.outcome, finding.code, findings.length], ["diverged", "divergence", 1]);
	const first = (finding.iteration! - 1) * 8;
	assert.deepEqual(finding.rows, Array.from(order.subarray(first, first + 8), numberOf));
	assert.ok(finding.rows?.includes(expected));
	const [a, b, c] = finding.rows!;
	assert.ok(
		finding.message.endsWith(`at step ${finding.iteration}, on rows ${a}, ${b}, ${c} and 5 more of the table.`),
	);
});

test("a gradient beyond all numbers is a divergence while the cost still is one", async () => {
	const { findings, done } = await run("concrete", { optimizer: { name: "adam", learningRate: 1000 }, batchSize: 64 });
	assert.equal(done.outcome, "diverged");
	assert.match(findings.at(-1)!.message, /^The gradient stopped being .* while the cost was [\d.]+e\d+, on rows /);
});

test("explosion: Adam with a rate of a million is told of after 20 steps, and goes on", async () => {
	const { findings, done } = await run("spirals", { optimizer: { name: "adam", learningRate: 1e6 }, batchSize: 64 });
	assert.deepEqual([findings[0].code, findings[0].iteration, done.outcome], ["explosion", 21, "finished"]);
});

test("rising cost: told under full batch, where the same rate over mini-batches is not", async () => {
	const optimizer = descent(1.2);
	const more = { model: { layers: [] }, optimizer, epochs: 12 };
	const { codes, findings } = await run("wave", { ...more, batchSize: "full" });
	assert.ok(codes.includes("cost-rising"), codes.join());
	assert.match(findings[0].advice!, /ten times smaller than 1\.2\.$/);
	const mini = await run("wave", { ...more, batchSize: 64 });
	assert.ok(!mini.codes.includes("cost-rising"));
	const calm = await run("wave", { ...more, optimizer: descent(0.3), batchSize: "full" });
	assert.deepEqual(calm.codes, []);
});

test("plateau: a deep sigmoid net stays at a constant guess; relu in its place learns", async () => {
	const layers = [32, 32, 32, 32, 32];
	const more = { optimizer: descent(0.1), batchSize: 64, epochs: 150 };
	const { findings, prepared } = await run("spirals", { ...more, model: { layers, activation: "sigmoid" } });
	assert.deepEqual(
		findings.map((finding) => finding.code),
		["plateau"],
	);
	assert.match(
		findings[0].message,
		/stayed at 1\.\d+ for \d+ steps and the gradient is small \([\d.e-]+\); a constant/,
	);
	assert.match(findings[0].advice!, /^Try relu/);
	assert.equal(prepared.start.run.dataset.task, "multiclass");
	assert.deepEqual((await run("spirals", { ...more, model: { layers } })).codes, []);
});

test("a cost that is flat as the rate is tiny is no plateau: along the gradient it would fall", async () => {
	const optimizer = { name: "adam" as const, learningRate: 1e-8 };
	const { codes, done } = await run("spirals", { optimizer, batchSize: 64, epochs: 100 });
	assert.ok(done.iterations > 1000 && done.cost > Math.log(3), "no better than a guess among three");
	assert.deepEqual(codes, []);
});

test("saddle: weights next to 0 curve down somewhere, with and without mini-batches; usual weights do not", async () => {
	const model = { layers: [8], activation: "tanh" as const };
	for (const [batchSize, rate] of [
		["full", 0.003],
		[32, 0.001],
	] as const) {
		const more = { model, optimizer: descent(rate), batchSize, epochs: batchSize === 32 ? 100 : 1000 };
		const { findings } = await run("wave", more, shrink);
		assert.deepEqual(
			findings.map((finding) => finding.code),
			["saddle"],
			`batch ${batchSize}`,
		);
		const [, curvature, cost] = /the curvature is (-[\d.]+), .* brings the cost to ([\d.]+)\.$/.exec(
			findings[0].message,
		)!;
		assert.ok(Number(curvature) < -0.5 && Number(cost) < 0.95, findings[0].message);
		assert.deepEqual((await run("wave", more)).codes, []);
	}
});

test("a minimum is neither a plateau nor a saddle, however long the cost stays there", async () => {
	const optimizer = { name: "momentum" as const, learningRate: 0.3 };
	assert.deepEqual((await run("slope", { model: { layers: [] }, optimizer })).codes, []);
	const small = { layers: [4], activation: "tanh" as const };
	assert.deepEqual((await run("slope", { model: small, optimizer, epochs: 4000 })).codes, []);
});

test("oscillation: a rate at the edge swings across the valley; damped swings and noise do not", async () => {
	const linear = { model: { layers: [] } };
	// Standardised x and a squared error without a half: the curvature is 2, and a rate of 1 turns every step back.
	const { findings } = await run("slope", { ...linear, optimizer: descent(1), epochs: 600 });
	assert.deepEqual(
		findings.map((finding) => finding.code),
		["oscillation"],
	);
	const [, there, middle] = /it is ([\d.]+) on average .* and ([\d.]+) in their middle\.$/.exec(findings[0].message)!;
	assert.ok(Number(there) > 2 * Number(middle), findings[0].message);
	const quiet: Omit<RunFile, "dataset">[] = [
		{ ...linear, optimizer: descent(0.99), epochs: 600 },
		{ ...linear, optimizer: { name: "momentum", form: "classical", beta: 0.99, learningRate: 0.1 } },
		{ ...linear, optimizer: { name: "momentum", form: "classical", learningRate: 1.8 } },
		{ ...linear, optimizer: descent(0.1), batchSize: 1, epochs: 20 },
	];
	for (const more of quiet) assert.deepEqual((await run("slope", more)).codes, [], JSON.stringify(more));
});

test("overfitting: a net that learns the noise by heart; not with early stopping, nor a linear one", async () => {
	const { codes, findings } = await run("noisy", {});
	assert.deepEqual(codes, ["overfitting"]);
	assert.match(findings[0].message, /^The dev cost rose from .* while the training cost fell from /);
	assert.match(findings[0].advice!, /^The run ends with the weights of the lowest dev cost; /);
	const given = (await run("noisy", { epochs: 2000 })).findings;
	assert.deepEqual(
		given.map(({ advice }) => advice?.slice(0, 18)),
		["Try early stopping"],
	);
	assert.deepEqual((await run("noisy", { earlyStopping: { patience: 1000 } })).codes, []);
	assert.deepEqual((await run("noisy", { model: { layers: [] } })).codes, []);
});

test("dead units: a large rate kills relu's, which the backend counts as the formula does", async () => {
	const more = { optimizer: { name: "adam" as const, learningRate: 0.3 }, batchSize: 64 };
	const { codes, findings, prepared } = await run("spirals", more);
	assert.ok(codes.includes("dead-units"), codes.join());
	assert.match(findings[codes.indexOf("dead-units")].message, /\d+ of 64 \(\d+ %\) in layer 1, \d+ of 32 \(\d+ %\)/);
	assert.ok(!(await run("spirals", { ...more, model: { activation: "leakyRelu" } })).codes.includes("dead-units"));

	// a = relu(W' x + b), layer by layer, row by row.
	const { sizes } = prepared;
	const { backend, table } = await prepareRun(await kernels(), { dataset: { path: tables.spirals } }, { threads: 2 });
	backend.parameters.set(prepared.backend.parameters);
	const rows = 300;
	const alive = [new Set<number>(), new Set<number>()];
	for (let row = 5; row < 5 + rows; row++) {
		let a = [...table.x.subarray(row * sizes[0], (row + 1) * sizes[0])];
		let offset = 0;
		for (const l of [0, 1]) {
			const [inputs, outputs] = [sizes[l], sizes[l + 1]];
			const bias = offset + Math.ceil((inputs * outputs) / 16) * 16;
			const w = backend.parameters;
			a = Array.from({ length: outputs }, (_, j) =>
				Math.max(
					0,
					a.reduce((z, v, i) => z + v * w[offset + i * outputs + j], w[bias + j]),
				),
			);
			for (const [j, value] of a.entries()) if (value > 1e-4) alive[l].add(j);
			offset = bias + Math.ceil(outputs / 16) * 16;
		}
	}
	assert.deepEqual(backend.deadUnits(5, rows), [64 - alive[0].size, 32 - alive[1].size]);
	assert.ok(alive[0].size > 0);
	backend.dispose();
});

test("exploding gradients: rare huge features; not once they are clipped as advised", async () => {
	const more = { batchSize: 8, epochs: 10, seed: 2 };
	const { findings, codes } = await run("rare", more);
	assert.deepEqual(codes, ["exploding-gradients"]);
	const norm = Number(/by norm at ([\d.e-]+), the median of the last steps\.$/.exec(findings[0].advice!)![1]);
	assert.ok(norm > 0.01 && norm < 1, findings[0].advice);
	assert.deepEqual((await run("rare", { ...more, clip: { norm } })).codes, []);
});

test("watching changes nothing: a run that is looked at closely has the bits of one that is not", async () => {
	const cases: [Table, Omit<RunFile, "dataset">, ((prepared: PreparedRun) => void)?][] = [
		[
			"spirals",
			{
				optimizer: descent(0.1),
				batchSize: 64,
				epochs: 60,
				model: { layers: [32, 32, 32, 32, 32], activation: "sigmoid" },
			},
		],
		[
			"wave",
			{
				optimizer: { name: "adam", learningRate: 1e-5 },
				l2: 0.1,
				epochs: 700,
				model: { layers: [8], activation: "tanh" },
			},
			shrink,
		],
		["slope", { optimizer: descent(1), model: { layers: [] }, epochs: 600 }],
		["spirals", { optimizer: { name: "nadam", learningRate: 0.3 }, batchSize: 64, epochs: 60 }],
	];
	for (const [table, more, change] of cases) {
		const watched = await run(table, more, change, 2);
		assert.ok(watched.findings.length > 0, "a closer look was taken");
		const mocks = (["step", "epoch", "look", "end"] as const).map((name) =>
			mock.method(Diagnosis.prototype, name, () => {}),
		);
		const alone = await run(table, more, change);
		for (const { mock: own } of mocks) own.restore();
		assert.deepEqual(alone.findings, []);
		assert.deepEqual(watched.costs, alone.costs);
		assert.deepEqual(watched.epochs, alone.epochs);
		assert.deepEqual(watched.prepared.backend.parameters, alone.prepared.backend.parameters);
		assert.deepEqual(watched.prepared.backend.optimizerState, alone.prepared.backend.optimizerState);
	}
});

test("findings are the same every time, and none comes before its step", async () => {
	const more: Omit<RunFile, "dataset"> = { optimizer: { name: "adam", learningRate: 0.3 }, batchSize: 64, epochs: 60 };
	const first = await run("spirals", more);
	assert.deepEqual((await run("spirals", more)).findings, first.findings);
	const prepared = await prepareRun(await kernels(), { dataset: { path: tables.spirals }, ...more });
	let steps = 0;
	let epochs = 0;
	const training = new Training(prepared, (event) => {
		if (event.type === "steps") {
			assert.ok(epochs <= event.batch.first + event.batch.cost.length, "an epoch comes right before its last step");
			steps += event.batch.cost.length;
		}
		if (event.type === "epochs") {
			for (const { iteration } of event.results) assert.ok(iteration > steps, "an epoch comes before its last step");
			epochs = event.results.at(-1)!.iteration;
		}
		if (event.type === "finding" && event.finding.iteration) assert.equal(steps, event.finding.iteration);
	});
	await training.run();
});

const HEALTHY: [Table, OptimizerName, Omit<RunFile, "dataset">][] = (
	["blobs", "concrete", "line", "spirals", "wave"] as const
).flatMap((table) =>
	(["gradientDescent", "momentum", "rmsprop", "adam", "adamw", "adagrad", "nadam", "lion"] as const).flatMap(
		(name, i): [Table, OptimizerName, Omit<RunFile, "dataset">][] => [
			[table, name, { batchSize: 32, epochs: 40, seed: i }],
			[table, name, { batchSize: "full", epochs: 500, seed: i + 100, model: { layers: [16, 8] } }],
			[table, name, { batchSize: 7, epochs: 15, seed: i + 200, model: { layers: [] } }],
		],
	),
);
test("healthy runs are left alone: every optimizer with its defaults, several tables, seeds and batch sizes", async () => {
	const told: string[] = [];
	for (const [table, name, more] of HEALTHY) {
		const { findings, done } = await run(table, { ...more, optimizer: { name } });
		assert.equal(done.outcome, "finished");
		for (const { message } of findings) told.push(`${table}, ${name}, ${JSON.stringify(more)}: ${message}`);
	}
	assert.deepEqual(told, []);
	for (const [table, seed] of [
		["spirals", 1],
		["concrete", 2],
		["wave", 3],
		["line", 4],
	] as const) {
		assert.deepEqual((await run(table, { seed })).codes, [], `${table} with every default`);
	}
	assert.deepEqual((await run("wave", { batchSize: 1, epochs: 4 })).codes, [], "stochastic gradient descent");
});
