// Rows of another table, predicted with a checkpoint: the same numbers as the run's own, in the target's words.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { checkColumns } from "../../src/engine/data/index.ts";
import { parameterLayout } from "../../src/engine/model/network.ts";
import { type Answer, answer } from "../../src/engine/prediction/answers.ts";
import { type PredictOptions, predict, predictToFile } from "../../src/engine/prediction/predict.ts";
import type { EngineToHost } from "../../src/engine/protocol/engine.ts";
import type { RunFile } from "../../src/engine/protocol/run-file.ts";
import { createService } from "../../src/engine/service.ts";
import { readCheckpoint } from "../../src/engine/training/checkpoint.ts";
import { prepareRun } from "../../src/engine/training/prepare.ts";
import { Random } from "../../src/engine/training/random.ts";
import { Training } from "../../src/engine/training/training.ts";
import { pathOf, rows, write } from "../fixtures/data/table-files.ts";
import { DIST, kernels } from "../support/kernels.ts";
import { installTensorflow } from "../support/tensorflow.ts";

const random = new Random(21);
const count = 900;
const made = Array.from({ length: count }, (_, i) => {
	const a = random.normal();
	const k = ["red", "green", "blue"][random.below(3)];
	const when = new Date(1.6e12 + random.below(700) * 86_400_000).toISOString().slice(0, 10);
	const on = random.uniform() < 0.5;
	const y = 40 + 12 * a + (k === "red" ? 5 : 0) + (on ? 3 : 0) + random.normal();
	return {
		a: i % 17 === 3 ? "?" : a.toFixed(4),
		k: i < 2 ? `rare${i}` : i % 23 === 4 ? "NA" : k,
		when: i % 31 === 5 ? "" : when,
		on: i % 29 === 6 ? "" : String(on),
		y: y.toFixed(3),
		side: y > 42 ? "over" : "under",
		group: y > 50 ? "high, dry" : y > 35 ? "mid" : 'lo"w',
	};
});
type Row = (typeof made)[number];
const features = ["a", "k", "when", "on"] as const;
const text = (names: readonly (keyof Row)[], change: (row: Row, i: number) => Partial<Row> = () => ({})) =>
	rows(names.join(), count, (i) => {
		const row = { ...made[i], ...change(made[i], i) };
		return names.map((name) => (/[",]/.test(row[name]) ? `"${row[name].replaceAll('"', '""')}"` : row[name])).join();
	});

/** Trains a little and keeps a checkpoint. */
async function trained(target: keyof Row, change: Partial<RunFile["dataset"]> = {}, run: Partial<RunFile> = {}) {
	const path = write(`${target}.csv`, text([...features, target]));
	const file: RunFile = {
		dataset: { path, target, ...change },
		model: { layers: [12] },
		epochs: 12,
		batchSize: 32,
		...run,
	};
	const prepared = await prepareRun(await kernels(), file);
	const checkpoint = pathOf(`${target}.safetensors`);
	const logits: Float32Array[] = [];
	const training: Training = new Training(prepared, () => {}, { checkpoint: { path: checkpoint, everyMs: 1e9 } });
	const { trainRows, devRows } = prepared.start;
	const { dispose } = prepared.backend;
	prepared.backend.dispose = () => {
		logits.push(prepared.backend.logits(trainRows, devRows));
		dispose.call(prepared.backend);
	};
	const done = await training.run();
	const devSource = prepared.table.sourceRow.slice(trainRows, trainRows + devRows);
	return { path, checkpoint, prepared, done, logits: logits[0], devSource };
}

async function answersTo(checkpoint: string, path: string, options?: PredictOptions) {
	const answers: (Answer | undefined)[] = [];
	const read = await readCheckpoint(checkpoint);
	const summary = await predict(await kernels(), read, path, async (some) => void answers.push(...some), options);
	return { answers, summary };
}

for (const [target, backend] of [
	["y", "wasm"],
	["side", "wasm"],
	["group", "wasm"],
	["group", "tensorflow"],
] as const) {
	test(`${target}, ${backend}: dev rows are predicted as the run evaluated them`, async () => {
		installTensorflow(dirname(pathOf("x")));
		const { path, checkpoint, done, logits, devSource, prepared } = await trained(target, {}, { backend });
		const { answers, summary } = await answersTo(checkpoint, path);
		assert.deepEqual(summary, { rows: count, target, task: prepared.start.run.dataset.task, ignored: [], skipped: 0 });
		const { target: words } = prepared.table.preparation;
		const own = [...devSource].map((_, k) => answer(words, logits, k));
		const told = [...devSource].map((row) => answers[row - 1]!);
		if (backend === "wasm") assert.deepEqual(told, own, "to the last digit");
		// and by hand, from what was told alone
		let cost = 0;
		let right = 0;
		const { mean = 0, deviation = 1 } = words.scale ?? {};
		for (const [k, row] of devSource.entries()) {
			const truth = made[row - 1][target];
			const { prediction, probabilities } = told[k];
			if (!probabilities) cost += ((prediction as number) - Number(truth)) ** 2 / deviation ** 2;
			else cost -= Math.log(probabilities[words.classes!.indexOf(truth)]);
			if (prediction === truth) right++;
			assert.ok(mean || probabilities!.length === words.classes!.length);
		}
		assert.ok(Math.abs(cost / devSource.length - done.devCost!) < 1e-5 * (1 + done.devCost!), `${done.devCost}`);
		if (done.devAccuracy !== undefined) assert.equal(right / devSource.length, done.devAccuracy);
	});
}

test("the target may be absent, columns in any order, others beside them, and numbers and truth otherwise written", async () => {
	const { path, checkpoint } = await trained("group");
	const { answers } = await answersTo(checkpoint, path);
	const change = ({ a, when, on }: Row) => ({
		a: a === "?" ? "" : `${Number(a)}`,
		when: when.replaceAll("-", "/"),
		on: on === "" ? "" : on === "true" ? "yes" : "no",
	});
	const other = await answersTo(checkpoint, write("other.csv", text(["side", "on", "y", "when", "k", "a"], change)));
	assert.deepEqual(other.answers, answers);
	assert.deepEqual(other.summary.ignored, ["side", "y"]);
	const levels = await answersTo(
		checkpoint,
		write(
			"levels.csv",
			text(features, () => ({ k: "violet" })),
		),
	);
	const rare = await answersTo(
		checkpoint,
		write(
			"rare.csv",
			text(features, () => ({ k: "rare0" })),
		),
	);
	assert.deepEqual(levels.answers, rare.answers, "a level that training has not seen is one of the rare ones");
	assert.notDeepEqual(levels.answers, answers);
	const all = await answersTo(
		checkpoint,
		write(
			"missing.csv",
			text(features, () => ({ a: "", k: "", when: "", on: "" })),
		),
	);
	assert.equal(new Set(all.answers.map((given) => JSON.stringify(given))).size, 1);
});

test("levels that are numbers are the same levels however they are written", async () => {
	const numbers = (zip: (i: number) => string) =>
		rows("zip,x,y", 300, (i) => `${zip(i)},${(i * 31) % 97},${(i % 3) * 5 + ((i * 7) % 11) / 10}`);
	const path = write(
		"zip.csv",
		numbers((i) => String((i % 3) + 7)),
	);
	const dataset = { path, target: "y", columns: { zip: { kind: "categorical", use: true } } } as const;
	const prepared = await prepareRun(await kernels(), { dataset, epochs: 3 });
	const checkpoint = pathOf("zip.safetensors");
	await new Training(prepared, () => {}, { checkpoint: { path: checkpoint, everyMs: 1e9 } }).run();
	const { answers } = await answersTo(checkpoint, path);
	assert.equal(prepared.table.featureNames.filter((name) => name.startsWith("zip=")).length, 3);
	const padded = write(
		"padded.csv",
		numbers((i) => (i === 299 ? "none" : `0${(i % 3) + 7}.0`)),
	);
	assert.deepEqual((await answersTo(checkpoint, padded)).answers.slice(0, 299), answers.slice(0, 299));
});

test("what the model cannot take is said in one sentence, and no file is left", async () => {
	const { checkpoint } = await trained("y");
	const read = await readCheckpoint(checkpoint);
	const output = pathOf("refused/out.csv");
	const refused = async (name: string, contents: string, to = pathOf("out.csv")) => {
		const before = readdirSync(dirname(pathOf("x"))).sort();
		const path = write(name, contents);
		const fault = await predictToFile(await kernels(), read, path, to).catch((error) => error);
		const left = readdirSync(dirname(path)).sort();
		assert.deepEqual(left, [...new Set([...before, name])].sort(), "nothing is left behind");
		return `${fault.name}: ${fault.message}`;
	};
	assert.equal(
		await refused("lacks.csv", text(["a", "when"])),
		'InputError: lacks.csv lacks columns that the model was trained on: "k", "on"; add what is missing.',
	);
	const at = (change: Partial<Row>) => text(features, (_, i) => (i === 500 ? change : {}));
	const where = (name: string, column: string) => `InputError: ${name}, line 502, column "${column}":`;
	assert.equal(
		await refused("odd.csv", at({ a: "much" })),
		`${where("odd.csv", "a")} "much" is no number; correct it or leave the cell empty.`,
	);
	assert.equal(
		await refused("odd.csv", at({ when: "31.12.2020" })),
		`${where("odd.csv", "when")} "31.12.2020" is no date as those that the model was trained on; correct it or leave the cell empty.`,
	);
	assert.equal(
		await refused("odd.csv", at({ on: "perhaps" })),
		`${where("odd.csv", "on")} "perhaps" is neither true nor false; correct it or leave the cell empty.`,
	);
	assert.equal(
		await refused("odd.csv", at({ a: "1e400" })),
		`${where("odd.csv", "a")} the number is infinite; correct it or leave the cell empty.`,
	);
	assert.equal(
		await refused(
			"odd.csv",
			text(features, () => ({ when: "2020" })),
		),
		'InputError: odd.csv, column "when": it holds numbers, and the model was trained on dates; correct it.',
	);
	assert.equal(
		await refused("whole.csv", text(features), output),
		"InputError: The file out.csv could not be written: check that its folder exists and can be written.",
	);
	const path = write("whole.csv", text(features));
	symlinkSync(path, pathOf("link.csv"));
	await assert.rejects(predictToFile(await kernels(), read, path, pathOf("link.csv")), {
		message: "link.csv is the table that is predicted; name another file for the predictions.",
	});
	assert.equal(readFileSync(path, "utf8"), text(features));
	for (const tensor of ["W1", "b2"]) {
		const broken = { ...read, tensors: new Map(read.tensors) };
		broken.tensors.delete(tensor);
		await assert.rejects(predictToFile(await kernels(), broken, path, pathOf("out.csv")), {
			message: `The checkpoint lacks the tensor ${tensor}, or it has another shape; name another file.`,
		});
	}
});

test("rows that lack a value are predicted, skipped or refused, as in training", async () => {
	const lacking = made.filter(({ a, k, when, on }) => a === "?" || k === "NA" || when === "" || on === "").length;
	const { path, checkpoint } = await trained("y", { missing: "drop" });
	const { answers, summary } = await answersTo(checkpoint, path);
	assert.equal(summary.skipped, lacking);
	for (const [i, given] of answers.entries()) {
		const { a, k, when, on } = made[i];
		assert.equal(given === undefined, a === "?" || k === "NA" || when === "" || on === "", `row ${i + 1}`);
	}
	const read = await readCheckpoint(checkpoint);
	await predictToFile(await kernels(), read, path, pathOf("skipped.csv"));
	assert.equal(readFileSync(pathOf("skipped.csv"), "utf8").split("\n")[1 + answers.indexOf(undefined)], "");
	read.progress.preparation.missing = "refuse";
	await assert.rejects(predictToFile(await kernels(), read, path, pathOf("refused.csv")), {
		message: /^y\.csv, line \d+, column "\w+": there is no value; fill it in, /,
	});
	assert.ok(!existsSync(pathOf("refused.csv")));
});

test("the weights of the lowest dev cost predict, where early stopping kept them", async () => {
	const { path, checkpoint } = await trained(
		"y",
		{},
		{ earlyStopping: { patience: 2 }, epochs: 40, optimizer: { name: "adam", learningRate: 0.05 } },
	);
	const read = await readCheckpoint(checkpoint);
	assert.ok(read.tensors.has("best.W1"));
	const before = await answersTo(checkpoint, path);
	for (const name of ["W1", "b1", "W2", "b2"]) read.tensors.get(name)!.data.fill(0);
	const answers: (Answer | undefined)[] = [];
	await predict(await kernels(), read, path, async (some) => void answers.push(...some));
	assert.deepEqual(answers, before.answers);
});

test("a table of several blocks is predicted in its order, a wide one too, and told of on the way", async () => {
	const { checkpoint } = await trained("y");
	const long = write(
		"long.csv",
		rows(features.join(), 20_000, (i) => features.map((name) => made[i % count][name]).join()),
	);
	const { answers } = await answersTo(checkpoint, long);
	assert.equal(answers.length, 20_000);
	assert.deepEqual(answers.slice(count * 20, count * 21), answers.slice(0, count));
	const wide = Array.from({ length: 600 }, (_, i) => `c${i}`);
	const path = write(
		"wide.csv",
		rows(`${wide.join()},y`, 8300, (i) => `${wide.map((_, k) => (i * (k + 7)) % 101).join()},${i % 50}.5`),
	);
	const prepared = await prepareRun(await kernels(), { dataset: { path }, model: { layers: [4] }, epochs: 1 });
	const file = pathOf("wide.safetensors");
	await new Training(prepared, () => {}, { checkpoint: { path: file, everyMs: 1e9 } }).run();
	const { sourceRow, targetScale } = prepared.table;
	const again = await prepareRun(await kernels(), { dataset: { path }, model: { layers: [4] }, epochs: 1 });
	const { tensors } = await readCheckpoint(file);
	for (const { name, offset } of parameterLayout(prepared.sizes).parameters) {
		again.backend.parameters.set(tensors.get(name)!.data, offset);
	}
	const logits = again.backend.logits(0, 8300);
	const wideAnswers = (await answersTo(file, path)).answers;
	for (let k = 0; k < 8300; k += 97) {
		const expected = logits[k] * targetScale!.deviation + targetScale!.mean;
		assert.equal(wideAnswers[sourceRow[k] - 1]!.prediction, Number(expected.toPrecision(9)));
	}
	again.backend.dispose();
});

test("columns are looked for in the first rows, and further where JSON names one late", async () => {
	const { progress } = await readCheckpoint((await trained("y")).checkpoint);
	const check = (path: string) => checkColumns(path, progress.preparation, {});
	const lines = (late: number) =>
		Array.from({ length: 20_000 }, (_, i) => JSON.stringify(i < late ? { a: 1, k: "red", on: true } : made[0])).join(
			"\n",
		);
	await check(write("late.jsonl", lines(15_000)));
	await assert.rejects(check(write("never.jsonl", lines(20_000))), {
		name: "InputError",
		message: 'never.jsonl lacks a column that the model was trained on: "when"; add what is missing.',
	});
});

test("the editor's call writes the file, says how far it is, and can be stopped", async () => {
	const { checkpoint } = await trained("side");
	const dataset = write(
		"editor.csv",
		rows(features.join(), 60_000, (i) => features.map((name) => made[i % count][name]).join()),
	);
	const sent: EngineToHost[] = [];
	const { receive } = createService(DIST, (message) => sent.push(message));
	const output = pathOf("editor-out.csv");
	const params = { runId: "p", checkpoint, dataset, output };
	await receive({ type: "call", id: 1, method: "predict", params });
	assert.deepEqual(sent.at(-1), {
		type: "result",
		id: 1,
		result: { rows: 60_000, target: "side", task: "binary", ignored: [], skipped: 0 },
	});
	assert.deepEqual(sent.at(-2), { type: "event", runId: "p", event: { type: "predicted", rows: 60_000, of: 60_000 } });
	const lines = readFileSync(output, "utf8").split("\n");
	assert.equal(lines.length, 60_002);
	assert.equal(lines[0], "predicted_side,probability_over,probability_under");
	assert.deepEqual(lines.slice(1, 901), lines.slice(901, 1801));
	await receive({ type: "call", id: 4, method: "checkColumns", params: { runId: "c", checkpoint, dataset } });
	assert.deepEqual(sent.at(-1), { type: "result", id: 4, result: null });
	const lacking = write("lacking.csv", text(["a", "when"]));
	await receive({ type: "call", id: 5, method: "checkColumns", params: { runId: "c", checkpoint, dataset: lacking } });
	const told = 'lacking.csv lacks columns that the model was trained on: "k", "on"; add what is missing.';
	assert.deepEqual(sent.at(-1), { type: "fault", id: 5, fault: { kind: "input", message: told } });
	const stopped = receive({ type: "call", id: 2, method: "predict", params: { ...params, output: pathOf("no.csv") } });
	await receive({ type: "call", id: 3, method: "control", params: { runId: "p", action: "stop" } });
	await stopped;
	const fault = sent.find((message) => message.type === "fault" && message.id === 2);
	assert.equal(fault?.type === "fault" && fault.fault.kind, "stopped");
	assert.ok(!existsSync(pathOf("no.csv")) && !existsSync(pathOf("no.csv.tmp")));
});

test("descent predict: CSV or JSON lines on standard output, or a file", async () => {
	const { path, checkpoint } = await trained("group");
	const { answers } = await answersTo(checkpoint, path);
	const descent = (...args: string[]) =>
		spawnSync(process.execPath, [join(DIST, "cli.cjs"), "predict", ...args], { encoding: "utf8" });
	const csv = descent(checkpoint, path);
	assert.deepEqual([csv.status, csv.stderr], [0, ""]);
	const lines = csv.stdout.split("\n");
	assert.equal(lines[0], 'predicted_group,"probability_high, dry","probability_lo""w",probability_mid');
	assert.equal(lines.length, count + 2);
	const first = answers.findIndex((given) => given!.prediction === "high, dry");
	assert.equal(lines[1 + first], `"high, dry",${answers[first]!.probabilities!.join()}`);
	const output = pathOf("cli.csv");
	const filed = descent(checkpoint, path, "-o", output);
	assert.deepEqual([filed.status, filed.stdout], [0, "\rgroup of 900 rows predicted into cli.csv\n"]);
	assert.equal(readFileSync(output, "utf8"), csv.stdout);
	const json = descent(checkpoint, write("extra.csv", text([...features, "side"])), "--json");
	const objects = json.stdout
		.trim()
		.split("\n")
		.map((line) => JSON.parse(line));
	assert.deepEqual(objects[first], {
		type: "prediction",
		row: first + 1,
		prediction: "high, dry",
		probabilities: Object.fromEntries(
			["high, dry", 'lo"w', "mid"].map((name, i) => [name, answers[first]!.probabilities![i]]),
		),
	});
	assert.deepEqual(objects.at(-1), {
		...{ type: "done", rows: count, target: "group", task: "multiclass", ignored: ["side"], skipped: 0 },
	});
	assert.equal(descent(checkpoint, pathOf("extra.csv")).stderr, "extra.csv: the model does not use side.\n");
	for (const args of [[checkpoint], [checkpoint, path, "--epochs", "3"], [path, path]]) {
		const { status, stderr } = descent(...args);
		assert.equal(status, 2);
		assert.match(stderr, /^descent: .*\.\n$/);
	}
});
