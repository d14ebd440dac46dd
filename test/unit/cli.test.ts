// The built command line as a script would use it.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { Random } from "../../src/engine/training/random.ts";
import { DIST } from "../support/kernels.ts";
import { noisyTable } from "../support/tables.ts";

const folder = mkdtempSync(join(tmpdir(), "descent-cli-"));
after(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
	const path = join(folder, name);
	writeFileSync(path, content);
	return path;
}

function descent(...args: string[]) {
	const { status, stdout, stderr } = spawnSync(process.execPath, [join(DIST, "cli.cjs"), ...args], {
		encoding: "utf8",
	});
	const lines = stdout.trim().startsWith("{")
		? stdout
				.trim()
				.split("\n")
				.map((line) => JSON.parse(line))
		: [];
	return { status, stdout, stderr, lines };
}

const random = new Random(1);
const line = (cells: (string | number)[]) => `${cells.join(",")}\n`;
const rows = Array.from({ length: 300 }, () => {
	const [a, b] = [random.normal(), random.normal()];
	return line([a.toFixed(4), b.toFixed(4), a + b > 0 ? "yes" : "no", (3 * a - b).toFixed(4)]);
});
const table = file("table.csv", `a,b,above,value\n${rows.join("")}`);

test("train --json: start, every step, epochs, done, in order", () => {
	const { status, stderr, lines } = descent(
		"train",
		table,
		"--target",
		"above",
		"--batch-size",
		"100",
		"--epochs",
		"3",
		"--json",
	);
	assert.equal(stderr, "");
	assert.equal(status, 0);
	assert.equal(lines[0].type, "start");
	assert.equal(lines[0].trainRows, 240);
	const steps = lines.filter((l) => l.type === "step");
	assert.deepEqual(
		steps.map((s) => s.iteration),
		[1, 2, 3, 4, 5, 6, 7, 8, 9],
	);
	assert.deepEqual(
		steps.map((s) => s.epoch),
		[1, 1, 1, 2, 2, 2, 3, 3, 3],
	);
	for (const s of steps) assert.ok(s.cost > 0 && s.gradientNorm > 0 && s.learningRate === Math.fround(0.001));
	const kinds = lines.slice(1, -1).map((l) => l.type);
	assert.deepEqual(
		kinds,
		Array(3).fill(["step", "step", "step", "epoch"]).flat(),
		"an epoch follows the step that ends it",
	);
	const epochs = lines.filter((l) => l.type === "epoch");
	assert.deepEqual(
		epochs.map((e) => e.epoch),
		[1, 2, 3],
	);
	const weighted = (100 * steps[0].cost + 100 * steps[1].cost + 40 * steps[2].cost) / 240;
	assert.ok(Math.abs(epochs[0].cost - weighted) < 1e-6, "an epoch's cost weighs the short mini-batch by its rows");
	const done = lines.at(-1);
	assert.equal(done.type, "done");
	assert.equal(done.outcome, "finished");
	assert.equal(done.iterations, 9);
	assert.ok(done.devAccuracy > 0.4 && done.devCost > 0 && done.seconds > 0 && done.stepsPerSecond > 0);
});

test("the same seed gives the same numbers, another seed others", () => {
	const costs = (seed: string) =>
		descent("train", table, "--epochs", "2", "--batch-size", "32", "--seed", seed, "--json")
			.lines.filter((l) => l.type === "step")
			.map((l) => l.cost);
	assert.deepEqual(costs("4"), costs("4"));
	assert.notDeepEqual(costs("4"), costs("5"));
});

test("a mini-batch size above the training rows takes all of them, and says so", () => {
	const findings = (size: string) => {
		const { lines } = descent("train", table, "--target", "above", "--epochs", "2", "--batch-size", size, "--json");
		assert.equal(lines[0].run.batchSize, 240);
		return lines.filter((l) => l.type === "finding").map(({ code, message }) => [code, message]);
	};
	const message = "The mini-batch size 241 is more than the 240 training rows: each step takes all of them.";
	assert.deepEqual(findings("241"), [["batch-size-above-rows", message]]);
	assert.deepEqual([findings("240"), findings("full"), findings("auto")], [[], [], []]);
});

test("a regression learns its linear target, and decay is as named", () => {
	const args = ["--target", "value", "--layers", "none", "--learning-rate", "0.2", "--decay", "inverseTime"];
	const { lines } = descent(
		"train",
		table,
		...args,
		"--decay-rate",
		"0.01",
		"--batch-size",
		"full",
		"--epochs",
		"300",
		"--json",
	);
	const done = lines.at(-1);
	assert.ok(done.devR2 > 0.999, `dev R2 ${done.devR2}`);
	const steps = lines.filter((l) => l.type === "step");
	assert.equal(steps[0].learningRate, Math.fround(0.2 / 1.01));
	assert.equal(steps[299].learningRate, Math.fround(0.2 / 4));
});

test("without --json: what is trained, then the result", () => {
	const { status, stdout } = descent("train", table, "--target", "above", "--epochs", "2");
	assert.equal(status, 0);
	assert.match(stdout, /^above \(binary; .*\) from 3 features; 240 training and 60 dev rows\n/);
	assert.match(stdout, /\nFinished: cost [\d.]+, dev cost [\d.]+, dev accuracy [\d.]+, [\d,]+ steps\/s, [\d.]+ s\n$/);
});

test("without --json: which columns are set aside, what gives the target away first", () => {
	const cells = (i: number) => [i, "one", `k${i % 2}`, (i * 7) % 13, i % 2 ? "yes" : "no"];
	const path = file("aside.csv", `n,same,code,x,y\n${Array.from({ length: 200 }, (_, i) => line(cells(i))).join("")}`);
	const said = (...args: string[]) => descent("train", path, "--epochs", "1", ...args).stdout.split("\n")[1];
	const counts = "n (a different whole number in every row)";
	assert.equal(
		said(),
		`set aside: code (gives the target away: each of its 2 values has one class), ${counts}, same (one value only)`,
	);
	assert.equal(said("--columns", "code:skip"), `set aside: ${counts}, same (one value only)`);
	assert.match(said("--features", "x"), /^adam 0\.001/);
});

test("a run file is read, flags lie over it, and its dataset is found beside it", () => {
	const path = file(
		"table.train.json",
		JSON.stringify({
			dataset: { path: "table.csv", target: "value" },
			epochs: 4,
			optimizer: { name: "momentum", beta: 0.5 },
		}),
	);
	const { lines } = descent("train", path, "--epochs", "2", "--learning-rate", "0.05", "--json");
	assert.equal(lines[0].run.epochs, 2);
	assert.equal(lines[0].run.optimizer.name, "momentum");
	assert.equal(lines[0].run.optimizer.beta, 0.5);
	assert.equal(lines[0].run.optimizer.learningRate, 0.05);
	assert.equal(lines[0].run.dataset.target, "value");
});

test("the dataset's keys are flags too, and lie over those of a run file", () => {
	const dataset = { path: "table.csv", target: "value", split: { dev: 0.3, seed: 8 }, missing: "drop" };
	const path = file("keys.train.json", JSON.stringify({ dataset, epochs: 1, seed: 2 }));
	const flags = ["--features", "b, a", "--test-share", "0.1", "--no-stratify", "--scaling", "minMax"];
	const { run, summary, trainRows, devRows, testRows } = descent("train", path, ...flags, "--json").lines[0];
	assert.deepEqual(run.dataset.split, { dev: 0.3, test: 0.1, seed: 8, stratify: false });
	assert.deepEqual([run.dataset.features, run.dataset.missing, run.dataset.scaling], [["b", "a"], "drop", "minMax"]);
	assert.deepEqual([trainRows, devRows, testRows, summary.features], [180, 90, 30, 2]);
	const plain = descent("train", table, "--epochs", "1", "--seed", "3", "--json").lines[0].run.dataset;
	assert.deepEqual(plain.split, { dev: 0.2, test: 0, seed: 3, stratify: true });
	assert.deepEqual([plain.features, plain.missing, plain.scaling], [undefined, "impute", "standardize"]);
});

test("a test set is scored once, at the end, and only when it was asked for", () => {
	const base = ["train", table, "--target", "value", "--epochs", "400"];
	const scored = descent(...base, "--test-share", "0.2", "--json").lines;
	const done = scored.at(-1);
	assert.ok(done.testCost > 0 && done.testR2 > 0.9 && done.testR2 < 1, JSON.stringify(done));
	assert.equal(scored[0].testRows, 60);
	const earlier = scored.slice(0, -1).filter((l) => JSON.stringify(l).includes("testCost"));
	assert.deepEqual(earlier, []);
	assert.match(descent(...base, "--test-share", "0.2").stdout, /60 test rows.*\n.*\n.*test cost \d.*test R² 0\.9/);
	const plain = descent(...base, "--json").lines.at(-1);
	assert.equal(plain.testCost, undefined);
	assert.equal(plain.testR2, undefined);
});

test("early stopping ends a run at the epoch that its patience says, with exit 0", () => {
	const noisy = file("noisy.csv", noisyTable(200));
	const { status, lines } = descent("train", noisy, "--early-stopping", "7", "--learning-rate", "0.01", "--json");
	assert.equal(status, 0);
	assert.deepEqual(lines[0].run.earlyStopping, { patience: 7, minDelta: 0, restoreBest: true });
	const epochs = lines.filter((l) => l.type === "epoch");
	const done = lines.at(-1);
	assert.equal(done.outcome, "stoppedEarly");
	assert.equal(epochs.length, done.bestEpoch + 7);
	assert.equal(done.devCost, Math.min(...epochs.map((e) => e.devCost)));
	const last = ["--early-stopping", "7", "--no-restore-best", "--learning-rate", "0.01"];
	const { stdout } = descent("train", noisy, ...last);
	assert.match(stdout, /\nStopped early: cost [\d.]+, dev cost [\d.]+, dev R² -?[\d.]+, [\d,]+ steps\/s/);
});

test("a diverged run ends with 3 and names the step and the mini-batch's rows", () => {
	const args = ["--target", "value", "--optimizer", "gradientDescent", "--learning-rate", "1e9", "--json"];
	const full = descent("train", table, ...args);
	assert.equal(full.status, 3);
	assert.equal(full.lines.at(-1).outcome, "diverged");
	const finding = full.lines.find((l) => l.type === "finding");
	assert.match(finding.message, /^The cost stopped being a finite number at step \d+, on all 240 training rows\.$/);
	assert.equal(finding.rows.length, 100);

	const { lines } = descent("train", table, ...args, "--batch-size", "32");
	const { message, rows, iteration } = lines.at(-2);
	const [one, two, three] = rows;
	assert.equal(
		message,
		`The cost stopped being a finite number at step ${iteration}, on rows ${one}, ${two}, ${three} and 29 more of the table.`,
	);
	assert.equal(new Set(rows).size, 32);
	assert.ok(rows.every((row: number) => Number.isInteger(row) && row >= 1 && row <= 300));
	assert.deepEqual([lines.at(-3).type, lines.at(-3).iteration], ["step", iteration], "told after its step");
});

test("a run whose cost ends above where it began says so", () => {
	const { status, lines } = descent(
		"train",
		table,
		"--target",
		"above",
		"--learning-rate",
		"1000",
		"--epochs",
		"5",
		"--json",
	);
	assert.equal(status, 0);
	const finding = lines.find((l) => l.type === "finding");
	assert.match(
		finding.message,
		/^The cost ended at [\d.e+]+, above the [\d.]+ that it began with: nothing was learned\.$/,
	);
	const exploded = descent("train", table, "--target", "above", "--learning-rate", "1e6", "--epochs", "60", "--json");
	const early = exploded.lines.filter((l) => l.type === "finding" && l.code !== "dead-units");
	assert.deepEqual([early.length, early[0].code, early[0].iteration], [1, "explosion", 21], "told once, while it runs");
	assert.ok(
		!descent("train", table, "--target", "above", "--epochs", "30", "--json").lines.some((l) => l.type === "finding"),
	);
});

test("a dev set that classes of one row have used up is told", () => {
	const path = file("ids.csv", `a,kind\n${Array.from({ length: 40 }, (_, i) => `${i % 7},k${i}\n`).join("")}`);
	const { lines } = descent("train", path, "--target", "kind", "--epochs", "2", "--json");
	assert.match(lines.find((l) => l.type === "finding").message, /^Only 0 of 40 rows could be kept for the dev set/);
});

test("very large and very small numbers are scaled like others", () => {
	for (const unit of [1e-200, 1e200]) {
		const cells = Array.from({ length: 90 }, (_, i) => `${i % 9},${((i % 9) * 2 + 1) * unit}\n`);
		const { lines } = descent(
			"train",
			file("scale.csv", `a,y\n${cells.join("")}`),
			"--task",
			"regression",
			"--layers",
			"none",
			"--learning-rate",
			"0.05",
			"--json",
		);
		assert.ok(lines.at(-1).devR2 > 0.999, `unit ${unit}: dev R2 ${lines.at(-1).devR2}`);
	}
});

test("inspect says what is in a table, for people and for scripts", () => {
	const { stdout } = descent("inspect", table);
	assert.match(stdout, /300 rows, 4 columns/);
	assert.match(stdout, /above +boolean|above +categorical/);
	const { lines } = descent("inspect", table, "--json", "--target", "above");
	assert.equal(lines[0].rows, 300);
	assert.equal(lines[0].target, "above");
	assert.equal(lines[0].task, "binary");
});

test("inspect shows a person the first columns of a wide table and its target, and counts the others", () => {
	const path = join(folder, "wide.csv");
	const names = Array.from({ length: 100 }, (_, i) => `p${i}`);
	const row = (i: number) => [...names.map((_, j) => (j < 70 ? i * 0.5 + j : 7)), "ab"[i % 2]].join();
	writeFileSync(path, [[...names, "kind"].join(), ...Array.from({ length: 30 }, (_, i) => row(i))].join("\n"));
	const { stdout } = descent("inspect", path);
	const shown = stdout.split("\n").flatMap((line) => /^(p\d+|kind) /.exec(line)?.[1] ?? []);
	assert.deepEqual(shown, [...names.slice(0, 60), "kind"]);
	assert.match(stdout, /\.\.\. and 40 more columns \(10 numeric, 30 constant\); --json lists every one\.\n$/);
	assert.equal(descent("inspect", path, "--json").lines[0].columns.length, 101);
});

test("trace follows an optimizer on a surface, iteration 0 the start", () => {
	const args = ["trace", "--surface", "bowl", "--a", "1", "--b", "4", "--start", "1,-2", "--iterations", "2", "--json"];
	const { status, lines } = descent(...args, "--optimizer", "gradientDescent", "--learning-rate", "0.1");
	assert.equal(status, 0);
	assert.deepEqual(
		lines.map((l) => l.iteration),
		[0, 1, 2],
	);
	const near = (point: number[], x: number, y: number) =>
		assert.ok(Math.abs(point[0] - x) < 1e-6 && Math.abs(point[1] - y) < 1e-6, `${point}`);
	near(lines[0].position, 1, -2);
	near(lines[1].position, 0.9, -1.2);
	near(lines[2].position, 0.81, -0.72);
	assert.equal(lines[0].cost, 8.5);
	assert.match(descent("trace", "--surface", "saddle", "--iterations", "1").stdout, /^ {2}step +x +y {2}cost\n +0 /);
});

test("a path that diverges ends with 3", () => {
	const args = ["--surface", "rosenbrock", "--optimizer", "gradientDescent", "--learning-rate", "1", "--start", "5,5"];
	assert.equal(descent("trace", ...args, "--json").status, 3);
});

test("a library's preset is what the run takes, and its parameters can be set", () => {
	const optimizer = (...args: string[]) =>
		descent("train", table, "--epochs", "1", "--json", ...args).lines[0].run.optimizer;
	const keras = optimizer("--optimizer", "adam", "--preset", "keras");
	assert.deepEqual([keras.epsilon, keras.epsilonUncorrected, keras.learningRate], [1e-7, true, 0.001]);
	const torch = optimizer("--optimizer", "rmsprop", "--preset", "pytorch", "--beta2", "0.95");
	assert.deepEqual([torch.learningRate, torch.beta2, torch.epsilonPlacement], [0.01, 0.95, "outside"]);
	const nesterov = optimizer("--optimizer", "momentum", "--nesterov", "--weight-decay", "0.1");
	assert.deepEqual([nesterov.nesterov, nesterov.weightDecay, nesterov.beta1], [true, 0.1, undefined]);
});

const BAD: [string, string[], RegExp][] = [
	["no command", [], /No command was given/],
	["unknown command", ["fly"], /There is no command "fly"/],
	["unknown flag", ["train", table, "--speed", "9"], /--speed/],
	["no file", ["train"], /takes one FILE, not 0/],
	["a word for a number", ["train", table, "--learning-rate", "fast"], /--learning-rate takes a number, not "fast"/],
	["rate out of range", ["train", table, "--learning-rate", "-1"], /--learning-rate/],
	["beta out of range", ["train", table, "--beta1", "1"], /--beta1 must be at least 0 and below 1, not 1/],
	[
		"unknown optimizer",
		["train", table, "--optimizer", "adamant"],
		/--optimizer must be one of gradientDescent, .*"adamant"/,
	],
	[
		"unknown feature",
		["train", table, "--features", "a,abve"],
		/table\.csv has no column "abve" .*perhaps "above" is meant\./,
	],
	["shares of more than all", ["train", table, "--test-share", "0.8"], /--test-share must leave a tenth of the rows/],
	["unknown scaling", ["train", table, "--scaling", "log"], /--scaling must be one of standardize, minMax, none/],
	["too little memory", ["train", table, "--memory-limit", "60000"], /This run needs .* KiB .* and may take 58\.6 KiB/],
	["no memory", ["train", table, "--memory-limit", "0"], /--memory-limit must be a number of bytes above 0, not 0/],
	["empty batch", ["train", table, "--batch-size", "0"], /--batch-size must be a whole number of at least 1/],
	["missing file", ["train", join(folder, "gone.csv")], /gone\.csv/],
	["a folder", ["train", folder], /folder|directory/],
	["empty file", ["train", file("empty.csv", "")], /empty\.csv/],
	["header only", ["train", file("header.csv", "a,b,y\n")], /header\.csv/],
	[
		"ragged rows",
		["train", file("ragged.csv", `a,b,y\n${"1,2,3\n".repeat(40)}1,2\n${"4,5,6\n".repeat(40)}`)],
		/ragged\.csv.*line 42/,
	],
	[
		"binary file",
		[
			"train",
			file(
				"binary.csv",
				Uint8Array.from({ length: 500 }, (_, i) => (i * 37) % 256),
			),
		],
		/binary\.csv/,
	],
	[
		"one class",
		[
			"train",
			file("one.csv", `a,b,species\n${Array.from({ length: 30 }, (_, i) => `${i * 1.5},${i % 7},cat\n`).join("")}`),
			"--target",
			"species",
		],
		/species/,
	],
	["no such target", ["train", table, "--target", "nothing"], /nothing.*"a", "b", "above", "value"/],
	[
		"target all missing",
		[
			"train",
			file("hollow.csv", `a,b,y\n${Array.from({ length: 30 }, (_, i) => `${i * 1.5},${i % 7},\n`).join("")}`),
			"--target",
			"y",
		],
		/"?y"?/,
	],
	[
		"a parameter of another optimizer",
		["train", table, "--optimizer", "lion", "--beta", "0.5"],
		/--beta is no parameter of lion; it takes learningRate, /,
	],
	["a parameter of no default", ["train", table, "--beta", "0.5"], /--beta is no parameter of adam/],
	["a rate for a constant", ["train", table, "--decay-rate", "0.5"], /--decay-rate is no parameter of constant/],
	["nothing for a number", ["train", table, "--epochs", ""], /--epochs takes a number, not ""/],
	[
		"a task that is none",
		["inspect", table, "--task", "banana"],
		/--task must be one of regression, binary, multiclass/,
	],
	[
		"training for a look",
		["inspect", table, "--learning-rate", "1"],
		/--learning-rate is an option of train, tune, export, trace and not of "descent inspect"/,
	],
	["no surface", ["trace"], /--surface must be one of bowl, /],
	["one number for two", ["trace", "--surface", "bowl", "--start", "1"], /--start takes two numbers/],
	[
		"a net for a surface",
		["trace", "--surface", "bowl", "--layers", "3"],
		/--layers is an option of train, tune, export and not of "descent trace"/,
	],
	["curvatures of no bowl", ["trace", "--surface", "saddle", "--a", "3"], /the saddle has none/],
	["tune without a word", ["tune", table], /"descent tune" takes batch-size or learning-rate, and FILE/],
	["tune without a file", ["tune", "batch-size"], /"descent tune batch-size" takes one FILE, not 0/],
	["tune in no time", ["tune", "batch-size", table, "--seconds", "0"], /--seconds must be above 0, not 0/],
	[
		"a trace's flag for a run",
		["train", table, "--surface", "bowl"],
		/--surface is an option of trace and not of "descent train"/,
	],
	["broken run file", ["train", file("broken.train.json", "{")], /broken\.train\.json is not valid JSON/],
	[
		"unknown key",
		["train", file("key.train.json", '{"dataset":{"path":"table.csv"},"optimiser":{}}')],
		/key\.train\.json: "optimiser" is not a known key; did you mean "optimizer"\?$/m,
	],
	[
		"nested key",
		["train", file("nest.train.json", '{"dataset":{"path":"table.csv"},"optimizer":{"name":"adam","lr":1}}')],
		/"optimizer\.lr" is not a known key; optimizer takes name, preset, learningRate, /,
	],
];
for (const [name, args, message] of BAD) {
	test(`bad input, ${name}: exit 2 and one line`, () => {
		const { status, stdout, stderr } = descent(...args);
		assert.equal(status, 2, stderr);
		assert.equal(stdout, "");
		assert.match(stderr, message);
		assert.match(stderr, /^descent: [^\n]+[.?]\n$/);
	});
}

test("a dataset that is deleted during a run is a finding; the run goes on and can be stopped", async () => {
	const path = file("fleeting.csv", `a,b,above,value\n${rows.join("")}`);
	const args = ["train", path, "--epochs", "10000000", "--batch-size", "16", "--json"];
	const child = spawn(process.execPath, [join(DIST, "cli.cjs"), ...args], { stdio: ["ignore", "pipe", "inherit"] });
	const ended = once(child, "close");
	let finding: { message: string } | undefined;
	let last: { type: string; outcome?: string } | undefined;
	for await (const text of createInterface({ input: child.stdout })) {
		last = JSON.parse(text);
		if (last?.type === "step" && existsSync(path)) rmSync(path);
		if (last?.type === "finding" && !finding) {
			finding = last as unknown as { message: string };
			child.kill("SIGINT");
		}
	}
	assert.match(finding?.message ?? "", /^The dataset was deleted or moved while this run was going on;/);
	assert.deepEqual([last?.type, last?.outcome], ["done", "stopped"]);
	assert.deepEqual(await ended, [0, null]);
});

test("a column with no values is set aside and the rest trains", () => {
	const path = file("column.csv", `a,hole,y\n${Array.from({ length: 60 }, (_, i) => `${i},,${i * 2 + 1}\n`).join("")}`);
	const { status, lines } = descent("train", path, "--epochs", "5", "--json");
	assert.equal(status, 0);
	const hole = lines[0].summary.columns.find((c: { name: string }) => c.name === "hole");
	assert.equal(hole.kind, "empty");
	assert.ok(hole.setAside);
});

test("tune batch-size: a line for each size, then the best of them", () => {
	const { status, lines, stderr } = descent(
		"tune",
		"batch-size",
		table,
		"--target",
		"value",
		"--seconds",
		"1",
		"--json",
	);
	assert.equal(status, 0, stderr);
	const sizes = lines.slice(0, -1).map(({ type, batchSize }) => [type, batchSize]);
	assert.deepEqual(
		sizes,
		[8, 16, 32, 64, 128, 240].map((size) => ["tried", size]),
	);
	const { type, rows, seconds, best, clear } = lines.at(-1);
	assert.deepEqual([type, rows, seconds, typeof clear], ["done", 240, 0.25, "boolean"]);
	assert.ok(sizes.some(([, size]) => size === best));
	const words = descent("tune", "batch-size", table, "--target", "value", "--seconds", "1").stdout;
	assert.match(words, /^mini-batch .*\n(\d+ .* (KiB|MiB)\n){6}(Best: |No clear answer: )/);
});

test("tune learning-rate: costs at each rate, then the rate or that there is no clear answer", () => {
	const asked = ["tune", "learning-rate", table, "--target", "value", "--optimizer", "gradientDescent"];
	const { status, lines, stderr } = descent(...asked, "--layers", "none", "--batch-size", "full", "--json");
	assert.equal(status, 0, stderr);
	assert.ok(lines.length > 100 && lines.slice(0, -1).every(({ type, costs }) => type === "rate" && costs.length === 5));
	const { type, rate, interval, unclear } = lines.at(-1);
	assert.deepEqual([type, unclear], ["done", undefined]);
	// Features and target have unit variance: steps from 2 / 2 on diverge.
	assert.ok(rate > 0.005 && rate < 0.3 && interval[0] <= rate && rate <= interval[1], JSON.stringify(lines.at(-1)));
	assert.match(descent(...asked).stdout, /^(\d|No clear answer).* in 5 runs/);
});

test("export writes a program and its data, and says what it wants", () => {
	const output = join(folder, "loop.py");
	const options = ["--target", "above", "--batch-size", "100", "--optimizer", "rmsprop", "--preset", "pytorch"];
	const { status, stdout } = descent("export", table, "--library", "pytorch", "-o", output, ...options);
	assert.equal(status, 0);
	// 300 rows of 3 features and a target, 240 rows in 7 orders, and 64 (3 + 1) + 32 (64 + 1) + 33 parameters
	assert.match(stdout, /loop\.py trains on loop\.safetensors \(20\.5 KiB\)/);
	assert.match(readFileSync(output, "utf8"), /torch\.optim\.RMSprop\(.*alpha=0\.99, eps=1e-8\)/);
	const { lines } = descent("export", table, "--library", "optax", "-o", output, "--json", ...options);
	const bytes = 4 * (300 * 4 + 240 * 7 + 64 * 4 + 32 * 65 + 33);
	assert.deepEqual(lines, [{ type: "done", program: output, data: join(folder, "loop.safetensors"), bytes }]);
	for (const [args, message] of [
		[["export", table], '"descent export" wants --library NAME and -o OUT; "descent export --help" says how.'],
		[
			["export", table, "--library", "jax", "-o", output],
			'A loop is exported for pytorch, keras, tfjs, optax, not for "jax".',
		],
		[
			["train", table, "--library", "keras"],
			'--library is an option of export and not of "descent train"; leave it out, or see "descent train --help".',
		],
	] as const) {
		const { status, stderr } = descent(...args);
		assert.equal(stderr, `descent: ${message}\n`);
		assert.equal(status, 2);
	}
});
